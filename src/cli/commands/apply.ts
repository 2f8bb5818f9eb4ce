import type { Plan } from '../../plan/document/document.ts'
import type { Declared } from '../../plan/judge/still-asked.ts'
import { type ApplyRequest, readApplyRequest, requireHonouredOverrides } from '../applying/apply-request.ts'
import { resumeApply } from '../applying/apply-resume.ts'
import { applyShown } from '../applying/apply-shown.ts'
import { showStatus } from '../applying/apply-status.ts'
import { approvalOf } from '../applying/audit-subject.ts'
import { requireConsentOrTerminal } from '../applying/consent.ts'
import { readDeclared } from '../applying/declared-now.ts'
import type { Command, CommandContext } from '../command.ts'
import {
  type Declaration,
  loadConfiguration,
  loadDeclaration,
  placeOf,
  requireValid,
} from '../declaration/declaration.ts'
import {
  CONFIGURATION_OPTIONS,
  JOURNAL_OPTION,
  LEASE_OPTIONS,
  NO_WAVES_OPTION,
  OUTPUT_OPTIONS,
  PLANNING_OPTIONS,
  REASON_OPTION,
  SERVICE_OPTIONS,
  WAIT_OPTIONS,
  YIELD_OPTION,
} from '../options.ts'
import { readOutputs } from '../outputs.ts'
import { makePlan as planFrom } from '../planning/planning.ts'
import { readTrustedPlan, requireSignature, type TrustedPlan } from '../planning/trusted-plan.ts'
import { openService, type Service } from '../service/service.ts'
import { withAuditRecord } from '../service/with-audit-record.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'

/** Plans and tells what was found on the way. */
async function planNow(
  declaration: Declaration,
  context: CommandContext,
  service: Service,
  { overriddenGuards, expect, renewals }: ApplyRequest,
): Promise<TrustedPlan> {
  const { plan } = await planFrom(context, declaration, service, {
    exceedGuards: overriddenGuards,
    expect,
    renewals,
  })
  tellDiagnostics(plan.diagnostics, declaration.diagnostics, context, declaration.sources)
  return { plan, signedBy: null }
}

/** What the plan is made from, or the saved plan with the configuration as it is now. */
async function readBasis(planFile: string | undefined, context: CommandContext) {
  if (planFile === undefined) {
    const declaration = requireValid(await loadDeclaration(placeOf(context)))
    const { configuration } = declaration
    const declared: Declared = { policies: declaration.policies, hasMoved: false }
    return { configuration, makePlan: planNow.bind(null, declaration), declare: async () => declared }
  }
  const configuration = await loadConfiguration({ cwd: context.io.cwd, config: context.flags.text('config') })
  return {
    configuration,
    makePlan: () => readTrustedPlan(planFile, context, configuration),
    declare: (plan: Plan) => readDeclared(plan, context),
  }
}

async function run(context: CommandContext): Promise<number> {
  if (context.flags.has('status')) return showStatus(context, apply.options)
  if (context.flags.has('resume')) return resumeApply(context)
  const outputs = readOutputs(context.flags)
  const request = await readApplyRequest(context)
  const { configuration, makePlan, declare } = await readBasis(request.planFile, context)
  const { overriddenGuards } = request
  const service = await openService(context, configuration)
  service.audit.prepare({ command: 'apply', approval: approvalOf(request, context.flags) })
  try {
    return await withAuditRecord(service.audit, context, async () => {
      requireConsentOrTerminal(context, request)
      if (request.planFile === undefined && !request.renewals)
        requireSignature(configuration, null, 'What is planned now')
      const { plan, signedBy } = await makePlan(context, service, request)
      requireHonouredOverrides(request, plan, configuration)
      return await applyShown(plan, context, {
        declared: await declare(plan),
        request,
        outputs,
        service,
        configuration,
        overriddenGuards,
        signedBy,
      })
    })
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
    {
      name: 'renewals',
      kind: 'switch',
      description:
        'impose what ended by itself lately and is declared still, and nothing else; needs no other consent, no signature and no waves',
    },
    {
      name: 'resume',
      kind: 'switch',
      description:
        'go on with the last run that is not finished, by the plan kept beside its journal; the argument is then the id of a run or plan, where there are several',
    },
    {
      name: 'retry-failed',
      kind: 'switch',
      description:
        'with --resume or a plan file: send again what ended failed, timed out, or cancelled by this plan or the service',
    },
    {
      name: 'status',
      kind: 'switch',
      description:
        'apply nothing; show who applies and how far every run came, from any terminal of this host, or of any host where they share a store',
    },
    {
      name: 'trusted-keys',
      kind: 'text',
      value: 'FILE|DIR',
      description: 'apply the plan file only if one of these public keys (PEM) has signed it',
    },
    ...WAIT_OPTIONS,
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
    NO_WAVES_OPTION,
    REASON_OPTION,
    YIELD_OPTION,
    JOURNAL_OPTION,
    ...LEASE_OPTIONS,
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
    { command: 'holdfast apply --resume', does: 'go on after a crash, without the plan file' },
    {
      command: 'holdfast apply --resume --retry-failed',
      does: 'what failed of the plan that was approved, and nothing else, once more',
    },
    {
      command: 'holdfast apply --renewals',
      does: 'on a schedule: what the service ended by itself holds again',
    },
    { command: 'holdfast apply --status', does: 'who applies, and how far did it come?' },
    { command: 'holdfast apply --target policy:contain-finance --auto-approve', does: 'one policy, at once' },
    {
      command: 'holdfast apply --dangerous-exceed-guard maxMachines --reason "INC-4211, CISO agreed"',
      does: 'beyond a guard',
    },
    {
      command: 'holdfast apply --no-waves --reason "INC-4211, it spreads by the minute"',
      does: 'every machine at once, without waves and stop rules',
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
