import { Failure } from '../../local/failure.ts'
import { readFreeze } from '../../local/store/kept-freeze.ts'
import type { Target } from '../../plan/document/document.ts'
import { freezeInForce } from '../../plan/document/freeze.ts'
import type { Configuration, Freeze } from '../../schema/configuration.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Service } from './service.ts'

/** Where a freeze stands that no file of the declaration says. */
const PLACE = { file: 'holdfast freeze', line: 1, column: 1 }

/** Of two freezes in force both count: until the later end, and renewals go on where both let them. */
function both(one: Freeze, other: Freeze): Freeze {
  const last = one.until < other.until ? other : one
  return { ...last, renewals: one.renewals === true && other.renewals === true }
}

/**
 * Adds to a configuration the freeze that `holdfast freeze` left for the tenant, while it is in force: it binds every run
 * that keeps its lease in the same place.
 *
 * @throws Failure where it cannot be read: what is not known is not taken for absent.
 */
export async function withTenantFreeze(
  configuration: Configuration,
  service: Pick<Service, 'openState' | 'isEmulated'>,
  target: Target,
  now: Instant,
): Promise<Configuration> {
  if (service.isEmulated) return configuration
  const kept = await readFreeze((await service.openState(target)).freezes)
  if (kept === undefined || kept.until <= now) return configuration
  const { owner, reason, until, renewals } = kept
  const freeze: Freeze = { owner, reason, until, renewals, isOfTenant: true, place: PLACE }
  const declared = freezeInForce(configuration, now)
  return { ...configuration, freeze: declared === undefined ? freeze : both(declared, freeze) }
}

/** The same for what only looks: that the freeze is not known is told, and stops nothing. */
export async function tellTenantFreeze(
  configuration: Configuration,
  service: Pick<Service, 'openState' | 'isEmulated'>,
  target: Target,
  now: Instant,
): Promise<{ readonly configuration: Configuration; readonly notes: readonly Diagnostic[] }> {
  try {
    return { configuration: await withTenantFreeze(configuration, service, target, now), notes: [] }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const message = `Nobody knows whether the tenant is frozen, and an apply would not begin: ${error.message}`
    return { configuration, notes: [{ severity: 'warning', code: 'freeze-not-readable', message }] }
  }
}
