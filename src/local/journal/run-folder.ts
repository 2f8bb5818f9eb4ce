import type { JournalEntry } from '../../apply/ports.ts'
import { hasFailed, isUnfinished, type RunSummary, summarizeRuns } from '../../apply/run-summary.ts'
import type { Plan } from '../../plan/document/document.ts'
import { Failure, fail } from '../failure.ts'
import { describeFileError } from '../file-error.ts'
import { namesOn, type Shelf } from '../store/shelf.ts'
import { planOfJournal } from './journal-name.ts'
import { readKeptPlan } from './kept-plan.ts'
import { byStart, parseJournal } from './open-journal.ts'

/** One run as its journal and its plan tell it. */
export interface FoundRun {
  readonly summary: RunSummary
  /** Path of its journal. */
  readonly journal: string
  /** As it is kept beside the journal; undefined where it is gone or not to be believed. */
  readonly plan: Plan | undefined
  /** Whether no later run of its plan is there. */
  readonly isLatest: boolean
  readonly isUnfinished: boolean
  /** Whether something failed that may be sent again. */
  readonly hasFailed: boolean
}

/** What the journals of one target tell. */
export interface RunFolder {
  /** In the order in which they began. */
  readonly runs: readonly FoundRun[]
  readonly unreadable: readonly { readonly journal: string; readonly message: string }[]
}

async function namesIn(shelf: Shelf): Promise<readonly string[]> {
  try {
    return await namesOn(shelf)
  } catch (error) {
    if (error instanceof Failure) throw error
    const why = describeFileError(error)
    throw fail('journal-not-usable', `The journals in ${shelf.place} cannot be read: ${why}.`)
  }
}

/**
 * Reads every journal of a shelf. One that cannot be read is told with the rest.
 *
 * @throws Failure `journal-not-usable` where the shelf cannot be read.
 */
export async function readRuns(shelf: Shelf): Promise<RunFolder> {
  const journals = new Map<string, string>()
  const unreadable: { journal: string; message: string }[] = []
  const files: (readonly JournalEntry[])[] = []
  for (const name of await namesIn(shelf)) {
    if (planOfJournal(name) === undefined) continue
    const journal = shelf.pathOf(name)
    try {
      const entries = parseJournal(journal, (await shelf.read(name)) ?? '')
      for (const entry of entries) journals.set(String(entry['runId']), journal)
      files.push(entries)
    } catch (error) {
      const message = error instanceof Failure ? error.message : describeFileError(error)
      unreadable.push({ journal, message })
    }
  }
  const summaries = summarizeRuns(files.sort(byStart).flat())
  const latest = new Map(summaries.map(({ planId, runId }) => [planId, runId]))
  const plans = await readKeptPlans(shelf, [...latest.keys()])
  const runs = summaries.map((summary, index): FoundRun => {
    const plan = plans.get(summary.planId)
    const later = summaries.slice(index + 1)
    return {
      summary,
      journal: journals.get(summary.runId) ?? shelf.place,
      plan,
      isLatest: latest.get(summary.planId) === summary.runId,
      isUnfinished: isUnfinished(summary, plan && addressesOf(plan), later),
      hasFailed: hasFailed(summary, later),
    }
  })
  return { runs, unreadable }
}

/** The addresses of a plan's changes and awaited actions. */
export function addressesOf({ changes, inFlight }: Plan): readonly string[] {
  const awaited = inFlight.filter(item => item.awaited)
  return [...new Set([...changes, ...awaited].map(({ address }) => address))]
}

async function readKeptPlans(shelf: Shelf, planIds: readonly string[]): Promise<ReadonlyMap<string, Plan>> {
  const plans = new Map<string, Plan>()
  for (const planId of planIds) {
    const plan = await readKeptPlan(shelf, planId)
    if (plan !== undefined) plans.set(planId, plan)
  }
  return plans
}
