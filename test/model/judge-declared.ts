import type { FacetName, Policy } from '../../src/schema/policy.ts'
import {
  type Declared,
  declaredLevel,
  declaredOf,
  isToBeLifted,
  isUndeclared,
  runPolicies,
} from './declared.ts'
import { type Chronicle, HOLD_OF, type Submission } from './record.ts'
import type { Planned, Run } from './world.ts'

const FACET_OF: Readonly<{ [type: string]: FacetName }> = {
  ...HOLD_OF,
  RunAntiVirusScan: 'scanned',
  CollectInvestigationPackage: 'collected',
  StopAndQuarantineFile: 'quarantined',
  LiveResponse: 'liveResponse',
  Offboard: 'offboarded',
}
const SCOPES: Readonly<{ [level: string]: string }> = {
  full: 'Full',
  selective: 'Selective',
  unmanaged: 'UnManagedDevice',
}

/** Nothing outside the selectors, and nothing that no policy asks for: each sentence is a violation. */
export function judgeDeclared(run: Run, record: Chronicle): readonly string[] {
  const { planned } = run
  if (planned.undoes !== null) return []
  return record.submissions
    .filter(({ by }) => by === run.id)
    .flatMap(submission => {
      const declared = declaredOf(planned, submission.machineId)
      const what = `${submission.type} on ${submission.machineId.replace(/^0+/, '#')}`
      // What we hold where there is no record any more is orphaned like any other hold.
      if (declared === null)
        return planned.options.prune && releases(submission, record)
          ? []
          : [`${what}: no record of the machine`]
      if (!isChosen(planned, submission.machineId)) return [`${what}: not chosen by --target or --exclude`]
      return isAsked(submission, declared, planned, record) ? [] : [`${what}: no policy asks for it`]
    })
}

function releases({ type, body }: Submission, { entries }: Chronicle): boolean {
  const target = entries.find(({ action }) => action.id === body['actionId'])?.action.type
  return type.startsWith('Un') || (type === 'Cancel' && HOLD_OF[target ?? ''] !== undefined)
}

function isChosen({ options: { targets, excludes } }: Planned, machineId: string): boolean {
  if (excludes.includes(machineId)) return false
  return targets.length === 0 || targets.includes(machineId)
}

function isAsked(
  { type, body, actionId }: Submission,
  declared: Declared,
  planned: Planned,
  record: Chronicle,
): boolean {
  if (type === 'Cancel') {
    const target = record.entries.find(({ action }) => action.id === (actionId ?? body['actionId']))
    const facet = FACET_OF[target?.action.type ?? '']
    return facet !== undefined && isFacetAsked(facet, declared, planned)
  }
  const hold = HOLD_OF[type]
  const facet = FACET_OF[type]
  if (facet === undefined) return false
  if (hold === undefined) return isRunAsked(facet, body, declared)
  const level = declaredLevel(declared, hold)
  if (level === null) return false
  if (!type.startsWith('Un')) {
    return level !== undefined && level !== 'none' && (body['IsolationType'] ?? undefined) === SCOPES[level]
  }
  if (level !== undefined && level !== 'none') return planned.configuration.allow.scopeChange
  return level === 'none' || isFacetAsked(hold, declared, planned)
}

function isFacetAsked(facet: FacetName, declared: Declared, planned: Planned): boolean {
  if (facet !== 'isolated' && facet !== 'restricted') return runPolicies(declared, facet).length > 0
  const level = declaredLevel(declared, facet)
  if (level !== undefined) return level !== null
  return isToBeLifted(declared, facet) || (planned.options.prune && isUndeclared(declared, facet))
}

function isRunAsked(
  facet: FacetName,
  body: Readonly<{ [key: string]: unknown }>,
  declared: Declared,
): boolean {
  const asking = runPolicies(declared, facet)
  if (asking.length === 0) return false
  switch (facet) {
    case 'scanned': {
      const wantsFull = ({ state }: Policy): boolean => state.scanned?.value.scan === 'full'
      // A lift that waits may want more than live policies ask for, and never less.
      const isFull = body['ScanType'] === 'Full'
      return isFull ? asking.some(wantsFull) : !declared.live.some(wantsFull)
    }
    case 'quarantined':
      return asking.some(({ state }) => state.quarantined?.some(({ sha1 }) => sha1 === body['Sha1']))
    case 'offboarded':
      return asking.some(({ machines }) =>
        machines.some(({ fields }) => fields.id?.includes(declared.machine.id)),
      )
    default:
      return true
  }
}
