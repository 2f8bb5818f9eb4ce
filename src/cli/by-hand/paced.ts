import type { Clock } from '../../apply/ports.ts'
import { QuotaWindows } from '../../apply/quota-windows.ts'
import { RunClock } from '../../apply/run-clock.ts'
import type { Quota } from '../../posture/methods.ts'
import { formatDuration } from '../../schema/duration.ts'
import { addMs, msBetween } from '../../schema/instant.ts'
import type { Io } from '../io.ts'

/** What of an answer decides how the sending goes on. */
interface PacedAnswer {
  readonly kind: string
  readonly retryAfterMs?: number
}

/** Sends requests of one API path within its quota, one after the other. */
export interface Pace {
  /**
   * Sends one request when there is room for it, and again after each 429, since nothing was accepted.
   *
   * @returns The answer; the last 429 where patience ends or the signal comes before there is room.
   */
  send<A extends PacedAnswer>(request: () => Promise<A>): Promise<A | { readonly kind: 'no-time' }>
}

/**
 * Makes the pace of one path.
 *
 * @param patienceMs - Nothing is sent that would have to wait longer than this from now on; null for as long as it takes.
 * @param onWait - Told of each wait for quota before it begins.
 */
export function createPace(
  wall: Clock,
  quota: Quota,
  patienceMs: number | null,
  signal: AbortSignal,
  onWait?: (ms: number) => void,
): Pace {
  const clock = new RunClock(wall)
  const windows = new QuotaWindows(() => quota, [])
  const deadline = patienceMs === null ? null : addMs(clock.now(), patienceMs)
  const path = 'path'

  /** Waits until a request may leave; false where that is too late. */
  const waitForRoom = async (): Promise<boolean> => {
    for (;;) {
      const now = clock.now()
      const readyAt = windows.readyAt(path, now) ?? now
      if (signal.aborted || (deadline !== null && readyAt > deadline)) return false
      if (readyAt <= now) return true
      const ms = msBetween(now, readyAt)
      onWait?.(ms)
      await clock.sleep(ms, signal)
    }
  }

  return {
    async send(request) {
      while (await waitForRoom()) {
        windows.take(path)
        const answer = await request()
        windows.settle(path, clock.now())
        if (answer.kind !== 'throttled') return answer
        windows.hold(path, clock.now(), answer.retryAfterMs ?? 0)
      }
      return { kind: 'no-time' }
    },
  }
}

/** Says on stderr how long the quota holds a command back, so that nobody takes it for dead. */
export function tellWait({ stderr }: Pick<Io, 'stderr'>): (ms: number) => void {
  return ms => stderr.write(`Waiting ${formatDuration(ms)} for the call quota.\n`)
}
