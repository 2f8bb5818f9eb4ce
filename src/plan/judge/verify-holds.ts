import { foldHold, type HoldPosture } from '../../posture/fold-hold.ts'
import { compareText, type History, indexHistory } from '../../posture/history.ts'
import type { HoldLens } from '../../posture/hold-lens.ts'
import { HOLD_PAIRS } from '../../posture/holds.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { formatInstant, type Instant } from '../../schema/instant.ts'
import type { Observation } from '../select/observation.ts'

/** What a device last reported of itself to advanced hunting (docs/service.md#device-info). */
export interface Mitigation {
  /** Lower case. */
  readonly machineId: string
  readonly reportedAt: Instant
  /** Null where the report cannot be read. */
  readonly isIsolated: boolean | null
}

/** Which devices have to be asked about. */
export interface MitigationNeed {
  /** Sorted. */
  readonly machineIds: readonly string[]
  /** Whether every other device that reports to be isolated is wanted too: all of the tenant was read. */
  readonly alsoIsolated: boolean
}

type Observed = Pick<Observation, 'machines' | 'actions' | 'scope'>

/**
 * Says which devices have to be asked about before {@link verifyHolds} can compare: of a whole tenant those that the
 * history says are isolated, and whichever says so itself; of named machines all.
 */
export function mitigationNeed(observation: Observed, lens: HoldLens): MitigationNeed {
  const history = indexHistory(observation.actions)
  const isWhole = observation.scope === 'tenant'
  const ids = isWhole ? history.machineIds : observation.machines.map(({ id }) => id)
  const wanted = ids.filter(id => !isWhole || isComparable(isolationOf(history, id, lens)))
  return { machineIds: [...wanted].sort(compareText), alsoIsolated: isWhole }
}

/**
 * Holds what the history says of isolation against what the devices report, and says where the two contradict.
 *
 * Pure, and of no effect on a plan: a report can be an hour old, so it neither completes nor undoes anything. A report
 * counts only if it is newer than the latest action of the pair, and only where nothing of the pair is in flight.
 * Whether containment and app restriction show in a report is not known, so neither is compared.
 */
export function verifyHolds(
  observation: Observed,
  mitigations: readonly Mitigation[],
  lens: HoldLens,
): readonly Diagnostic[] {
  const history = indexHistory(observation.actions)
  const names = new Map(observation.machines.map(machine => [machine.id, machine.computerDnsName]))
  const reports = latestReports(mitigations)
  const asked = mitigationNeed(observation, lens).machineIds
  const compared = [...new Set([...asked, ...reports.keys()])].sort(compareText)
  let agreeing = 0
  let silent = 0
  const contradictions: Diagnostic[] = []
  for (const id of compared) {
    const posture = isolationOf(history, id, lens)
    if (posture.inFlight.length > 0 || posture.level === 'unmanaged') continue
    const report = reports.get(id)
    if (report === undefined || report.isIsolated === null || report.reportedAt <= latestOf(posture))
      silent += 1
    else if (report.isIsolated === (posture.level !== 'none')) agreeing += 1
    else contradictions.push(contradiction(names.get(id) ?? id, id, posture, report.reportedAt))
  }
  return [...contradictions, ...summary(agreeing, contradictions.length, silent)]
}

function isolationOf(history: History, id: string, lens: HoldLens): HoldPosture {
  return foldHold(history.of(id), HOLD_PAIRS.isolated, lens)
}

/** Whether the history says something about isolation that a report could confirm. */
function isComparable({ level, inFlight }: HoldPosture): boolean {
  return level !== 'none' && level !== 'unmanaged' && inFlight.length === 0
}

function latestReports(mitigations: readonly Mitigation[]): ReadonlyMap<string, Mitigation> {
  const latest = new Map<string, Mitigation>()
  for (const report of mitigations) {
    const known = latest.get(report.machineId)
    if (known === undefined || known.reportedAt < report.reportedAt) latest.set(report.machineId, report)
  }
  return latest
}

/** The last update of the latest action of the pair, however it ended; the empty text, which is before every time. */
function latestOf({ succeeded, endedSince }: HoldPosture): string {
  const [a, b] = [succeeded.at(-1), endedSince.at(-1)].map(one => one?.action.lastUpdateDateTimeUtc ?? '')
  return (a as string) < (b as string) ? (b as string) : (a as string)
}

function contradiction(who: string, id: string, posture: HoldPosture, reportedAt: Instant): Diagnostic {
  const at = formatInstant(reportedAt)
  const by = posture.decidedBy?.action
  const since = by === undefined ? '' : ` since ${formatInstant(by.lastUpdateDateTimeUtc)} (${by.id})`
  const message =
    posture.level === 'none'
      ? `${who}: the history says not isolated${since}, and the device reported isolated at ${at}; something other than an action isolated it, such as automatic disruption. Look at the device before you rely on the plan.`
      : `${who}: the history says isolated (${posture.level})${since}, and the device reported not isolated at ${at}; it may have been released without an action. Look at the device; \`--resubmit ${id}/isolated --reason TEXT\` isolates it again.`
  return { severity: 'warning', code: 'unverified-hold', message }
}

function summary(agreeing: number, contradicting: number, silent: number): readonly Diagnostic[] {
  const parts = [
    `${agreeing} agree with what their devices report`,
    ...(contradicting === 0 ? [] : [`${contradicting} contradict it`]),
    ...(silent === 0 ? [] : [`${silent} have no report newer than their latest action`]),
  ]
  return [{ severity: 'info', code: 'holds-verified', message: `isolation verified: ${parts.join(', ')}.` }]
}
