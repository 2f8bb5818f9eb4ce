import { checkFreeze, checkPlan } from '../../apply/check-plan.ts'
import type { ApplyResult } from '../../apply/result.ts'
import type { Plan } from '../../plan/document.ts'
import { REPORT_FORMATS } from '../../report/report-formats.ts'
import {
  type ApplyRequest,
  hasConsent,
  readApplyRequest,
  requireHonouredOverrides,
} from '../apply-request.ts'
import { type Applying, idleResult, readApplyOptions, runApply } from '../applying.ts'
import type { Command, CommandContext } from '../command.ts'
import { askForConsent, requireConsentOrTerminal } from '../consent.ts'
import {
  type Declaration,
  loadConfiguration,
  loadDeclaration,
  placeOf,
  requireValid,
} from '../declaration.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../failure.ts'
import {
  CONFIGURATION_OPTIONS,
  OUTPUT_OPTIONS,
  PLANNING_OPTIONS,
  REASON_OPTION,
  SERVICE_OPTIONS,
} from '../options.ts'
import { emit, type Outputs, readOutputs, withoutDiagnostics } from '../outputs.ts'
import { makePlan } from '../planning.ts'
import { readPlanFile } from '../read-plan-file.ts'
import { openService, type Service } from '../service.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'
import { styleOf } from '../terminal-style.ts'

/** Shows the plan to people: on stdout, or on stderr where that is to be a document. */
function showPlan(plan: Plan, { outputs }: ApplyParts, { io, color }: CommandContext): void {
  const output = outputs.format === 'human' ? io.stdout : io.stderr
  const human = REPORT_FORMATS.human
  const style = { ...styleOf(output, color, io.env), isApplying: true }
  output.write(`${human.plan(withoutDiagnostics(plan, human), style)}\n`)
}

/** Whether there is nothing to submit, nothing to await and nothing in the way. */
function isIdle(plan: Plan): boolean {
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
      if (format !== REPORT_FORMATS.human) return format.result(result, plan, style)
      return isIdle(plan) ? '' : format.result({ ...result, diagnostics: [] }, plan, style)
    },
    outputs,
    context,
  )
}

/** Plans and tells what was found on the way. */
async function planNow(
  declaration: Declaration,
  context: CommandContext,
  service: Service,
  { overriddenGuards, expect }: ApplyRequest,
): Promise<Plan> {
  const { plan } = await makePlan(context, declaration, service, { exceedGuards: overriddenGuards, expect })
  tellDiagnostics(plan.diagnostics, declaration.diagnostics, context, declaration.sources)
  return plan
}

/** What an apply works with once its plan is there. */
interface ApplyParts extends Applying {
  readonly request: ApplyRequest
  readonly outputs: Outputs
}

/** Applies a plan after showing it, with the consent it needs. */
async function applyShown(plan: Plan, context: CommandContext, parts: ApplyParts): Promise<number> {
  const { request, service } = parts
  const { expect } = request
  showPlan(plan, parts, context)
  if (expect !== undefined && expect !== plan.planId) {
    throw fail('expect-mismatch', `The plan is ${plan.planId}, not ${expect}; nothing was submitted.`, {
      exit: 'stale',
    })
  }
  if (isIdle(plan)) {
    await emitResult(idleResult(plan, service.clock.now()), plan, parts, context)
    return EXIT_CODES.ok
  }
  const options = readApplyOptions(plan, context, parts)
  const isFrozen = checkFreeze(parts.configuration, service.clock.now()) !== null
  const willSubmit = plan.changes.length > 0 && !isFrozen && checkPlan(plan, options) === null
  if (willSubmit && !hasConsent(request)) await askForConsent(plan, context)
  const result = await runApply(plan, options, context, parts)
  await emitResult(result, plan, parts, context)
  return result.exit.code
}

/** What the plan is made from, or the saved plan with the configuration as it is now. */
async function readBasis(planFile: string | undefined, context: CommandContext) {
  if (planFile === undefined) {
    const declaration = requireValid(await loadDeclaration(placeOf(context)))
    return { declaration, configuration: declaration.configuration }
  }
  const configuration = await loadConfiguration({ cwd: context.io.cwd, config: context.flags.text('config') })
  return { saved: await readPlanFile(planFile, context.io), configuration }
}

async function run(context: CommandContext): Promise<number> {
  const outputs = readOutputs(context.flags)
  const request = await readApplyRequest(context)
  requireConsentOrTerminal(context, request)
  const basis = await readBasis(request.planFile, context)
  const { configuration } = basis
  const { overriddenGuards } = request
  const service = await openService(context, configuration)
  try {
    const plan = basis.saved ?? (await planNow(basis.declaration, context, service, request))
    requireHonouredOverrides(request, plan, configuration)
    return await applyShown(plan, context, { request, outputs, service, configuration, overriddenGuards })
  } finally {
    await service.close()
  }
}

/** `holdfast apply`. */
export const apply: Command = {
  description:
    'Submits the actions of a plan and waits until they end. Without a plan file it plans first, shows the plan and asks. What was submitted before is found again, so that the same command after a crash or an interrupt resumes and submits nothing twice.',
  arguments: '[planfile|paths...]',
  options: [
    {
      name: 'auto-approve',
      kind: 'switch',
      description: 'do not ask; needed without a terminal where neither a plan file nor --expect is given',
    },
    {
      name: 'expect',
      kind: 'text',
      value: 'PLANID',
      description: 'apply only if the plan has exactly this id',
    },
    { name: 'no-wait', kind: 'switch', description: 'submit and end without waiting' },
    {
      name: 'timeout',
      kind: 'duration',
      value: 'DUR',
      description: 'how long to wait after the last submission',
    },
    { name: 'submit-timeout', kind: 'duration', value: 'DUR', description: 'how long submitting may take' },
    {
      name: 'skip-moved',
      kind: 'switch',
      description: 'apply the rest where facts under some changes have moved',
    },
    {
      name: 'dangerous-exceed-guard',
      kind: 'list',
      value: 'NAME',
      description: 'let the plan go beyond this guard (needs --reason; repeatable)',
    },
    REASON_OPTION,
    {
      name: 'journal',
      kind: 'text',
      value: 'DIR',
      description:
        'keep the journal here; else in the state directory (XDG_STATE_HOME), where the lease always is',
    },
    ...PLANNING_OPTIONS,
    ...OUTPUT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    { command: 'holdfast apply', does: 'plan, show, ask, apply' },
    { command: 'holdfast apply tonight.plan', does: 'exactly what was reviewed' },
    {
      command: 'holdfast apply --expect sha256:… --json-into result.json',
      does: 'in a pipeline, bound to the plan that was approved',
    },
    { command: 'holdfast apply --target policy:contain-finance --auto-approve', does: 'one policy, at once' },
    {
      command: 'holdfast apply --dangerous-exceed-guard maxMachines --reason "INC-4211, CISO agreed"',
      does: 'beyond a guard',
    },
  ],
  exits: {
    ok: 'nothing to do, or every outcome succeeded',
    error: true,
    stale: true,
    refused: true,
    partial: true,
    pending: true,
    locked: true,
  },
  run,
}
