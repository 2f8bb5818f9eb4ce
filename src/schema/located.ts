import type { Place } from './diagnostic.ts'
import { type Finding, type IndexedText, placeAt } from './indexed-text.ts'
import type { Member } from './text-tree.ts'

/** A checked raw value together with where it stands in the document. */
export interface Located<T> {
  readonly value: T
  readonly member: Member
}

/** What reading a document needs besides the value: its text, and where to put what is found. */
export interface Reading {
  readonly text: IndexedText
  readonly findings: Finding[]
}

/** The value of a required key, which the schema has checked to be there. */
export function need<T extends object, K extends keyof T & string>(from: Located<T>, key: K): Located<T[K]> {
  return { value: from.value[key], member: from.member.node.members.get(key) as Member }
}

/** The value of an optional key. */
export function at<T extends object, K extends keyof T & string>(
  from: Located<T>,
  key: K,
): Located<Exclude<T[K], undefined>> | undefined {
  const value = from.value[key]
  return value === undefined ? undefined : { ...need(from, key), value: value as Exclude<T[K], undefined> }
}

/** The members of a list; none where there is no list. */
export function items<T>(list: Located<readonly T[]> | undefined): readonly Located<T>[] {
  if (list === undefined) return []
  const members = [...list.member.node.members.values()]
  return list.value.map((value, index) => ({ value, member: members[index] as Member }))
}

/** The texts of a value that is one text or a list of them. */
export function texts(value: Located<string | readonly string[]> | undefined): readonly Located<string>[] {
  if (value === undefined) return []
  return typeof value.value === 'string'
    ? [{ value: value.value, member: value.member }]
    : items({ value: value.value, member: value.member })
}

/** The line of a text that may have come with outer blanks or, as a block, with a line end. */
export function lineOf(value: Located<string>): string {
  return value.value.trim()
}

/** Reads `true` or `false` in any spelling the schema allows. */
export function isTrue(value: Located<string> | undefined): boolean {
  return value?.value.toLowerCase() === 'true'
}

/** Where a value is named: at its key, or in a list where it begins. */
export function placeOf(reading: Reading, value: Located<unknown>): Place {
  return placeAt(reading.text, value.member.name.start)
}
