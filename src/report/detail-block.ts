import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import type { Style } from './style.ts'

/** One line of a block: what it is about, and the text, not yet escaped. Lines without text are left out. */
export type Detail = readonly [label: string, text: string | null | undefined]

/** Writes a heading, already safe to print, and aligned lines below it. Ends with a newline. */
export function renderBlock(heading: string, details: readonly Detail[], style: Style): string {
  const told = details.filter((detail): detail is [string, string] => (detail[1] ?? '') !== '')
  const width = told.reduce((widest, [label]) => Math.max(widest, label.length), 0)
  const rows = told.map(([label, text]) =>
    layOut(
      { lead: [span(`  ${label.padEnd(width)}  `, 'quiet')], body: [span(escapeTerminal(text))] },
      style,
    ),
  )
  return `${[layOut({ body: [span(heading, 'strong')] }, style), ...rows].join('\n')}\n`
}
