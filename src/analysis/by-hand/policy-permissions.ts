import { ACTION_METHODS, type ActionMethod } from '../../posture/methods.ts'
import type { Place } from '../../schema/diagnostic.ts'
import type { FacetName, Policy } from '../../schema/policy.ts'

/** The application permissions of which one lets machines and actions be read (docs/service.md#read-permission). */
export const READ_PERMISSIONS: readonly string[] = ['Machine.Read.All', 'Machine.ReadWrite.All']

/** Permissions of commands that act beside the policies. */
export const COMMAND_PERMISSIONS: readonly { readonly command: string; readonly permission: string }[] = [
  { command: 'machines tag', permission: 'Machine.ReadWrite.All' },
  { command: 'live-response library', permission: 'Library.Manage' },
  { command: 'plan --verify', permission: 'ThreatHunting.Read.All' },
]

/** A permission, what of a policy needs it, and whether the token has it. */
export interface NeededPermission {
  readonly permission: string
  /** In the order of the method table. */
  readonly facets: readonly FacetName[]
  /** Null where the token does not tell its permissions. */
  readonly has: boolean | null
}

/** What a policy needs, for its plan and for its apply. */
export interface PolicyPermissions {
  readonly policy: string
  readonly place: Place
  /** Whether the plan can be made: reading alone is needed. */
  readonly canPlan: boolean | null
  readonly apply: readonly NeededPermission[]
}

/** A permission that the token lacks, and the policies that cannot do without it. Sorted. */
export interface MissingPermission {
  readonly permission: string
  readonly policies: readonly string[]
}

/** The facets that a policy speaks about, runs before a lift among them. */
function facetsOf({ state, liftAfter }: Policy): ReadonlySet<string> {
  return new Set<string>([...Object.keys(state), ...liftAfter])
}

/** The rows of the method table that a policy may send. */
export function methodsOf(policy: Policy): readonly ActionMethod[] {
  const facets = facetsOf(policy)
  return ACTION_METHODS.filter(({ facet }) => facets.has(facet))
}

/** Says whether roles let machines and actions be read; null where the roles are not known. */
export function canRead(roles: readonly string[] | null): boolean | null {
  return roles === null ? null : READ_PERMISSIONS.some(permission => roles.includes(permission))
}

/** Says what each policy needs and which of it the token has. */
export function policyPermissions(
  policies: readonly Policy[],
  roles: readonly string[] | null,
): readonly PolicyPermissions[] {
  return policies.map(policy => {
    const methods = methodsOf(policy)
    const permissions = [...new Set(methods.map(({ permission }) => permission))]
    const apply = permissions.map(permission => ({
      permission,
      facets: [...new Set(methods.filter(each => each.permission === permission).map(({ facet }) => facet))],
      has: roles === null ? null : roles.includes(permission),
    }))
    return { policy: policy.name, place: policy.place, canPlan: canRead(roles), apply }
  })
}

/** Turns what policies need round: the permissions that are missing, each with the policies it stops. */
export function missingPermissions(needs: readonly PolicyPermissions[]): readonly MissingPermission[] {
  const stopped = new Map<string, string[]>()
  const note = (permission: string, policy: string): void => {
    stopped.set(permission, [...(stopped.get(permission) ?? []), policy])
  }
  for (const { policy, canPlan, apply } of needs) {
    if (canPlan === false) note(READ_PERMISSIONS.join(' or '), policy)
    for (const { permission, has } of apply) if (has === false) note(permission, policy)
  }
  return [...stopped]
    .map(([permission, policies]) => ({ permission, policies: policies.sort() }))
    .sort((a, b) => (a.permission < b.permission ? -1 : 1))
}
