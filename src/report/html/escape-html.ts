import { escapeTerminal } from '../terminal/escape-terminal.ts'

/** Finished markup. Only {@link html} and {@link ownMarkup} make it, so that no text gets into a page unescaped. */
export interface Html {
  readonly markup: string
}

/** What may stand in a template: texts and numbers are escaped, markup is taken as it is. */
export type HtmlValue = string | number | Html | readonly Html[]

/** Characters that end a text or a quoted attribute, or begin a tag or an entity. */
const SPECIAL = /[&<>"'`=]/g

/**
 * Makes a text appear exactly as typed in an element or a quoted attribute. Invisible characters become visible as on a
 * terminal, so the result is one line; very long texts are cut and say so.
 */
export function escapeHtml(text: string): string {
  return escapeTerminal(text).replace(SPECIAL, character => `&#${character.charCodeAt(0)};`)
}

/** Takes a constant of ours as markup; never for anything that was read. */
export function ownMarkup(markup: string): Html {
  return { markup }
}

function isMarkup(value: HtmlValue): value is Html {
  return typeof value === 'object' && 'markup' in value
}

function written(value: HtmlValue): string {
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  return isMarkup(value) ? value.markup : value.map(({ markup }) => markup).join('')
}

/** Writes markup from a template: everything that is put into it is escaped unless it is markup already. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return {
    markup: values.reduce<string>(
      (text, value, index) => text + written(value) + parts[index + 1],
      parts[0] as string,
    ),
  }
}

/** Nothing. */
export const NO_HTML: Html = { markup: '' }
