import type { ApplyResult, ChangeOutcome } from '../../src/apply/result.ts'
import type { Change, Plan } from '../../src/plan/document/document.ts'
import { parseMarker } from '../../src/posture/marker.ts'
import type { Rig } from './rig.ts'
import { DECLARED } from './scene.ts'

type Row = ReturnType<Rig['emulator']['actions']>[number]

/** What the emulator's own record says against a run, one sentence each. */
export interface Violation {
  readonly kind: 'duplicate' | 'unplanned' | 'lost' | 'untrue'
  readonly what: string
}

/** Exit codes that docs/exit-codes.md names for apply. */
const DOCUMENTED: ReadonlySet<number> = new Set([0, 1, 3, 4, 5, 6, 7])

/** What the service has of ours: nothing twice, and nothing that the plan did not hold. */
export function judgeHistory(rig: Rig, plan: Plan): readonly Violation[] {
  const violations: Violation[] = []
  const seen = new Map<string, number>()
  for (const action of oursSinceStart(rig)) {
    const change = changeOf(plan, action)
    if (change === undefined || !isPlanned(change, action)) {
      violations.push({ kind: 'unplanned', what: `${action.type} on ${short(action.machineId)}` })
      continue
    }
    const key = `${action.type} of ${short(change.address)}`
    seen.set(key, (seen.get(key) ?? 0) + 1)
  }
  for (const { method, path, status } of rig.emulator.requests()) {
    if (method !== 'POST' || !path.endsWith('/cancel') || typeof status !== 'number' || status >= 300)
      continue
    seen.set(path, (seen.get(path) ?? 0) + 1)
  }
  for (const [key, count] of seen)
    if (count > 1) violations.push({ kind: 'duplicate', what: `${count} × ${key}` })
  return violations
}

/** What a result says against what the service's history says. */
export function judgeResult(rig: Rig, plan: Plan, result: ApplyResult): readonly Violation[] {
  const violations: Violation[] = []
  const lost = (what: string): unknown => violations.push({ kind: 'lost', what })
  const untrue = (what: string): unknown => violations.push({ kind: 'untrue', what })
  const told = result.outcomes.map(({ address }) => address)
  const wanted = addressesOf(plan)
  for (const address of wanted) {
    const count = told.filter(other => other === address).length
    if (count !== 1) lost(`${count} outcomes of ${short(address)}`)
  }
  for (const address of told)
    if (!wanted.has(address)) lost(`an outcome of ${short(address)}, which was not planned`)
  if (!DOCUMENTED.has(result.exit.code)) untrue(`exit ${result.exit.code} is not documented`)
  for (const outcome of result.outcomes) {
    const change = plan.changes.find(({ address }) => address === outcome.address)
    for (const what of doubtsAbout(rig, outcome, change))
      untrue(`${short(outcome.address)} ${outcome.outcome} (${outcome.code}): ${what}`)
  }
  for (const change of plan.changes) {
    if (isLeftOpen(rig, change) && !result.chainOpen.includes(change.machine.dnsName ?? change.machine.id)) {
      untrue(`${short(change.machine.id)} was left open by a chain, and the result does not say so`)
    }
  }
  if (result.exit.code === 0) violations.push(...judgeEnd(rig))
  return violations
}

/** Whether what is declared holds: the end of every apply that says that all is well. */
export function judgeEnd(rig: Rig): readonly Violation[] {
  return rig.emulator.machines().flatMap(({ id, truth }): readonly Violation[] => {
    const wanted = DECLARED[id]
    if (wanted === undefined || truth.isolation === wanted) return []
    return [
      { kind: 'untrue', what: `all is well, and ${short(id)} is ${truth.isolation} instead of ${wanted}` },
    ]
  })
}

function doubtsAbout(rig: Rig, outcome: ChangeOutcome, change: Change | undefined): readonly string[] {
  const action = rig.emulator.actions().find(({ id }) => id === outcome.actionId)
  const ours = change === undefined ? [] : oursOf(rig, change)
  const truth = rig.emulator.machines().find(({ id }) => outcome.address.startsWith(id))?.truth.isolation
  const ended = (word: string): readonly string[] =>
    action?.status === word ? [] : [`the service says ${action?.status ?? 'nothing'} of ${outcome.actionId}`]
  switch (outcome.outcome) {
    case 'succeeded':
    case 'adopted': {
      const isHold = outcome.address.endsWith('/isolated')
      const after = change?.after ?? (outcome.type === 'Unisolate' ? 'none' : 'full')
      const holds = !isHold || truth?.toLowerCase() === after
      const isCancel = outcome.type === 'Cancel'
      return [...(isCancel ? [] : ended('Succeeded')), ...(holds ? [] : [`the machine is ${truth}`])]
    }
    case 'cancelled':
      return ended('Cancelled')
    case 'timed-out':
      return ended('TimeOut')
    case 'failed':
      return outcome.code === 'failed' ? ended('Failed') : []
    case 'pending':
      return action === undefined ? ['the service has no such action'] : []
    case 'uncertain':
      return []
    default: {
      const last = change?.requests.at(-1)
      const sent = ours.filter(({ type }) => type === last?.type)
      return sent.length === 0 ? [] : [`the service has ${sent[0]?.type} ${sent[0]?.status}`]
    }
  }
}

/** A change of scope whose first half took effect and whose machine is open now. */
function isLeftOpen(rig: Rig, change: Change): boolean {
  if (change.operations[0] !== 'lift' || change.operations.length < 2) return false
  const lifted = oursOf(rig, change).some(
    ({ type, status }) => type === 'Unisolate' && status === 'Succeeded',
  )
  const truth = rig.emulator.machines().find(({ id }) => id === change.machine.id)?.truth
  return lifted && truth?.isolation === 'none'
}

function addressesOf(plan: Plan): ReadonlySet<string> {
  return new Set([
    ...plan.changes.map(({ address }) => address),
    ...plan.inFlight.filter(({ awaited }) => awaited).map(({ address }) => address),
    ...plan.blocked.map(({ address }) => address),
  ])
}

/** What was created under our name since the start: the history before it has ids of another kind. */
function oursSinceStart(rig: Rig): readonly Row[] {
  return rig.emulator
    .actions()
    .filter(({ requestor, id }) => requestor === 'Holdfast' && !id.startsWith('00000000-'))
}

function oursOf(rig: Rig, change: Change): readonly Row[] {
  return oursSinceStart(rig).filter(
    ({ requestorComment, machineId }) =>
      machineId === change.machine.id &&
      parseMarker(requestorComment)?.change === change.fingerprint.slice(0, 8),
  )
}

function changeOf(plan: Plan, { requestorComment, machineId }: Row): Change | undefined {
  const marker = parseMarker(requestorComment)
  return plan.changes.find(
    ({ fingerprint, machine }) =>
      machine.id === machineId &&
      marker?.change === fingerprint.slice(0, 8) &&
      marker.plan === plan.planId.replace('sha256:', '').slice(0, 8),
  )
}

function isPlanned(change: Change, action: Row): boolean {
  return change.requests.some(request => {
    if (request.type !== action.type || request.type === 'Cancel') return false
    const body: Readonly<Record<string, unknown>> = request.body
    const scope = body['IsolationType'] ?? body['ScanType'] ?? null
    return (
      scope === action.scope && (body['Sha1'] ?? null) === (action.relatedFileInfo?.fileIdentifier ?? null)
    )
  })
}

function short(text: string): string {
  return text.replace(/^0+/, '#')
}
