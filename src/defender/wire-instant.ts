import { type Instant, isInstant, parseInstant } from '../schema/instant.ts'

const CANONICAL_LENGTH = 28
const FRACTION_DOT = 19

/**
 * Reads a time of the service, with as many fraction digits as it has, and `Z`.
 *
 * The service nearly always sends seven digits, or fewer because trailing zeros are dropped; both are made canonical
 * without taking the time apart.
 */
export function readInstant(value: unknown): Instant | undefined {
  if (typeof value !== 'string') return undefined
  const { length } = value
  if (length === CANONICAL_LENGTH) return isInstant(value) ? value : parseInstant(value)
  if (length < CANONICAL_LENGTH && value[FRACTION_DOT] === '.' && value[length - 1] === 'Z') {
    const padded = `${value.slice(0, -1).padEnd(CANONICAL_LENGTH - 1, '0')}Z`
    if (isInstant(padded)) return padded
  }
  return parseInstant(value)
}
