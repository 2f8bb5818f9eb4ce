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

/** The process that we are. */
export function processIo(): Io {
  const names = Object.keys(SIGNAL_NUMBERS) as SignalName[]
  return {
    stdout: wrapOutput(process.stdout),
    stderr: wrapOutput(process.stderr),
    stdin: wrapInput(process.stdin),
    env: process.env,
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
