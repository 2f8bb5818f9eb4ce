import type { Drift, DriftKind, Plan } from '../../plan/document.ts'
import { DRIFT_KINDS, driftByKind, driftVerdict, isWholeRead } from '../drift-kinds.ts'
import { facetPath } from '../machine-label.ts'
import type { Tone } from '../paint.ts'
import { placedDiagnostic } from '../placed-diagnostic.ts'
import { matchSentence, scopeNote } from '../plan-verdict.ts'
import { counted } from '../words.ts'
import { countLabels } from './charts.ts'
import { machineRows, type PageEntry } from './machine-rows.ts'
import type { Page, Share } from './page-model.ts'
import { diagnosticTable, planFacts, platformChart } from './page-parts.ts'
import { driftLine } from './plan-entries.ts'
import { renderPage } from './render-page.ts'

const TONES: Readonly<Record<DriftKind, Tone>> = {
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

function driftEntry(item: Drift): PageEntry {
  return {
    item,
    share: { key: item.kind, label: item.kind, tone: TONES[item.kind] },
    rank: DRIFT_KINDS.findIndex(({ kind }) => kind === item.kind),
    facet: facetPath(item.address),
    line: driftLine(item),
  }
}

function actorOf({ actor }: Drift): string {
  if (actor === null) return 'nobody known'
  return actor.class === 'own' ? 'Holdfast' : (actor.requestor ?? 'somebody unknown')
}

function headingOf(plan: Plan): Pick<Page, 'verdict' | 'tone'> {
  const drifted = plan.drift.filter(({ kind }) => kind !== 'due').length
  if (drifted > 0) return { verdict: counted(drifted, 'thing drifted', 'things drifted'), tone: 'strong' }
  return isWholeRead(plan)
    ? { verdict: 'No drift', tone: 'calm' }
    : { verdict: 'No conclusion about drift', tone: 'blocked' }
}

function driftPage(plan: Plan): Page {
  const groups = driftByKind(plan)
  const scope = scopeNote(plan)
  return {
    ...headingOf(plan),
    title: 'Holdfast drift',
    alarms: isWholeRead(plan) ? [] : ['The read is incomplete: what was not read is unknown.'],
    leads: [driftVerdict(plan, matchSentence(plan)), ...(scope === '' ? [] : [scope])],
    shares: groups.map(
      ({ telling: { kind }, items }): Share => ({
        key: kind,
        label: kind,
        count: items.length,
        tone: TONES[kind],
      }),
    ),
    charts: [
      countLabels('By whom', plan.drift.map(actorOf)),
      countLabels(
        'By facet',
        plan.drift.map(({ address }) => facetPath(address).split('/', 1)[0] as string),
      ),
      platformChart(plan.drift),
    ],
    tables: [
      {
        title: 'What to do',
        columns: ['Kind', 'What happened', 'What to do'],
        rows: groups.map(({ telling: { kind, title, wayOut } }) => [kind, title, wayOut]),
      },
      diagnosticTable(plan.diagnostics.map(placedDiagnostic)),
    ],
    rows: machineRows(plan.drift.map(driftEntry)),
    facts: planFacts(plan),
  }
}

/** Writes the drift of a plan as a page that stands alone: the counts, what to do about each kind, every machine. */
export function renderDriftHtml(plan: Plan): string {
  return renderPage(driftPage(plan))
}
