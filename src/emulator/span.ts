import { fromEpochMs, type Instant, parseInstant, toEpochMs } from '../schema/instant.ts'

/** A length of time in a scenario: `66s`, `1.7s`, `250ms`, `3d14m`, or a number of milliseconds. */
export type Span = string | number

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const SPAN = /^(?:\d{1,9}(?:\.\d{1,6})?(?:ms|[smhdw]) ?)+$/
const PART = /(\d+(?:\.\d+)?)(ms|[smhdw])/g

/** Reads a length of time, with an optional sign, in milliseconds; undefined where the text is none. */
export function parseSpan(span: Span): number | undefined {
  if (typeof span === 'number') return Number.isFinite(span) ? span : undefined
  const sign = span.startsWith('-') ? -1 : 1
  const text = span.replace(/^[+-]/, '')
  if (!SPAN.test(text)) return undefined
  let ms = 0
  for (const [, amount = '', unit = ''] of text.matchAll(PART)) ms += Number(amount) * (UNIT_MS[unit] ?? 0)
  return sign * ms
}

/**
 * Reads a length of time that was checked before.
 *
 * @throws RangeError naming the text, where a scenario built in code holds something else.
 */
export function spanMs(span: Span): number {
  const ms = parseSpan(span)
  if (ms === undefined)
    throw new RangeError(`"${span}" is no length of time; write 66s, 1.7s, 250ms or 3d14m`)
  return ms
}

/**
 * Reads a time of a scenario: absolute (`2026-11-20T10:00:00Z`), or relative to the emulator's start (`-3d`, `+2h`).
 *
 * @returns undefined where the text is neither.
 */
export function parseScenarioTime(text: string, startMs: number): Instant | undefined {
  const absolute = parseInstant(text)
  if (absolute !== undefined) return absolute
  const offset = /^[+-]/.test(text) ? parseSpan(text) : undefined
  return offset === undefined ? undefined : fromEpochMs(startMs + offset)
}

/**
 * Reads a time that was checked before.
 *
 * @throws RangeError naming the text.
 */
export function scenarioTime(text: string, startMs: number): Instant {
  const instant = parseScenarioTime(text, startMs)
  if (instant === undefined)
    throw new RangeError(
      `"${text}" is no time; write 2026-11-20T10:00:00Z, or -3d for three days before the start`,
    )
  return instant
}

/** Milliseconds of a time that was checked before; see {@link scenarioTime}. */
export function scenarioMs(text: string, startMs: number): number {
  return toEpochMs(scenarioTime(text, startMs))
}
