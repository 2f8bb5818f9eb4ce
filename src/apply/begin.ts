import type { Change, Note, Plan } from '../plan/document/document.ts'
import { idOf } from '../plan/document/marker-of.ts'
import type { Observation } from '../plan/select/observation.ts'
import { parseMarker } from '../posture/marker.ts'
import type { Configuration } from '../schema/configuration.ts'
import { addMs, type Instant } from '../schema/instant.ts'
import type { ApplyOptions } from './apply-options.ts'
import type { Asked } from './asked.ts'
import { explain } from './codes.ts'
import { type Item, itemOfChange, itemOfInFlight, standAt } from './item.ts'
import type { KnownActions } from './known-actions.ts'
import { CANCEL_PATH, pathOf, quotaOfPath } from './paths.ts'
import type { JournalEntry } from './ports.ts'
import { QuotaWindows } from './quota-windows.ts'
import { type Retry, submissionsOf, type Trace } from './read-journal.ts'
import { recheckAsked } from './recheck-now.ts'
import { type ItemEvent, reduceItem } from './reduce-item.ts'
import type { ApplyResult } from './result.ts'
import { keyOf, type Standing, standingOf } from './resume.ts'
import { judgeRetry, type RetryMemory, withoutTrace } from './retries.ts'

/** The longest quota window. */
const HOUR_MS = 3_600_000

/** What the first checks of all changes say. */
export interface Beginning {
  readonly items: ReadonlyMap<string, Item>
  readonly moved: ApplyResult['moved']
  /** What is sent again although it was sent before; to be written down before anything is. */
  readonly retries: readonly Retry[]
}

/** What the first checks rest on. */
export interface BeginInput {
  readonly plan: Plan
  readonly options: ApplyOptions
  readonly configuration: Configuration
  /** Changes that the configuration as it is now refuses, by address. */
  readonly refusals: ReadonlyMap<string, Note>
  readonly known: KnownActions
  readonly asked: Asked
  readonly traces: ReadonlyMap<string, Trace>
  readonly memory: RetryMemory
  /** The service's clock. */
  readonly now: Instant
  /** When the history was read, by our clock. */
  readonly observedAt: Instant
}

/**
 * Puts every change where it stands: what an earlier run of this plan sent is resumed, and everything else is checked
 * against the history as it is now, before anything is submitted.
 */
export function beginItems(input: BeginInput): Beginning {
  const { plan, known } = input
  const items = new Map<string, Item>()
  const moved: { address: string; message: string }[] = []
  const retries: Retry[] = []
  for (const change of plan.changes) {
    const { item, message, retry } = beginItem(change, input)
    items.set(change.address, item)
    if (retry !== undefined) retries.push(retry)
    if (message !== undefined) moved.push({ address: change.address, message })
  }
  for (const inFlight of plan.inFlight) {
    if (!inFlight.awaited || items.has(inFlight.address)) continue
    const action = known.get(inFlight.actionId) ?? null
    const event: ItemEvent = { kind: 'adopted', actionId: inFlight.actionId, action }
    items.set(inFlight.address, reduceItem(itemOfInFlight(inFlight), event))
  }
  return { items, moved, retries }
}

/** What is said of a request that left no action to be seen. */
const LOST = {
  unanswered: 'An earlier run sent the request and did not write down an answer.',
  unlisted: 'The service accepted the request in an earlier run, and lists no such action.',
} as const

/** Where one change stands. */
interface Begun {
  readonly item: Item
  readonly message?: string
  readonly retry?: Retry
}

function beginItem(change: Change, input: BeginInput): Begun {
  const { plan, options, configuration, known, traces, memory, now, observedAt } = input
  const key = keyOf(idOf(plan, change), change)
  const history = known.of(change.machine.id)
  const actions = history.filter(({ id }) => !memory.setAside.has(id))
  const standing = standingOf(change, key, actions, traces, observedAt)
  if (!options.retryFailed || memory.begun.has(change.address)) return standAs(standing, change, input)
  const verdict = judgeRetry(standing, { change, key, configuration, now, actions, history })
  if (verdict.kind === 'kept') return standAs(standing, change, input)
  if (verdict.kind === 'exhausted') return exhausted(standAs(standing, change, input), verdict.note)
  const { retry } = verdict
  const left = actions.filter(({ id }) => !retry.actionIds.includes(id))
  const again = standingOf(change, key, left, withoutTrace(traces, retry), observedAt)
  return { ...standAs(again, change, input), retry }
}

