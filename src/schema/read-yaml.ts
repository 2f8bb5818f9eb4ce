import {
  Composer,
  type Document,
  isCollection,
  isPair,
  isScalar,
  Lexer,
  Parser,
  type Scalar,
  type YAMLError,
} from 'yaml'
import { buildTree, DEEPEST, isEmptyDocument, tooDeep } from './build-tree.ts'
import type { Finding, IndexedText, Span } from './indexed-text.ts'
import type { Member } from './text-tree.ts'
import { explainYamlFault } from './yaml-faults.ts'

/** The longest file that is parsed, in millions of UTF-16 units; the parser takes about a second for two. */
const LARGEST_FILE = 5

/** What no YAML text holds: control characters, carriage returns alone, and what a decoder puts for bytes that are not UTF-8. */
const NOT_TEXT =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffd\ufffe\uffff]|\r(?!\n)/

/** The documents of a file that could be read, and everything that was found wrong with the others. */
export interface YamlFile {
  readonly documents: readonly Member[]
  readonly findings: readonly Finding[]
}

/**
 * Refuses what need not be parsed to be refused: files that are too large, and files that are no text.
 *
 * @param largest - In millions of UTF-16 units.
 */
export function refuseFile(text: IndexedText, largest: number, wayOut: string): Finding | undefined {
  const millions = text.text.length / 1e6
  if (millions > largest) {
    const message = `the file has ${millions.toFixed(1)} million characters, at most ${largest} million are read: ${wayOut}`
    return { code: 'file-too-large', message, span: { start: 0, end: 1 } }
  }
  const at = text.text.search(NOT_TEXT)
  if (at === -1) return undefined
  const hex = text.text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')
  const message = `expected UTF-8 text, found the character U+${hex}: save the file as UTF-8 with ordinary line ends`
  return { code: 'not-text', message, span: { start: at, end: at + 1 } }
}

/** A document, or the finding that ended the reading of the file. */
type Step = { readonly document: Document.Parsed; readonly tagDirective?: Span } | { readonly end: Finding }

/** Documents as the parser finishes them; stops where nesting has no end, before anything recurses into it. */
function* compose(text: string): Generator<Step> {
  const parser = new Parser()
  const composer = new Composer({ schema: 'failsafe', merge: false, uniqueKeys: false, logLevel: 'silent' })
  const tagDirectives: Span[] = []
  function* documents(composed: Iterable<Document.Parsed>): Generator<Step> {
    for (const document of composed) {
      const [first] = tagDirectives.filter(({ start }) => start < document.range[0])
      if (first === undefined) yield { document }
      else {
        tagDirectives.length = 0
        yield { document, tagDirective: first }
      }
    }
  }
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'directive' && token.source.startsWith('%TAG')) {
        tagDirectives.push({ start: token.offset, end: token.offset + token.source.length })
      }
      yield* documents(composer.next(token))
    }
    if (parser.stack.length > DEEPEST) {
      yield* documents(composer.end(false, parser.offset))
      yield { end: tooDeep({ start: parser.offset - lexeme.length, end: parser.offset }) }
      return
    }
  }
  for (const token of parser.end()) yield* documents(composer.next(token))
  yield* documents(composer.end(false, text.length))
}

/** The scalar that a document ends with, where an unclosed quote must be. */
function lastScalar(node: unknown): Scalar | undefined {
  if (isScalar(node)) return node
  if (isPair(node)) return lastScalar(node.value ?? node.key)
  return isCollection(node) ? lastScalar(node.items.at(-1)) : undefined
}

/** An unclosed quote swallows the rest of the document: it is told where it opens, not where the document ends. */
function unclosedQuote({ contents }: Document.Parsed, at: number): Finding | undefined {
  const scalar = lastScalar(contents)
  const [start = 0, , end = 0] = scalar?.range ?? []
  if (!scalar?.type?.startsWith('QUOTE') || end < at) return undefined
  return {
    code: 'yaml-syntax',
    message: 'this quote is never closed: close it, or quote the text the other way',
    span: { start, end: start + 1 },
  }
}

/** What the library found in one document. Only the first is told: the others follow from it. */
function firstFault(
  text: string,
  { document, tagDirective }: Exclude<Step, { end: Finding }>,
): Finding | undefined {
  if (tagDirective !== undefined) return { ...explainYamlFault('BAD_DIRECTIVE'), span: tagDirective }
  let first: YAMLError | undefined
  for (const fault of [...document.errors, ...document.warnings]) {
    if (first === undefined || fault.pos[0] < first.pos[0]) first = fault
  }
  if (first === undefined) return undefined
  const [from, end] = first.pos
  const quote = first.code === 'MISSING_CHAR' ? unclosedQuote(document, from) : undefined
  // The library points at the indentation where it means what is indented.
  const start = from + Math.max(0, text.slice(from).search(/[^ ]/))
  return quote ?? { ...explainYamlFault(first.code), span: { start, end: Math.max(start + 1, end) } }
}

/**
 * Reads the documents of a YAML file with every scalar as it was typed.
 *
 * A document with a fault is left out and the others are read all the same. Documents without contents are skipped.
 * Takes any text; never throws.
 */
export function readYaml(text: IndexedText): YamlFile {
  const refused = refuseFile(text, LARGEST_FILE, 'put machines into a `list:` file, one per line')
  if (refused !== undefined) return { documents: [], findings: [refused] }
  const findings: Finding[] = []
  const documents: Member[] = []
  for (const step of compose(text.text)) {
    const fault = 'end' in step ? step.end : firstFault(text.text, step)
    if (fault !== undefined) findings.push(fault)
    if (fault !== undefined || 'end' in step || isEmptyDocument(step.document.contents)) continue
    const before = findings.length
    const node = buildTree(step.document.contents, findings)
    if (findings.length === before)
      documents.push({ name: node.members.values().next().value?.name ?? node.span, node })
  }
  return { documents, findings }
}
