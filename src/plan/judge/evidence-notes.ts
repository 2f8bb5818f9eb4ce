import type { Evidence, EvidenceLens } from '../../posture/evidence.ts'
import { foldHold, type HoldPosture } from '../../posture/fold-hold.ts'
import { compareText, type History } from '../../posture/history.ts'
import type { HoldLens } from '../../posture/hold-lens.ts'
import { HOLD_PAIRS } from '../../posture/holds.ts'
import { isFresh, isSettled } from '../../posture/observed-hold.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { formatInstant } from '../../schema/instant.ts'
import type { Observation } from '../select/observation.ts'

/** What the reports of one device come to, beside its history. */
type Verdict = 'confirmed' | 'denied' | 'silent' | 'off-record' | 'nothing'

/**
 * Says what the devices' reports come to: how many isolations they confirm, and which devices report to be isolated
 * although no action isolates them, such as by automatic disruption. Nothing where they were not read.
 */
export function evidenceDiagnostics(
  { machines, evidence: rows }: Pick<Observation, 'machines' | 'evidence'>,
  history: History,
  lens: HoldLens,
): readonly Diagnostic[] {
  const { evidence } = lens
  if (evidence === undefined || rows === undefined) return []
  const names = new Map(machines.map(machine => [machine.id, machine.computerDnsName]))
  const ids = new Set([...history.machineIds, ...evidence.of.keys()])
  const counts = { confirmed: 0, denied: 0, silent: 0 }
  const offRecord: Diagnostic[] = []
  for (const id of [...ids].sort(compareText)) {
    const row = evidence.of.get(id)?.findLast(({ at }) => at <= lens.now)
    const verdict = verdictOn(foldHold(history.of(id), HOLD_PAIRS.isolated, lens), row, lens, evidence)
    if (verdict === 'off-record' && row !== undefined)
      offRecord.push(isolatedOffRecord(names.get(id) ?? id, row))
    else if (verdict !== 'nothing' && verdict !== 'off-record') counts[verdict] += 1
  }
  return [...offRecord, summary(counts)]
}

function verdictOn(
  posture: HoldPosture,
  row: Evidence | undefined,
  lens: HoldLens,
  evidence: EvidenceLens,
): Verdict {
  const { level, observed, lapsed, inFlight, succeeded } = posture
  if (observed?.kind === 'held') return 'confirmed'
  if (observed?.kind === 'lost') return 'denied'
  if (level === 'unmanaged' || inFlight.length > 0) return 'nothing'
  const isKnown = succeeded.length > 0 || posture.endedSince.length > 0
  const counts =
    row !== undefined && isFresh(row, lens, evidence) && (!isKnown || isSettled(posture, row, evidence))
  if (level !== 'none') return counts && row.isolated ? 'confirmed' : 'silent'
  return lapsed === null && counts && row.isolated ? 'off-record' : 'nothing'
}

function isolatedOffRecord(who: string, { at }: Evidence): Diagnostic {
  return {
    severity: 'warning',
    code: 'isolated-off-record',
    message: `${who}: the device reported at ${formatInstant(at)} that it is isolated, and no action isolates it; something else did, such as automatic disruption. Look into the Action center before you rely on the history.`,
  }
}

function summary({
  confirmed,
  denied,
  silent,
}: Readonly<Record<'confirmed' | 'denied' | 'silent', number>>): Diagnostic {
  const parts = [
    `${confirmed} confirmed by their devices`,
    ...(denied === 0 ? [] : [`${denied} denied`]),
    ...(silent === 0 ? [] : [`${silent} without a report that counts`]),
  ]
  return { severity: 'info', code: 'evidence-read', message: `isolations: ${parts.join(', ')}.` }
}
