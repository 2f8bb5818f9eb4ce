import type { Plan } from '../../plan/document/document.ts'
import type { DriftActor, DriftDocument, DriftEntry } from '../documents/drift-document.ts'
import { DRIFT_KINDS, type DriftDescription } from './drift-kinds.ts'
import { matchSentence } from './plan-verdict.ts'
import { counted, shownTime, shownWho } from './words.ts'

/** Findings of one kind, with the description of the kind. */
export interface DriftGroup {
  readonly description: DriftDescription
  readonly items: readonly DriftEntry[]
}

/** Findings by kind, in the order of {@link DRIFT_KINDS}, kinds without any left out. */
export function groupByKind(items: readonly DriftEntry[]): readonly DriftGroup[] {
  return DRIFT_KINDS.map(description => ({
    description,
    items: items.filter(({ kind }) => kind === description.kind),
  })).filter(group => group.items.length > 0)
}

/** How many of each kind: `2 reverted, 1 orphaned`. */
export function kindCounts(counts: DriftDocument['summary']): string {
  return DRIFT_KINDS.flatMap(({ kind }) =>
    counts[kind] === undefined ? [] : [`${counts[kind]} ${kind}`],
  ).join(', ')
}

/** Whose doing drift is: `analyst alice@contoso.com`. Not escaped. */
export function driftActorName({ class: actorClass, requestor }: DriftActor): string {
  return actorClass === null ? 'nobody known' : shownWho({ class: actorClass, requestor })
}

/** Says whether everything that drift could be found in was read. */
export function isWholeRead(plan: Pick<Plan, 'complete' | 'observed' | 'errored'>): boolean {
  return plan.complete && plan.observed.complete && !plan.errored
}

/** What `--since` left out; empty where that is nothing. */
function sinceNote({ since }: DriftDocument): string {
  if (since === null || since.leftOut === 0) return ''
  return ` ${counted(since.leftOut, 'finding')} before ${shownTime(since.at)} left out.`
}

/**
 * The line that ends a drift report: the counts, or that there is none; never "none" on an incomplete read.
 * Not escaped.
 */
export function driftVerdict(document: DriftDocument): string {
  const { drifted, due, since, summary } = document
  const { due: _due, ...drift } = summary
  const dueNote = due.length === 0 ? '' : ` ${due.length} due, which is no drift.`
  const notes = dueNote + sinceNote(document)
  if (drifted) return `Drift: ${kindCounts(drift)}.${notes}`
  if (!isWholeRead(document)) return `No conclusion about drift.${notes}`
  return since === null || since.leftOut === 0
    ? `No drift. ${matchSentence(document)}${notes}`
    : `No drift since ${shownTime(since.at)}.${notes}`
}

/** How much of what is held is declared, one sentence. */
export function coverageSentence({ coverage }: DriftDocument): string {
  if (coverage === null) return 'Coverage: unknown, since not all was read.'
  const { machines, holds, share } = coverage
  if (share === null) return 'Coverage: no machine is held.'
  const percent = (share * 100).toFixed(2).replace(/\.?0+$/, '')
  return `Coverage: ${machines.declared} of ${counted(machines.held, 'held machine')} declared (${percent} %), ${holds.declared} of ${counted(holds.held, 'hold')}.`
}

/** Which time a report is of, where that is another than now; empty where it is now. */
export function asOfSentence({ asOf }: DriftDocument): string {
  if (asOf === undefined) return ''
  return `As of ${shownTime(asOf)}, not of now: what was by then from the history, what will be by expiries alone; records, tags and policies are those of now.`
}
