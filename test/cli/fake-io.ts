import type { Clock } from '../../src/apply/ports.ts'
import type { Host, Io, Output, SignalName } from '../../src/cli/io.ts'
import { thisHost } from '../../src/cli/process-io.ts'
import { systemClock } from '../../src/cli/system-clock.ts'

/** An output that remembers what was written. */
export interface FakeOutput extends Output {
  readonly text: () => string
}

/** A process that a test holds in its hand. */
export interface FakeIo extends Io {
  readonly stdout: FakeOutput
  readonly stderr: FakeOutput
  /** Exit codes that the process was ended with at once. */
  readonly exits: readonly number[]
  /** Sends a signal. */
  send(name: SignalName): void
  /** How many listeners wait for signals. */
  readonly listening: () => number
}

export interface FakeIoOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Whether all three streams are a terminal. */
  readonly terminal?: boolean
  readonly columns?: number
  /** Lines that a prompt reads, in order; then the input has ended. */
  readonly answers?: readonly string[]
  readonly clock?: Clock
  /** The machine that the process is on; this one by default. */
  readonly host?: Host
  /** Called with everything written to stderr, as it is written. */
  readonly onStderr?: (text: string) => void
}

function fakeOutput(isTTY: boolean, columns: number, onWrite?: (text: string) => void): FakeOutput {
  const written: string[] = []
  return {
    write(text) {
      written.push(text)
      onWrite?.(text)
    },
    isTTY,
    columns: isTTY ? columns : undefined,
    rows: isTTY ? 30 : undefined,
    text: () => written.join(''),
  }
}

export function fakeIo(options: FakeIoOptions = {}): FakeIo {
  const { cwd = '/', env = {}, terminal = false, columns = 100, answers = [], clock = systemClock } = options
  const { host = thisHost } = options
  const exits: number[] = []
  const listeners = new Set<(name: SignalName) => void>()
  const lines = [...answers]
  return {
    stdout: fakeOutput(terminal, columns),
    stderr: fakeOutput(terminal, columns, options.onStderr),
    stdin: { isTTY: terminal, readLine: async () => lines.shift() ?? null },
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...env },
    cwd,
    clock,
    host,
    onSignal(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    exit: code => exits.push(code),
    exits,
    send(name) {
      for (const listener of [...listeners]) listener(name)
    },
    listening: () => listeners.size,
  }
}
