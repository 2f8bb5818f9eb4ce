import type { Actor, PolicyReference } from '../../plan/document/document.ts'
import { displayInstant, parseInstant } from '../../schema/instant.ts'

/** A number and its noun: `1 machine`, `3 machines`; the plural is the singular and `s` unless given. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** A document's time for people: `2026-12-01 06:00Z`; what is no time is shown as it is, not yet escaped. */
export function shownTime(text: string): string {
  const instant = parseInstant(text)
  return instant === undefined ? text : displayInstant(instant)
}

/** Where a policy stands: `policies/a.yaml:12`, not yet escaped. */
export function policyPlace(policy: PolicyReference): string {
  return `${policy.file}:${policy.line}`
}

const ACTORS: Readonly<Record<Actor['class'], string>> = {
  own: 'Holdfast',
  analyst: 'analyst',
  application: 'application',
  service: 'the service itself',
  unknown: 'somebody unknown',
}

/** Who did it: `analyst alice@contoso.com`, not yet escaped. */
export function shownWho(actor: Pick<Actor, 'class' | 'requestor'>): string {
  const who = actor.requestor === null ? '' : ` ${actor.requestor}`
  return `${ACTORS[actor.class]}${actor.class === 'own' ? '' : who}`
}

/** Who did it and when: `analyst alice@contoso.com, 2026-11-21 10:02Z`, not yet escaped. */
export function shownActor(actor: Actor): string {
  return `${shownWho(actor)}, ${shownTime(actor.at)}`
}

/** Joins the parts that are not empty. */
export function joined(parts: readonly (string | false | null | undefined)[], separator = ', '): string {
  return parts.filter(part => typeof part === 'string' && part !== '').join(separator)
}

/** Orders texts by UTF-16 units, the same on every machine. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
