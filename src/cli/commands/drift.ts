import { coverageOf } from '../../analysis/explain/coverage.ts'
import type { ExitName } from '../../apply/result.ts'
import { type DriftDocument, driftDocument } from '../../report/documents/drift-document.ts'
import { renderDriftEvents } from '../../report/documents/drift-events.ts'
import type { Instant } from '../../schema/instant.ts'
import { ADOPT_OPTIONS, adoptForeign, checkAdoptFlags } from '../authoring/adopting.ts'
import type { Command, CommandContext } from '../command.ts'
import { loadDeclaration, placeOf, requireValid } from '../declaration/declaration.ts'
import { worstExit } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import type { Flags } from '../flags.ts'
import {
  ACCEPT_EMPTY_OPTION,
  AS_OF_OPTION,
  CONFIGURATION_OPTIONS,
  OUTPUT_OPTIONS,
  SERVICE_OPTIONS,
} from '../options.ts'
import { type ExtraOutput, emit, type Outputs, readOutputs, withoutDiagnostics } from '../outputs.ts'
import { pageHistories } from '../planning/page-histories.ts'
import { makePlan } from '../planning/planning.ts'
import { requireVerifiable, VERIFY_OPTION } from '../planning/verifying.ts'
import { readTimeOrAge } from '../read-time.ts'
import { openService } from '../service/service.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'

/** Reads `--since`. Throws Failure `usage` where it is later than what is reported on. */
function readSince({ flags }: CommandContext, at: Instant): Instant | undefined {
  const since = readTimeOrAge(flags, 'since', at)
  if (since !== undefined && since > at)
    throw fail('usage', '--since is later than the time that is reported on: nothing could be found.')
  return since
}

/** Where `--events` and `--events-into` put the findings as events. */
function eventOutputs(document: DriftDocument, flags: Flags): readonly ExtraOutput[] {
  const text = renderDriftEvents(document)
  const path = flags.text('events-into')
  return [
    ...(flags.has('events') ? [{ text, path: undefined }] : []),
    ...(path === undefined ? [] : [{ text, path }]),
  ]
}

function readDriftOutputs(flags: Flags): Outputs {
  if (flags.has('events') && (flags.has('json') || flags.has('format'))) {
    throw fail('flags-contradict', '--events and another format cannot both have stdout.', {
      wayOut: 'Use --events-into FILE for one of them.',
    })
  }
  return readOutputs(flags)
}

async function run(context: CommandContext): Promise<number> {
  const { flags } = context
  const outputs = readDriftOutputs(flags)
  checkAdoptFlags(flags, context.args)
  requireVerifiable(context)
  const declaration = requireValid(await loadDeclaration(placeOf(context)))
  const service = await openService(context, declaration.configuration)
  try {
    const asOf = flags.instant('as-of')
    const { plan, findings } = await makePlan(context, declaration, service, {
      wholeTenant: true,
      ...(asOf === undefined ? {} : { asOf }),
    })
    const document = driftDocument(plan, coverageOf(findings), readSince(context, findings.at))
    tellDiagnostics(plan.diagnostics, declaration.diagnostics, context, declaration.sources)
    const extras = eventOutputs(document, flags)
    const histories = pageHistories(plan, findings, outputs)
    await emit(
      (format, style) => format.drift(withoutDiagnostics(document, format), { ...style, ...histories }),
      outputs,
      context,
      flags.has('adopt')
        ? [{ text: await adoptForeign(document, findings, declaration, context), path: undefined }, ...extras]
        : extras,
    )
    const exits: ExitName[] = []
    if (plan.errored || !plan.complete) exits.push('error')
    if (document.drifted && !flags.has('exit-zero')) exits.push('differences')
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
    {
      name: 'since',
      kind: 'text',
      value: 'TIME|DUR',
      description:
        'only what an action at or after it tells of: a time, or how long ago; what has no time stays, and what is left out is counted',
    },
    AS_OF_OPTION,
    ...ADOPT_OPTIONS,
    { name: 'exit-zero', kind: 'switch', description: 'exit 0 also where there is drift' },
    {
      name: 'keep-going',
      kind: 'switch',
      description: 'go on past unresolved, ambiguous and conflicting entries',
    },
    ACCEPT_EMPTY_OPTION,
    VERIFY_OPTION,
    {
      name: 'events',
      kind: 'switch',
      description: 'stdout gets one CloudEvents JSON line per finding, each with the same id in every run',
    },
    {
      name: 'events-into',
      kind: 'text',
      value: 'FILE',
      description: 'write those lines into a file too',
    },
    ...OUTPUT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    { command: 'holdfast drift', does: 'what moved, and who moved it?' },
    { command: 'holdfast drift --json --exit-zero | jq .drift', does: 'for a dashboard' },
    { command: 'holdfast drift --since 24h', does: 'since yesterday' },
    { command: 'holdfast drift --as-of 2026-12-24', does: 'what will have expired by then?' },
    { command: 'holdfast drift --verify', does: 'and do the devices themselves say so too?' },
    { command: 'holdfast drift --markdown-into drift.md', does: 'for an issue, from a nightly job' },
    { command: 'holdfast drift --events --exit-zero', does: 'one JSON line per finding, for a SIEM' },
    {
      command: 'holdfast drift --adopt --reason INC-4211 --since 24h --exit-zero | git apply',
      does: 'declare what others hold since yesterday',
    },
    { command: 'holdfast drift --html-into drift.html', does: 'a page to read, filter and print' },
  ],
  exits: {
    ok: 'everything is as declared; what is merely due or in flight is no drift',
    error: true,
    differences: 'something drifted',
  },
  run,
}
