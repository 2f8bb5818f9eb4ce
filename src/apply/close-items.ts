import type { Plan } from '../plan/document/document.ts'
import { type ApplyCode, explain } from './codes.ts'
import type { DriveEnd } from './drive.ts'
import { type Item, isAwaited, itemOfChange, itemOfInFlight } from './item.ts'
import { type ItemEvent, reduceItem } from './reduce-item.ts'
import type { Run } from './run.ts'
import { describeYield } from './yielding.ts'

/** Codes of what had to be left when a run ended, by the reason for its end. */
const LEFT: Readonly<Record<DriveEnd, LeftCodes>> = {
  done: { queued: 'dependency-pending', inFlight: 'no-wait' },
  deadline: { queued: 'dependency-pending', inFlight: 'deadline' },
  locked: { queued: 'locked', inFlight: 'deadline' },
  stopped: { queued: 'stopped', inFlight: 'stopped' },
  interrupted: { queued: 'interrupted', inFlight: 'interrupted' },
  yielded: { queued: 'yielded', inFlight: 'yielded' },
}

/** Gives every item that has not ended the outcome of what it was doing; returns whether there was one. */
export function closeItems(run: Run, end: DriveEnd): boolean {
  const open = [...run.items].filter(({ stage }) => stage.kind !== 'ended')
  for (const item of open) {
    const isWaiting = end === 'deadline' && run.gate.isHeld(item)
    const { yieldTo } = run.lease
    const left: LeftCodes = {
      ...LEFT[end],
      ...(isWaiting ? { queued: 'wave-waiting' } : {}),
      ...(end === 'yielded' && yieldTo !== null ? { why: describeYield(yieldTo) } : {}),
    }
    run.dispatch(item.address, closingOf(item, left))
  }
  return open.length > 0
}

/** Codes of what is left queued and in flight. */
export interface LeftCodes {
  readonly queued: ApplyCode
  readonly inFlight: ApplyCode
  /** What happened to all of them, where there is more to say than the code's meaning. */
  readonly why?: string
}

/** The end of an item that nothing more is done about. */
export function closingOf(item: Item, left: LeftCodes): ItemEvent & { readonly kind: 'ended' } {
  const { stage } = item
  switch (stage.kind) {
    case 'sending':
    case 'looking': {
      const detail = explain('unanswered', stage.kind === 'looking' ? stage.message : undefined)
      return { kind: 'ended', outcome: 'uncertain', code: 'unanswered', detail }
    }
    case 'in-flight': {
      if (isAwaited(item)) return leave('pending', left.inFlight, left.why)
      return leave('pending', 'will-stay-pending')
    }
    default:
      return leave('not-attempted', left.queued, left.why)
  }
}

function leave(
  outcome: 'pending' | 'not-attempted',
  code: ApplyCode,
  why?: string,
): ItemEvent & { readonly kind: 'ended' } {
  return { kind: 'ended', outcome, code, detail: explain(code, why) }
}

/**
 * The items of a plan of which this run submitted nothing, all ended: what is known of each change, else that it was
 * not attempted.
 *
 * @param items - Where the changes stand, once the history was read.
 */
export function unsubmittedItems(
  plan: Plan,
  code: ApplyCode,
  items: Iterable<Item> = plannedItems(plan),
): readonly Item[] {
  const left = { queued: code, inFlight: code }
  return [...items].map(item => reduceItem(item, closingOf(item, left)))
}

/** Everything that a plan waits for or would do: one item of each address, however many actions are in flight there. */
function plannedItems(plan: Plan): Iterable<Item> {
  const items = new Map<string, Item>(plan.changes.map(change => [change.address, itemOfChange(change)]))
  for (const inFlight of plan.inFlight) {
    const { address, awaited } = inFlight
    if (awaited && !items.has(address)) items.set(address, itemOfInFlight(inFlight))
  }
  return items.values()
}
