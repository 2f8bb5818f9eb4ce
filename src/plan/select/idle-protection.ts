import type { Machine } from '../../posture/machine.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { Instant } from '../../schema/instant.ts'
import { normalName, normalText } from '../../schema/machine-name.ts'
import { nearest } from '../../schema/nearest.ts'
import type { MachineEntry, Policy } from '../../schema/policy.ts'
import { compileEntry } from './match.ts'
import { namesOf } from './need.ts'
import type { MachineIndex } from './resolve.ts'

/** Selectors of free texts, which can be mistyped, and what machines have there. */
const TYPED = {
  tag: ({ machineTags }: Machine) => machineTags,
  rbacGroupName: ({ rbacGroupName }: Machine) => (rbacGroupName === null ? [] : [rbacGroupName]),
} as const

/** Characters that nobody sees, and blanks that are none of the keyboard's. */
const INVISIBLE = /[\p{Cf}\p{Cc}\u00a0\u115f\u1160\u2000-\u200a\u202f\u3000\u3164]/u

/** An entry that is to keep machines out of something. */
interface Sparing {
  readonly entry: MachineEntry
  /** What becomes of machines that it does not match. */
  readonly isProtected: boolean
}

/** What entries are held against. */
export interface SparingInput {
  readonly policies: readonly Policy[]
  readonly configuration: Configuration
  readonly index: MachineIndex
  readonly now: Instant
  /** Whether all machines of the tenant were read: else only what looks mistyped is told. */
  readonly wholeTenant: boolean
}

/**
 * Finds entries of `protected` and `except` that spare nobody: a typing error there looks like protection, and is none
 * (docs/contract.md#idle-protection).
 *
 * An id or a name in `protected` that no record has is an error unless its entry says `missing: warn`; those in `except`
 * are told where policies are resolved. A text that no machine has is a warning.
 */
export function findIdleProtection(input: SparingInput): readonly Diagnostic[] {
  const { policies, configuration } = input
  const sparing: readonly Sparing[] = [
    ...configuration.protected.map(({ match }) => ({ entry: match, isProtected: true })),
    ...policies.flatMap(({ except }) => except.map(entry => ({ entry, isProtected: false }))),
  ]
  return sparing.flatMap(one => judgeEntry(one, input))
}

function judgeEntry(sparing: Sparing, input: SparingInput): readonly Diagnostic[] {
  const { entry, isProtected } = sparing
  const texts = [...idleTexts(sparing, input), ...(isProtected ? idleNames(sparing, input) : [])]
  if (texts.length > 0 || !input.wholeTenant || namesOf(entry).length > 0) return texts
  if (input.index.all.some(compileEntry(entry, input.now))) return []
  return [idle(sparing, 'no machine has all that this entry asks for', '', entry.place)]
}

/** Texts of its selectors that no machine has. */
function idleTexts(sparing: Sparing, { index, wholeTenant }: SparingInput): readonly Diagnostic[] {
  const { fields, place } = sparing.entry
  return (Object.keys(TYPED) as (keyof typeof TYPED)[]).flatMap(field => {
    const texts = fields[field] ?? []
    if (texts.length === 0) return []
    const there = [...new Set(index.all.flatMap(TYPED[field]))]
    const normal = new Set(there.map(normalText))
    return texts
      .filter(text => !normal.has(normalText(text)))
      .map(text => ({ text, hint: hintOf(text, there) }))
      .filter(({ hint }) => wholeTenant || hint !== '')
      .map(({ text, hint }) =>
        idle(sparing, `no machine has the ${field} ${JSON.stringify(text)}`, hint, place),
      )
  })
}

/** Ids and names of the configuration that no record has. */
function idleNames(sparing: Sparing, { index, wholeTenant }: SparingInput): readonly Diagnostic[] {
  if (!wholeTenant) return []
  const names = [...index.byName.keys()]
  const severity = sparing.entry.missing === 'warn' ? 'warning' : 'error'
  return namesOf(sparing.entry)
    .filter(({ kind, text }) => (kind === 'id' ? !index.byId.has(text) : !index.byName.has(normalName(text))))
    .map(({ kind, text, place }) => {
      const what = `no machine record has the ${kind} ${JSON.stringify(text)}`
      return { ...idle(sparing, what, kind === 'id' ? '' : hintOf(text, names), place), severity }
    })
}

/** What was most likely meant; empty where nobody can tell. */
function hintOf(text: string, there: readonly string[]): string {
  const invisible = INVISIBLE.exec(text.trim())?.[0]
  if (invisible !== undefined) {
    const code = (invisible.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')
    return ` It holds the character U+${code}, which nobody sees.`
  }
  const near = nearest(text, there)
  return near === undefined ? '' : ` Did you mean ${JSON.stringify(near)}?`
}

function idle(
  { isProtected }: Sparing,
  what: string,
  hint: string,
  place: MachineEntry['place'],
): Diagnostic {
  return isProtected
    ? {
        severity: 'warning',
        code: 'protects-nothing',
        message: `${what}, so that nothing is protected by it.${hint} Correct or remove it.`,
        place,
      }
    : {
        severity: 'warning',
        code: 'except-takes-nothing',
        message: `${what}, so that nothing is excepted by it.${hint} Correct or remove it.`,
        place,
      }
}
