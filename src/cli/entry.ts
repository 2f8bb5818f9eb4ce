import { enableCompileCache } from 'node:module'
import { main } from './main.ts'
import { processIo } from './process-io.ts'

/** Resolves when what was written to a stream has left the process. */
function drain(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => {
    stream.write('', () => resolve())
  })
}

/** Runs the command line of this process and ends it: sockets that are kept open must not keep the user waiting. */
export async function run(): Promise<void> {
  enableCompileCache()
  const code = await main(process.argv.slice(2), processIo())
  await Promise.all([drain(process.stdout), drain(process.stderr)])
  process.exit(code)
}
