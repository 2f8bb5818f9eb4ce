import { type Chronicle, HOLD_OF, type Submission } from './record.ts'
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
