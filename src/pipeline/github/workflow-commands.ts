import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import type { Annotation } from '../annotations-of.ts'

/** Characters that end a message of a workflow command or stand for others, and how they are written instead. */
const DATA: Readonly<Record<string, string>> = { '%': '%25', '\r': '%0D', '\n': '%0A' }
/** The same inside a property, where two more have a meaning. */
const PROPERTY: Readonly<Record<string, string>> = { ...DATA, ':': '%3A', ',': '%2C' }

/** Escapes what stands after the last `::` of a workflow command. */
export function escapeCommandData(text: string): string {
  return text.replace(/[%\r\n]/g, character => DATA[character] as string)
}

/** Escapes the value of a property of a workflow command. */
export function escapeCommandProperty(text: string): string {
  return text.replace(/[%\r\n:,]/g, character => PROPERTY[character] as string)
}

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice' } as const

/** What GitHub shows whole of a message. */
const MESSAGE_LIMIT = 4000

/**
 * Writes an annotation as a workflow command, one line with its newline:
 * `::error file=policies/a.yaml,line=3,col=5,title=code::message`. Invisible characters are made visible first.
 *
 * @param path - The file as the repository knows it; null leaves the place out.
 */
export function annotationCommand(
  { severity, title, message, place }: Annotation,
  path: string | null,
): string {
  const at =
    place === null || path === null
      ? []
      : [`file=${escapeCommandProperty(escapeTerminal(path))}`, `line=${place.line}`, `col=${place.column}`]
  const properties = [...at, `title=${escapeCommandProperty(escapeTerminal(title, 200))}`]
  const text = escapeCommandData(escapeTerminal(message, MESSAGE_LIMIT))
  return `::${COMMANDS[severity]} ${properties.join(',')}::${text}\n`
}
