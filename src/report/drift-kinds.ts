import type { Drift, DriftKind, Plan } from '../plan/document.ts'
import { MARKS, type Mark } from './symbol.ts'

/** How one kind of drift is told. */
export interface DriftTelling {
  readonly kind: DriftKind
  /** What happened, for the heading. */
  readonly title: string
  /** What to do about it, one line. */
  readonly wayOut: string
  /** Symbol of its lines where the kind alone decides it. */
  readonly mark?: Mark
}

const IMPOSE: Mark = { symbol: '+', tone: 'impose' }
const RUN: Mark = { symbol: '>', tone: 'run' }

/** Every kind, the ones that need a person first. */
export const DRIFT_KINDS: readonly DriftTelling[] = [
  {
    kind: 'reverted',
    title: 'done by us and reversed by somebody else',
    wayOut:
      'ask who reversed it; then change the policy, or `holdfast apply --reassert ADDR --reason TEXT` does it again.',
    mark: MARKS.changed,
  },
  {
    kind: 'held-by-other',
    title: 'declared as released, and held by somebody else',
    wayOut:
      'ask who holds it; then change the policy, or `holdfast apply --reassert ADDR --reason TEXT` lifts it.',
    mark: MARKS.blocked,
  },
  {
    kind: 'stuck',
    title: 'in flight for over 72 hours',
    wayOut: '`holdfast actions cancel ID` ends it; then plan again.',
    mark: MARKS.waiting,
  },
  {
    kind: 'failing',
    title: 'tried and failed',
    wayOut:
      '`holdfast explain ADDR` shows why; `holdfast apply --retry ADDR --reason TEXT` allows one more attempt.',
    mark: MARKS.blocked,
  },
  {
    kind: 'missing',
    title: 'declared and never done',
    wayOut: '`holdfast apply` does it.',
  },
  {
    kind: 'expired',
    title: 'held for a policy that has expired',
    wayOut:
      '`holdfast apply` lifts it unless the policy says `onExpiry: report`; to keep it, move `expires`.',
    mark: MARKS.undeclared,
  },
  {
    kind: 'orphaned',
    title: 'held by us and declared by no policy any more',
    wayOut: '`holdfast apply --prune` lifts it; to keep it, declare it again.',
    mark: MARKS.undeclared,
  },
  {
    kind: 'undeclared',
    title: 'held by others and declared by no policy',
    wayOut: 'Holdfast never touches it; `holdfast import` writes the policy that would declare it.',
    mark: MARKS.undeclared,
  },
  {
    kind: 'due',
    title: 'done before, and no longer fresh by time alone',
    wayOut: '`holdfast apply` runs it again.',
  },
]

/** The symbol of one drift item: of its kind, else of what would mend it. */
export function driftMark(telling: DriftTelling, item: Drift): Mark {
  if (telling.mark !== undefined) return telling.mark
  return item.facet === 'isolated' || item.facet === 'restricted' ? IMPOSE : RUN
}

/** The drift of a plan by kind, in the order of {@link DRIFT_KINDS}, kinds without any left out. */
export function driftByKind(
  plan: Plan,
): readonly { readonly telling: DriftTelling; readonly items: readonly Drift[] }[] {
  return DRIFT_KINDS.map(telling => ({
    telling,
    items: plan.drift.filter(item => item.kind === telling.kind),
  })).filter(({ items }) => items.length > 0)
}

/** Says whether there is drift: `due` is none, only time went by. */
export function hasDrift(plan: Plan): boolean {
  return plan.drift.some(({ kind }) => kind !== 'due')
}

/** How many of each kind: `2 reverted, 1 orphaned`; `due` is left out. */
export function driftCounts(plan: Plan): string {
  return driftByKind(plan)
    .filter(({ telling }) => telling.kind !== 'due')
    .map(({ telling, items }) => `${items.length} ${telling.kind}`)
    .join(', ')
}

/** Says whether everything that drift could be found in was read. */
export function isWholeRead(plan: Plan): boolean {
  return plan.complete && plan.observed.complete && !plan.errored
}

/**
 * The line that ends a drift report: the counts, or that there is none; never "none" on an incomplete read.
 * Not escaped.
 */
export function driftVerdict(plan: Plan, matches: string): string {
  const due = plan.drift.filter(({ kind }) => kind === 'due').length
  const dueNote = due === 0 ? '' : ` ${due} due, which is no drift.`
  if (hasDrift(plan)) return `Drift: ${driftCounts(plan)}.${dueNote}`
  return isWholeRead(plan) ? `No drift. ${matches}${dueNote}` : `No conclusion about drift.${dueNote}`
}
