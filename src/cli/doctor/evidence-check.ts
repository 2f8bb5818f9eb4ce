import { DefenderError } from '../../defender/defender-error.ts'
import { NO_MACHINE } from '../../defender/permission-probe.ts'
import type { DoctorCheck } from '../../report/documents/doctor-document.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { CommandContext } from '../command.ts'
import type { Service } from '../service/service.ts'
import { check, checkOfError } from './doctor-checks.ts'

const WAY_OUT =
  'Grant the application ThreatHunting.Read.All (Microsoft Graph, application permission) with admin consent, then get a new token.'

/** What asking hunting showed. */
export interface ProvenEvidence {
  readonly checks: readonly DoctorCheck[]
  /** Whether Graph answered; null where nobody asked it, or that stayed unclear. */
  readonly has: boolean | null
}

/**
 * Proves that evidence can be read, with a query about a machine that does not exist. Asked where the configuration
 * reads evidence.
 */
export async function checkEvidence(
  { evidence }: Pick<Configuration, 'evidence'>,
  service: Service,
  { signal }: Pick<CommandContext, 'signal'>,
): Promise<ProvenEvidence> {
  if (evidence.read === 'off') return { checks: [], has: null }
  try {
    const { tenantId } = await service.client.identify()
    const hunting = await service.openHunting()
    const answer = await hunting.read(
      { machineIds: [NO_MACHINE], ends: [], alsoOthers: false },
      tenantId,
      signal,
    )
    if (answer.kind === 'closed') {
      const status = evidence.read === 'required' ? 'error' : 'warning'
      return { checks: [check('evidence', status, answer.reason, WAY_OUT)], has: false }
    }
    if (answer.api === 'graph')
      return { checks: [check('evidence', 'ok', 'Microsoft Graph answered a hunting query')], has: true }
    const why = answer.instead ?? '`evidence.api` is `defender`'
    const message = `the old path answered, which is switched off on 2027-02-01; Microsoft Graph was not asked: ${why}`
    return {
      checks: [check('evidence', 'warning', message, WAY_OUT)],
      has: answer.instead === null ? null : false,
    }
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error
    return { checks: [checkOfError('evidence', error)], has: null }
  }
}
