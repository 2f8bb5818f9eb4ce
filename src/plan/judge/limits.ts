import type { Machine } from '../../posture/machine.ts'
import { ACTION_METHODS } from '../../posture/methods.ts'
import { unsupportedReason } from '../../posture/platforms.ts'
import type { Configuration } from '../../schema/configuration.ts'
import { addMs, type Instant } from '../../schema/instant.ts'
import type { FacetName } from '../../schema/policy.ts'
import type { Note } from '../document/document.ts'
import { compileEntry, isOnboarded, type Matcher, onlyItself, type RecordsOf } from '../select/match.ts'
import type { DecidedChange, DraftRequest } from './decision.ts'
import { type Restrictions, restrictedNote } from './restricted-device.ts'

/** A machine report older than this makes a hold likely to stay pending (docs/service.md#offline-devices). */
export const SILENT_MS: number = 48 * 3_600_000

/** Protected machines of a configuration, made ready for many machines. */
export interface Protection {
  /** The facets that may change; undefined for a machine that nothing protects. */
  allowedFacets(machine: Machine): readonly FacetName[] | undefined
}

/**
 * Compiles `protected`: where several entries match a machine, a facet must be allowed by all of them.
 *
 * @param recordsOf - Protection of any record of a device protects all of it (docs/contract.md#merged-records).
 */
export function compileProtection(
  configuration: Configuration,
  now: Instant,
  recordsOf: RecordsOf = onlyItself,
): Protection {
  const entries = configuration.protected.map(
    ({ match, allow }): { matches: Matcher; allow: readonly FacetName[] } => ({
      matches: compileEntry(match, now),
      allow,
    }),
  )
  return {
    allowedFacets: machine => {
      const records = recordsOf(machine)
      const matching = entries.filter(({ matches }) => records.some(matches))
      const [first, ...rest] = matching
      return first?.allow.filter(facet => rest.every(({ allow }) => allow.includes(facet)))
    },
  }
}

/** What a change is held against before the service is asked. */
export interface Limits {
  readonly configuration: Configuration
  readonly protection: Protection
  /** The token's application permissions; null where unknown. */
  readonly roles: readonly string[] | null
  /** What devices refuse; absent where nobody asked. */
  readonly restrictions?: Restrictions
}

/** The parts of a change that limits look at. */
export interface LimitedChange {
  readonly facet: FacetName
  readonly machine: Machine
  /** True where the change leaves the machine with less than it had: a release is never held back. */
  readonly releases: boolean
  /** Whether the history says that the machine was offboarded. */
  readonly offboarded: boolean
  readonly change: DecidedChange
}

/** The parts that the configuration alone decides on. */
export type ConfiguredChange = Pick<LimitedChange, 'facet' | 'machine' | 'releases'> & {
  readonly change: Pick<DecidedChange, 'operations' | 'before' | 'after'>
}

type Rule = (item: LimitedChange, limits: Limits) => Note | undefined

/** The limits in the order in which they are named to the user: the first that applies blocks. */
const RULES: readonly Rule[] = [
  isProtected,
  isNotAllowed,
  isNotOnboarded,
  isUnsupported,
  isRestricted,
  isForbidden,
  needsActive,
  waitsForMachine,
]

/** Says why a change cannot or must not be sent; undefined where nothing stands in the way. */
export function limitOf(item: LimitedChange, limits: Limits): Note | undefined {
  for (const rule of RULES) {
    const note = rule(item, limits)
    if (note !== undefined) return note
  }
  return undefined
}

/** The limits that the configuration alone sets, looked at again when a plan is applied. */
export function configurationLimitOf(item: ConfiguredChange, limits: Limits): Note | undefined {
  return isProtected(item, limits) ?? isNotAllowed(item, limits) ?? isScopeChange(item, limits)
}

function isScopeChange({ change }: ConfiguredChange, { configuration }: Limits): Note | undefined {
  if (!isChain(change) || configuration.allow.scopeChange) return undefined
  return {
    code: 'scope-change',
    message: `changing the scope from ${change.before} to ${change.after} releases the machine for a moment, and the configuration does not say \`allow: { scopeChange: true }\` any more; allow it, or declare what holds.`,
  }
}

/** A release followed by a new isolation. */
function isChain({ operations }: Pick<DecidedChange, 'operations'>): boolean {
  return operations.includes('lift') && operations.includes('impose')
}

function isProtected(
  { facet, machine, releases }: ConfiguredChange,
  { protection }: Limits,
): Note | undefined {
  if (releases) return undefined
  const allowed = protection.allowedFacets(machine)
  if (allowed === undefined || allowed.includes(facet)) return undefined
  return {
    code: 'protected',
    message: `the configuration protects this machine from ${facet}; take it out of the policy with \`except\`, or add ${facet} to \`allow\` of the \`protected\` entry.`,
  }
}

