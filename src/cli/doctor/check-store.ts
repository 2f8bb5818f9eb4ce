import type { DoctorCheck } from '../../report/documents/doctor-document.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { Service } from '../service/service.ts'
import { check, checkOfError } from './doctor-checks.ts'

const ROLE =
  'Give the identity the role Storage Blob Data Contributor on the container, and see docs/shared-store.md for the set-up.'

/** Whether the store that the configuration names works, by doing there once what runs rest on; none without a store. */
export async function checkStore(
  { store }: Configuration,
  service: Pick<Service, 'proveStore'>,
): Promise<readonly DoctorCheck[]> {
  if (store === undefined) return []
  if (store === 'local') return [check('store', 'ok', 'local: this host alone applies')]
  try {
    const proof = await service.proveStore()
    if (proof === undefined || proof.works) {
      return [check('store', 'ok', `${store.url}: lease, append and compare-and-swap work`)]
    }
    return [check('store', 'error', `${store.url}: ${proof.what} does not work: ${proof.why}`, ROLE)]
  } catch (error) {
    return [checkOfError('store', error)]
  }
}
