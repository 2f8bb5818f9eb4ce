import type { Clock } from '../apply/ports.ts'
import type { Environment } from '../local/environment.ts'
import type { ProcessIdentity } from '../local/process-identity.ts'

/** A stream that text is written to. Size and kind are read when they are needed: a terminal can be resized. */
export interface Output {
  /** Writes text. Never throws: a reader that has gone away is not an error of ours. */
  write(text: string): void
  readonly isTTY: boolean
  /** Undefined where it is not a terminal. */
  readonly columns: number | undefined
  readonly rows: number | undefined
  /** The stream itself, where a live view can be drawn on it. */
  readonly stream?: NodeJS.WritableStream
}

/** Where answers to a prompt are read from. */
export interface Input {
  readonly isTTY: boolean
  /** The next line without its end; null at the end of input or when the signal aborts. */
  readLine(signal: AbortSignal): Promise<string | null>
}

/** The machine that a command runs on; tests stand in for several. */
export interface Host {
  /** Says which process this is. */
  identify(): Promise<ProcessIdentity>
  /** How long a lease in a store lasts without being renewed; the usual time where absent. */
  readonly storeLeaseMs?: number
}

export type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** Everything that a command may touch of the process it runs in, so that tests run in process. */
export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly stdin: Input
  readonly env: Environment
  /** Absolute. */
  readonly cwd: string
  readonly clock: Clock
  readonly host: Host
  /** Calls the listener at every signal until the returned function is called. */
  onSignal(listener: (signal: SignalName) => void): () => void
  /** Ends the process at once, whatever still runs. */
  exit(code: number): void
}
