import type { Span } from './indexed-text.ts'

/**
 * A YAML document as text: every scalar is what was typed. `nothing` is a key without a value.
 * Aliased values are shared, so the tree is a graph without cycles.
 */
export interface TextNode {
  readonly kind: 'text' | 'nothing' | 'list' | 'map'
  readonly span: Span
  /** The scalar; empty for the other kinds. */
  readonly text: string
  /** The members of a map by key, those of a list by index; empty for scalars. */
  readonly members: ReadonlyMap<string, Member>
}

/** A value in a map or list, and where it is named: at its key, or in a list where it stands. */
export interface Member {
  readonly name: Span
  readonly node: TextNode
}

/** Copies a tree into plain values: maps without prototype, lists, texts, and null for nothing. */
export function toPlain(node: TextNode): unknown {
  if (node.kind === 'text') return node.text
  if (node.kind === 'nothing') return null
  if (node.kind === 'list') return Array.from(node.members.values(), member => toPlain(member.node))
  const plain: Record<string, unknown> = Object.create(null)
  for (const [key, member] of node.members) plain[key] = toPlain(member.node)
  return plain
}

/** Finds what a JSON pointer points to; the nearest that is there where it points to nothing. */
export function memberAt(root: Member, pointer: string): Member {
  let found = root
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    found = found.node.members.get(key) ?? found
  }
  return found
}
