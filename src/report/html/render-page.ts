import { renderChart, renderShares } from './charts.ts'
import { type Html, html, NO_HTML, ownMarkup } from './escape-html.ts'
import { renderMachineTable } from './machine-table.ts'
import type { Page, PageTable } from './page-model.ts'
import { PAGE_SCRIPT, SCRIPT_HASH } from './page-script.ts'
import { PAGE_STYLE, STYLE_HASH } from './page-style.ts'
import { timelineFigure } from './timeline-figure.ts'

/** Nothing may be loaded, sent or run but our own style and script, by their hashes. */
const POLICY =
  `default-src 'none'; style-src '${STYLE_HASH}'; script-src '${SCRIPT_HASH}'; ` +
  `base-uri 'none'; form-action 'none'`

function renderHead({ title, verdict }: Page): Html {
  return html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${ownMarkup(POLICY)}">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: ${verdict}</title>
<style>${ownMarkup(PAGE_STYLE)}</style>
</head>\n`
}

function renderTable({ title, columns, rows }: PageTable): Html {
  if (rows.length === 0) return NO_HTML
  const heads = columns.map(column => html`<th scope="col">${column}</th>`)
  const lines = rows.map(cells => html`<tr>${cells.map(cell => html`<td><bdi>${cell}</bdi></td>`)}</tr>\n`)
  return html`<section class="wide" tabindex="0" aria-label="${title}"><h2>${title}</h2>
<table aria-label="${title}"><thead><tr>${heads}</tr></thead><tbody>
${lines}</tbody></table></section>\n`
}

function renderSummary({ title, verdict, tone, alarms, leads, shares }: Page): Html {
  return html`<header class="${tone}">
<p class="kind">${title}</p>
<h1>${verdict}</h1>
${alarms.map(text => html`<p class="alarm"><bdi>${text}</bdi></p>\n`)}${leads.map(text => html`<p class="lead">${text}</p>\n`)}${renderShares(shares)}</header>\n`
}

/**
 * Writes a page that stands alone: it loads nothing, its own policy forbids everything but its style and script, and
 * it is complete without the script. Ends with a newline.
 */
export function renderPage(page: Page): string {
  const charts = page.charts.filter(({ bars }) => bars.length > 0)
  const facts = page.facts.map(([label, text]) => html`<dt>${label}</dt><dd><bdi>${text}</bdi></dd>\n`)
  return html`<!doctype html>
<html lang="en">
${renderHead(page)}<body>
<main>
${renderSummary(page)}${page.timeline === undefined ? NO_HTML : html`<section>${timelineFigure(page.timeline, false)}</section>\n`}${page.tables.map(renderTable)}${
  charts.length === 0 ? NO_HTML : html`<div class="charts">\n${charts.map(renderChart)}</div>\n`
}${renderMachineTable(page.rows, page.shares)}</main>
<footer><dl>
${facts}</dl></footer>
<script>${ownMarkup(PAGE_SCRIPT)}</script>
</body>
</html>
`.markup
}
