import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSpan } from '../../src/emulator/span.ts'
import { parseFreshness } from '../../src/plan/judge/freshness.ts'
import { parseAddress } from '../../src/plan/select/address.ts'
import { appendMarker, parseMarker } from '../../src/posture/marker.ts'
import { formatDuration, parseDuration } from '../../src/schema/duration.ts'
import { parseEndpoint } from '../../src/schema/endpoint.ts'
import { addMs, formatInstant, isInstant, parseInstant, toEpochMs } from '../../src/schema/instant.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const RUNS = seededRuns('readers of small texts', 1000)

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
    .map(units => String.fromCharCode(...units)),
  fc.constantFrom('', ' ', '\0', '\ud800', 'x'.repeat(100_000), '9'.repeat(100_000), '-'.repeat(100_000)),
)

/** Texts that look like what is expected. */
const LIKE: Readonly<{ [what: string]: fc.Arbitrary<string> }> = {
  instant: fc.stringMatching(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/),
  duration: fc.stringMatching(/^-?\d{1,12}(ms|s|m|h|d|w|y)?$/),
  marker: fc.stringMatching(
    /^.{0,5}\[holdfast policy=[a-z0-9/-]{1,9} plan=[0-9a-f]{7,9} change=[0-9a-f]{8}\] ?$/,
  ),
  address: fc.stringMatching(/^(policy:)?[a-z0-9.]{0,9}(\/[a-zA-Z]{0,9}){0,3}$/),
  endpoint: fc.stringMatching(/^(https?|file|javascript):\/\/[a-z0-9.@:[\]]{0,20}(\/[a-z?#]{0,5})?$/),
}

const READERS: Readonly<{ [what: string]: (text: string) => unknown }> = {
  instant: parseInstant,
  duration: parseDuration,
  span: parseSpan,
  marker: parseMarker,
  address: parseAddress,
  freshness: parseFreshness,
  endpoint: parseEndpoint,
}

describe.each(Object.entries(READERS))('the reader of a text that is to be a %s', (_what, read) => {
  test('takes any text, and any that is nearly right', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, ...Object.values(LIKE)), text => {
        expect(() => read(text)).not.toThrow()
      }),
      RUNS,
    )
  })
})

test('an instant that is read is canonical, and reads back as itself', () => {
  fc.assert(
    fc.property(LIKE['instant'] ?? anyText, text => {
      const instant = parseInstant(text)
      if (instant === undefined) return
      expect(isInstant(instant)).toBe(true)
      expect(parseInstant(formatInstant(instant))).toBe(instant)
      expect(Number.isSafeInteger(toEpochMs(instant))).toBe(true)
    }),
    RUNS,
  )
})

test('a duration that is read can be written, and added without leaving the years that there are', () => {
  const from = parseInstant('2026-11-22T18:00:00Z')
  fc.assert(
    fc.property(LIKE['duration'] ?? anyText, text => {
      const duration = parseDuration(text)
      if (duration === undefined || from === undefined) return
      expect(isInstant(addMs(from, duration.ms))).toBe(true)
      expect(isInstant(addMs(from, -duration.ms))).toBe(true)
      expect(formatDuration(duration.ms)).toMatch(/^\d+[dhms]( \d+[hms])?$/)
    }),
    RUNS,
  )
})

test('a reason of any text ends in its marker, on one line, within the limit', () => {
  const marker = { policy: 'a', plan: '0a1b2c3d', change: '4e5f6a7b' }
  fc.assert(
    fc.property(fc.oneof(anyText, LIKE['marker'] ?? anyText), reason => {
      const comment = appendMarker(reason, marker)
      expect(parseMarker(comment)).toStrictEqual(marker)
      expect(comment.length).toBeLessThanOrEqual(500)
      expect(comment).not.toMatch(/[\r\n]/)
      expect(JSON.stringify(JSON.parse(JSON.stringify(comment)))).toBe(JSON.stringify(comment))
    }),
    RUNS,
  )
})

test('time goes on from any instant by any length that a person can ask for', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), ms => {
      const from = parseInstant('2026-11-22T18:00:00Z')
      if (from === undefined) throw new Error('no instant')
      expect(toEpochMs(addMs(from, ms)) - toEpochMs(from)).toBe(ms)
    }),
    RUNS,
  )
})
