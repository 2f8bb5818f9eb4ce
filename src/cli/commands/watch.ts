import type { Clock } from '../../apply/ports.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import { counted } from '../../report/words/words.ts'
import type { Duration } from '../../schema/duration.ts'
import type { Look } from '../../watch/look.ts'
import { Watcher, type WatchPorts } from '../../watch/watch.ts'
import type { Command, CommandContext } from '../command.ts'
import { type Declaration, loadDeclaration, placeOf, requireValid } from '../declaration/declaration.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import { ACCEPT_EMPTY_OPTION, CONFIGURATION_OPTIONS, JOURNAL_OPTION, SERVICE_OPTIONS } from '../options.ts'
import { readVersion } from '../version.ts'
import { type EventSink, openEventSink, WEBHOOK_SECRET } from '../watching/event-sink.ts'
import type { HealthServer } from '../watching/health-server.ts'
import { takeLook } from '../watching/take-look.ts'
import { differenceLines, lookLine } from '../watching/watch-lines.ts'
import type { WatchMetrics } from '../watching/watch-metrics.ts'

const EVERY = '5m'
/** Shorter than this a tenant of any size would be read without a pause. */
const SHORTEST_EVERY_MS = 10_000

type Acting = 'none' | 'renewals' | 'all'

function readEvery({ flags }: CommandContext): Duration {
  const every = flags.duration('every') ?? { text: EVERY, ms: 300_000 }
  if (every.ms < SHORTEST_EVERY_MS)
    throw fail('usage', `--every ${every.text} is too short; expected at least 10s.`)
  return every
}

/**
 * What the watcher may do beside looking. Watchers that share no store would all apply at the same instant.
 *
 * @throws Failure `store-missing` and `approval-missing`.
 */
function readActing({ flags }: CommandContext, { configuration }: Declaration): Acting {
  const acting = (flags.text('apply') ?? 'none') as Acting
  if (acting === 'none') return acting
  if (configuration.store === undefined && !flags.has('emulate')) {
    throw fail(
      'store-missing',
      `--apply ${acting} needs \`store\` in holdfast.yaml: without one, watchers that do not see each other meet whenever something is due.`,
    )
  }
  if (acting === 'all' && !flags.has('auto-approve')) {
    throw fail(
      'approval-missing',
      '--apply all submits what the declaration asks for whenever it asks: nobody is there to be asked.',
      {
        exit: 'refused',
      },
    )
  }
  return acting
}

/** The command line that does what is due: the very apply that a person would run. */
function applyWords({ flags, args }: CommandContext, acting: Acting): readonly string[] {
  const passed = ['config', 'endpoint', 'emulate', 'journal'].flatMap(name => flags.words(name))
  return ['apply', acting === 'all' ? '--auto-approve' : '--renewals', ...passed, ...args]
}

function actor(context: CommandContext, acting: Acting): WatchPorts['act'] {
  const { io, main } = context
  return async ({ counts }: Look) => {
    if (acting === 'none' || counts.changes === 0) return
    const code = await main(applyWords(context, acting), {
      ...io,
      stdout: io.stderr,
      stdin: { ...io.stdin, isTTY: false },
    })
    if (code !== 0)
      io.stderr.write(`The apply ended with exit code ${code}; the next look says what is left.\n`)
  }
}

/** What a watcher needs beside its ports, to be closed in the end. */
interface Outlets {
  readonly sink: EventSink | undefined
  readonly metrics: WatchMetrics | undefined
  readonly server: HealthServer | undefined
}

async function openOutlets({ io, flags }: CommandContext, everyMs: number): Promise<Outlets> {
  const listen = flags.text('listen')
  const target = flags.text('events')
  const sink = target === undefined ? undefined : await openEventSink(target, io, `holdfast/${readVersion()}`)
  if (listen === undefined) return { sink, metrics: undefined, server: undefined }
  const { measureWatch } = await import('../watching/watch-metrics.ts')
  const { serveHealth } = await import('../watching/health-server.ts')
  const metrics = measureWatch(io.clock, everyMs)
  const server = await serveHealth(listen, metrics)
  io.stderr.write(`Health and metrics: ${server.url}/healthz, ${server.url}/metrics\n`)
  return { sink, metrics, server }
}

