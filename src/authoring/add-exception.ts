import type { SourceFile } from '../schema/diagnostic.ts'
import { indexText } from '../schema/indexed-text.ts'
import { parsePolicyFile } from '../schema/parse-policy.ts'
import { placeless } from '../schema/placeless.ts'
import { readYaml } from '../schema/read-yaml.ts'
import type { Member, TextNode } from '../schema/text-tree.ts'

/** Where a text is inserted: an offset that begins a line, and what stands left of the new lines. */
interface Insertion {
  readonly at: number
  readonly indent: string
  /** Whether the key `except` has to be written as well. */
  readonly isFirst: boolean
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

/** What stands between the beginning of a line and an offset on it. */
function before(text: string, offset: number): string {
  return text.slice(lineStart(text, offset), offset)
}

/** Before the first exception that there is, where each stands on a line of its own. */
function beforeExceptions(text: string, except: Member): Insertion | undefined {
  const [first] = except.node.members.values()
  if (first === undefined) return undefined
  const { start } = first.name
  const [, indent] = /^( *)- +$/.exec(before(text, start)) ?? []
  // An anchor or alias between the key and its list would make the list somebody else's as well.
  const between = text.slice(except.name.end, lineStart(text, start))
  if (indent === undefined || !/^\s*:\s*(#.*\s*|\s)*$/.test(between)) return undefined
  return { at: lineStart(text, start), indent, isFirst: false }
}

/** Above a key of the policy, and above the comments that belong to it. */
function aboveKey(text: string, key: Member): Insertion | undefined {
  const { start } = key.name
  const indent = before(text, start)
  if (!/^ *$/.test(indent)) return undefined
  let at = lineStart(text, start)
  while (at > 0) {
    const above = lineStart(text, at - 1)
    if (!/^\s*#/.test(text.slice(above, at))) break
    at = above
  }
  return { at, indent, isFirst: true }
}

function findInsertion(text: string, { members }: TextNode): Insertion | undefined {
  const [except, state] = [members.get('except'), members.get('state')]
  if (except !== undefined) return beforeExceptions(text, except)
  return state === undefined ? undefined : aboveKey(text, state)
}

/** What a file says but for the first so many exceptions of a policy, and how many there are beside these. */
function saidBeside(source: SourceFile, policy: string, added: number): string {
  const { policies } = parsePolicyFile(source)
  const counted = policies.filter(({ name }) => name === policy).map(({ except }) => except.length - added)
  const rest = policies.map(each =>
    each.name === policy ? { ...each, except: each.except.slice(added) } : each,
  )
  return `${counted.join()} ${placeless(rest)}`
}

/**
 * Adds machines to the `except` of a policy, and leaves every other character of the file as it is.
 *
 * @param entries - Finished entries on one line each, such as `id: "…" # name`.
 * @returns The new text; undefined where the policy is not written in a way that can be added to safely, such as with
 * its exceptions in brackets. What comes out is read back: it says what it said before, but for those exceptions.
 */
export function addException(
  source: SourceFile,
  policy: string,
  entries: readonly string[],
): string | undefined {
  const { text } = indexText(source)
  const document = readYaml(indexText(source)).documents.find(
    ({ node }) => node.members.get('policy')?.node.text === policy,
  )
  const insertion = document === undefined ? undefined : findInsertion(text, document.node)
  if (insertion === undefined) return undefined
  const { at, indent, isFirst } = insertion
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const items = entries.map(entry => `${indent}${isFirst ? '  ' : ''}- ${entry}`)
  const lines = isFirst ? [`${indent}except:`, ...items] : items
  const mark = source.text.length > text.length ? '\ufeff' : ''
  const added = `${mark}${text.slice(0, at)}${lines.map(line => line + end).join('')}${text.slice(at)}`
  const after = saidBeside({ path: source.path, text: added }, policy, entries.length)
  return after === saidBeside(source, policy, 0) ? added : undefined
}