/** The outcome that it has, and why it is not tried once more. */
function exhausted(begun: Begun, { code, message }: Note): Begun {
  const { item } = begun
  const stage = item.stage.kind === 'ended' ? { ...item.stage, code, detail: message } : item.stage
  return { ...begun, item: { ...item, stage } }
}

function standAs(standing: Standing, change: Change, input: BeginInput): Begun {
  const { options } = input
  const fresh = itemOfChange(change)
  if (standing.kind === 'unanswered' || standing.kind === 'unlisted') {
    const refusal = input.refusals.get(change.address)
    const event: ItemEvent = {
      kind: 'looking',
      reason: 'unanswered',
      until: addMs(standing.since, options.lookupMs),
      message: LOST[standing.kind],
      ...(refusal === undefined || standing.step > 0 ? {} : { refusal }),
    }
    return { item: reduceItem({ ...standAt(fresh, change, standing.step), adopted: true }, event) }
  }
  const item = standing.kind === 'unsent' ? fresh : resumed(fresh, change, standing)
  return item.stage.kind === 'queued' ? check(item, change, input) : { item }
}

function resumed(
  fresh: Item,
  change: Change,
  { step, actionId, action }: Standing & { readonly kind: 'sent' },
): Item {
  return reduceItem(standAt(fresh, change, step), { kind: 'adopted', actionId, action })
}

/** Checks what is still to be sent of a change against the history as it is now. */
function check(
  item: Item,
  change: Change,
  { plan, configuration, refusals, known, asked, now, options }: BeginInput,
): { readonly item: Item; readonly message?: string } {
  const refusal = item.step === 0 ? refusals.get(item.address) : undefined
  if (refusal !== undefined) {
    const { code, message } = refusal
    return { item: reduceItem(item, { kind: 'ended', outcome: 'refused', code, detail: message }) }
  }
  const verdict = recheckAsked(change, item.step, { plan, configuration, known, asked, now })
  switch (verdict.kind) {
    case 'unmoved':
      return { item }
    case 'satisfied': {
      const outcome = item.step === 0 ? 'unchanged' : 'adopted'
      return { item: reduceItem(item, { kind: 'ended', outcome, actionId: verdict.actionId }) }
    }
    case 'in-flight':
      return { item: reduceItem(item, { kind: 'overtaken', action: verdict.action }) }
    case 'moved': {
      const detail = explain('moved', verdict.message)
      const ended = reduceItem(item, { kind: 'ended', outcome: 'refused', code: 'moved', detail })
      // Half of a chain was sent by this plan already: the rest of the plan is not stale for that.
      const isAlone = verdict.alone === true || (item.step > 0 && !options.skipMoved)
      return isAlone ? { item: ended } : { item: ended, message: verdict.message }
    }
  }
}

/**
 * Starts the quota windows with what was sent in the last hour: what the journal has of every plan, and own actions
 * of the history that it does not have, at their creation.
 */
export function beginWindows(
  entries: readonly JournalEntry[],
  observation: Observation,
  skewMs: number,
  now: Instant,
): QuotaWindows {
  const since = addMs(now, -HOUR_MS)
  const journaled = submissionsOf(entries, since)
  const ids = new Set(journaled.map(({ actionId }) => actionId))
  const own = observation.actions
    .filter(({ id, requestSource }) => requestSource !== 'Portal' && !ids.has(id))
    .flatMap(action => {
      const sent =
        parseMarker(action.requestorComment) === undefined
          ? []
          : [submission(action.type, action.creationDateTimeUtc)]
      const cancelled =
        parseMarker(action.cancellationComment) === undefined
          ? []
          : [{ path: CANCEL_PATH, at: action.lastUpdateDateTimeUtc }]
      return [...sent, ...cancelled]
    })
    .map(({ path, at }) => ({ path, at: addMs(at, -skewMs) }))
    .filter(({ at }) => at >= since)
  return new QuotaWindows(quotaOfPath, [...journaled, ...own])
}

function submission(type: string, at: Instant): { readonly path: string; readonly at: Instant } {
  return { path: pathOf(type), at }
}
