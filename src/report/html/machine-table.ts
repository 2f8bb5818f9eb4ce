import type { LineNote } from '../words/plan-line.ts'
import { counted } from '../words/words.ts'
import { type Html, html, NO_HTML } from './escape-html.ts'
import type { MachineRow, PageLine, Share } from './page-model.ts'
import { timelineFigure } from './timeline-figure.ts'

/** So many rows are laid out together. */
const GROUP_SIZE = 50

function noteMarkup({ tone, head, text }: LineNote): Html {
  const lead = head === '' ? NO_HTML : html`<bdi>${head}</bdi> `
  return html`<span class="note c-${tone}">${lead}<bdi>${text}</bdi></span>\n`
}

function lineMarkup({ badge, tone, facet, value, notes }: PageLine): Html {
  const name = facet === '' ? NO_HTML : html`<bdi class="facet">${facet}</bdi> `
  return html`<li><span class="badge c-${tone}">${badge}</span> ${name}<bdi>${value}</bdi>\n${notes.map(noteMarkup)}</li>`
}

function historyMarkup({ timeline }: MachineRow): Html {
  if (timeline === undefined) return NO_HTML
  return html`<details><summary>History</summary>\n${timelineFigure(timeline, true)}</details>`
}

function rowMarkup(row: MachineRow): Html {
  const { name, id, about, keys, lines, policies } = row
  const quiet = (text: string, kind: string): Html =>
    text === '' ? NO_HTML : html` <bdi class="${kind}">${text}</bdi>`
  const asked = policies.map(policy => html`<bdi class="policy">${policy}</bdi> `)
  return html`<tr role="row" data-keys="${keys.join(' ')}"><th role="rowheader" scope="row"><bdi class="name">${name}</bdi>${quiet(about, 'about')}${quiet(id, 'id')}</th><td role="cell"><ul>${lines.map(lineMarkup)}</ul>${historyMarkup(row)}</td><td role="cell">${asked}</td></tr>\n`
}

/** Rows in groups: those off the screen are not laid out, nor touched again when the filter hides rows in them. */
function grouped(rows: readonly MachineRow[]): readonly Html[] {
  return Array.from({ length: Math.ceil(rows.length / GROUP_SIZE) }, (_, at) => {
    const group = rows.slice(at * GROUP_SIZE, (at + 1) * GROUP_SIZE)
    return html`<tbody role="rowgroup">\n${group.map(rowMarkup)}</tbody>\n`
  })
}

/** What the script shows: without it there is nothing to press. */
function controls(shares: readonly Share[], rows: readonly MachineRow[]): Html {
  const used = new Set(rows.flatMap(({ keys }) => keys))
  const buttons = shares
    .filter(({ key }) => used.has(key))
    .map(
      ({ key, label, tone }) =>
        html`<button type="button" data-key="${key}" aria-pressed="false"><span class="dot t-${tone}" aria-hidden="true"></span> ${label}</button>\n`,
    )
  return html`<search id="controls" hidden>
<label for="filter">Filter</label> <input id="filter" type="search" autocomplete="off" spellcheck="false" aria-controls="machines">
<span class="keys" role="group" aria-label="Show only">${buttons}</span>
<output id="shown" for="filter">${counted(rows.length, 'machine')}</output>
</search>\n`
}

/**
 * Writes the machines as a table that is complete without the script. The roles stand there although a table has them,
 * since rows are laid out as blocks, so that those off the screen need not be laid out at all.
 */
export function renderMachineTable(rows: readonly MachineRow[], shares: readonly Share[]): Html {
  if (rows.length === 0) return NO_HTML
  return html`<section id="list"><h2 id="list-title">Machines</h2>
${controls(shares, rows)}<table id="machines" role="table" aria-labelledby="list-title" aria-rowcount="${rows.length + 1}">
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Machine</th><th role="columnheader" scope="col">What</th><th role="columnheader" scope="col">Policy</th></tr></thead>
${grouped(rows)}</table></section>\n`
}
