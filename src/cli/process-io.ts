import { createInterface } from 'node:readline/promises'
import { errorCode } from '../local/file-error.ts'
import { SIGNAL_NUMBERS } from './exit-codes.ts'
import type { Host, Input, Io, Output, SignalName } from './io.ts'
import { systemClock } from './system-clock.ts'

/** An output that knows whether what was written is lost. */
interface OwnOutput extends Output {
  /** Why something was not written; undefined where all was, and where the reader has gone and wants no more. */
  readonly lost: () => Error | undefined
}

/** Wraps a stream of the process. Once it cannot be written what is written is dropped: the work goes on. */
function wrapOutput(stream: NodeJS.WriteStream): OwnOutput {
  let gone: Error | undefined
  stream.on('error', error => {
    gone ??= error
  })
  return {
    lost: () => (errorCode(gone) === 'EPIPE' ? undefined : gone),
    write(text) {
      if (gone === undefined && text !== '') stream.write(text)
    },
    get isTTY() {
      return stream.isTTY === true
    },
    get columns() {
      return stream.isTTY ? stream.columns : undefined
    },
    get rows() {
      return stream.isTTY ? stream.rows : undefined
    },
    stream,
  }
}

function wrapInput(stream: NodeJS.ReadStream): Input {
  return {
    get isTTY() {
      return stream.isTTY === true
    },
    async readLine(signal) {
      const reader = createInterface({ input: stream, terminal: false })
      try {
        return await new Promise<string | null>(resolve => {
          reader.once('line', resolve)
          reader.once('close', () => resolve(null))
          if (signal.aborted) resolve(null)
          signal.addEventListener('abort', () => resolve(null))
        })
      } finally {
        reader.close()
      }
    },
  }
}

/** Variables that hold what signs in. What reads them here reads the copy. */
const SECRETS = [
  'HOLDFAST_TOKEN',
  'HOLDFAST_GRAPH_TOKEN',
  'HOLDFAST_STORE_TOKEN',
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_CERTIFICATE_PASSWORD',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  'ACTIONS_RUNTIME_TOKEN',
  'SYSTEM_ACCESSTOKEN',
  'GITHUB_TOKEN',
  'GH_TOKEN',
]

/** Takes a copy of the environment and the secrets out of it: no process that we or a library start inherits one. */
function takeEnvironment(): Io['env'] {
  const taken = { ...process.env }
  for (const name of SECRETS) delete process.env[name]
  if (process.platform !== 'win32') return taken
  // There a name is the same in any letter case; a copy is not.
  return {
    ...taken,
    ...Object.fromEntries(Object.entries(taken).map(([key, text]) => [key.toUpperCase(), text])),
  }
}

/** The machine that this process runs on. What tells of it is loaded where it is asked for. */
export const thisHost: Host = {
  identify: async () => (await import('../local/process-identity.ts')).identifyProcess(),
}

/** What a command may touch of this process. */
export interface ProcessIo extends Io {
  readonly stdout: OwnOutput
}

/** The process that we are. */
export function processIo(): ProcessIo {
  const names = Object.keys(SIGNAL_NUMBERS) as SignalName[]
  return {
    stdout: wrapOutput(process.stdout),
    stderr: wrapOutput(process.stderr),
    stdin: wrapInput(process.stdin),
    env: takeEnvironment(),
    cwd: process.cwd(),
    clock: systemClock,
    host: thisHost,
    onSignal(listener) {
      for (const name of names) process.on(name, listener)
      return () => {
        for (const name of names) process.off(name, listener)
      }
    },
    exit: code => process.exit(code),
  }
}
