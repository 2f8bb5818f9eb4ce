import { numberOf, textOf } from './journal-values.ts'
import { isOutcome, OUTCOME_MEANINGS, type OutcomeMeaning } from './outcomes.ts'
import type { JournalEntry } from './ports.ts'
import { retriesIn } from './read-journal.ts'
import type { Outcome } from './result.ts'

/** Where a change of a run stands, as far as its journal tells. */
export type ItemState =
  /** Its request left, and the journal has no answer that says what became of it. */
  'sending' | 'in-flight' | Outcome

/** One wave of a run, counted from 1. */
export interface WaveSummary {
  readonly number: number
  readonly of: number
  readonly machines: number
  /** Whether a stop rule ended it, and with it the run. */
  readonly stopped: boolean
}

/** How far one run came, by its journal. */
export interface RunSummary {
  readonly runId: string
  readonly planId: string
  readonly startedAt: string
  /** When the last entry was written. */
  readonly lastAt: string
  /** The process that wrote it, in the words of whoever keeps journals; undefined where none is named. */
  readonly process: unknown
  /** How many changes and awaited actions it has; 0 where the journal does not tell. */
  readonly items: number
  /** The addresses of which anything is known. What is missing was not sent. */
  readonly states: ReadonlyMap<string, ItemState>
  /** Addresses for which the service accepted a request, in this run or one of the same plan before it. */
  readonly submitted: ReadonlySet<string>
  /** Until when quota was to hold submitting back; null where it was not. */
  readonly heldUntil: string | null
  /** The wave that was opened last; null where everything went at once. */
  readonly wave: WaveSummary | null
  /** How the run ended; null where it did not. */
  readonly end: { readonly at: string; readonly code: number; readonly name: string } | null
}

/** Answers after which an action of the request is at the service. */
const AT_SERVICE: ReadonlySet<unknown> = new Set(['accepted', 'found'])

/** Answers that leave open what became of the request. */
const LEFT_OPEN: ReadonlySet<unknown> = new Set(['unknown', 'active-exists', 'existing'])

/** What the state of an address means; undefined while it has no outcome, or one of another version. */
function meaningOf(state: ItemState | undefined): OutcomeMeaning | undefined {
  return isOutcome(state) ? OUTCOME_MEANINGS[state] : undefined
}

interface Draft extends RunSummary {
  readonly states: Map<string, ItemState>
  readonly submitted: Set<string>
}

/**
 * Folds the journals of a tenant into how far each run came, in the order in which they began. A run that resumes a plan
 * begins with what the one before it left.
 *
 * @param entries - Of any plans, each run's in the order in which they were written.
 */
export function summarizeRuns(entries: readonly JournalEntry[]): readonly RunSummary[] {
  const runs = new Map<string, Draft>()
  const latest = new Map<string, string>()
  for (const entry of entries) {
    const runId = textOf(entry, 'runId')
    const planId = textOf(entry, 'planId')
    const run = runs.get(runId) ?? beginRun(entry, runId, planId, runs.get(latest.get(planId) ?? ''))
    runs.set(runId, note({ ...run, lastAt: entry.at }, entry))
    latest.set(planId, runId)
  }
  return [...runs.values()]
}

/**
 * Says whether something of a run is left to go on with.
 *
 * @param addresses - Of the plan's changes and awaited actions; undefined where the plan is not at hand.
 * @param later - Runs that began after it, of any plan: what they brought to a good end is not left.
 */
export function isUnfinished(
  { end, states }: RunSummary,
  addresses: readonly string[] | undefined,
  later: readonly RunSummary[],
): boolean {
  const isSettled = (address: string): boolean => isGoodIn(later, address)
  if (end !== null) {
    return [...states].some(([address, state]) => meaningOf(state)?.verdict === 'open' && !isSettled(address))
  }
  const all = addresses ?? [...states.keys()]
  return all.length === 0 || !all.every(isSettled)
}

