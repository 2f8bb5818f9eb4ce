import type { AuditTrail } from '../../local/record/audit-trail.ts'
import { askForYes, canAsk } from '../ask.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import type { OptionSpec } from '../flags.ts'

/** Consents on the command line to what one command would ask about. */
export const AUTO_APPROVE_OPTION: OptionSpec = {
  name: 'auto-approve',
  kind: 'switch',
  description: 'do not ask; needed where there is no terminal',
}

/** Throws Failure `approval-missing` where nobody consented and nobody can be asked; before anything else is done. */
export function requireAgreementOrTerminal({ io, flags }: Pick<CommandContext, 'io' | 'flags'>): void {
  if (flags.has('auto-approve') || canAsk(io)) return
  throw fail(
    'approval-missing',
    'There is no terminal to ask in, and nothing on the command line consents.',
    { exit: 'refused' },
  )
}

/**
 * Asks, unless --auto-approve answered. Only `yes` agrees.
 *
 * @param question - Whole lines, safe to print; the last one is completed here.
 * @throws Failure `approval-refused` for any other answer, `interrupted` at a signal; nothing was sent then.
 */
export async function askForAgreement(
  question: string,
  { io, flags, signal }: Pick<CommandContext, 'io' | 'flags' | 'signal'>,
): Promise<void> {
  if (flags.has('auto-approve')) return
  const agreed = await askForYes(`${question}\nOnly \`yes\` does it: `, io, signal)
  if (signal.aborted) throw fail('interrupted', 'Interrupted before anything was sent.')
  if (agreed) return
  throw fail('approval-refused', 'Nothing was sent: the answer was not `yes`.', { exit: 'refused' })
}

/**
 * Asks for consent to a command that sends something no plan asks for. It leaves a record from here on, also where the
 * answer is no.
 *
 * @param command - Its name, for the record.
 * @throws As {@link askForAgreement}.
 */
export async function askForAdHoc(
  command: string,
  question: string,
  context: Pick<CommandContext, 'io' | 'flags' | 'signal'>,
  { audit }: { readonly audit: AuditTrail },
): Promise<void> {
  const { flags } = context
  audit.prepare({ command, approval: { reason: flags.text('reason') ?? null } })
  await askForAgreement(question, context)
  audit.prepare({ approval: { by: [flags.has('auto-approve') ? 'auto-approve' : 'prompt'] } })
}
