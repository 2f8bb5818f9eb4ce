import type { Need, Observation } from '../../plan/select/observation.ts'
import { readFailures } from '../../plan/select/read-failures.ts'
import type { Configuration } from '../../schema/configuration.ts'
import { addMs, type Instant } from '../../schema/instant.ts'
import type { CommandContext } from '../command.ts'
import { loadConfiguration } from '../declaration/declaration.ts'
import { fail } from '../fail.ts'
import { skewDiagnostics } from '../planning/planning.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'
import { openService, type Service } from './service.ts'
import { withAuditRecord } from './with-audit-record.ts'

/** What a command works with that asks the service without a declaration. */
export interface Session {
  readonly configuration: Configuration
  readonly service: Service
  /** Start of the look-back by the configuration. */
  readonly historyFrom: Instant
}

/** Opens the configuration and the service for one command, and closes them after it. */
export async function withService(
  context: CommandContext,
  work: (session: Session) => Promise<number>,
): Promise<number> {
  const { io, flags } = context
  const configuration = await loadConfiguration({ cwd: io.cwd, config: flags.text('config') })
  const service = await openService(context, configuration)
  try {
    const historyFrom = addMs(service.clock.now(), -configuration.history.lookback.ms)
    return await withAuditRecord(service.audit, context, () => work({ configuration, service, historyFrom }))
  } finally {
    await service.close()
  }
}

/**
 * Reads machines and actions, or nothing: what was read in part would show a machine as free that is not.
 *
 * @param showsEach - Whether each machine is shown for itself: then a list of machines that lacks a row for good is
 * shown as it came, with an error beside it. A history that lacks rows is never shown, since any machine may be meant.
 * @throws Failure `read-incomplete` with every read that failed.
 */
export async function readInventory(
  context: CommandContext,
  { service }: Session,
  need: Need,
  showsEach = false,
): Promise<Observation> {
  const observation = await service.reader.observe(need, context.signal)
  const isShown = showsEach && observation.failures.every(({ lacking }) => lacking === 'machines')
  if (observation.failures.length > 0 && !isShown) {
    throw fail('read-incomplete', 'Not everything could be read, so nothing is said.', {
      diagnostics: readFailures(observation),
    })
  }
  const diagnostics = [
    ...skewDiagnostics(observation),
    ...(observation.diagnostics ?? []),
    ...readFailures(observation),
  ]
  tellDiagnostics(diagnostics, diagnostics, context)
  return observation
}
