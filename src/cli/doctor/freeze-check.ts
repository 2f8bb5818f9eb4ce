import { describeFreeze, freezeInForce } from '../../plan/document/freeze.ts'
import type { DoctorCheck } from '../../report/documents/doctor-document.ts'
import type { Configuration } from '../../schema/configuration.ts'
import { targetOf } from '../by-hand/conclude-ad-hoc.ts'
import type { Service } from '../service/service.ts'
import { withTenantFreeze } from '../service/tenant-freeze.ts'
import { check, checkOfError } from './doctor-checks.ts'

/** Whether something is frozen; nothing to say where it is not. */
export async function checkFreeze(
  configuration: Configuration,
  service: Service,
): Promise<readonly DoctorCheck[]> {
  const now = service.clock.now()
  try {
    const frozen = await withTenantFreeze(configuration, service, await targetOf(service), now)
    const freeze = freezeInForce(frozen, now)
    if (freeze === undefined) return []
    const end = freeze.isOfTenant
      ? '`holdfast freeze --end` ends it.'
      : 'Take `freeze` out of the configuration.'
    return [check('freeze', 'warning', describeFreeze(freeze), end)]
  } catch (error) {
    return [checkOfError('freeze', error)]
  }
}
