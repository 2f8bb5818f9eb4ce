import { DefenderError } from '../../defender/defender-error.ts'
import { findIdleProtection } from '../../plan/select/idle-protection.ts'
import { indexMachines } from '../../plan/select/resolve.ts'
import type { DoctorCheck } from '../../report/documents/doctor-document.ts'
import { counted } from '../../report/words/words.ts'
import type { CommandContext } from '../command.ts'
import type { Declaration } from '../declaration/declaration.ts'
import type { Service } from '../service/service.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'
import { check, checkOfError } from './doctor-checks.ts'

/**
 * Whether every entry of `protected` and `except` spares somebody, by the machines of the tenant. Looked at where there
 * is one.
 */
export async function checkProtection(
  declaration: Declaration,
  { client, clock }: Pick<Service, 'client' | 'clock'>,
  context: CommandContext,
): Promise<readonly DoctorCheck[]> {
  const { configuration, policies, sources } = declaration
  const entries = configuration.protected.length + policies.flatMap(({ except }) => except).length
  if (entries === 0) return []
  try {
    const machines = await client.listMachines({ kind: 'all' }, context.signal)
    const index = indexMachines(machines)
    const idle = findIdleProtection({ policies, configuration, index, now: clock.now(), wholeTenant: true })
    if (idle.length === 0) {
      return [
        check(
          'protection',
          'ok',
          `every entry of \`protected\` and \`except\` (${entries}) spares a machine`,
        ),
      ]
    }
    tellDiagnostics(idle, [], context, sources)
    const status = idle.some(({ severity }) => severity === 'error') ? 'error' : 'warning'
    const message = `${counted(idle.length, 'text', 'texts')} of \`protected\` and \`except\` spare nobody, as told above`
    return [check('protection', status, message, 'Correct or remove them.')]
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error
    return [checkOfError('protection', error)]
  }
}
