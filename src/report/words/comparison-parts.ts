import type { ComparedItem, Comparison, Drift, ListedItem } from '../../plan/document/document.ts'
import { DRIFT_KINDS, driftMark } from './drift-kinds.ts'
import { nameMachines } from './machine-label.ts'
import { blockedLine, changeLine, facetLabel, inFlightLine, type PlanLine, shownValue } from './plan-line.ts'
import { MARKS } from './symbol.ts'
import { counted, joined, shownActor, shownTime } from './words.ts'

/** One thing that differs. Texts are not yet escaped. */
export interface ComparedLine {
  readonly address: string
  /** The machine's name, quoted where need be. */
  readonly name: string
  readonly line: PlanLine
  /** What the base says of an altered thing. */
  readonly was: PlanLine | null
  /** What differs about an altered thing. */
  readonly fields: readonly string[]
}

/** The things that differ in one way. */
export interface ComparisonPart {
  /** Our own words. */
  readonly title: string
  readonly lines: readonly ComparedLine[]
}

function driftLine(drift: Drift): PlanLine {
  const { kind, expected, actual, actor, policy, address } = drift
  const description = DRIFT_KINDS.find(known => known.kind === kind)
  return {
    mark: description === undefined ? MARKS.undeclared : driftMark(description, drift),
    label: facetLabel(address),
    value: `${kind}: expected ${shownValue(expected)}, is ${shownValue(actual)}`,
    notes: actor === null ? [] : [{ tone: 'quiet', head: 'by', text: shownActor(actor) }],
    policy,
  }
}

/** The line of any item of a plan. */
function lineOf({ list, item }: ListedItem): PlanLine {
  switch (list) {
    case 'changes':
      return changeLine(item, undefined)
    case 'blocked':
      return blockedLine(item)
    case 'inFlight':
      return inFlightLine(item)
    default:
      return driftLine(item)
  }
}

/** What is not done any more: without a symbol, so that nobody takes it for something that will happen. */
function noLonger({ mark, value, label, policy }: PlanLine): PlanLine {
  return { mark: MARKS.unchanged, label, value: `no longer ${mark.symbol} ${value}`, notes: [], policy }
}

/** Which policy asks and until when: `contain, until 2026-12-01 06:00Z`; empty where none does. */
export function policyWords({ policy }: PlanLine): string {
  if (policy === null) return ''
  return joined([policy.name, policy.expires !== undefined && `until ${shownTime(policy.expires)}`])
}

/** What differs between two declarations, the three ways in which it can; ways without anything left out. */
export function comparisonParts({ added, removed, altered }: Comparison): readonly ComparisonPart[] {
  const sideOf = ({ base, now }: ComparedItem): ListedItem => (now ?? base) as ListedItem
  const nameOf = nameMachines([...added, ...removed, ...altered].map(item => sideOf(item).item))
  const linesOf = (items: readonly ComparedItem[]): readonly ComparedLine[] =>
    items.map(item => ({
      address: item.address,
      name: nameOf(sideOf(item).item),
      line: item.now === null ? noLonger(lineOf(sideOf(item))) : lineOf(item.now),
      was: item.base === null || item.now === null ? null : lineOf(item.base),
      fields: item.fields,
    }))
  return [
    { title: 'New with this declaration', lines: linesOf(added) },
    { title: 'No longer with this declaration', lines: linesOf(removed) },
    { title: 'Altered by this declaration', lines: linesOf(altered) },
  ].filter(({ lines }) => lines.length > 0)
}

/** What keeps the difference from being certain, and what is special about the base. */
function baseNotes({ base }: Comparison): string {
  return joined(
    [
      base.policies === 0 && 'no policy is declared there',
      !base.complete && 'what was not read is unknown on both sides',
      base.errored && 'its own plan has errors, so that more may differ',
    ],
    '; ',
  )
}

/**
 * How much differs, and how much the tenant needs anyway:
 * `Against origin/main (1a2b3c4d5e6f): 2 new, 1 no longer, 0 altered. Needed anyway: 4 changes, 1 blocked, …`
 *
 * One sentence or more, not escaped.
 */
export function comparisonVerdict(comparison: Comparison): string {
  const { base, added, removed, altered, anyway, diagnostics } = comparison
  const notes = baseNotes(comparison)
  const found = diagnostics.added.length
  const differs = added.length + removed.length + altered.length + comparison.guards.length > 0
  const counts = `${added.length} new, ${removed.length} no longer, ${altered.length} altered`
  return [
    `Against ${base.revision} (${base.commit.slice(0, 12)}): ${differs ? counts : 'this declaration changes nothing'}.`,
    `Needed anyway: ${counted(anyway.changes, 'change')}, ${anyway.blocked} blocked, ${anyway.inFlight} in flight, ${anyway.drift} drift.`,
    ...(found === 0 ? [] : [`${counted(found, 'diagnostic is new', 'diagnostics are new')}.`]),
    ...(notes === '' ? [] : [`At ${base.revision}: ${notes}.`]),
  ].join(' ')
}

/** A guard that differs, one line: `maxMachines: limit 50 -> 500, fail -> pass`. Not escaped. */
export function guardWords({ name, base, now }: Comparison['guards'][number]): string {
  if (base === null || now === null) {
    const { limit } = (now ?? base) as NonNullable<typeof now>
    return `${name}: ${base === null ? `new, limit ${limit}` : `no longer set, was ${limit}`}`
  }
  const parts = [
    base.limit !== now.limit && `limit ${base.limit} -> ${now.limit}`,
    base.status !== now.status && `${base.status} -> ${now.status}`,
  ]
  return `${name}: ${joined(parts)}`
}
