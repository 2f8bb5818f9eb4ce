declare const instantBrand: unique symbol

/**
 * A point in time, canonical and exact: `YYYY-MM-DDTHH:mm:ss.fffffffZ`, always UTC, always seven fraction digits.
 *
 * The service stamps in units of 100 ns and drops trailing zeros (docs/service.md#time-digits). In this fixed-width form
 * two instants compare with `<` and `===` at full precision, which a millisecond number cannot do.
 */
export type Instant = string & { readonly [instantBrand]: true }

const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/
const PATTERN =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?([Zz]|[+-]\d\d:?\d\d))?$/
const DAY_MS = 86_400_000
/** The first and last millisecond of the years that four digits can write: 0000-01-01 and the end of 9999. */
const FIRST_MS = -62_167_219_200_000
const LAST_MS = 253_402_300_799_999

/** Days since 1970-01-01 of a proleptic Gregorian date, by counting from 1 March so that leap days come last. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The calendar date of a day number; the inverse of {@link daysFromCivil}. */
function civilFromDays(days: number): readonly [year: number, month: number, day: number] {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day]
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

/** Writes an instant; what lies beyond the years that can be written becomes the first or last of them. */
function compose(distantMs: number, subMillisecond: string): Instant {
  const ms = Math.min(LAST_MS, Math.max(FIRST_MS, distantMs))
  const days = Math.floor(ms / DAY_MS)
  const rest = ms - days * DAY_MS
  const [year, month, day] = civilFromDays(days)
  const time = `${pad(Math.floor(rest / 3_600_000), 2)}:${pad(Math.floor(rest / 60_000) % 60, 2)}:${pad(Math.floor(rest / 1000) % 60, 2)}`
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${time}.${pad(rest % 1000, 3)}${subMillisecond}Z` as Instant
}

/** Minutes east of UTC of `Z`, `+02:00` or `-0530`; undefined where the offset is out of range. */
function offsetMinutes(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0
  const hours = Number(text.slice(1, 3))
  const minutes = Number(text.slice(-2))
  if (hours > 14 || minutes > 59) return undefined
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

/**
 * Reads an ISO 8601 time with an offset, or a bare date (00:00 UTC).
 *
 * @param text - Such as `2026-11-20`, `2026-11-20T10:00Z` or `2026-11-20T10:00:00.1234567+01:00`.
 * @returns The instant, digits beyond 100 ns cut; undefined where the text is no such time, has no offset, or names a
 * day or hour that does not exist, or lies outside the years 0000 to 9999.
 */
export function parseInstant(text: string): Instant | undefined {
  const match = PATTERN.exec(text)
  if (match === null) return undefined
  const [
    ,
    year = '',
    month = '',
    day = '',
    hour = '0',
    minute = '0',
    second = '0',
    fraction = '',
    zone = 'Z',
  ] = match
  const offset = offsetMinutes(zone)
  const days = daysFromCivil(Number(year), Number(month), Number(day))
  const [, realMonth, realDay] = civilFromDays(days)
  const exists = realMonth === Number(month) && realDay === Number(day)
  if (!exists || offset === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    return undefined
  const digits = fraction.padEnd(7, '0')
  const clock = Number(hour) * 3_600_000 + (Number(minute) - offset) * 60_000 + Number(second) * 1000
  const ms = days * DAY_MS + clock + Number(digits.slice(0, 3))
  return ms < FIRST_MS || ms > LAST_MS ? undefined : compose(ms, digits.slice(3, 7))
}

/** Says whether a text is already a canonical {@link Instant}; cheaper than parsing it. */
export function isInstant(text: string): text is Instant {
  return CANONICAL.test(text)
}

/** Milliseconds since 1970-01-01T00:00Z, cut (not rounded) to the millisecond. */
export function toEpochMs(instant: Instant): number {
  const days = daysFromCivil(
    Number(instant.slice(0, 4)),
    Number(instant.slice(5, 7)),
    Number(instant.slice(8, 10)),
  )
  const seconds =
    Number(instant.slice(11, 13)) * 3600 + Number(instant.slice(14, 16)) * 60 + Number(instant.slice(17, 19))
  return days * DAY_MS + seconds * 1000 + Number(instant.slice(20, 23))
}

/** The instant of a number of milliseconds since 1970-01-01T00:00Z, fractions of a millisecond cut; the nearest one that can be written where it lies outside the years 0000 to 9999. */
export function fromEpochMs(ms: number): Instant {
  return compose(Math.floor(ms), '0000')
}

/** The instant `ms` milliseconds later (earlier when negative); digits below the millisecond are kept; never beyond the years 0000 to 9999. */
export function addMs(instant: Instant, ms: number): Instant {
  return compose(toEpochMs(instant) + Math.floor(ms), instant.slice(23, 27))
}

/** The next instant that can be told from this one: 100 ns later. */
export function nextTick(instant: Instant): Instant {
  const fraction = Number(instant.slice(20, 27)) + 1
  return fraction < 10_000_000
    ? (`${instant.slice(0, 20)}${pad(fraction, 7)}Z` as Instant)
    : addMs(`${instant.slice(0, 20)}0000000Z` as Instant, 1000)
}

/** Milliseconds from `from` to `to`, negative when `to` is earlier. */
export function msBetween(from: Instant, to: Instant): number {
  return toEpochMs(to) - toEpochMs(from)
}

/** Writes an instant for documents: trailing fraction zeros dropped, `2026-11-20T10:00:00Z`. */
export function formatInstant(instant: Instant): string {
  return `${instant.slice(0, 27).replace(/\.?0+$/, '')}Z`
}

/** Writes an instant for people: `2026-12-01 06:00Z`, a midnight as the bare date. */
export function displayInstant(instant: Instant): string {
  const date = instant.slice(0, 10)
  return instant.slice(11, 27) === '00:00:00.0000000' ? date : `${date} ${instant.slice(11, 16)}Z`
}
