import type { Explanation } from '../../analysis/explain/explain.ts'
import { escapeMarkdown } from '../markdown/escape-markdown.ts'
import { fitSections, MARKDOWN_LIMIT, type MarkdownSection } from '../markdown/markdown-sections.ts'
import { facetPath, quoteName, safeName } from '../words/machine-label.ts'
import { shownValue } from '../words/plan-line.ts'
import { type Detail, renderBlock } from './detail-block.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { explanationDetails, facetDetails } from './explanation-details.ts'
import type { Style } from './style.ts'

/** Writes why one machine is as it is, for people. Ends with a newline. */
export function renderExplanation(explanation: Explanation, style: Style): string {
  const { machine, facets } = explanation
  const head = renderBlock(safeName(machine.dnsName ?? machine.id), explanationDetails(explanation), style)
  const blocks = facets.map(facet =>
    renderBlock(
      escapeTerminal(`${facetPath(facet.address)}: ${shownValue(facet.holds)}`),
      facetDetails(facet, explanation),
      style,
    ),
  )
  return [head, ...blocks].join('\n')
}

function section(title: string, details: readonly Detail[]): MarkdownSection {
  const rows = details.flatMap(([label, text]) =>
    (text ?? '') === '' ? [] : [[label, escapeMarkdown(text as string, 1500)]],
  )
  return { title: escapeMarkdown(title), open: true, columns: ['', ''], rows }
}

/** Writes why one machine is as it is, for an incident ticket: under 60,000 characters, the middle of tables cut. */
export function renderExplanationMarkdown(explanation: Explanation): string {
  const { machine, facets } = explanation
  const head = '<!-- holdfast:explain -->\n\n### Holdfast explain\n'
  const sections = [
    section(quoteName(machine.dnsName ?? machine.id), explanationDetails(explanation)),
    ...facets.map(facet =>
      section(`${facetPath(facet.address)}: ${shownValue(facet.holds)}`, facetDetails(facet, explanation)),
    ),
  ]
  return head + fitSections(sections, MARKDOWN_LIMIT - head.length)
}
