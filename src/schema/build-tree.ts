import { isAlias, isMap, isScalar, type Pair, type ParsedNode, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Finding, Span } from './indexed-text.ts'
import type { Member, TextNode } from './text-tree.ts'

/** Deeper than any policy; validators and YAML's own composer recurse, so depth must have a bound. */
export const DEEPEST = 64
/** Values that aliases may add to a document before it counts as a bomb. */
const MOST_ALIASED = 100_000

/** A finished value, how many values it expands to, and how many levels it has. */
interface Built {
  readonly node: TextNode
  readonly size: number
  readonly depth: number
}

interface Building {
  readonly findings: Finding[]
  /** Values by anchor, as far as the document was read; undefined while a value is being built. */
  readonly anchors: Map<string, Built | undefined>
  aliased: number
}

const NO_MEMBERS: ReadonlyMap<string, Member> = new Map()

function spanOf(node: ParsedNode): Span {
  const [start, end] = node.range
  return { start, end }
}

function scalar(kind: 'text' | 'nothing', text: string, span: Span): Built {
  return { node: { kind, span, text, members: NO_MEMBERS }, size: 1, depth: 1 }
}

/** Stands for a value that was found wrong: the finding stops the document, so it is never looked at. */
function found(building: Building, finding: Finding): Built {
  building.findings.push(finding)
  return scalar('nothing', '', finding.span)
}

function buildAlias(anchor: string, span: Span, depth: number, building: Building): Built {
  const target = building.anchors.get(anchor)
  if (target === undefined) {
    return building.anchors.has(anchor)
      ? found(building, {
          code: 'cyclic-anchor',
          message: `the alias \`*${anchor}\` refers to a value that contains it: write the value out`,
          span,
        })
      : found(building, {
          code: 'unknown-alias',
          message: `no anchor \`&${anchor}\` stands before this alias: define it, or put the text in quotes`,
          span,
        })
  }
  building.aliased += target.size
  if (building.aliased > MOST_ALIASED) {
    building.aliased = Number.NEGATIVE_INFINITY
    const message = `aliases up to this one repeat more than ${MOST_ALIASED} values: write the values out, or put machines into a \`list:\` file`
    return found(building, { code: 'alias-explosion', message, span })
  }
  if (depth + target.depth > DEEPEST) return found(building, tooDeep(span))
  return target
}

/** The finding for a value that nests too deep. */
export function tooDeep(span: Span): Finding {
  return {
    code: 'nested-too-deep',
    message: `nested deeper than ${DEEPEST} levels: check brackets and indentation`,
    span,
  }
}

/** The text of a key, or undefined after a finding where it is no plain text. */
function keyOf(
  key: ParsedNode,
  building: Building,
): { readonly text: string; readonly name: Span } | undefined {
  const built = buildNode(key, 1, building)
  if (built.node.kind === 'text') return { text: built.node.text, name: spanOf(key) }
  building.findings.push({
    code: 'unsupported-key',
    message: 'expected a key that is a plain text, found nothing, a list or a map: write the name of a key',
    span: spanOf(key),
  })
  return undefined
}

function addPair(
  pair: Pair<ParsedNode, ParsedNode | null>,
  depth: number,
  members: Map<string, Member>,
  building: Building,
): Built {
  const key = keyOf(pair.key, building)
  const end = spanOf(pair.key).end
  const value =
    pair.value === null
      ? scalar('nothing', '', { start: end, end })
      : buildNode(pair.value, depth + 1, building)
  if (key === undefined) return value
  const first = members.get(key.text)
  if (first === undefined) members.set(key.text, { name: key.name, node: value.node })
  else {
    building.findings.push({
      code: 'duplicate-key',
      message: `the key \`${key.text}\` stands twice in this map: remove one of them`,
      span: key.name,
      related: [{ message: `\`${key.text}\` stands here first`, span: first.name }],
    })
  }
  return value
}

function buildList(
  list: YAMLSeq.Parsed,
  depth: number,
  building: Building,
): readonly [Built[], Map<string, Member>] {
  const built = list.items.map(item => buildNode(item, depth + 1, building))
  const members = built.map(({ node }, index): [string, Member] => [String(index), { name: node.span, node }])
  return [built, new Map(members)]
}

function buildMap(
  map: YAMLMap.Parsed,
  depth: number,
  building: Building,
): readonly [Built[], Map<string, Member>] {
  const members = new Map<string, Member>()
  return [map.items.map(pair => addPair(pair, depth, members, building)), members]
}

function buildCollection(node: YAMLMap.Parsed | YAMLSeq.Parsed, depth: number, building: Building): Built {
  const [built, members] = isMap(node) ? buildMap(node, depth, building) : buildList(node, depth, building)
  let size = 1
  let deepest = 0
  for (const member of built) {
    size += member.size
    deepest = Math.max(deepest, member.depth)
  }
  const kind = isMap(node) ? 'map' : 'list'
  return { node: { kind, span: spanOf(node), text: '', members }, size, depth: deepest + 1 }
}

function buildNode(node: ParsedNode, depth: number, building: Building): Built {
  if (isAlias(node)) return buildAlias(node.source, spanOf(node), depth, building)
  const { anchor } = node
  if (anchor !== undefined) building.anchors.set(anchor, undefined)
  const built = isScalar(node)
    ? scalar(isNothing(node) ? 'nothing' : 'text', String(node.value), spanOf(node))
    : buildCollection(node, depth, building)
  if (anchor !== undefined) building.anchors.set(anchor, built)
  return built
}

/** A plain scalar of no characters: what stands where a key has no value. Quotes make it an empty text. */
function isNothing(node: { readonly source?: string; readonly type?: string }): boolean {
  return node.type === 'PLAIN' && node.source === ''
}

/** Says whether a document holds nothing, as after a trailing `---`. */
export function isEmptyDocument(contents: ParsedNode | null): contents is null {
  return contents === null || (isScalar(contents) && isNothing(contents))
}

/**
 * Turns the contents of a YAML document into a text tree; aliases are resolved, and counted so that no document explodes.
 *
 * @param findings - Where duplicate keys, aliases that cannot be resolved and keys that are no text are added.
 */
export function buildTree(contents: ParsedNode, findings: Finding[]): TextNode {
  return buildNode(contents, 1, { findings, anchors: new Map(), aliased: 0 }).node
}
