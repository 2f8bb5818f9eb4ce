import { checkFreeze, checkPlan, checkRollout } from '../../apply/check-plan.ts'
import type { ApplyResult } from '../../apply/result.ts'
import { describeRollout, inOneWave, type Rollout, rolloutOf } from '../../plan/assemble/rollout.ts'
import type { Plan } from '../../plan/document/document.ts'
import { loadReportFormat } from '../../report/report-formats.ts'
import type { CommandContext } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import { emit, type Outputs, withoutDiagnostics } from '../outputs.ts'
import { requireSignature } from '../planning/trusted-plan.ts'
import { withTenantFreeze } from '../service/tenant-freeze.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'
import { styleOf } from '../terminal-style.ts'
import { type ApplyRequest, hasConsent } from './apply-request.ts'
import { type Applying, idleResult, readApplyOptions, runApply } from './applying.ts'
import { auditedPlan } from './audit-subject.ts'
import { askForConsent } from './consent.ts'
import { tellSignInLimit } from './sign-in-limit.ts'

/** Shows the plan to people: on stdout, or on stderr where that is to be a document. */
async function showPlan(
  plan: Plan,
  { outputs }: ApplyParts,
  { io, color, options }: CommandContext,
): Promise<void> {
  const output = outputs.format === 'human' ? io.stdout : io.stderr
  const human = await loadReportFormat('human')
  const style = { ...styleOf(output, color, io.env), options, isApplying: true }
  output.write(`${human.plan(withoutDiagnostics(plan, human), style)}\n`)
}

/** Whether there is nothing to submit, nothing to await and nothing in the way. */
export function isIdle(plan: Plan): boolean {
  const open = plan.changes.length + plan.blocked.length
  return open === 0 && !plan.inFlight.some(({ awaited }) => awaited) && plan.applyable
}

/** Writes the result. To people an idle one says nothing: the plan before it said that there are no changes. */
async function emitResult(
  result: ApplyResult,
  plan: Plan,
  { outputs }: Pick<ApplyParts, 'outputs'>,
  context: CommandContext,
): Promise<void> {
  tellDiagnostics(result.diagnostics, [], context)
  await emit(
    (format, style) => {
      if (format.isHuman !== true) return format.result(result, plan, style)
      return isIdle(plan) ? '' : format.result({ ...result, diagnostics: [] }, plan, style)
    },
    outputs,
    context,
  )
}

/** The plan with the waves in which it goes now: by the configuration as it is, and as the command line asks. */
function withRollout(plan: Plan, rollout: Rollout | undefined, { noWaves }: ApplyRequest): Plan {
  const { rollout: _asPlanned, ...rest } = plan
  if (rollout === undefined) return rest
  return { ...rest, rollout: describeRollout(noWaves ? inOneWave(rollout) : rollout) }
}

/** What an apply works with once its plan is there. */
export interface ApplyParts extends Applying {
  /** Done once consent is there, right before anything is submitted; nothing is submitted where it fails. */
  readonly beforeSubmitting?: () => Promise<void>
  /** The question where nothing has to be submitted and `beforeSubmitting` is to be done all the same. */
  readonly declaring?: string
  /** Told what came of it, before the result is written. */
  readonly onResult?: (result: ApplyResult) => void
  readonly request: ApplyRequest
  readonly outputs: Outputs
  /** The key of the signature that was checked; null or absent where there was none. */
  readonly signedBy?: string | null
}

/** Does what comes before submitting where nothing is submitted, with the consent that it needs too. */
async function declareOnly(plan: Plan, context: CommandContext, parts: ApplyParts): Promise<void> {
  const { declaring, request, service } = parts
  if (declaring === undefined || plan.changes.length + plan.blocked.length > 0) return
  if (!hasConsent(request)) {
    await askForConsent(plan, context, declaring)
    service.audit.prepare({ approval: { by: ['prompt'] } })
  }
  await parts.beforeSubmitting?.()
}

/** Applies a plan after showing it, with the consent it needs. */
export async function applyShown(made: Plan, context: CommandContext, parts: ApplyParts): Promise<number> {
  const { request, service, configuration, signedBy = null } = parts
  service.audit.prepare({ approval: { signature: signedBy === null ? null : { keyId: signedBy } } })
  if (!request.renewals) requireSignature(configuration, signedBy, request.planFile ?? 'What is planned now')
  const rollout = request.renewals ? undefined : rolloutOf(made, configuration)
  const plan = withRollout(made, rollout, request)
  const { expect } = request
  await showPlan(plan, parts, context)
  service.audit.prepare({ plan: auditedPlan(made, request.planFile) })
  if (expect !== undefined && expect !== plan.planId) {
    throw fail('expect-mismatch', `The plan is ${plan.planId}, not ${expect}; nothing was submitted.`, {
      exit: 'stale',
    })
  }
  if (isIdle(plan)) {
    await declareOnly(plan, context, parts)
    await emitResult(idleResult(plan, service.clock.now()), plan, parts, context)
    return EXIT_CODES.ok
  }
  const options = readApplyOptions(plan, context, parts)
  const now = service.clock.now()
  const frozen = await withTenantFreeze(configuration, service, plan.target, now)
  const refusal =
    checkFreeze(frozen, now, options) ?? checkPlan(plan, options) ?? checkRollout(rollout, options)
  const willSubmit = plan.changes.length > 0 && refusal === null
  if (willSubmit) await tellSignInLimit(plan, options, service, context)
  if (willSubmit && !hasConsent(request)) {
    await askForConsent(plan, context)
    service.audit.prepare({ approval: { by: ['prompt'] } })
  }
  service.audit.prepare({ runId: options.runId })
  if (willSubmit) await parts.beforeSubmitting?.()
  else if (refusal === null) await declareOnly(plan, context, parts)
  const result = await runApply(plan, options, context, { ...parts, configuration: frozen })
  parts.onResult?.(result)
  await emitResult(result, plan, parts, context)
  return result.exit.code
}
