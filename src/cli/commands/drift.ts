import type { ExitName } from '../../apply/result.ts'
import { hasDrift } from '../../report/drift-kinds.ts'
import type { Command, CommandContext } from '../command.ts'
import { loadDeclaration, placeOf, requireValid } from '../declaration.ts'
import { worstExit } from '../exit-codes.ts'
import { CONFIGURATION_OPTIONS, OUTPUT_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { emit, readOutputs, withoutDiagnostics } from '../outputs.ts'
import { makePlan } from '../planning.ts'
import { openService } from '../service.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'
import { VERIFY_OPTION } from '../verifying.ts'

async function run(context: CommandContext): Promise<number> {
  const { flags } = context
  const outputs = readOutputs(flags)
  const declaration = requireValid(await loadDeclaration(placeOf(context)))
  const service = await openService(context, declaration.configuration)
  try {
    const { plan } = await makePlan(context, declaration, service, { wholeTenant: true })
    tellDiagnostics(plan.diagnostics, declaration.diagnostics, context, declaration.sources)
    await emit((format, style) => format.drift(withoutDiagnostics(plan, format), style), outputs, context)
    const exits: ExitName[] = []
    if (plan.errored || !plan.complete) exits.push('error')
    if (hasDrift(plan) && !flags.has('exit-zero')) exits.push('differences')
    return worstExit(exits)
  } finally {
    await service.close()
  }
}

/** `holdfast drift`. */
export const drift: Command = {
  description:
    'Reads the whole tenant and reports what is not as declared, who moved it and when, and holds that nobody declares. Changes nothing: it works with a client that cannot write.',
  arguments: '[paths...]',
  options: [
    { name: 'exit-zero', kind: 'switch', description: 'exit 0 also where there is drift' },
    {
      name: 'keep-going',
      kind: 'switch',
      description: 'go on past unresolved, ambiguous and conflicting entries',
    },
    VERIFY_OPTION,
    ...OUTPUT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    { command: 'holdfast drift', does: 'what moved, and who moved it?' },
    { command: 'holdfast drift --json --exit-zero | jq .drift', does: 'for a dashboard' },
    { command: 'holdfast drift --verify', does: 'and do the devices themselves say so too?' },
    { command: 'holdfast drift --markdown-into drift.md', does: 'for an issue, from a nightly job' },
    { command: 'holdfast drift --html-into drift.html', does: 'a page to read, filter and print' },
  ],
  exits: {
    ok: 'everything is as declared; what is merely due or in flight is no drift',
    error: true,
    differences: 'something drifted',
  },
  run,
}
