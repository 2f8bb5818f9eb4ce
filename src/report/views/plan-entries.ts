import type { Change, Drift, Plan } from '../../plan/document/document.ts'
import type { PageEntry } from '../html/machine-rows.ts'
import type { Share } from '../html/page-model.ts'
import type { Addressed } from '../words/machine-label.ts'
import { facetPath } from '../words/machine-label.ts'
import { blockedLine, changeLine, inFlightLine, type PlanLine, shownValue } from '../words/plan-line.ts'
import { shownActor } from '../words/words.ts'

type Kind = Omit<Share, 'count'>

type PlanShare = 'blocked' | 'lift' | 'change' | 'cancel' | 'run' | 'impose' | 'inFlight' | 'drift'

/** What a plan can say of a machine, in the order of the bar. */
export const PLAN_SHARES: Readonly<Record<PlanShare, Kind>> = {
  blocked: { key: 'blocked', label: 'blocked', tone: 'blocked' },
  lift: { key: 'lift', label: 'lift', tone: 'lift' },
  change: { key: 'change', label: 'change', tone: 'change' },
  cancel: { key: 'cancel', label: 'cancel', tone: 'cancel' },
  run: { key: 'run', label: 'run', tone: 'run' },
  impose: { key: 'impose', label: 'impose', tone: 'impose' },
  inFlight: { key: 'in-flight', label: 'in flight', tone: 'waiting' },
  drift: { key: 'drift', label: 'drift', tone: 'warning' },
}

const ORDER: readonly Kind[] = Object.values(PLAN_SHARES)

/** A change by what it comes to; counted the same way as in the summary of the plan. */
function changeKind({ operations }: Change): Kind {
  const [lifts, imposes] = [operations.includes('lift'), operations.includes('impose')]
  if (lifts && imposes) return PLAN_SHARES.change
  if (imposes) return PLAN_SHARES.impose
  if (lifts) return PLAN_SHARES.lift
  return operations.includes('run') ? PLAN_SHARES.run : PLAN_SHARES.cancel
}

function entry(
  item: Addressed,
  share: Kind,
  line: PageEntry['line'],
  rank: number = ORDER.indexOf(share) + 1,
): PageEntry {
  return { item, share, rank, facet: facetPath(item.address).split('/', 1)[0] as string, line }
}

/** What drift is told with: who, and which policy. */
export function driftLine({
  expected,
  actual,
  actor,
  policy,
}: Drift): Pick<PlanLine, 'value' | 'notes' | 'policy'> {
  return {
    value: `expected ${shownValue(expected)}, is ${shownValue(actual)}`,
    notes: actor === null ? [] : [{ tone: 'quiet', head: 'by', text: shownActor(actor) }],
    policy,
  }
}

/** Everything that a plan says of machines: a warned change comes before all others but what is blocked. */
export function planEntries(plan: Plan): readonly PageEntry[] {
  const drift = new Map(plan.drift.map(item => [item.address, item]))
  const told = new Set([...plan.changes, ...plan.blocked].map(({ address }) => address))
  return [
    ...plan.blocked.map(item => entry(item, PLAN_SHARES.blocked, blockedLine(item), 0)),
    ...plan.changes.map(change =>
      entry(
        change,
        changeKind(change),
        changeLine(change, drift.get(change.address)),
        change.warnings.length > 0 ? 1 : undefined,
      ),
    ),
    ...plan.inFlight.map(flight => entry(flight, PLAN_SHARES.inFlight, inFlightLine(flight))),
    ...plan.drift
      .filter(({ address }) => !told.has(address))
      .map(item =>
        entry(item, { ...PLAN_SHARES.drift, label: item.kind }, driftLine(item), ORDER.length + 1),
      ),
  ]
}
