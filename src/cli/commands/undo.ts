import type { Plan } from '../../plan/document/document.ts'
import type { SigningKey } from '../../plan/document/plan-signature.ts'
import { readApplyRequest, requireHonouredOverrides } from '../applying/apply-request.ts'
import { applyShown, isIdle } from '../applying/apply-shown.ts'
import { approvalOf } from '../applying/audit-subject.ts'
import { requireConsentOrTerminal } from '../applying/consent.ts'
import { makeUndo, readPlanId } from '../applying/undoing.ts'
import type { Command, CommandContext } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import {
  CONFIGURATION_OPTIONS,
  JOURNAL_OPTION,
  LEASE_OPTIONS,
  NO_WAVES_OPTION,
  OUTPUT_OPTIONS,
  SERVICE_OPTIONS,
  WAIT_OPTIONS,
  YIELD_OPTION,
} from '../options.ts'
import { emit, emitPlan, type Outputs, readOutputs } from '../outputs.ts'
import { readSigner } from '../planning/plan-keys.ts'
import { SIGN_OPTION, savePlan } from '../planning/save-plan.ts'
import { withService } from '../service/inventory.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'

/** What only applying makes use of. */
const APPLY_FLAGS = [
  'auto-approve',
  'expect',
  'no-wait',
  'timeout',
  'submit-timeout',
  'no-waves',
  'ask-to-yield',
  'journal',
  'lease-timeout',
  'without-store',
] as const

function readFile({ flags }: CommandContext): string | undefined {
  const file = flags.text('out')
  const useless = APPLY_FLAGS.find(name => flags.has(name))
  if (file === undefined || useless === undefined) return file
  throw fail(
    'flags-contradict',
    `--out saves the plan for a review, and --${useless} is for applying it now.`,
    {
      wayOut: `Leave one of the two out; a saved plan is applied with \`holdfast apply ${file}\`.`,
    },
  )
}

/** Shows the plan, and saves it where it is for a review. */
async function review(
  plan: Plan,
  file: string,
  { outputs, signer }: { readonly outputs: Outputs; readonly signer: SigningKey | undefined },
  context: CommandContext,
): Promise<number> {
  await savePlan(plan, file, signer, context)
  await emitPlan(plan, outputs, context, { planFile: file })
  return plan.errored || !plan.complete ? EXIT_CODES.error : EXIT_CODES.ok
}

async function sayNothingLeft(plan: Plan, outputs: Outputs, context: CommandContext): Promise<number> {
  const text = `Nothing is left to undo (read ${plan.observed.readAt}).\n`
  await emit((format, style) => (format.isHuman === true ? text : format.plan(plan, style)), outputs, context)
  return EXIT_CODES.ok
}

async function run(context: CommandContext): Promise<number> {
  const planId = readPlanId(context)
  const outputs = readOutputs(context.flags)
  const file = readFile(context)
  const request = await readApplyRequest({ ...context, args: [] })
  const signer = await readSigner(context)
  const { overriddenGuards } = request
  return withService(context, async ({ configuration, service }) => {
    if (file === undefined) {
      service.audit.prepare({ command: 'undo', approval: approvalOf(request, context.flags) })
      requireConsentOrTerminal(context, request)
    }
    const plan = await makeUndo(planId, context, { configuration, service }, overriddenGuards)
    tellDiagnostics(plan.diagnostics, [], context)
    requireHonouredOverrides(request, plan, configuration)
    if (file !== undefined) return review(plan, file, { outputs, signer }, context)
    const isEmpty = isIdle(plan) && plan.inFlight.length === 0
    if (isEmpty && request.expect === undefined) return sayNothingLeft(plan, outputs, context)
    return applyShown(plan, context, {
      request,
      outputs,
      service,
      configuration,
      overriddenGuards,
      signedBy: null,
    })
  })
}

/** `holdfast undo`. */
export const undo: Command = {
  description:
    'Undoes what one plan did, or with `last` the plan that sent our newest action, which it names before it asks: cancels what carries its marker and is in flight, and lifts what it holds. What anybody, or another plan, touched since is left alone and named; so is a machine that was held before. What has run cannot be undone and is listed. With --out it saves the plan for a review, for `holdfast apply FILE`; else it shows the plan, asks, and applies it.',
  arguments: '<planid>',
  options: [
    { name: 'out', kind: 'text', value: 'FILE', description: 'save the plan, for `holdfast apply FILE`' },
    SIGN_OPTION,
    {
      name: 'target',
      kind: 'list',
      value: 'ADDR',
      description: 'only these: a machine id or name, or either with /facet (repeatable)',
    },
    { name: 'exclude', kind: 'list', value: 'ADDR', description: 'not these (repeatable)' },
    {
      name: 'auto-approve',
      kind: 'switch',
      description: 'do not ask; needed without a terminal where neither --out nor --expect is given',
    },
    {
      name: 'expect',
      kind: 'text',
      value: 'PLANID',
      description: 'apply only if the plan that undoes has exactly this id',
    },
    {
      name: 'reason',
      kind: 'text',
      value: 'TEXT',
      description: 'why; becomes the comment of the actions, and goes into journal and result',
    },
    ...WAIT_OPTIONS,
    {
      name: 'dangerous-exceed-guard',
      kind: 'list',
      value: 'NAME',
      description: 'let the plan go beyond this guard, such as maxLifts (needs --reason; repeatable)',
    },
    NO_WAVES_OPTION,
    YIELD_OPTION,
    JOURNAL_OPTION,
    ...LEASE_OPTIONS,
    ...OUTPUT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    {
      command: 'holdfast undo last --reason "wrong tag"',
      does: 'what was applied last; says which plan that is, and asks',
    },
    {
      command: 'holdfast undo 4f1c09ab --out undo.plan',
      does: 'what would undoing do? then `holdfast apply undo.plan`',
    },
    {
      command: 'holdfast undo 4f1c09ab --reason "INC-4211: wrong tag" --auto-approve',
      does: 'at once',
    },
    {
      command:
        'holdfast undo 4f1c09ab --dangerous-exceed-guard maxLifts --reason "wrong mass isolation, CISO agreed" --auto-approve',
      does: 'more machines than may be released at a time',
    },
  ],
  exits: {
    ok: 'nothing was left to undo, the plan was saved, or every outcome succeeded',
    error: 'usage, authentication, or no action carries the marker of that plan; nothing was submitted',
    stale: true,
    refused: true,
    partial: 'a machine was left alone, or an outcome failed, timed out or was cancelled',
    pending: true,
    locked: true,
  },
  run,
}
