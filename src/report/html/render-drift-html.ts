import type { Drift, DriftKind } from '../../plan/document/document.ts'
import type { DriftDocument, DriftEntry } from '../documents/drift-document.ts'
import type { Tone } from '../terminal/paint.ts'
import type { Style } from '../terminal/style.ts'
import { driftLine } from '../views/plan-entries.ts'
import { DRIFT_KINDS, type DriftDescription } from '../words/drift-kinds.ts'
import {
  asOfSentence,
  coverageSentence,
  driftActorName,
  driftVerdict,
  groupByKind,
  isWholeRead,
  kindCounts,
} from '../words/drift-verdict.ts'
import { facetPath } from '../words/machine-label.ts'
import { placedDiagnostic } from '../words/placed-diagnostic.ts'
import { scopeNote } from '../words/plan-verdict.ts'
import { counted, joined } from '../words/words.ts'
import { countLabels } from './charts.ts'
import { machineRows, type PageEntry } from './machine-rows.ts'
import type { Page, Share } from './page-model.ts'
import { diagnosticTable, planFacts, platformChart } from './page-parts.ts'
import { renderPage } from './render-page.ts'

const TONES: Readonly<Record<DriftKind, Tone>> = {
  lapsed: 'impose',
  lost: 'blocked',
  reverted: 'blocked',
  'held-by-other': 'lift',
  stuck: 'waiting',
  failing: 'error',
  missing: 'impose',
  expired: 'change',
  orphaned: 'warning',
  undeclared: 'run',
  due: 'quiet',
}

function driftEntry(item: DriftEntry): PageEntry {
  const rank = DRIFT_KINDS.findIndex(({ kind }) => kind === item.kind)
  const line = driftLine(item)
  const { each } = DRIFT_KINDS[rank] as DriftDescription
  return {
    item,
    share: { key: item.kind, label: item.kind, tone: TONES[item.kind] },
    rank,
    facet: facetPath(item.address),
    line:
      each === true
        ? { ...line, notes: [...line.notes, { tone: 'strong', head: 'what to do:', text: item.wayOut }] }
        : line,
  }
}

function actorOf({ actor }: Drift): string {
  if (actor === null) return 'nobody known'
  return actor.class === 'own' ? 'Holdfast' : (actor.requestor ?? 'somebody unknown')
}

function headingOf(document: DriftDocument): Pick<Page, 'verdict' | 'tone'> {
  const missing = document.drift.filter(({ kind }) => kind === 'missing').length
  const moved = document.drift.length - missing
  const verdict = joined([
    moved > 0 && counted(moved, 'thing drifted', 'things drifted'),
    missing > 0 && `${missing} never applied`,
  ])
  if (verdict !== '') return { verdict, tone: 'strong' }
  return isWholeRead(document)
    ? { verdict: 'No drift', tone: 'calm' }
    : { verdict: 'No conclusion about drift', tone: 'blocked' }
}

function driftPage(document: DriftDocument, { timelines }: Pick<Style, 'timelines'>): Page {
  const { drift, due, actors, diagnostics } = document
  const all = [...drift, ...due]
  const groups = groupByKind(all)
  const notes = [asOfSentence(document), coverageSentence(document), scopeNote(document)]
  return {
    ...headingOf(document),
    title: 'Holdfast drift',
    alarms: isWholeRead(document) ? [] : ['The read is incomplete: what was not read is unknown.'],
    leads: [driftVerdict(document), ...notes.filter(note => note !== '')],
    shares: groups.map(
      ({ description: { kind }, items }): Share => ({
        key: kind,
        label: kind,
        count: items.length,
        tone: TONES[kind],
      }),
    ),
    charts: [
      countLabels('By whom', drift.map(actorOf)),
      countLabels(
        'By facet',
        drift.map(({ address }) => facetPath(address).split('/', 1)[0] as string),
      ),
      platformChart(drift),
    ],
    tables: [
      {
        title: 'What to do',
        columns: ['Kind', 'What happened', 'What to do'],
        rows: groups.map(({ description: { kind, title, wayOut } }) => [kind, title, wayOut]),
      },
      {
        title: 'Who moved it',
        columns: ['Who', 'Findings', 'Of which'],
        rows: actors.map(actor => [driftActorName(actor), `${actor.count}`, kindCounts(actor.kinds)]),
      },
      diagnosticTable(diagnostics.map(placedDiagnostic)),
    ],
    rows: machineRows(all.map(driftEntry), timelines),
    facts: planFacts(document),
  }
}

/** Writes a drift document as a page that stands alone: the counts, what to do about each kind, every machine. */
export function renderDriftHtml(document: DriftDocument, style: Pick<Style, 'timelines'> = {}): string {
  return renderPage(driftPage(document, style))
}
