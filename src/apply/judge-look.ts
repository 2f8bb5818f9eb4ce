import type { Note, Plan } from '../plan/document/document.ts'
import { recheckRefusals } from '../plan/judge/refusals.ts'
import type { Observation } from '../plan/select/observation.ts'
import { lensFor } from '../plan/select/plan-lens.ts'
import type { HoldLens } from '../posture/hold-lens.ts'
import { addMs } from '../schema/instant.ts'
import { Asked } from './asked.ts'
import { type Beginning, beginItems } from './begin.ts'
import {
  checkFreeze,
  checkGuards,
  checkObservation,
  INTERRUPTED,
  ONLY_BLOCKED,
  type Refusal,
} from './check-plan.ts'
import { explain } from './codes.ts'
import { type ApplyContext, endEarly } from './end-early.ts'
import { KnownActions } from './known-actions.ts'
import type { FirstLook } from './observe-listed.ts'
import type { JournalEntry } from './ports.ts'
import { tracesOf } from './read-journal.ts'
import { refusedTooOften } from './restricted-refusal.ts'
import type { ApplyResult } from './result.ts'
import { retriesOf } from './retries.ts'
import type { Moment } from './run-clock.ts'

/** What a look at all that the plan rests on comes to, where the apply goes on. */
export interface JudgedLook {
  readonly kind: 'judged'
  readonly look: FirstLook
  readonly beginning: Beginning
  readonly known: KnownActions
  readonly asked: Asked
  /** The service's clock minus that of the run. */
  readonly skewMs: number
  /** Ids of the actions that belong to before a retry. */
  readonly setAside: ReadonlySet<string>
}

/** Where it ends there: with nothing submitted. */
export interface EndedLook {
  readonly kind: 'ended'
  readonly result: ApplyResult
}

/**
 * Judges a look at all that the plan rests on: puts every change where it stands, and ends the apply where nothing of it
 * may be submitted.
 */
export function judgeLook(
  context: ApplyContext,
  entries: readonly JournalEntry[],
  look: FirstLook,
): JudgedLook | EndedLook {
  const { plan, deps, options, clock } = context
  const { configuration } = deps
  const { observation, observedAt } = look
  const interrupted = options.signal.aborted ? INTERRUPTED : null
  const refused = checkObservation(plan, observation)
  // An interrupt can be why the look failed.
  if (refused !== null) return { kind: 'ended', result: endEarly(context, interrupted ?? refused) }
  const skewMs = observation.clockSkewMs + clock.moment().wallAheadMs
  const now = addMs(clock.now(), skewMs)
  const exceed = options.overriddenGuards
  const { guards, refusals: configured } = recheckRefusals(plan, observation, configuration, now, exceed)
  const refusals = new Map(configured)
  for (const change of plan.changes) {
    const note = refusedTooOften(change, entries, configuration.retry, now)
    if (note !== undefined && !refusals.has(change.address)) refusals.set(change.address, note)
  }
  const known = knownOf(plan, observation, observedAt, lensFor(observation, configuration, now))
  const asked = new Asked(deps.declared)
  asked.look(observation.machines, now)
  const traces = tracesOf(entries, plan)
  const memory = retriesOf(entries, plan)
  const input = { plan, options, configuration, refusals, known, asked, traces, memory, now }
  const beginning = beginItems({ ...input, observedAt: observedAt.at })
  const { items, moved, retries } = beginning
  const stopped =
    interrupted ??
    checkFreeze(configuration, now, options) ??
    checkGuards(guards, options) ??
    (isAllRefused(items, refusals) ? ONLY_BLOCKED : null)
  // What was seen is told all the same: a machine that an earlier run left open must not go unnamed.
  if (stopped !== null) return { kind: 'ended', result: endEarly(context, stopped, { items, known, now }) }
  if (moved.length > 0 && !options.skipMoved) {
    const result = endEarly(context, movedRefusal(moved.length), { items, known, now, moved })
    return { kind: 'ended', result }
  }
  const setAside = new Set([...memory.setAside, ...retries.flatMap(({ actionIds }) => actionIds)])
  return { kind: 'judged', look, beginning, known, asked, skewMs, setAside }
}

/** Whether there are changes, and the configuration lets none of them be sent. */
function isAllRefused(items: Beginning['items'], refusals: ReadonlyMap<string, Note>): boolean {
  const all = [...items.values()]
  return all.length > 0 && all.every(({ address, stage }) => refusals.has(address) && stage.kind === 'ended')
}

function movedRefusal(count: number): Refusal {
  const what = `${count === 1 ? '1 change' : `${count} changes`} moved since the plan was made.`
  return { overall: 'stale', code: 'stale', message: explain('moved', what) }
}

function knownOf(plan: Plan, observation: Observation, observedAt: Moment, lens: HoldLens): KnownActions {
  const known = new KnownActions(observation.machines, observation.actions, lens)
  known.markLooked(new Set(plan.changes.map(({ machine }) => machine.id)), observedAt)
  return known
}