function portsOf(
  context: CommandContext,
  { sink, metrics }: Outlets,
  acting: Acting,
  clock: Clock,
): WatchPorts {
  const { io, signal } = context
  return {
    clock,
    look: at => takeLook(context, at),
    act: actor(context, acting),
    async tell(events) {
      const problem = await sink?.deliver(events, signal)
      if (problem === undefined) return
      metrics?.noteUndelivered()
      io.stderr.write(
        `${counted(events.length, 'event')} could not be handed on and will be tried again: ${escapeTerminal(problem)}.\n`,
      )
    },
    note(answer, difference) {
      metrics?.note(answer, difference)
      io.stderr.write(`${lookLine(answer, clock.now())}\n`)
      if (answer.kind === 'failed') return
      const lines = differenceLines(answer.look.at, difference)
      if (lines.length > 0) io.stdout.write(`${lines.join('\n')}\n`)
    },
  }
}

async function run(context: CommandContext): Promise<number> {
  const { io, flags, signal } = context
  const every = readEvery(context)
  const declaration = requireValid(await loadDeclaration(placeOf(context)))
  const acting = readActing(context, declaration)
  const outlets = await openOutlets(context, every.ms)
  try {
    const until = flags.instant('until')
    const options = {
      everyMs: every.ms,
      source:
        declaration.configuration.tenantId === undefined
          ? 'urn:holdfast'
          : `urn:holdfast:tenant:${declaration.configuration.tenantId}`,
      ...(until === undefined ? {} : { until }),
    }
    io.stderr.write(
      `Watching every ${every.text}, acting on ${acting === 'none' ? 'nothing' : acting}. Ctrl-C ends it.\n`,
    )
    await new Watcher(options, portsOf(context, outlets, acting, io.clock)).run(signal)
    return EXIT_CODES.ok
  } finally {
    await outlets.server?.close()
    await outlets.sink?.close()
  }
}

/** `holdfast watch`. */
export const watch: Command = {
  description:
    'Looks at the tenant again and again, tells what changed since the last look, each finding once, and rests until the next look is due: after --every, or earlier where a hold ends, a policy expires or a scan grows stale. With --apply it also does what is due, by the same apply as ever.',
  arguments: '[paths...]',
  options: [
    {
      name: 'every',
      kind: 'duration',
      value: 'DUR',
      description: `how long to rest at most; ${EVERY} by default`,
    },
    {
      name: 'apply',
      kind: 'choice',
      value: 'WHAT',
      choices: ['none', 'renewals', 'all'],
      description:
        'what to do beside looking: nothing (default), renewals alone, or all that the declaration asks for (needs --auto-approve); both need `store`',
    },
    { name: 'auto-approve', kind: 'switch', description: 'consent to --apply all' },
    {
      name: 'events',
      kind: 'text',
      value: 'FILE|URL',
      description: `append each event to a file as a CloudEvents JSON line, or post it to an https webhook, signed with ${WEBHOOK_SECRET} where that is set`,
    },
    { name: 'until', kind: 'instant', value: 'TIME', description: 'end then; else at a signal' },
    {
      name: 'listen',
      kind: 'text',
      value: 'HOST:PORT',
      description: 'serve /healthz and /metrics there, such as 127.0.0.1:9464; off by default',
    },
    ACCEPT_EMPTY_OPTION,
    JOURNAL_OPTION,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    { command: 'holdfast watch', does: 'look every five minutes, and whenever something is due' },
    {
      command: 'holdfast watch --apply renewals --events events.jsonl --listen 127.0.0.1:9464',
      does: 'as a service: renew what ends by itself, leave events and metrics',
    },
  ],
  exits: {
    ok: 'its time was over',
    error: 'it cannot begin: usage, a declaration with errors, no store for --apply, a port that is taken',
    refused: '--apply all without --auto-approve',
  },
  run,
}
