import { Failure } from '../../local/failure.ts'
import type { AuditTrail } from '../../local/record/audit-trail.ts'
import type { CommandContext } from '../command.ts'
import { EXIT_CODES, nameOfExit, signalExit } from '../exit-codes.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'
import { toFailure } from '../to-failure.ts'

/**
 * Does the work of a command and ends the record of its run with how it ended, whatever that was.
 *
 * @throws Failure `audit-not-usable` where something was sent and the record is not whole.
 */
export async function withAuditRecord(
  audit: AuditTrail,
  context: CommandContext,
  work: () => Promise<number>,
): Promise<number> {
  const { signal, io } = context
  let code: number
  try {
    code = await work()
  } catch (error) {
    const failure = toFailure(error, io.env)
    const exit = signalExit(signal) ?? { code: EXIT_CODES[failure.exit], name: failure.exit }
    await audit.end({ exit, failure: failure.code })
    warnOf(audit, failure, context)
    throw failure
  }
  const wasSent = audit.hasStarted
  await audit.end({ exit: signalExit(signal) ?? { code, name: nameOfExit(code) } })
  const { failure } = audit
  if (failure !== undefined && wasSent)
    throw new Failure(failure.code, failure.message, { wayOut: failure.wayOut, hasDocument: true })
  warnOf(audit, undefined, context)
  return code
}

/** Tells of a record that is not whole beside what ended the run; where nothing was sent, it is no reason to fail. */
function warnOf({ failure }: AuditTrail, ended: Failure | undefined, context: CommandContext): void {
  if (failure === undefined || failure === ended) return
  const { code, message } = failure
  tellDiagnostics([{ severity: 'warning', code, message }], [], context)
}
