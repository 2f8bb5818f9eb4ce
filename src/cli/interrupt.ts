import { SIGNAL_NUMBERS } from './exit-codes.ts'
import type { Io, SignalName } from './io.ts'

/** How long a command may take to end after a signal (docs/contract.md#interrupt: 5 s, less what ending itself takes). */
const GRACE_MS = 4500

/** The first signal asks a command to end; the second ends the process. */
export interface Interrupt {
  readonly signal: AbortSignal
  /** 128+n once a signal came, else null. */
  readonly code: number | null
  /** Stops listening. */
  stop(): void
}

/** Listens for signals until it is stopped. */
export function watchInterrupt(io: Io): Interrupt {
  const controller = new AbortController()
  let code: number | null = null
  let timer: NodeJS.Timeout | undefined
  const stopListening = io.onSignal((name: SignalName) => {
    const exitCode = 128 + SIGNAL_NUMBERS[name]
    if (code !== null) {
      io.exit(exitCode)
      return
    }
    code = exitCode
    timer = setTimeout(() => io.exit(exitCode), GRACE_MS)
    timer.unref()
    controller.abort(name)
  })
  return {
    signal: controller.signal,
    get code() {
      return code
    },
    stop() {
      clearTimeout(timer)
      stopListening()
    },
  }
}
