import { setImmediate } from 'node:timers/promises'
import type { Span } from '../../analysis/simulate/change-points.ts'
import {
  prepareReplay,
  type Replay,
  type Simulation,
  simulateSteps,
} from '../../analysis/simulate/simulate.ts'
import type { Findings } from '../../plan/assemble/assemble-plan.ts'
import { readFailures } from '../../plan/select/read-failures.ts'
import { SIMULATION_FORMATS } from '../../report/terminal/render-simulation.ts'
import { counted } from '../../report/words/words.ts'
import { addMs } from '../../schema/instant.ts'
import type { Command, CommandContext } from '../command.ts'
import { type Declaration, loadDeclaration, requireValid } from '../declaration/declaration.ts'
import { emitFormats } from '../emit-formats.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS, TEXT_OUTPUT_OPTIONS } from '../options.ts'
import { readOutputs } from '../outputs.ts'
import { beforeLookback } from '../planning/observing.ts'
import { makePlan } from '../planning/planning.ts'
import { readTimeOrAge } from '../read-time.ts'
import { openService } from '../service/service.ts'

/** Where `--from` is not given. */
const DEFAULT_MS = 30 * 86_400_000
/** Plans that are made at most, and machines and actions that all of them together look at: about a minute's work. */
const MOST_MOMENTS = 10_000
const MOST_WORK = 25_000_000
/** A terminal is told, and a signal is looked for, every so many plans. */
const BREATH = 20

function readSpan({ flags }: CommandContext, { input: { observation, now } }: Findings): Span {
  const from = readTimeOrAge(flags, 'from', now) ?? addMs(now, -DEFAULT_MS)
  const to = readTimeOrAge(flags, 'to', now) ?? now
  if (from < observation.historyFrom) throw beforeLookback('--from', observation.historyFrom)
  if (to > now)
    throw fail('usage', '--to lies in the future, of which there is no history; `plan --as-of` looks ahead.')
  if (from >= to) throw fail('usage', '--from is not before --to: there is nothing to replay.')
  return { from, to }
}

/** @throws Failure `replay-too-large`, with what would be possible. */
function requireFeasible({ input: { observation }, moments }: Replay): void {
  const size = observation.machines.length + observation.actions.length
  const most = Math.min(MOST_MOMENTS, Math.floor(MOST_WORK / Math.max(1, size)))
  if (moments.length <= most) return
  throw fail(
    'replay-too-large',
    `Something changed at ${moments.length} moments, and of ${counted(observation.machines.length, 'machine')} with ${counted(observation.actions.length, 'action')} at most ${most} plans are made at once.`,
  )
}

/** Drives the replay, and lets signals in between its steps. */
async function drive(replay: Replay, { io, signal }: CommandContext): Promise<Simulation> {
  const steps = simulateSteps(replay)
  for (let done = 1; ; done += 1) {
    const step = steps.next()
    if (step.done === true) return step.value
    if (done % BREATH !== 0) continue
    await setImmediate()
    if (signal.aborted) throw fail('interrupted', 'Interrupted; nothing was changed.')
    if (io.stderr.isTTY) io.stderr.write(`\r${done} of ${replay.moments.length} plans`)
  }
}

async function observe(context: CommandContext, declaration: Declaration): Promise<Findings> {
  const service = await openService(context, declaration.configuration)
  try {
    const { findings } = await makePlan(context, declaration, service, { wholeTenant: true })
    const { observation } = findings.input
    if (observation.failures.length === 0) return findings
    throw fail('read-incomplete', 'Not everything could be read, so nothing is replayed.', {
      diagnostics: readFailures(observation),
    })
  } finally {
    await service.close()
  }
}

async function run(context: CommandContext): Promise<number> {
  const { io, flags } = context
  const outputs = readOutputs(flags)
  const config = flags.text('config')
  const declaration = requireValid(await loadDeclaration({ cwd: io.cwd, config, paths: [] }))
  const findings = await observe(context, declaration)
  const replay = prepareReplay(findings.input, readSpan(context, findings), flags.duration('step')?.ms)
  requireFeasible(replay)
  const simulation = await drive(replay, context)
  if (io.stderr.isTTY) io.stderr.write('\r\u001b[K')
  await emitFormats(simulation, SIMULATION_FORMATS, outputs, context)
  return EXIT_CODES.ok
}

/** `holdfast simulate`. */
export const simulate: Command = {
  description:
    'Replays the policies, guards and configuration of today over the recorded history: at every moment at which something changed, the plan that there would have been. Says which plans, how many actions, which guards would have stopped them and when, and how long machines were not held although they should have been. Changes nothing: it works with a client that cannot write.',
  arguments: '',
  options: [
    {
      name: 'from',
      kind: 'text',
      value: 'TIME|DUR',
      description: 'where to begin: a time, or how long ago; 30d by default',
    },
    {
      name: 'to',
      kind: 'text',
      value: 'TIME|DUR',
      description: 'where to end: a time, or how long ago; now by default',
    },
    {
      name: 'step',
      kind: 'duration',
      value: 'DUR',
      description: 'make at most one plan in so long, after all that changed in it; else one at every moment',
    },
    ...TEXT_OUTPUT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    { command: 'holdfast simulate', does: 'what would these policies have done in the last 30 days?' },
    {
      command: 'holdfast simulate --from 2026-11-01 --to 2026-11-15 --format markdown',
      does: 'for the review of a guard',
    },
    { command: 'holdfast simulate --from 180d --step 1d', does: 'half a year, a plan a day' },
  ],
  exits: { ok: 'the history was replayed', error: true },
  run,
}
