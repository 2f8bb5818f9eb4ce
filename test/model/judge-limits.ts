import { addMs } from '../../src/schema/instant.ts'
import { type Chronicle, HOLD_OF, hasEnded, type Submission } from './record.ts'
import type { Run } from './world.ts'

/** The tag of machines that the configuration protects, and what may be done to them all the same. */
const GUARDED = 'domain-controller'

const RUN_FACETS: Readonly<{ [type: string]: string }> = {
  RunAntiVirusScan: 'scanned',
  CollectInvestigationPackage: 'collected',
  StopAndQuarantineFile: 'quarantined',
  LiveResponse: 'liveResponse',
  Offboard: 'offboarded',
}

function sentBy(run: Run, { submissions }: Chronicle): readonly Submission[] {
  return submissions.filter(({ by }) => by === run.id)
}

/** Protected machines are untouched but for what is allowed and for being released. */
export function judgeProtected(run: Run, record: Chronicle): readonly string[] {
  const allowed = run.configuration.protected.map(({ allow }) => new Set<string>(allow))
  if (allowed.length === 0) return []
  // As the run's first look listed them: tags are not read again before each request.
  const seen = record.looks.find(({ by, machines }) => by === run.id && machines !== null)?.machines ?? []
  const guarded = new Set(seen.filter(({ machineTags }) => machineTags.includes(GUARDED)).map(({ id }) => id))
  return sentBy(run, record)
    .filter(({ machineId }) => guarded.has(machineId))
    .filter(({ type, machineId }) => {
      const facet = HOLD_OF[type] ?? RUN_FACETS[type]
      if (facet === undefined || allowed.every(facets => facets.has(facet))) return false
      const change = run.planned.plan.changes.find(one => one.machine.id === machineId && one.facet === facet)
      return !type.startsWith('Un') || change?.after !== 'none'
    })
    .map(({ type, machineId }) => `${type} on the protected ${machineId.replace(/^0+/, '#')}`)
}

/** One-way actions, and a release in the middle of a change of scope, only where the configuration allows them. */
export function judgeAllowed(run: Run, record: Chronicle): readonly string[] {
  const { allow } = run.configuration
  return sentBy(run, record).flatMap(({ type, machineId }) => {
    const facet = RUN_FACETS[type]
    const isOneWay = facet === 'quarantined' || facet === 'liveResponse' || facet === 'offboarded'
    return isOneWay && !allow[facet] ? [`${type} on ${machineId.replace(/^0+/, '#')} is not allowed`] : []
  })
}

/** Nothing is sent while a freeze is in force, after a plan has expired, from a plan that failed a guard, or past one. */
export function judgeStops(run: Run, record: Chronicle): readonly string[] {
  const sent = sentBy(run, record)
  if (sent.length === 0) return []
  const violations: string[] = []
  const { configuration, planned, startedAt, manner, result } = run
  const { freeze, guards } = configuration
  const seenAt = record.looks.find(({ by }) => by === run.id)?.readAt ?? startedAt
  if (freeze !== undefined && seenAt < freeze.until) violations.push('sent while everything is frozen')
  if (!planned.plan.applyable && manner.overrides.length === 0)
    violations.push('sent from a plan that is not applyable')
  if (seenAt >= `${planned.plan.expiresAt.slice(0, 19)}.9999999Z`)
    violations.push('sent from an expired plan')
  const holds = sent.filter(({ type }) => HOLD_OF[type] !== undefined)
  const touched = new Set(holds.map(({ machineId }) => machineId)).size
  if (
    guards.maxMachines !== undefined &&
    !manner.overrides.includes('maxMachines') &&
    touched > guards.maxMachines
  )
    violations.push(`${touched} machines changed, the limit is ${guards.maxMachines}`)
  const exit = result?.exit.code
  if (exit === 3 || exit === 4) violations.push(`exit ${exit} after ${sent.length} requests were sent`)
  return violations
}

/** How long a wave waits for machines that give no answer: `apply.timeout`. */
const WAVE_WAITS_MS = 30 * 60_000

/** No machine is reached before its wave: those of the first have ended, or had their time to answer. */
export function judgeWaves(run: Run, record: Chronicle): readonly string[] {
  const [first] = run.configuration.apply.rollout?.waves ?? []
  if (first === undefined || !('count' in first) || !isWholeRollout(run)) return []
  const sent = sentBy(run, record).filter(({ actionId, type }) => actionId !== null && type !== 'Cancel')
  const reached = [...new Set(sent.map(({ machineId }) => machineId))]
  const next = sent.find(({ machineId }) => machineId === reached[first.count])
  if (next === undefined) return []
  const open = sent.filter(
    ({ machineId, at, actionId }) =>
      reached.indexOf(machineId) < first.count &&
      addMs(at, WAVE_WAITS_MS) > next.at &&
      isAwaited(run, record, machineId) &&
      !hasEndedBy(record, actionId, next.at),
  )
  return open.map(
    ({ type, machineId }) =>
      `${next.type} was sent to ${next.machineId.replace(/^0+/, '#')} while ${type} on ${machineId.replace(/^0+/, '#')} had not ended`,
  )
}

/** Whether a run began with all of its machines: where one was refused beforehand, the waves are smaller than they say. */
function isWholeRollout({ result, planned: { plan } }: Run): boolean {
  const changed = new Set(plan.changes.map(({ address }) => address))
  const outcomes = result?.outcomes.filter(({ address }) => changed.has(address)) ?? []
  return outcomes.length > 0 && outcomes.every(({ outcome, adopted }) => !LEFT_OUT.has(outcome) && !adopted)
}

/** Outcomes of changes that a wave does not wait for. */
const LEFT_OUT: ReadonlySet<string> = new Set(['refused', 'unchanged', 'adopted'])

/** A machine that is away when the run begins, or is not waited for, holds up nobody. */
function isAwaited({ id, planned: { plan } }: Run, { looks }: Chronicle, machineId: string): boolean {
  const seen = looks.find(({ by, machines }) => by === id && machines !== null)?.machines ?? []
  const isThere = seen.some(machine => machine.id === machineId && machine.healthStatus === 'Active')
  const changes = plan.changes.filter(({ machine }) => machine.id === machineId)
  return (
    isThere && changes.every(({ warnings }) => warnings.every(({ code }) => code !== 'will-stay-pending'))
  )
}

function hasEndedBy({ entries }: Chronicle, actionId: string | null, at: string): boolean {
  const action = entries.find(({ action: one }) => one.id === actionId)?.action
  return action !== undefined && hasEnded(action) && action.lastUpdateDateTimeUtc <= at
}
