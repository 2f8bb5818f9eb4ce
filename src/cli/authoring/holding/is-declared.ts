import { indexMachines, resolvePolicies } from '../../../plan/select/resolve.ts'
import type { Policy } from '../../../schema/policy.ts'
import type { Declaration } from '../../declaration/declaration.ts'
import type { HoldDraft, HoldRequest } from './draft-hold.ts'

/** Says whether a policy asks at least until the end of a draft for every hold that a request asks for. */
function keeps(policy: Policy, { isolated, restricted }: HoldRequest, { expires }: HoldDraft): boolean {
  const { state } = policy
  if (policy.expires !== undefined && policy.expires < expires) return false
  return (
    state.isolated?.value === isolated &&
    (restricted === undefined || state.restricted?.value === 'restricted')
  )
}

/**
 * Says whether a declaration, as it stands, keeps a request until its end: nobody opposes it, and machines that are to be
 * held are held by policies that last as long. That they are in that state now says nothing of when it ends.
 */
export function isDeclared(request: HoldRequest, draft: HoldDraft, { policies }: Declaration): boolean {
  if (draft.edited.length > 0) return false
  if (request.command === 'release') return true
  const { machines, now } = request
  const keepers = policies.filter(policy => keeps(policy, request, draft))
  const { matches } = resolvePolicies(keepers, indexMachines(machines), now)
  return machines.every(({ id }) => matches.some(({ machines: reached }) => reached.has(id)))
}
