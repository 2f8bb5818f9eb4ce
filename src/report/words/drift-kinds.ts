import type { Drift, DriftKind } from '../../plan/document/document.ts'
import { shellWord } from './shell-word.ts'
import { MARKS, type Mark } from './symbol.ts'

/** How one kind of drift is described to people. */
export interface DriftDescription {
  readonly kind: DriftKind
  /** What happened, for the heading. */
  readonly title: string
  /** What to do about it, one line; ADDR, MACHINE and ID stand for those of a finding. */
  readonly wayOut: string
  /** Whether each finding has its own way out, since it needs an action or a machine by name. */
  readonly each?: true
  /** Symbol of its lines where the kind alone decides it. */
  readonly mark?: Mark
}

const IMPOSE: Mark = { symbol: '+', tone: 'impose' }
const RUN: Mark = { symbol: '>', tone: 'run' }

/** Every kind, the ones that need a person first. */
export const DRIFT_KINDS: readonly DriftDescription[] = [
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
    kind: 'lost',
    title: 'held by the history, and free by what the device reports',
    wayOut:
      'ask who freed it without an action; then change the policy, or `holdfast apply` isolates it again.',
    mark: IMPOSE,
  },
  {
    kind: 'lapsed',
    title: 'ended by itself, since the service keeps an isolation for a time only',
    wayOut:
      '`holdfast apply --renewals` renews what ended lately, `holdfast apply` isolates the rest; `holdfast explain MACHINE` says where somebody has to ask for it first.',
    each: true,
    mark: IMPOSE,
  },
  {
    kind: 'stuck',
    title: 'in flight for over 72 hours',
    wayOut: '`holdfast actions cancel ID --reason TEXT` ends it; then plan again.',
    each: true,
    mark: MARKS.waiting,
  },
  {
    kind: 'failing',
    title: 'tried and failed',
    wayOut:
      '`holdfast explain MACHINE` shows why; `holdfast apply --retry ADDR --reason TEXT` allows one more attempt.',
    each: true,
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
    wayOut:
      'Holdfast never touches it; `holdfast drift --adopt --reason TEXT` writes the policy that would declare it.',
    mark: MARKS.undeclared,
  },
  {
    kind: 'due',
    title: 'done before, and no longer fresh by time alone',
    wayOut: '`holdfast apply` runs it again.',
  },
]

/** What to do about one finding, with its machine, address and action in place of the words that stand for them. */
export function wayOutOf({ kind, address, machine, actor }: Drift): string {
  const { wayOut } = DRIFT_KINDS.find(description => description.kind === kind) as DriftDescription
  const words: Readonly<Record<string, string | undefined>> = {
    ADDR: address,
    MACHINE: machine.id,
    ID: actor?.actionId,
  }
  return wayOut.replace(/\b(?:ADDR|MACHINE|ID)\b/g, word => {
    const known = words[word]
    return known === undefined ? word : shellWord(known)
  })
}

/** The symbol of one drift item: of its kind, else of what would mend it. */
export function driftMark(description: DriftDescription, item: Drift): Mark {
  if (description.mark !== undefined) return description.mark
  return item.facet === 'isolated' || item.facet === 'restricted' ? IMPOSE : RUN
}
