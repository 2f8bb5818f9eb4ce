import type { ExitName } from '../../apply/result.ts'
import type { Plan } from '../../plan/document/document.ts'
import type { Style } from '../../report/terminal/style.ts'
import type { Command, CommandContext } from '../command.ts'
import { loadBaseDeclaration } from '../declaration/base-declaration.ts'
import { loadDeclaration, placeOf, requireValid } from '../declaration/declaration.ts'
import { worstExit } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import type { Flags, OptionSpec } from '../flags.ts'
import {
  CONFIGURATION_OPTIONS,
  OUTPUT_OPTIONS,
  PLANNING_OPTIONS,
  REASON_OPTION,
  SERVICE_OPTIONS,
} from '../options.ts'
import { emitPlan, type Outputs, readOutputs } from '../outputs.ts'
import { pageHistories } from '../planning/page-histories.ts'
import { readSigner } from '../planning/plan-keys.ts'
import { makePlan } from '../planning/planning.ts'
import { SIGN_OPTION, savePlan } from '../planning/save-plan.ts'
import { requireVerifiable, VERIFY_OPTION } from '../planning/verifying.ts'
import { openService } from '../service/service.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'

/** The exit of a plan: 1 where nothing can be concluded, then what the flags ask to be told. */
export function exitOfPlan(plan: Plan, flags: Flags): number {
  const exits: ExitName[] = []
  if (plan.errored || !plan.complete) exits.push('error')
  if (flags.has('enforce') && plan.guards.some(({ status }) => status === 'fail')) exits.push('refused')
  const differs = plan.changes.length + plan.blocked.length > 0
  if (flags.has('detailed-exitcode') && differs) exits.push('differences')
  return worstExit(exits)
}

/** The words of this command line that an apply of the same plan needs again. */
function argumentsOf({ args, flags }: CommandContext): Partial<Style> {
  const given = (options: readonly OptionSpec[]): readonly string[] =>
    options.filter(({ name }) => name !== 'emulate').flatMap(({ name }) => flags.words(name))
  return {
    planningArguments: [...args, ...given([...PLANNING_OPTIONS, REASON_OPTION])],
    serviceArguments: given([...CONFIGURATION_OPTIONS, ...SERVICE_OPTIONS]),
  }
}

function readPlanOutputs(flags: Flags): Outputs {
  const outputs = readOutputs(flags)
  if (flags.has('show-unchanged') && outputs.format !== 'human') {
    throw fail(
      'flags-contradict',
      '--show-unchanged lists for people; the other formats hold only the number.',
    )
  }
  return outputs
}

async function run(context: CommandContext): Promise<number> {
  const { flags } = context
  const outputs = readPlanOutputs(flags)
  requireVerifiable(context)
  const signer = await readSigner(context)
  const declaration = requireValid(await loadDeclaration(placeOf(context)))
  const revision = flags.text('base')
  const compared = revision === undefined ? {} : await loadBaseDeclaration(revision, declaration, context)
  const service = await openService(context, declaration.configuration)
  try {
    const asOf = flags.instant('as-of')
    const asked = { ...compared, ...(asOf === undefined ? {} : { asOf }) }
    const { plan, findings, unchanged } = await makePlan(context, declaration, service, asked)
    tellDiagnostics(plan.diagnostics, declaration.diagnostics, context, declaration.sources)
    const file = flags.text('out')
    if (file !== undefined) await savePlan(plan, file, signer, context)
    await emitPlan(plan, outputs, context, {
      ...argumentsOf(context),
      ...pageHistories(plan, findings, outputs),
      ...(file === undefined ? {} : { planFile: file }),
      ...(unchanged === undefined ? {} : { showUnchanged: unchanged }),
    })
    return exitOfPlan(plan, flags)
  } finally {
    await service.close()
  }
}

/** `holdfast plan`. */
export const plan: Command = {
  description:
    'Reads the machines and their action history, and shows what has to be done for them to be as declared. Changes nothing: it works with a client that cannot write. Paths choose whose changes are shown; all configured policies are composed in any case.',
  arguments: '[paths...]',
  options: [
    { name: 'out', kind: 'text', value: 'FILE', description: 'save the plan, for `holdfast apply FILE`' },
    SIGN_OPTION,
    {
      name: 'detailed-exitcode',
      kind: 'switch',
      description: 'exit 2 where there are changes or blocked items',
    },
    { name: 'enforce', kind: 'switch', description: 'exit 4 where a guard fails' },
    {
      name: 'as-of',
      kind: 'instant',
      value: 'TIME',
      description:
        'plan for another time: the past from the history, the future by expiries; cannot be applied',
    },
    {
      name: 'show-unchanged',
      kind: 'switch',
      description: 'list also what is declared and holds already',
    },
    {
      name: 'base',
      kind: 'text',
      value: 'REV',
      description:
        'add what this declaration changes against the one at this git revision, on the same reading',
    },
    VERIFY_OPTION,
    ...PLANNING_OPTIONS,
    REASON_OPTION,
    ...OUTPUT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    { command: 'holdfast plan', does: 'what is to be done?' },
    { command: 'holdfast plan --out tonight.plan', does: 'for a review, then `holdfast apply tonight.plan`' },
    {
      command: 'holdfast plan --detailed-exitcode --enforce --markdown-into plan.md --json-into plan.json',
      does: 'in a pull request',
    },
    {
      command: 'holdfast plan --target fin-ws-014.contoso.com/isolated',
      does: 'one facet of one machine',
    },
    {
      command: 'holdfast plan --base origin/main',
      does: 'what does this branch change, apart from what the tenant needs anyway?',
    },
    { command: 'holdfast plan --as-of 2026-12-24', does: 'what will expiries do by then?' },
    { command: 'holdfast plan --verify', does: 'do the devices themselves say so too?' },
    { command: 'holdfast plan --emulate scenario.yaml', does: 'without a tenant' },
  ],
  exits: {
    ok: 'the plan was made',
    error: true,
    differences: 'with --detailed-exitcode: there are changes or blocked items',
    refused: 'with --enforce: a guard failed',
  },
  run,
}
