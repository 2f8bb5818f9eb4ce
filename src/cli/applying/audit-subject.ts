import type { Approval, AuditedPlan } from '../../audit/entry.ts'
import { checksumOf } from '../../plan/document/digest.ts'
import type { Plan } from '../../plan/document/document.ts'
import type { Flags } from '../flags.ts'
import type { ApplyRequest } from './apply-request.ts'

/** What a record says of the plan that is applied. */
export function auditedPlan(plan: Plan, file: string | undefined): AuditedPlan {
  const { planId, createdAt, expiresAt, changes, source } = plan
  const digest = checksumOf(plan)
  return { planId, digest, file: file ?? null, createdAt, expiresAt, changes: changes.length, source }
}

/** How the command line consents to an apply, and what it lets go beyond its limits. */
export function approvalOf(request: ApplyRequest, flags: Flags): Partial<Approval> {
  const { planFile, expect, autoApprove, overriddenGuards, noWaves, renewals } = request
  return {
    by: [
      ...(planFile === undefined ? [] : (['plan-file'] as const)),
      ...(expect === undefined ? [] : (['expect'] as const)),
      ...(autoApprove ? (['auto-approve'] as const) : []),
      ...(renewals ? (['renewals'] as const) : []),
    ],
    expected: expect ?? null,
    overrides: [
      ...overriddenGuards,
      ...(noWaves ? ['waves'] : []),
      ...(flags.has('without-store') ? ['store'] : []),
    ].sort(),
    reason: flags.text('reason') ?? null,
  }
}
