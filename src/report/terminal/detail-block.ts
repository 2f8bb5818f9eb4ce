import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span, widthOf } from './lay-out.ts'
import type { Style } from './style.ts'

/** One line of a block: what it is about, and the text; neither is escaped yet. Lines without text are left out. */
export type Detail = readonly [label: string, text: string | null | undefined]

/** Writes a heading, already safe to print, and aligned lines below it. Ends with a newline. */
export function renderBlock(heading: string, details: readonly Detail[], style: Style): string {
  const told = details
    .filter((detail): detail is [string, string] => (detail[1] ?? '') !== '')
    .map(([label, text]) => ({
      label: span(`  ${escapeTerminal(label)}`, 'quiet'),
      text: escapeTerminal(text),
    }))
  const width = told.reduce((widest, { label }) => Math.max(widest, widthOf([label])), 0)
  const rows = told.map(({ label, text }) => {
    const gap = span(' '.repeat(width - widthOf([label]) + 2))
    return layOut({ lead: [label, gap], body: [span(text)] }, style)
  })
  return `${[layOut({ body: [span(heading, 'strong')] }, style), ...rows].join('\n')}\n`
}
