import { isGood, isOpen, OUTCOMES } from '../../apply/outcomes.ts'
import type { ApplyResult, ChangeOutcome, Outcome } from '../../apply/result.ts'
import type { Plan } from '../../plan/document/document.ts'
import type { Tone } from '../terminal/paint.ts'
import { facetPath } from '../words/machine-label.ts'
import { nowSentences, undoHint } from '../words/now-text.ts'
import { type LineNote, shownTransition } from '../words/plan-line.ts'
import { resultLine, resumeHint, troubledOutcomes } from '../words/result-summary.ts'
import { waveLines } from '../words/rollout-text.ts'
import { counted, joined, shownTime } from '../words/words.ts'
import { countLabels } from './charts.ts'
import { machineRows, type PageEntry } from './machine-rows.ts'
import type { Page, PageTable } from './page-model.ts'
import { diagnosticTable, planFacts, platformChart } from './page-parts.ts'
import { renderPage } from './render-page.ts'

const TONES: Readonly<Record<Outcome, Tone>> = {
  succeeded: 'calm',
  adopted: 'impose',
  unchanged: 'quiet',
  failed: 'blocked',
  'timed-out': 'error',
  cancelled: 'cancel',
  refused: 'blocked',
  pending: 'waiting',
  uncertain: 'warning',
  'not-attempted': 'waiting',
}

type Planned = ReadonlyMap<string, Plan['changes'][number] | Plan['blocked'][number]>

/** When the request was sent and when it ended; empty where it was not sent. */
function timesOf({ submittedAt, endedAt }: ChangeOutcome): string {
  return joined([
    submittedAt === null ? null : `sent ${shownTime(submittedAt)}`,
    endedAt === null ? null : `ended ${shownTime(endedAt)}`,
  ])
}

function outcomeNotes(outcome: ChangeOutcome): readonly LineNote[] {
  const { type, status, actionId, code, detail, adopted } = outcome
  const foreign = adopted === true ? 'not submitted by this run' : null
  const action = joined([joined([type, status], ' '), actionId, foreign, timesOf(outcome)])
  const trouble: LineNote = {
    tone: isGood(outcome.outcome) || isOpen(outcome.outcome) ? 'quiet' : 'blocked',
    head: code === null ? '' : `${code}:`,
    text: detail ?? '',
  }
  return [
    ...(code === null && detail === null ? [] : [trouble]),
    ...(action === '' ? [] : [{ tone: 'quiet', head: '', text: action } as const]),
  ]
}

function outcomeEntry(outcome: ChangeOutcome, rank: number, planned: Planned): PageEntry {
  const { address, dnsName, outcome: word } = outcome
  const item = planned.get(address)
  const id = address.split('/', 1)[0] as string
  const unread = { osPlatform: null, healthStatus: null, lastSeen: null, rbacGroupName: null }
  const before = item?.before ?? null
  const after = item?.after ?? null
  return {
    item: { address, machine: item?.machine ?? { id, dnsName, ...unread } },
    share: { key: word, label: word, tone: TONES[word] },
    rank,
    facet: facetPath(address).split('/', 1)[0] as string,
    line: {
      value: before === null || after === null ? '' : shownTransition(address, before, after),
      notes: outcomeNotes(outcome),
      policy: item?.policy ?? null,
    },
  }
}

function nameTable(title: string, names: readonly string[]): PageTable {
  return { title, columns: ['Machine'], rows: names.map(name => [name]) }
}

function resultTables(result: ApplyResult): readonly PageTable[] {
  return [
    nameTable('Chain open: released to be held anew, and not held', result.chainOpen),
    nameTable('Not contained now, although the plan wanted them held', result.notContained),
    {
      title: 'Moved since the plan was made',
      columns: ['Address', 'What moved'],
      rows: result.moved.map(({ address, message }) => [address, message]),
    },
    diagnosticTable(result.diagnostics),
  ]
}

function headingOf(result: ApplyResult): Pick<Page, 'verdict' | 'tone'> {
  const { outcomes, exit } = result
  const troubled = troubledOutcomes(result).length
  if (troubled > 0) {
    return { verdict: `${troubled} of ${counted(outcomes.length, 'change')} not as planned`, tone: 'blocked' }
  }
  if (outcomes.length === 0 || exit.name !== 'ok') {
    return { verdict: resultLine(result).replace(/\.$/, ''), tone: exit.name === 'ok' ? 'calm' : 'blocked' }
  }
  return { verdict: `${counted(outcomes.length, 'change')}, all as planned`, tone: 'calm' }
}

function resultFacts(result: ApplyResult, plan: Plan | null): Page['facts'] {
  const { overriddenGuards = [], reason } = result
  return [
    ['Plan', result.planId],
    ['Started', shownTime(result.startedAt)],
    ['Finished', shownTime(result.finishedAt)],
    ['Exit', `${result.exit.code} (${result.exit.name})`],
    ...(overriddenGuards.length === 0 ? [] : [['Guards overridden', overriddenGuards.join(', ')] as const]),
    ...(reason === undefined ? [] : [['Reason', reason] as const]),
    ...(plan === null ? [] : planFacts(plan)),
  ]
}

function resultPage(result: ApplyResult, plan: Plan | null): Page {
  const planned: Planned = new Map(
    [...(plan?.blocked ?? []), ...(plan?.changes ?? [])].map(item => [item.address, item]),
  )
  const said = [...nowSentences(result, plan), undoHint(result, plan), resumeHint(result)]
  const good = result.outcomes.filter(({ outcome }) => isGood(outcome))
  const entries = [
    ...troubledOutcomes(result).map(outcome =>
      outcomeEntry(outcome, isOpen(outcome.outcome) ? 1 : 0, planned),
    ),
    ...good.map(outcome => outcomeEntry(outcome, 2, planned)),
  ]
  return {
    ...headingOf(result),
    title: 'Holdfast apply',
    alarms: [
      ...(result.chainOpen.length === 0
        ? []
        : [
            `${counted(result.chainOpen.length, 'machine was', 'machines were')} released and not held anew.`,
          ]),
      ...(result.notContained.length === 0
        ? []
        : [`${counted(result.notContained.length, 'machine is', 'machines are')} not contained now.`]),
    ],
    leads: [resultLine(result), ...said.filter(text => text !== ''), ...waveLines(result)],
    shares: OUTCOMES.map(word => ({
      key: word,
      label: word,
      count: result.summary[word] ?? 0,
      tone: TONES[word],
    })),
    charts: [
      countLabels(
        'By facet',
        entries.map(({ facet }) => facet),
      ),
      ...(plan === null ? [] : [platformChart(entries.map(({ item }) => item))]),
    ],
    tables: resultTables(result),
    rows: machineRows(entries),
    facts: resultFacts(result, plan),
  }
}

/**
 * Writes what an apply did as a page that stands alone: the counts, machines left open, what went wrong, and the rest.
 *
 * @param plan - What was applied; null where it is not known, then platforms and values are left out.
 */
export function renderResultHtml(result: ApplyResult, plan: Plan | null): string {
  return renderPage(resultPage(result, plan))
}
