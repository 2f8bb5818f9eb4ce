import { OUTCOMES } from '../../apply/outcomes.ts'
import type { Progress, ProgressItem } from '../../apply/progress.ts'

/** How far an apply is, in numbers: `12 queued, 1 sending, 5 in flight; 20 succeeded, 2 failed`. */
export function progressCounts({ items }: Progress): string {
  const states = (['queued', 'sending', 'in-flight'] as const).flatMap(state => {
    const count = items.filter(item => item.state === state).length
    return count === 0 ? [] : [`${count} ${state === 'in-flight' ? 'in flight' : state}`]
  })
  const ended = endedCounts(items)
  return [states.join(', '), ended].filter(part => part !== '').join('; ')
}

/** How the items that have ended did: `20 succeeded, 2 failed`; empty where none has. */
export function endedCounts(items: readonly ProgressItem[]): string {
  return OUTCOMES.flatMap(outcome => {
    const count = items.filter(item => item.state === 'ended' && item.outcome === outcome).length
    return count === 0 ? [] : [`${count} ${outcome}`]
  }).join(', ')
}
