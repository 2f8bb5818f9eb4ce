import { Refusal } from './exchange.ts'

const DURATION = /^P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?$/

/**
 * Reads `Timespan` of a hunting query as an ISO 8601 duration, in milliseconds.
 *
 * @throws Refusal for the other forms, intervals and starts, which this emulator does not know.
 */
export function readTimespan(text: string): number {
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = DURATION.exec(text) ?? []
  const ms = Number(days) * 86_400_000 + Number(hours) * 3_600_000 + Number(minutes) * 60_000
  const length = ms + Number(seconds) * 1000
  if (length === 0) throw new Refusal(400, 'BadRequest', `Invalid Timespan: ${text.slice(0, 40)}`)
  return length
}
