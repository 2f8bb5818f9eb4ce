import type { Policy } from './policy.ts'

/** Writes policies as one text without their places, which move when lines are added. */
export function placeless(policies: readonly Policy[]): string {
  return JSON.stringify(policies, (key, value: unknown) => (key === 'place' ? undefined : value))
}
