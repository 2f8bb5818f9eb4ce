import { parseDuration } from '../schema/duration.ts'
import { addMs, type Instant, parseInstant } from '../schema/instant.ts'
import { fail } from './fail.ts'
import type { Flags } from './flags.ts'

/**
 * Reads an option that is a time, or how long ago it was.
 *
 * @throws Failure `usage` where it is neither.
 */
export function readTimeOrAge(flags: Flags, option: string, now: Instant): Instant | undefined {
  const text = flags.text(option)
  if (text === undefined) return undefined
  const duration = parseDuration(text)
  const time = duration === undefined ? parseInstant(text) : addMs(now, -duration.ms)
  if (time !== undefined) return time
  throw fail(
    'usage',
    `--${option} ${text}: expected how long ago, such as 12h, or a time with an offset, such as 2026-11-20T06:00:00Z.`,
  )
}
