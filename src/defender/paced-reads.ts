import type { Clock } from '../apply/ports.ts'
import type { Read } from './json-reader.ts'

const MINUTE_MS = 60_000

/**
 * Keeps the calls of one path within what the service allows in a minute (docs/service.md#quota): a call that would be
 * one too many waits until the first of them is a minute old, instead of being refused.
 *
 * @param perMinute - Calls that may begin within any 60 s.
 */
export function paced<T>(read: Read<T>, clock: Clock, perMinute: number): Read<T> {
  const begunMs: number[] = []
  return async (url, context) => {
    for (;;) {
      const nowMs = clock.monotonicMs()
      while (begunMs[0] !== undefined && begunMs[0] <= nowMs - MINUTE_MS) begunMs.shift()
      const [oldest] = begunMs
      if (oldest === undefined || begunMs.length < perMinute) break
      await clock.sleep(oldest + MINUTE_MS - nowMs, context.signal)
    }
    begunMs.push(clock.monotonicMs())
    return read(url, context)
  }
}
