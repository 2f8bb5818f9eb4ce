import { enableCompileCache } from 'node:module'
import { describeFileError } from '../local/file-error.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { main } from './main.ts'
import { type ProcessIo, processIo } from './process-io.ts'

/** Resolves when what was written to a stream has left the process. */
function drain(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => {
    // What failed is told to those who listen before a turn is over.
    stream.write('', () => setImmediate(resolve))
  })
}

/** Tells that the document or text on stdout was lost, and gives the exit code for it: 1, unless a signal ended it all. */
async function tellLost(lost: Error, argv: readonly string[], io: ProcessIo, code: number): Promise<number> {
  const [{ fail }, { reportFailure }] = await Promise.all([
    import('./fail.ts'),
    import('./report-failure.ts'),
  ])
  const message = `What was written to stdout is lost: ${describeFileError(lost)}.`
  const failure = fail('output-lost', message, { hasDocument: true })
  await reportFailure(failure, { argv, io, exit: { code: EXIT_CODES.error, name: 'error' } })
  return code > 128 ? code : EXIT_CODES.error
}

/** Runs the command line of this process and ends it: sockets that are kept open must not keep the user waiting. */
export async function run(): Promise<void> {
  enableCompileCache()
  const argv = process.argv.slice(2)
  const io = processIo()
  const code = await main(argv, io)
  await drain(process.stdout)
  const lost = io.stdout.lost()
  const exit = lost === undefined ? code : await tellLost(lost, argv, io, code)
  await drain(process.stderr)
  process.exit(exit)
}
