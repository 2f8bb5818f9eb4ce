import type { SchemaCode } from './codes.ts'
import type { Diagnostic, Place, Severity, SourceFile } from './diagnostic.ts'

/** A text without its byte order mark, and where its lines begin: offsets become places at the cost of a search. */
export interface IndexedText {
  readonly path: string
  readonly text: string
  readonly lineStarts: readonly number[]
}

/** A stretch of a text, as offsets: `end` is the first one after it. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** What was found, and where in the text; {@link diagnose} makes a diagnostic of it. */
export interface Finding {
  /** An error unless it says otherwise. */
  readonly severity?: Severity
  readonly code: SchemaCode
  readonly message: string
  readonly span: Span
  /** Whether what stands there may be a secret: then the source line is shown without it. */
  readonly isSecret?: true
  readonly related?: readonly { readonly message: string; readonly span: Span }[]
}

/** The widest source line that is quoted whole, and how much of a wider one is shown before the caret. */
const WIDEST_QUOTE = 160
const BEFORE_CARET = 60
/** More problems in one file help nobody: the first ones are the causes. */
const MOST_PROBLEMS = 100

/** Finds the lines of a file. A byte order mark is dropped, since editors do not count it as a column. */
export function indexText(source: SourceFile): IndexedText {
  const text = source.text.startsWith('\ufeff') ? source.text.slice(1) : source.text
  const lineStarts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1)
  return { path: source.path, text, lineStarts }
}

/** Index in `lineStarts` of the line that holds an offset. */
function lineIndexAt(lineStarts: readonly number[], offset: number): number {
  let low = 0
  let high = lineStarts.length
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((lineStarts[middle] as number) <= offset) low = middle
    else high = middle
  }
  return low
}

/** The place of an offset, 1-based. */
export function placeAt(text: IndexedText, offset: number): Place {
  const index = lineIndexAt(text.lineStarts, offset)
  return { file: text.path, line: index + 1, column: offset - (text.lineStarts[index] as number) + 1 }
}

/** The line of a number, without its line end; empty where there is no such line. */
function lineAt(text: IndexedText, line: number): string {
  const start = text.lineStarts[line - 1]
  return start === undefined ? '' : text.text.slice(start, text.lineStarts[line]).replace(/\r?\n$/, '')
}

/** Moves a cut away from the middle of a surrogate pair. */
function whole(line: string, offset: number): number {
  return /[\udc00-\udfff]/.test(line.charAt(offset)) ? offset - 1 : offset
}

/** The source line of a place for the caret under it, cut around the caret where it is very long. */
function quote(
  line: string,
  column: number,
  length: number,
): Pick<Diagnostic, 'sourceLine' | 'caret' | 'length'> {
  const fits = Math.max(1, Math.min(length, line.length - column + 1))
  if (line.length <= WIDEST_QUOTE) return { sourceLine: line, length: fits }
  const latest = line.length - WIDEST_QUOTE
  const from = whole(line, Math.max(0, Math.min(column - 1 - BEFORE_CARET, latest)))
  const to = whole(line, from + WIDEST_QUOTE)
  const caret = column - 1 - from
  return {
    sourceLine: line.slice(from, to),
    caret,
    length: Math.max(1, Math.min(fits, to - from - caret)),
  }
}

/** The line of a finding, its secret as asterisks. */
function shownLine(text: IndexedText, place: Place, { span, isSecret }: Finding): string {
  const line = lineAt(text, place.line)
  if (isSecret === undefined) return line
  const [from, to] = [place.column - 1, place.column - 1 + span.end - span.start]
  return line.slice(0, from) + '*'.repeat(line.slice(from, to).length) + line.slice(to)
}

/** Makes a diagnostic with its place and source line. */
export function diagnose(text: IndexedText, finding: Finding): Diagnostic {
  const place = placeAt(text, finding.span.start)
  const related = finding.related?.map(({ message, span }) => ({ message, place: placeAt(text, span.start) }))
  return {
    severity: finding.severity ?? 'error',
    code: finding.code,
    message: finding.message,
    place,
    ...quote(shownLine(text, place, finding), place.column, finding.span.end - finding.span.start),
    ...(related === undefined ? {} : { related }),
  }
}

/** Makes the diagnostics of a whole file: in the order of the text, and no more than help. */
export function diagnoseAll(text: IndexedText, findings: readonly Finding[]): readonly Diagnostic[] {
  const sorted = findings.toSorted((a, b) => a.span.start - b.span.start)
  const shown = sorted.slice(0, MOST_PROBLEMS).map(finding => diagnose(text, finding))
  const next = sorted[MOST_PROBLEMS]
  if (next === undefined) return shown
  const message = `at least ${sorted.length - MOST_PROBLEMS} more problems from here on: mend the first ones and look again`
  return [...shown, diagnose(text, { code: 'too-many-problems', message, span: next.span })]
}

/**
 * Quotes source lines in diagnostics that have a place but no source line, such as those found in a set of policies.
 *
 * @param sources - The files as they were read; a diagnostic of another file stays as it is.
 */
export function quoteSources(
  diagnostics: readonly Diagnostic[],
  sources: readonly SourceFile[],
): readonly Diagnostic[] {
  const texts = new Map<string, IndexedText>()
  return diagnostics.map(diagnostic => {
    const { place } = diagnostic
    const source = sources.find(({ path }) => path === place?.file)
    if (place === undefined || source === undefined || diagnostic.sourceLine !== undefined) return diagnostic
    const text = texts.get(source.path) ?? indexText(source)
    texts.set(source.path, text)
    return { ...diagnostic, ...quote(lineAt(text, place.line), place.column, 1) }
  })
}
