import type { Clock } from '../apply/ports.ts'
import { fromEpochMs } from '../schema/instant.ts'

/** The machine's clock and timers. */
export const systemClock: Clock = {
  now: () => fromEpochMs(Date.now()),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise(resolve => {
      if (signal?.aborted) return resolve()
      const end = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      signal?.addEventListener('abort', end)
    }),
}
