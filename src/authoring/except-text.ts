import type { Machine } from '../posture/machine.ts'
import type { SourceFile } from '../schema/diagnostic.ts'
import { parsePolicyFile } from '../schema/parse-policy.ts'
import { placeless } from '../schema/placeless.ts'
import type { Policy } from '../schema/policy.ts'
import { nameComment } from './import-text.ts'

/** A policy of a file and the machines that leave it. */
export interface Leaving {
  readonly policy: Policy
  readonly machines: readonly Machine[]
}

/** The line, from 0, before which entries go, and what stands before each; undefined where there is no such line. */
function insertionOf(
  lines: readonly string[],
  { place, except }: Policy,
): { readonly at: number; readonly indent: string; readonly isNew: boolean } | undefined {
  const [entry] = except
  if (entry !== undefined) {
    const at = entry.place.line - 1
    const indent = /^(\s*)- /.exec(lines[at] as string)?.[1]
    return indent === undefined ? undefined : { at, indent, isNew: false }
  }
  const isSeparator = (line: string): boolean => /^---(?:\s|$)/.test(line)
  const begin = lines.findLastIndex((line, at) => at < place.line && isSeparator(line))
  const after = lines.findIndex((line, at) => at >= place.line && isSeparator(line))
  const end = after === -1 ? lines.length : after
  const at = lines.findIndex((line, index) => index > begin && index < end && /^state\s*:/.test(line))
  return at === -1 ? undefined : { at, indent: '  ', isNew: true }
}

function insert(lines: readonly string[], { policy, machines }: Leaving): readonly string[] | undefined {
  const place = insertionOf(lines, policy)
  if (place === undefined) return undefined
  const { at, indent, isNew } = place
  const end = (lines[at] as string).endsWith('\r\n') ? '\r\n' : '\n'
  const entries = machines.map(machine => `${indent}- ${nameComment(machine)}${end}`)
  return [...lines.slice(0, at), ...(isNew ? [`except:${end}`] : []), ...entries, ...lines.slice(at)]
}

/**
 * Writes machines into the `except` of policies of one file, and leaves every other character as it is.
 *
 * @returns The text; undefined where the file is written so that it cannot be done by adding lines. What comes out is
 * read back: it says what it said before, but for those machines.
 */
export function addExceptions(file: SourceFile, leaving: readonly Leaving[]): string | undefined {
  const upward = [...leaving].sort((a, b) => b.policy.place.line - a.policy.place.line)
  let lines: readonly string[] | undefined = file.text.split(/(?<=\n)/)
  for (const one of upward) lines = lines === undefined ? undefined : insert(lines, one)
  if (lines === undefined) return undefined
  const text = lines.join('')
  const want = parsePolicyFile(file).policies.map(policy => {
    const machines = leaving.find(one => one.policy.name === policy.name)?.machines ?? []
    const entries = machines.map(({ id }) => {
      return { fields: { id: [id] }, all: false, missing: 'error', place: policy.place } as const
    })
    return { ...policy, except: [...entries, ...policy.except] }
  })
  return placeless(parsePolicyFile({ path: file.path, text }).policies) === placeless(want) ? text : undefined
}
