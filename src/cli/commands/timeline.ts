import { timelineOf } from '../../analysis/explain/timeline.ts'
import { readFailures } from '../../plan/select/read-failures.ts'
import { TIMELINE_FORMATS } from '../../report/terminal/render-timeline.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Command, CommandContext } from '../command.ts'
import { loadDeclaration, requireValid } from '../declaration/declaration.ts'
import { emitFormats } from '../emit-formats.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS, PAGE_OUTPUT_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { readOutputs } from '../outputs.ts'
import { findObservedMachine } from '../planning/observed-machine.ts'
import { makePlan } from '../planning/planning.ts'
import { readTimeOrAge } from '../read-time.ts'
import { openService } from '../service/service.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'

function readSince({ flags }: CommandContext, now: Instant): Instant | undefined {
  const since = readTimeOrAge(flags, 'since', now)
  if (since !== undefined && since >= now)
    throw fail('usage', '--since is not in the past: nothing could be drawn.')
  return since
}

async function run(context: CommandContext): Promise<number> {
  const { io, flags, args, signal } = context
  const outputs = readOutputs(flags)
  const config = flags.text('config')
  const declaration = requireValid(await loadDeclaration({ cwd: io.cwd, config, paths: [] }))
  const service = await openService(context, declaration.configuration)
  try {
    const { plan, findings } = await makePlan(context, declaration, service, { wholeTenant: true })
    const { failures } = findings.input.observation
    if (failures.length > 0) {
      throw fail('read-incomplete', 'Not everything could be read, so no timeline is drawn.', {
        diagnostics: readFailures(findings.input.observation),
      })
    }
    const errors = plan.diagnostics.filter(({ severity }) => severity === 'error')
    tellDiagnostics(errors, declaration.diagnostics, context)
    const since = readSince(context, findings.at)
    const machine = await findObservedMachine(args[0] as string, findings, signal)
    await emitFormats(timelineOf(findings, machine, since), TIMELINE_FORMATS, outputs, context)
    return EXIT_CODES.ok
  } finally {
    await service.close()
  }
}

/** `holdfast timeline`. */
export const timeline: Command = {
  description:
    'Draws the history of one machine, by id or whole name: when it was isolated or restricted and by whom, every action with its end, and what the policies of today ask. Changes nothing: it works with a client that cannot write.',
  arguments: '<machine>',
  options: [
    {
      name: 'since',
      kind: 'text',
      value: 'TIME|DUR',
      description: 'begin at a time, or so long ago; else shortly before the first action that is known',
    },
    ...PAGE_OUTPUT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    { command: 'holdfast timeline fin-ws-014.contoso.com', does: 'what happened to this machine?' },
    { command: 'holdfast timeline fin-ws-014.contoso.com --since 7d', does: 'in the last week' },
    {
      command: 'holdfast timeline fin-ws-014.contoso.com --format markdown',
      does: 'to paste into an incident ticket',
    },
    { command: 'holdfast timeline fin-ws-014.contoso.com --html-into ws-014.html', does: 'drawn, as a page' },
  ],
  exits: { ok: 'the timeline was drawn', error: true },
  run,
}
