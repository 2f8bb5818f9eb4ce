/** A query that the service answers with 400 ODataError. */
export class ODataProblem extends Error {
  override readonly name = 'ODataProblem'
}

/** One word of a filter. `text` of a string is its value, quotes undone; of others it is as typed. */
export interface Token {
  readonly kind: 'string' | 'number' | 'date' | 'guid' | 'name' | '(' | ')' | ',' | ':' | '/' | 'end'
  readonly text: string
  readonly at: number
}

const GUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])/iy
const DATE = /\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?)?(?:Z|[+-]\d\d:\d\d)?(?![\w.:-])/iy
const NUMBER = /-?\d+(?:\.\d+)?(?![\w.-])/y
const NAME = /[A-Za-z_$][\w.]*/y
const STRING = /'((?:[^']|'')*)'/y
const SPACE = /\s*/y

const KINDS = [
  ['guid', GUID],
  ['date', DATE],
  ['number', NUMBER],
  ['name', NAME],
] as const

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

function readToken(text: string, at: number): readonly [Token, number] {
  const first = text[at] ?? ''
  switch (first) {
    case '(':
    case ')':
    case ',':
    case ':':
    case '/':
      return [{ kind: first, text: first, at }, at + 1]
    default:
  }
  const quoted = matchAt(STRING, text, at)
  if (quoted !== undefined)
    return [{ kind: 'string', text: quoted.slice(1, -1).replaceAll("''", "'"), at }, at + quoted.length]
  for (const [kind, pattern] of KINDS) {
    const found = matchAt(pattern, text, at)
    if (found !== undefined) return [{ kind, text: found, at }, at + found.length]
  }
  throw new ODataProblem(`Syntax error: character '${first}' is not valid at position ${at} in '${text}'.`)
}

/**
 * Splits a decoded `$filter` into tokens, the last of kind `end`.
 *
 * @throws ODataProblem at a character that starts no token.
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = matchAt(SPACE, text, 0)?.length ?? 0
  while (at < text.length) {
    const [token, next] = readToken(text, at)
    tokens.push(token)
    at = next + (matchAt(SPACE, text, next)?.length ?? 0)
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}
