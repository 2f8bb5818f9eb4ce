import type { FoundRun } from '../../local/journal/run-folder.ts'
import type { Plan } from '../../plan/document/document.ts'
import { shortPlanId } from '../../plan/document/marker-of.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { type Instant, parseInstant } from '../../schema/instant.ts'
import { fail } from '../fail.ts'
import { stateOfRun } from './run-document.ts'
import type { RunState } from './run-state.ts'

/** A run that is gone on with, and its plan. */
export interface ResumableRun {
  readonly run: FoundRun
  readonly plan: Plan
}

/** Whether a text names a run: its id, or its plan's, each by its first eight characters or more. */
function isNamed({ summary }: FoundRun, id: string): boolean {
  const text = id.toLowerCase().replace(/^sha256:/, '')
  const ids = [summary.runId, summary.planId.replace(/^sha256:/, '')]
  return text.length >= 8 && ids.some(each => each.startsWith(text))
}

function hasExpired({ plan }: FoundRun, now: Instant): boolean {
  const expires = parseInstant(plan?.expiresAt ?? '')
  return expires !== undefined && expires <= now
}

/** `holdfast apply --resume 4f1c09ab: began 2026-11-22T18:00:00Z, ended 6 pending`. */
function describeChoice({ summary }: FoundRun): Diagnostic {
  const { planId, startedAt, end } = summary
  const how = end === null ? 'wrote no end' : `ended ${end.code} ${end.name}`
  const message = `\`holdfast apply --resume ${shortPlanId(planId)}\` goes on with what began ${startedAt} and ${how}.`
  return { severity: 'info', code: 'run-ambiguous', message }
}

/** The one of several runs that is meant: the one named, else the only one whose plan may still be applied. */
function chooseAmong(runs: readonly FoundRun[], id: string | undefined, { state, now }: RunState): FoundRun {
  const named = id === undefined ? runs : runs.filter(run => isNamed(run, id))
  const good = named.filter(run => !hasExpired(run, now))
  if (good.length > 1) {
    throw fail('run-ambiguous', `${good.length} runs are unfinished; nothing was submitted.`, {
      diagnostics: good.map(describeChoice),
    })
  }
  // One whose plan has expired is told as stale, like every expired plan.
  const chosen = good[0] ?? named.at(-1)
  if (chosen !== undefined) return chosen
  const what =
    id === undefined ? 'No run is left to go on with' : `No run that ${id} names is left to go on with`
  throw fail('nothing-to-resume', `${what}, by the journals in ${state.place}.`)
}

/**
 * Chooses the run that `apply --resume` goes on with: the last of its plan, not over, and nobody's now.
 *
 * @param runs - In the order in which they began; those that can be gone on with are chosen from.
 * @param id - Of a run or a plan, as the command line has it.
 * @throws Failure `nothing-to-resume`, `run-ambiguous`, `run-live`, `plan-not-kept`.
 */
export async function chooseRun(
  runs: readonly FoundRun[],
  id: string | undefined,
  state: RunState,
): Promise<ResumableRun> {
  const run = chooseAmong(runs, id, state)
  const { summary, plan } = run
  const stands = await stateOfRun(summary, state)
  const short = shortPlanId(summary.planId)
  if (stands === 'submitting' || stands === 'awaiting') {
    throw fail('run-live', `Plan ${short} is being applied now; nothing was submitted.`, { exit: 'locked' })
  }
  if (plan === undefined) {
    throw fail('plan-not-kept', `Plan ${short} is not beside its journal ${run.journal}, or was altered.`)
  }
  return { run, plan }
}
