import type { Operation } from '../../plan/document/document.ts'
import type { Tone } from '../terminal/paint.ts'

/** The first printed column of a line, and its tone (docs/contract.md#symbols). */
export interface Mark {
  readonly symbol: '+' | '-' | '~' | '-/+' | '>' | 'x' | '=' | '!' | '.' | ' '
  readonly tone: Tone
}

/** The marks of what is not an operation. */
export const MARKS = {
  waiting: { symbol: '=', tone: 'waiting' },
  blocked: { symbol: '!', tone: 'blocked' },
  undeclared: { symbol: '.', tone: 'quiet' },
  changed: { symbol: '~', tone: 'change' },
  unchanged: { symbol: ' ', tone: 'quiet' },
} as const

const BY_OPERATIONS: Readonly<Record<string, Mark>> = {
  impose: { symbol: '+', tone: 'impose' },
  lift: { symbol: '-', tone: 'lift' },
  run: { symbol: '>', tone: 'run' },
  cancel: { symbol: 'x', tone: 'cancel' },
  'lift impose': { symbol: '-/+', tone: 'change' },
}

/** The mark of a change's operations; a chain other than lift and impose is a change of direction, `~`. */
export function markOf(operations: readonly Operation[]): Mark {
  return BY_OPERATIONS[operations.join(' ')] ?? MARKS.changed
}
