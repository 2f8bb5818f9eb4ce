import type { Plan } from '../plan/document/document.ts'
import { type Instant, msBetween } from '../schema/instant.ts'
import type { ApplyDependencies, ApplyOptions } from './apply-options.ts'
import { INTERRUPTED, type Refusal } from './check-plan.ts'
import { explain } from './codes.ts'
import { LEASE_MS, type LeaseKeeper } from './lease-keeper.ts'
import { messageOf } from './message-of.ts'
import type { JournalEntry, LeaseAnswer } from './ports.ts'
import { knowsDeadHolder, notAhead } from './read-journal.ts'
import type { ApplyResult } from './result.ts'
import type { RunClock } from './run-clock.ts'
import { listedFrom, settledBy, takeOverNote } from './take-over.ts'
import { waitForLease } from './wait-for-lease.ts'
import { askToYield, yieldNote } from './yielding.ts'

type Taken = LeaseAnswer & { readonly kind: 'taken' }

/** What the lease is taken with. */
export interface LeaseTaking {
  readonly plan: Plan
  readonly deps: ApplyDependencies
  readonly options: ApplyOptions
  readonly clock: RunClock
  readonly lease: LeaseKeeper
  /** What is told with the result is added here. */
  readonly notes: ApplyResult['diagnostics'][number][]
}

/**
 * Takes the lease, after asking its holder for it where that is wanted, reads the journal, which nobody else writes from
 * then on, and lets what the one before submitted last turn up in the history before anything is looked at.
 *
 * @returns The journal, where the lease is held; else why nothing is submitted.
 */
export async function takeLease(taking: LeaseTaking): Promise<readonly JournalEntry[] | Refusal> {
  const { options, clock, lease, notes } = taking
  try {
    const first = await lease.acquire()
    const isAsked = first.kind === 'taken' && options.askToYield === true
    const yielded = isAsked ? await askToYield(taking, first) : first
    const answer = await waitForLease(taking, yielded)
    if (answer.kind === 'taken') return options.signal.aborted ? INTERRUPTED : locked(answer, isAsked)
    if (isAsked && yielded.kind === 'held') notes.push(yieldNote(first))
    if (answer.takenOver !== undefined) notes.push(takeOverNote(answer.takenOver))
    const entries = await readJournal(taking)
    if (isRefusal(entries)) return entries
    const rest = msBetween(clock.now(), listedBy(answer, taking, entries))
    if (rest > 0) await clock.sleep(rest, options.signal)
    return entries
  } catch (error) {
    return { overall: 'error', code: 'lease-failed', message: explain('lease-failed', messageOf(error)) }
  }
}

async function readJournal({ deps, clock }: LeaseTaking): Promise<readonly JournalEntry[] | Refusal> {
  try {
    return notAhead(await deps.journal.read(), clock.wall())
  } catch (error) {
    return { overall: 'error', code: 'journal-failed', message: explain('journal-failed', messageOf(error)) }
  }
}

/** Tells why nothing is submitted apart from what a journal says. */
export function isRefusal(value: readonly JournalEntry[] | Refusal): value is Refusal {
  return !Array.isArray(value)
}

function locked({ owner, id, since, expires }: Taken, isAsked: boolean): Refusal {
  const asked = isAsked ? ' It was asked to yield and has not.' : ''
  const what = `${owner} holds the lease ${id} of this tenant since ${since}, until ${expires} unless renewed; \`holdfast unlock ${id}\` removes that lease.${asked}`
  return { overall: 'locked', code: 'locked', message: explain('locked', what) }
}

/** From when on lists have what the one before submitted; what our journal has of this plan needs no list. */
function listedBy(
  { takenOver, settling }: LeaseAnswer & { readonly kind: 'held' },
  { plan, clock, options }: LeaseTaking,
  entries: readonly JournalEntry[],
): Instant {
  const now = clock.now()
  if (takenOver !== undefined) {
    // Of whom nobody knows that he is dead the journal does not tell what he still sends.
    const isSilent = clock.ofWall(takenOver.silentFrom) <= now
    return isSilent && knowsDeadHolder(entries, takenOver.renewedAt, LEASE_MS)
      ? now
      : listedFrom(takenOver, clock, options.lookupMs)
  }
  const isKnown = entries.some(({ runId, planId }) => runId === settling?.runId && planId === plan.planId)
  return settling === undefined || isKnown ? now : settledBy(settling, clock, options.lookupMs)
}
