import { namesOf } from '../../plan/select/need.ts'
import { normalText } from '../../schema/machine-name.ts'
import type { MachineEntry, SelectorField } from '../../schema/policy.ts'

/** The machines that an entry names, each as `dnsName x` or `id x`. */
export function nameKeys(entry: MachineEntry): readonly string[] {
  return namesOf(entry).map(({ kind, text }) => `${kind} ${text}`)
}

/** Says whether nothing but names chooses the machines of an entry, so that it reaches all that it names. */
export function onlyNames({ fields, lastSeenWithin, list }: MachineEntry): boolean {
  const naming = [fields.id, fields.dnsName, list].filter(part => part !== undefined).length
  const others = Object.keys(fields).filter(field => field !== 'id' && field !== 'dnsName').length
  return naming === 1 && others === 0 && lastSeenWithin === undefined
}

function coversTexts(wide: readonly string[], narrow: readonly string[] | undefined): boolean {
  const allowed = new Set(wide.map(normalText))
  return narrow?.every(text => allowed.has(normalText(text))) === true
}

/** Says whether a selector reaches every machine of another by their fields alone. */
function coversFields(wide: MachineEntry, narrow: MachineEntry): boolean {
  if (wide.list !== undefined && wide.list.path !== narrow.list?.path) return false
  // Without the field an entry reaches onboarded machines alone, and with it those that it names.
  if (wide.fields.onboardingStatus === undefined && narrow.fields.onboardingStatus !== undefined) return false
  const isRecent =
    wide.lastSeenWithin === undefined ||
    (narrow.lastSeenWithin !== undefined && narrow.lastSeenWithin.ms <= wide.lastSeenWithin.ms)
  const fields = Object.entries(wide.fields) as readonly [SelectorField, readonly string[]][]
  return isRecent && fields.every(([field, texts]) => coversTexts(texts, narrow.fields[field]))
}

/**
 * Says whether every machine that `narrow` reaches is one that `wide` reaches, whatever the tenant holds.
 *
 * False where only the machines themselves could tell.
 */
export function coversEntry(wide: MachineEntry, narrow: MachineEntry): boolean {
  if (onlyNames(narrow)) {
    // A selector passes over machines that a name reaches, such as those that are not onboarded.
    if (!onlyNames(wide)) return false
    const names = new Set(nameKeys(wide))
    return nameKeys(narrow).every(name => names.has(name))
  }
  return wide.all ? narrow.fields.onboardingStatus === undefined : !narrow.all && coversFields(wide, narrow)
}

/** Says whether two entries surely reach a machine in common: one covers the other, or both name it. */
export function overlap(a: MachineEntry, b: MachineEntry): boolean {
  if (coversEntry(a, b) || coversEntry(b, a)) return true
  if (!onlyNames(a) || !onlyNames(b)) return false
  const names = new Set(nameKeys(a))
  return nameKeys(b).some(name => names.has(name))
}
