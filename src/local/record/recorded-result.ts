import type { ApplyResult } from '../../apply/result.ts'
import type { AuditTrail } from './audit-trail.ts'

/**
 * Writes the outcomes of an apply and its end to the record.
 *
 * @returns The result; where the record is not whole, one that says so and ends with 1, as it does for the journal.
 * Without its store a run that is to be resumed says that.
 */
export async function recordResult(result: ApplyResult, audit: AuditTrail): Promise<ApplyResult> {
  for (const { detail: _told, ...outcome } of result.outcomes) audit.addOutcome(outcome)
  const { exit, summary, diagnostics } = result
  await audit.end({ exit, summary, diagnostics: diagnostics.map(({ code }) => code) })
  const { failure } = audit
  if (failure === undefined) return result
  const { code, message, wayOut } = failure
  const isTold = diagnostics.some(known => known.code === 'audit-failed' || known.code === 'lease-lost')
  const told = { severity: 'error', code, message: `${message} ${wayOut}` } as const
  const isKept = exit.name === 'signal' || (code === 'store-not-usable' && exit.name === 'pending')
  return {
    ...result,
    exit: isKept ? exit : { code: 1, name: 'error' },
    diagnostics: isTold ? diagnostics : [...diagnostics, told],
  }
}
