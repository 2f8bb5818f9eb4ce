import type { Risk } from '../../plan/document/document.ts'
import { quoteName } from './machine-label.ts'

/** How many machines of a risk are named; a plan in JSON has all of them. */
const SHOWN = 8

/** `servers (2)`. Not escaped. */
export function countRisk({ name, machines }: Risk): string {
  return `${name} (${machines.length})`
}

/** The machines of a risk by name, in the order of names. Not escaped. */
export function nameRisk({ machines }: Risk): string {
  const names = machines.map(({ id, dnsName }) => quoteName(dnsName ?? id)).sort()
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return `${names.slice(0, SHOWN).join(', ')}${more}`
}
