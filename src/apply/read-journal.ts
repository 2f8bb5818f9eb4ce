import type { PlanIds } from '../plan/document/marker-of.ts'
import { addMs, formatInstant, type Instant, parseInstant } from '../schema/instant.ts'
import { numberOf, textOf } from './journal-values.ts'
import type { JournalEntry } from './ports.ts'
import type { Submission } from './quota-windows.ts'

/** What the journal remembers about one request of one change. */
export interface Trace {
  /** An action that the service accepted for it, or that was found for it. */
  readonly actionId: string | null
  /** When that was written down; null without one. */
  readonly acceptedAt: Instant | null
  /** When it was last sent without an answer to show for it; null where every intent was answered. */
  readonly unansweredAt: Instant | null
}

/** One request of a change that is sent again, and the actions that it led to before: they count for it no longer. */
export interface Retry {
  readonly address: string
  readonly request: number
  readonly actionIds: readonly string[]
}

/** The retries that one entry of a journal begins. */
export function retriesIn(entry: JournalEntry): readonly Retry[] {
  const { event, retries } = entry as JournalEntry & { readonly retries?: unknown }
  return event === 'retry' && Array.isArray(retries) ? retries.filter(isRetry) : []
}

function isRetry(value: unknown): value is Retry {
  const { address, request, actionIds } = Object(value) as { readonly [key in keyof Retry]?: unknown }
  return typeof address === 'string' && typeof request === 'number' && Array.isArray(actionIds)
}

/** Answers after which nothing of the request is at the service. */
const NOTHING_ACCEPTED: ReadonlySet<unknown> = new Set(['throttled', 'not-sent', 'unauthorized'])

/** Answers that leave open whether the service accepted the request. */
const LEFT_OPEN: ReadonlySet<unknown> = new Set(['intent', 'unknown'])

/** Stands for a number that an entry does not have: no request and no intent has it. */
const NO_NUMBER = -1

function timeOf(entry: JournalEntry): Instant | undefined {
  return parseInstant(entry.at)
}

/**
 * Entries of which none is ahead of now: the wall's clock was set back since those were written, and nobody waits until
 * it is there again.
 */
export function notAhead(entries: readonly JournalEntry[], now: Instant): readonly JournalEntry[] {
  const latest = formatInstant(now)
  return entries.map(entry => ((timeOf(entry) ?? now) > now ? { ...entry, at: latest } : entry))
}

/** Names one request of one change of one plan. */
export function traceKey(address: string, request: number): string {
  return `${request} ${address}`
}

/**
 * Says whether an entry is about a plan. What it says of renewals counts for these renewals alone: every run that makes
 * renewals and nothing else is of the same `planId`.
 */
export function isOfPlan(entry: JournalEntry, { planId, renewalsId }: PlanIds): boolean {
  const { planId: of, renewalsId: renewals } = entry as Readonly<Record<string, unknown>>
  return of === planId && (renewals === undefined || renewals === renewalsId)
}

/**
 * Folds the journal into what it remembers of each request of a plan.
 *
 * @returns Traces by {@link traceKey}. A request that was refused or given back has a trace without id and time; one
 * that is to be sent again has none until it is.
 */
export function tracesOf(entries: readonly JournalEntry[], plan: PlanIds): ReadonlyMap<string, Trace> {
  const traces = new Map<string, Trace>()
  for (const entry of entries) {
    for (const retry of isOfPlan(entry, plan) ? retriesIn(entry) : []) {
      traces.delete(traceKey(retry.address, retry.request))
    }
    if (!isOfPlan(entry, plan) || (entry.event !== 'intent' && entry.event !== 'answer')) continue
    const key = traceKey(textOf(entry, 'address'), numberOf(entry, 'request', NO_NUMBER))
    const kind = entry.event === 'intent' ? 'intent' : entry['kind']
    const known = traces.get(key)
    const accepted = kind === 'accepted' || kind === 'found'
    const isNew = accepted && typeof entry['actionId'] === 'string'
    traces.set(key, {
      actionId: isNew ? String(entry['actionId']) : (known?.actionId ?? null),
      acceptedAt: isNew ? (timeOf(entry) ?? null) : (known?.acceptedAt ?? null),
      unansweredAt: LEFT_OPEN.has(kind) ? (timeOf(entry) ?? null) : null,
    })
  }
  return traces
}

/** A journaled submission, with the action that came of it. */
export interface JournaledSubmission extends Submission {
  readonly actionId: string | null
  /** Whether the service may have an action of it: it was accepted, or nobody knows. */
  readonly mayExist: boolean
}

/** Lists what was sent since a time, by any plan: each intent from its answer on, unless nothing was accepted. */
export function submissionsOf(
  entries: readonly JournalEntry[],
  since: Instant,
): readonly JournaledSubmission[] {
  const sent = new Map<string, JournaledSubmission>()
  for (const entry of entries) {
    const at = timeOf(entry)
    if (at === undefined || at < since) continue
    const key = `${textOf(entry, 'runId')} ${numberOf(entry, 'intent', NO_NUMBER)}`
    if (entry.event === 'intent' && typeof entry['path'] === 'string') {
      sent.set(key, { path: entry['path'], at, actionId: null, mayExist: true })
      continue
    }
    const intent = sent.get(key)
    if (entry.event !== 'answer' || intent === undefined) continue
    if (NOTHING_ACCEPTED.has(entry['kind'])) sent.delete(key)
    else {
      const actionId = textOf(entry, 'actionId') || null
      const mayExist = entry['kind'] === 'accepted' || LEFT_OPEN.has(entry['kind'])
      sent.set(key, { ...intent, at, actionId, mayExist })
    }
  }
  return [...sent.values()]
}

/**
 * Says whether the journal is that of a holder whose lease was taken over: a run that did not end and wrote its last
 * entry within a lease's length of its last renewal.
 */
export function knowsDeadHolder(
  entries: readonly JournalEntry[],
  takenOver: Instant,
  leaseMs: number,
): boolean {
  const open = new Map<unknown, Instant>()
  for (const entry of entries) {
    const at = timeOf(entry)
    if (at === undefined) continue
    if (entry.event === 'run-ended') open.delete(entry['runId'])
    else open.set(entry['runId'], at)
  }
  return [...open.values()].some(at => at >= addMs(takenOver, -leaseMs))
}
