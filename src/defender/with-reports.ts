import { PLAN_CODES } from '../plan/document/codes.ts'
import type { Observation } from '../plan/select/observation.ts'
import type { LensSettings } from '../plan/select/plan-lens.ts'
import { reportNeed } from '../plan/select/report-need.ts'
import { resolveMerges } from '../posture/merges.ts'
import type { Diagnostic } from '../schema/diagnostic.ts'
import { DEFENDER_CODES, type DefenderCode } from './codes.ts'
import { DefenderError } from './defender-error.ts'
import type { DeviceReport } from './device-report.ts'
import type { HuntingAnswer, HuntingClient } from './hunting-client.ts'

/** How devices are asked beside one look at the service. */
export interface ReportSource {
  readonly settings: LensSettings
  openHunting(): Promise<HuntingClient>
}

const WORDS = { ...DEFENDER_CODES, 'evidence-unread': PLAN_CODES['evidence-unread'] }

/** After these nobody is who they were, or wants to go on: they are no failed read. */
const ENDS_ALL: ReadonlySet<DefenderCode> = new Set<DefenderCode>([
  'identity-changed',
  'interrupted',
  'tenant-mismatch',
])

/**
 * Adds to a look what the devices report of themselves (docs/contract.md#no-evidence). One read for all devices
 * concerned; what it may not ask is told, and what it may and cannot is unread: with `required` either is a read that
 * failed.
 *
 * Rejects with a DefenderError where the identity is another one, or the read was interrupted.
 */
export async function withReports(
  observation: Observation,
  { settings, openHunting }: ReportSource,
  signal?: AbortSignal,
): Promise<Observation> {
  const { read } = settings.evidence
  if (read === 'off' || observation.failures.length > 0) return observation
  const need = reportNeed(observation, settings)
  if (need.machineIds.length === 0 && !need.alsoOthers) return { ...observation, ...factsOf([], observation) }
  let answer: HuntingAnswer
  try {
    answer = await (await openHunting()).read(need, observation.target.tenantId, signal)
  } catch (error) {
    if (!(error instanceof DefenderError) || ENDS_ALL.has(error.code)) throw error
    const why = `${error.message} ${error.wayOut}`
    return read === 'required'
      ? failed(observation, why)
      : told({ ...observation, evidenceUnread: why }, 'warning', 'evidence-unread', why)
  }
  const apiCalls = observation.apiCalls + answer.apiCalls
  if (answer.kind === 'closed') {
    if (read === 'required') return failed({ ...observation, apiCalls }, answer.reason)
    return told({ ...observation, apiCalls }, 'info', 'evidence-closed', answer.reason)
  }
  const seen = { ...observation, ...factsOf(answer.reports, observation), apiCalls }
  if (answer.api === 'graph') return seen
  const why = answer.instead ?? '`evidence.api` is `defender`'
  return told(seen, 'warning', 'evidence-old-path', why)
}

/**
 * What a look says of devices: all reports of their isolation, and what the latest says that each refuses. Of records
 * that were merged each report counts for the one that remains.
 */
function factsOf(
  found: readonly DeviceReport[],
  { machines }: Pick<Observation, 'machines'>,
): Pick<Observation, 'evidence' | 'restrictions'> {
  const merges = resolveMerges(machines)
  const reports = found.map(report => ({ ...report, machineId: merges.ownerOf(report.machineId) }))
  const latest = new Map<string, DeviceReport>()
  for (const report of reports) {
    const known = latest.get(report.machineId)
    if (known === undefined || known.at < report.at) latest.set(report.machineId, report)
  }
  return {
    evidence: reports.flatMap(({ machineId, at, isolated }) =>
      isolated === null ? [] : [{ machineId, at, isolated }],
    ),
    restrictions: [...latest.values()].flatMap(({ machineId, refuses }) =>
      refuses === null ? [] : [{ machineId, refuses }],
    ),
  }
}

function failed(observation: Observation, why: string): Observation {
  const message = `What the devices report is required, and could not be read: ${why}`
  return { ...observation, failures: [...observation.failures, { code: 'evidence-unread', message }] }
}

function told(
  observation: Observation,
  severity: Diagnostic['severity'],
  code: 'evidence-closed' | 'evidence-old-path' | 'evidence-unread',
  why: string,
): Observation {
  const { meaning, wayOut } = WORDS[code]
  const message = `${meaning} ${why.replace(/\.?$/, '.')} ${wayOut}`
  return { ...observation, diagnostics: [...(observation.diagnostics ?? []), { severity, code, message }] }
}
