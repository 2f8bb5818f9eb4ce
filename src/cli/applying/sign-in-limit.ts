import type { ApplyOptions } from '../../apply/apply-options.ts'
import type { Plan } from '../../plan/document/document.ts'
import { addMs, formatInstant } from '../../schema/instant.ts'
import type { CommandContext } from '../command.ts'
import type { Service } from '../service/service.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'

/** Tells before consent where an apply may outlast what it can sign in with. Rejects where there is no sign-in at all. */
export async function tellSignInLimit(
  plan: Plan,
  { timeoutMs, noWait }: Pick<ApplyOptions, 'timeoutMs' | 'noWait'>,
  { token, clock }: Pick<Service, 'token' | 'clock'>,
  context: CommandContext,
): Promise<void> {
  const { lastsUntil } = await token.get({ fresh: false })
  const ends = addMs(clock.now(), plan.estimate.submitSeconds * 1000 + (noWait ? 0 : timeoutMs))
  if (lastsUntil === undefined || lastsUntil >= ends) return
  const message = `sign-in is sure until ${formatInstant(lastsUntil)} alone, and this apply may take until ${formatInstant(ends)}: what it has not done by then is left open, and the same command with a new sign-in goes on`
  tellDiagnostics([{ severity: 'warning', code: 'sign-in-ends', message }], [], context)
}