function isNotAllowed({ facet, change }: ConfiguredChange, { configuration }: Limits): Note | undefined {
  const { allow } = configuration
  const allowed =
    facet === 'quarantined' || facet === 'liveResponse' || facet === 'offboarded' ? allow[facet] : true
  // What was allowed once and is on its way can always be called back.
  if (allowed || change.operations.every(operation => operation === 'cancel')) return undefined
  return {
    code: 'not-allowed',
    message: `${facet} is off until the configuration says \`allow: { ${facet}: true }\`.`,
  }
}

function isNotOnboarded({ machine, releases, offboarded, change }: LimitedChange): Note | undefined {
  if (releases) return undefined
  const unmanaged = change.after === 'unmanaged'
  if (machine.onboardingStatus === null && !offboarded) return undefined
  const onboarded = isOnboarded(machine) && !offboarded
  if (onboarded !== unmanaged) return undefined
  if (unmanaged) {
    return {
      code: 'not-onboarded',
      message:
        '`unmanaged` contains machines that are not onboarded, and this one is; declare `full` or `selective`.',
    }
  }
  return {
    code: 'not-onboarded',
    message: `the machine is not onboarded (${offboarded ? 'it was offboarded' : machine.onboardingStatus}) and cannot do this; onboard it, or contain it with \`isolated: unmanaged\`.`,
  }
}

function scopeOf({ IsolationType: scope }: Readonly<Record<string, unknown>>): string | null {
  return typeof scope === 'string' ? scope : null
}

function isUnsupported({ machine, releases, change }: LimitedChange): Note | undefined {
  if (releases) return undefined
  for (const request of change.requests) {
    if (request.type === 'Cancel') continue
    const reason = unsupportedReason(request.type, scopeOf(request.body), machine.osPlatform)
    if (reason !== undefined) {
      return {
        code: 'unsupported-platform',
        message: `${machine.osPlatform} cannot do ${request.type}: ${reason}, or take the machine out with \`except\`.`,
      }
    }
  }
  return undefined
}

function isRestricted(
  { machine, releases, change }: LimitedChange,
  { restrictions }: Limits,
): Note | undefined {
  return releases || restrictions === undefined ? undefined : restrictedNote(change, machine, restrictions)
}

/** The permissions of which one lets a request through; a cancel needs that of any action (docs/service.md#cancel-permission). */
function permissionsFor(type: DraftRequest['type']): readonly string[] {
  const methods = ACTION_METHODS.filter(method => type === 'Cancel' || method.type === type)
  return [...new Set(methods.map(({ permission }) => permission))]
}

function isForbidden({ change }: LimitedChange, { roles }: Limits): Note | undefined {
  if (roles === null) return undefined
  const missing = change.requests
    .map(({ type }) => permissionsFor(type))
    .find(permissions => !permissions.some(permission => roles.includes(permission)))
    ?.join(' or ')
  if (missing === undefined) return undefined
  return {
    code: 'will-be-forbidden',
    message: `the token lacks the application permission ${missing}; grant it to the app registration with admin consent, then get a new token.`,
  }
}

function isActive(machine: Machine): boolean {
  return machine.healthStatus?.toLowerCase() === 'active'
}

/** A release followed by a new isolation leaves a machine open where it cannot answer in between. */
function needsActive({ machine, change }: LimitedChange): Note | undefined {
  if (!isChain(change) || isActive(machine)) return undefined
  return {
    code: 'chain-needs-active',
    message: `changing the scope releases the machine first, and it is ${machine.healthStatus ?? 'of unknown health'}; plan again once it is Active, or declare what holds.`,
  }
}

function waitsForMachine({ machine, change }: LimitedChange): Note | undefined {
  if (!change.operations.includes('run') || machine.healthStatus?.toLowerCase() !== 'inactive')
    return undefined
  return {
    code: 'waiting-for-machine',
    message: 'the machine is Inactive, so the run is not sent; it is planned again once the machine reports.',
  }
}

/** Warns where a hold is sent to a machine that is not Active, or has not reported for 48 h. */
export function pendingWarning(machine: Machine, change: DecidedChange, now: Instant): Note | undefined {
  const holds = change.operations.includes('impose') || change.operations.includes('lift')
  return holds ? silenceWarning(machine, now) : undefined
}

/** Warns where a machine is not there to take what is in flight to it. */
export function silenceWarning(machine: Machine, now: Instant): Note | undefined {
  const silent = machine.lastSeen !== null && machine.lastSeen < addMs(now, -SILENT_MS)
  if (isActive(machine) && !silent) return undefined
  return {
    code: 'will-stay-pending',
    message: `the machine is ${machine.healthStatus ?? 'of unknown health'}${silent ? ' and has not reported for 48 h' : ''}; an action stays Pending up to 72 h and is not awaited.`,
  }
}
