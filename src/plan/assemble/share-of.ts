/**
 * A share of a number of machines, rounded up: 10 % of 11 is 2.
 *
 * Seven hundredths of 100 is 7.000000000000001 in floating point; that must not become 8.
 */
export function shareOf(ratio: number, machines: number): number {
  return Math.ceil(Number((ratio * machines).toFixed(6)))
}
