import { isGood } from '../../apply/outcomes.ts'
import type { ApplyResult, ChangeOutcome } from '../../apply/result.ts'
import type { Change, Plan } from '../../plan/document/document.ts'
import type { Style } from '../terminal/style.ts'
import { facetPath, quoteName } from '../words/machine-label.ts'
import { nowSentences, undoHint } from '../words/now-text.ts'
import { shownTransition } from '../words/plan-line.ts'
import { reportHeading } from '../words/report-heading.ts'
import { resultLine, resumeHint, troubledOutcomes } from '../words/result-summary.ts'
import { waveLines } from '../words/rollout-text.ts'
import { joined } from '../words/words.ts'
import { escapeMarkdown } from './escape-markdown.ts'
import { codeCell, diagnosticSection } from './markdown-cells.ts'
import { fitSections, MARKDOWN_LIMIT, type MarkdownSection } from './markdown-sections.ts'

function nameSection(title: string, names: readonly string[]): MarkdownSection {
  return {
    title: `${title} (${names.length})`,
    open: true,
    columns: ['machine'],
    rows: names.map(name => [codeCell(quoteName(name))]),
  }
}

function outcomeRow(outcome: ChangeOutcome, change: Change | undefined): readonly string[] {
  const { address, dnsName, type, status, actionId, code, detail } = outcome
  return [
    codeCell(quoteName(dnsName ?? (address.split('/', 1)[0] as string))),
    codeCell(facetPath(address)),
    change === undefined ? '' : codeCell(shownTransition(change.address, change.before, change.after)),
    outcome.outcome,
    codeCell(joined([type, status, actionId], ' ')),
    `${codeCell(code ?? '')} ${escapeMarkdown(detail ?? '')}`.trim(),
  ]
}

function resultSections(result: ApplyResult, plan: Plan | null): readonly MarkdownSection[] {
  const changes = new Map(plan?.changes.map(change => [change.address, change]))
  const section = (title: string, open: boolean, outcomes: readonly ChangeOutcome[]): MarkdownSection => ({
    title: `${title} (${outcomes.length})`,
    open,
    columns: ['machine', 'facet', 'change', 'outcome', 'action', 'detail'],
    rows: outcomes.map(outcome => outcomeRow(outcome, changes.get(outcome.address))),
  })
  return [
    nameSection('Chain open: released to be held anew, and not held', result.chainOpen),
    nameSection('Not contained now, although the plan wanted them held', result.notContained),
    {
      title: `Moved since the plan was made (${result.moved.length})`,
      open: true,
      columns: ['address', 'what moved'],
      rows: result.moved.map(({ address, message }) => [codeCell(address), escapeMarkdown(message)]),
    },
    section('Look at these', true, troubledOutcomes(result)),
    diagnosticSection(result.diagnostics),
    section(
      'As planned',
      false,
      result.outcomes.filter(({ outcome }) => isGood(outcome)),
    ),
  ]
}

/**
 * Writes what an apply did for a pull request: the counts first, then machines left open or not contained, what went
 * wrong or is open in full, and the rest folded away.
 *
 * @returns Markdown of less than 60,000 characters, whatever the result; the totals are always there.
 */
export function renderResultMarkdown(
  result: ApplyResult,
  plan: Plan | null,
  style: Partial<Style> = {},
): string {
  const said = [...nowSentences(result, plan), undoHint(result, plan), resumeHint(result)]
  const { overriddenGuards = [], reason } = result
  const guards = joined([overriddenGuards.join(', '), reason], ': ')
  const head = [
    ...reportHeading('result', '', style),
    `**${resultLine(result)}**`,
    ...said.filter(text => text !== '').map(text => escapeMarkdown(text, 2000)),
    ...(overriddenGuards.length === 0 ? [] : [`Guards overridden: ${escapeMarkdown(guards, 400)}`]),
    ...waveLines(result).map(line => escapeMarkdown(line, 400)),
    '',
  ].join('\n\n')
  const foot = `\nPlan ${codeCell(result.planId)}, finished ${escapeMarkdown(result.finishedAt, 40)}\n`
  return head + fitSections(resultSections(result, plan), MARKDOWN_LIMIT - head.length - foot.length) + foot
}