/** Says whether a run has outcomes that `--retry-failed` may send again, and that no later run brought to a good end. */
export function hasFailed({ states }: RunSummary, later: readonly RunSummary[]): boolean {
  return [...states].some(
    ([address, state]) => meaningOf(state)?.isRetried === true && !isGoodIn(later, address),
  )
}

function isGoodIn(runs: readonly RunSummary[], address: string): boolean {
  return runs.some(run => run.end !== null && meaningOf(run.states.get(address))?.verdict === 'good')
}

function beginRun(entry: JournalEntry, runId: string, planId: string, before: Draft | undefined): Draft {
  const states = new Map<string, ItemState>()
  for (const [address, state] of before?.states ?? []) {
    if (state === 'pending') states.set(address, 'in-flight')
    else if (meaningOf(state)?.verdict !== 'open') states.set(address, state)
  }
  const { at } = entry
  return {
    runId,
    planId,
    startedAt: at,
    lastAt: at,
    process: entry['process'],
    items: 0,
    states,
    submitted: new Set(before?.submitted),
    heldUntil: null,
    wave: null,
    end: null,
  }
}

/** Takes one entry in. What it says of changes goes into the sets of the run, the rest into a new run. */
function note(run: Draft, entry: JournalEntry): Draft {
  const { states, submitted } = run
  const address = textOf(entry, 'address')
  switch (entry.event) {
    case 'run-started':
      return { ...run, items: numberOf(entry, 'changes', 0), wave: firstWave(entry['waves']) }
    case 'wave-opened':
      return { ...run, wave: openedWave(entry) }
    case 'wave-stopped':
      return { ...run, wave: run.wave === null ? null : { ...run.wave, stopped: true } }
    case 'intent':
      states.set(address, 'sending')
      return run
    case 'answer':
      noteAnswer(run, address, entry['kind'])
      return run
    case 'progress':
      for (const each of listOf(entry['inFlight'])) {
        states.set(each, 'in-flight')
        submitted.add(each)
      }
      noteOutcomes(states, entry['ended'])
      return run
    case 'retry':
      for (const { address: each } of retriesIn(entry)) {
        states.delete(each)
        submitted.delete(each)
      }
      return run
    case 'held':
      return { ...run, heldUntil: textOf(entry, 'until') }
    case 'run-ended':
      noteOutcomes(states, entry['outcomes'])
      return { ...run, end: { at: entry.at, ...exitOf(entry['exit']) } }
    default:
      return run
  }
}

function firstWave(waves: unknown): WaveSummary | null {
  if (!Array.isArray(waves) || waves.length < 2) return null
  const [first]: readonly unknown[] = waves
  return { number: 1, of: waves.length, machines: typeof first === 'number' ? first : 0, stopped: false }
}

function openedWave(entry: JournalEntry): WaveSummary {
  const at = (key: string): number => numberOf(entry, key, 0)
  return { number: at('wave'), of: at('of'), machines: at('machines'), stopped: false }
}

function noteAnswer({ states, submitted }: Draft, address: string, kind: unknown): void {
  if (AT_SERVICE.has(kind)) {
    states.set(address, 'in-flight')
    submitted.add(address)
  } else if (kind === 'rejected') states.set(address, 'failed')
  else if (!LEFT_OPEN.has(kind)) states.delete(address)
}

function noteOutcomes(states: Map<string, ItemState>, outcomes: unknown): void {
  for (const [address, outcome] of Object.entries(Object(outcomes))) {
    if (typeof outcome === 'string') states.set(address, outcome as Outcome)
  }
}

function exitOf(exit: unknown): { readonly code: number; readonly name: string } {
  const { code, name } = Object(exit) as { readonly code?: unknown; readonly name?: unknown }
  return { code: typeof code === 'number' ? code : 1, name: typeof name === 'string' ? name : 'error' }
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : []
}
