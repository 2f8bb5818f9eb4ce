import type { Diagnostic, SourceFile } from './diagnostic.ts'
import { quoteText } from './expectation.ts'
import { diagnoseAll, type Finding, type IndexedText, indexText, type Span } from './indexed-text.ts'
import { normalName } from './machine-name.ts'
import type { ListedMachine } from './policy.ts'
import { refuseFile } from './read-yaml.ts'
import { explainMachineName } from './text-formats.ts'

/** The longest list file that is read, in millions of UTF-16 units: half a million ids or names. */
const LARGEST_LIST = 20

const NOTHING_LISTED: Finding = {
  severity: 'warning',
  code: 'empty-list-file',
  message:
    'expected a machine id or name on a line, found none: add them, or remove the entry that refers to this file',
  span: { start: 0, end: 1 },
}

/**
 * Reads a list file: one machine id or DNS name per line, whole; `#` starts a comment. Names are lower case and each
 * is listed once. Takes any text and never throws.
 *
 * @returns The machines in the order of the file, and what is wrong with it, with places. Lines that are wrong are left out.
 */
export function parseListFile(source: SourceFile): {
  readonly machines: readonly ListedMachine[]
  readonly diagnostics: readonly Diagnostic[]
} {
  const text = indexText(source)
  const refused = refuseFile(text, LARGEST_LIST, 'split it')
  if (refused !== undefined) return { machines: [], diagnostics: diagnoseAll(text, [refused]) }
  const indexByName = new Map<string, number>()
  const machines: ListedMachine[] = []
  const findings: Finding[] = []
  text.text.split('\n').forEach((whole, index) => {
    const typed = withoutComment(whole).trim()
    if (typed === '') return
    const column = whole.indexOf(typed) + 1
    const name = normalName(typed)
    const earlier = machines[indexByName.get(name) ?? -1]
    if (earlier === undefined && explainMachineName(typed) === undefined) {
      indexByName.set(name, machines.length)
      machines.push({ name, place: { file: text.path, line: index + 1, column } })
      return
    }
    const span = spanAt(text, index + 1, column, typed.length)
    findings.push(
      earlier === undefined
        ? wrongLine(typed, span)
        : repeatedLine(typed, span, earlier, spanOf(text, earlier)),
    )
  })
  if (machines.length === 0 && findings.length === 0) findings.push(NOTHING_LISTED)
  return { machines, diagnostics: diagnoseAll(text, findings) }
}

function spanAt(text: IndexedText, line: number, column: number, length: number): Span {
  const start = (text.lineStarts[line - 1] as number) + column - 1
  return { start, end: start + length }
}

function spanOf(text: IndexedText, { name, place }: ListedMachine): Span {
  return spanAt(text, place.line, place.column, name.length)
}

function withoutComment(line: string): string {
  const at = line.indexOf('#')
  return at === -1 ? line : line.slice(0, at)
}

function wrongLine(typed: string, span: Span): Finding {
  const message = `expected one machine id or whole DNS name, found ${quoteText(typed)}: write one per line, without blanks, wildcards, separators or quotation marks`
  return { code: 'invalid-list-line', message, span }
}

function repeatedLine(typed: string, span: Span, earlier: ListedMachine, first: Span): Finding {
  return {
    severity: 'warning',
    code: 'duplicate-list-line',
    message: `${quoteText(typed)} stands on line ${earlier.place.line} already: remove one of them`,
    span,
    related: [{ message: 'it stands here first', span: first }],
  }
}
