import { explainMachine } from '../../analysis/explain/explain.ts'
import { readFailures } from '../../plan/select/read-failures.ts'
import { EXPLANATION_FORMATS } from '../../report/explanation-formats.ts'
import type { Command, CommandContext } from '../command.ts'
import { loadDeclaration, requireValid } from '../declaration/declaration.ts'
import { emitFormats } from '../emit-formats.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS, TEXT_OUTPUT_OPTIONS } from '../options.ts'
import { readOutputs } from '../outputs.ts'
import { findObservedMachine } from '../planning/observed-machine.ts'
import { makePlan } from '../planning/planning.ts'
import { openService } from '../service/service.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'

async function run(context: CommandContext): Promise<number> {
  const { io, flags, args } = context
  const outputs = readOutputs(flags)
  const config = flags.text('config')
  const declaration = requireValid(await loadDeclaration({ cwd: io.cwd, config, paths: [] }))
  const service = await openService(context, declaration.configuration)
  try {
    const asOf = flags.instant('as-of')
    const { plan, findings } = await makePlan(context, declaration, service, {
      wholeTenant: true,
      ...(asOf === undefined ? {} : { asOf }),
    })
    const { observation } = findings.input
    if (observation.failures.length > 0) {
      throw fail('read-incomplete', 'Not everything could be read, so nothing is explained.', {
        diagnostics: readFailures(observation),
      })
    }
    const machine = await findObservedMachine(args[0] as string, findings, context.signal)
    const explanation = explainMachine(findings, plan, machine)
    const errors = plan.diagnostics.filter(({ severity }) => severity === 'error')
    tellDiagnostics(errors, declaration.diagnostics, context)
    await emitFormats(explanation, EXPLANATION_FORMATS, outputs, context)
    return EXIT_CODES.ok
  } finally {
    await service.close()
  }
}

/** `holdfast explain`. */
export const explain: Command = {
  description:
    'Explains one machine, by id or whole name: per facet which policy line asks for what and until when, which actions decide in which order and who sent them, how sure that is, what the plan does and why, and what would change it. Changes nothing: it works with a client that cannot write.',
  arguments: '<machine>',
  options: [
    {
      name: 'as-of',
      kind: 'instant',
      value: 'TIME',
      description: 'explain another time: the past from the history, the future by expiries',
    },
    ...TEXT_OUTPUT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    { command: 'holdfast explain fin-ws-014.contoso.com', does: 'why is this machine isolated?' },
    {
      command: 'holdfast explain fin-ws-014.contoso.com --format markdown',
      does: 'to paste into an incident ticket',
    },
    {
      command: 'holdfast explain fin-ws-014.contoso.com --as-of 2026-11-20T06:00:00Z',
      does: 'how did it stand then?',
    },
  ],
  exits: { ok: 'the machine was explained', error: true },
  run,
}
