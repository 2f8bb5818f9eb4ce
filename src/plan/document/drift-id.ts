import { canonicalJson, sha256 } from './digest.ts'
import type { Drift, Target } from './document.ts'

/**
 * The id of a finding: 32 hex digits over the tenant, the address, the kind and the action that tells who, or
 * of what ended by itself the impose that ended: it is the same finding once the service has written its lift down.
 *
 * It stands still while the finding is the same, in whatever run, order or read, and another act by somebody gives
 * another one. Nothing from the clock or from the words of the declaration goes into it. Where the token does not tell
 * the tenant, the endpoint stands for it.
 */
export function driftIdOf(target: Target, { address, kind, actor, ended }: Drift): string {
  const tenant = target.tenantId ?? target.endpoint
  return sha256(canonicalJson({ tenant, address, kind, action: ended ?? actor?.actionId ?? null })).slice(
    0,
    32,
  )
}
