import { createInterface } from 'node:readline/promises'
import { SIGNAL_NUMBERS } from './exit-codes.ts'
import type { Input, Io, Output, SignalName } from './io.ts'
import { systemClock } from './system-clock.ts'

/** Wraps a stream of the process. After the reader has gone (EPIPE) what is written is dropped: the work goes on. */
function wrapOutput(stream: NodeJS.WriteStream): Output {
  let gone = false
  stream.on('error', () => {
    gone = true
  })
  return {
    write(text) {
      if (!gone && text !== '') stream.write(text)
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

/** The process that we are. */
export function processIo(): Io {
  const names = Object.keys(SIGNAL_NUMBERS) as SignalName[]
  return {
    stdout: wrapOutput(process.stdout),
    stderr: wrapOutput(process.stderr),
    stdin: wrapInput(process.stdin),
    env: takeEnvironment(),
    cwd: process.cwd(),
    clock: systemClock,
    onSignal(listener) {
      for (const name of names) process.on(name, listener)
      return () => {
        for (const name of names) process.off(name, listener)
      }
    },
    exit: code => process.exit(code),
  }
}
