import { TEXT_RULES } from '../../schema/text-formats.ts'
import { fail } from '../fail.ts'

/** Reads action ids off arguments, each once, lower case. Throws Failure `usage` for what is none. */
export function readActionIds(args: readonly string[]): readonly string[] {
  for (const text of args) {
    const problem = TEXT_RULES.guid(text)
    if (problem !== undefined) throw fail('usage', `${text} is no action id; expected ${problem.expected}.`)
  }
  return [...new Set(args.map(text => text.toLowerCase()))]
}

/** Throws Failure `action-not-found` where ids are left over. */
export function requireListed(missing: readonly string[]): void {
  if (missing.length === 0) return
  throw fail('action-not-found', `The service lists no action ${missing.join(', ')}.`)
}

/** Says whether an argument is meant as an action id: right, or with a fault in one of its five parts. */
export function looksLikeActionId(text: string): boolean {
  return /^[0-9a-f]*(-[0-9a-f]*){4}$/i.test(text)
}
