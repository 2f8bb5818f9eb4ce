import { canonicalJson } from '../../plan/document/digest.ts'
import type {
  ComparedBase,
  ComparedGuard,
  ComparedItem,
  Comparison,
  Guard,
  ListedItem,
  Plan,
  PlanDiagnostic,
  PolicyReference,
} from '../../plan/document/document.ts'
import { compareText } from '../../posture/history.ts'

/** Where the other declaration is from; the rest of {@link ComparedBase} is read off its plan. */
export type BaseOrigin = Pick<ComparedBase, 'revision' | 'commit' | 'policies'>

/** Everything that a plan says, each with its list. */
function listItems(plan: Plan): readonly ListedItem[] {
  return [
    ...plan.changes.map((item): ListedItem => ({ list: 'changes', item })),
    ...plan.blocked.map((item): ListedItem => ({ list: 'blocked', item })),
    ...plan.inFlight.map((item): ListedItem => ({ list: 'inFlight', item })),
    ...plan.drift.map((item): ListedItem => ({ list: 'drift', item })),
  ]
}

/** What is one thing in two plans: a change that became blocked is still the same thing. */
function keyOf({ list, item }: ListedItem): string {
  const aspect = list === 'changes' || list === 'blocked' ? 'work' : list
  return JSON.stringify([item.address, aspect, 'actionId' in item ? item.actionId : null])
}

/** A policy without its place: a line that moved in its file changes nothing. */
function namedPolicy(policy: PolicyReference | null): unknown {
  return policy && { name: policy.name, expires: policy.expires }
}

/** What an item says, in a form that can be compared; sentences for people are left out, their codes stay. */
function essenceOf({ list, item }: ListedItem): Readonly<Record<string, unknown>> {
  const codes = 'warnings' in item ? item.warnings.map(({ code }) => code) : []
  const policy = 'policy' in item ? namedPolicy(item.policy) : null
  return { ...item, list, policy, warnings: codes, message: null }
}

function sayingOf(listed: ListedItem): string {
  return canonicalJson(essenceOf(listed))
}

/** What is different about a thing; that it stands in another list says all. */
function differingFields(base: ListedItem, now: ListedItem): readonly string[] {
  if (base.list !== now.list) return ['list']
  const [before, after] = [essenceOf(base), essenceOf(now)]
  const differs = (key: string): boolean => canonicalJson(before[key]) !== canonicalJson(after[key])
  return Object.keys(after)
    .filter(key => key !== 'fingerprint' && differs(key))
    .sort()
}

function groupItems(plan: Plan): ReadonlyMap<string, readonly ListedItem[]> {
  return Map.groupBy(listItems(plan), keyOf)
}

/** Takes out of each side what the other says too. */
function withoutShared(
  base: readonly ListedItem[],
  now: readonly ListedItem[],
): {
  readonly base: readonly ListedItem[]
  readonly now: readonly ListedItem[]
  readonly shared: readonly ListedItem[]
} {
  const [before, after] = [base.map(sayingOf), now.map(sayingOf)]
  return {
    base: base.filter((_item, index) => !after.includes(before[index] as string)),
    now: now.filter((_item, index) => !before.includes(after[index] as string)),
    shared: now.filter((_item, index) => before.includes(after[index] as string)),
  }
}

/** Pairs what is left of one thing: a thing of both sides is altered, of one side added or removed. */
function pairItems(base: readonly ListedItem[], now: readonly ListedItem[]): readonly ComparedItem[] {
  return Array.from({ length: Math.max(base.length, now.length) }, (_, index) => {
    const [before = null, after = null] = [base[index], now[index]]
    const { address } = ((after ?? before) as ListedItem).item
    const fields = before === null || after === null ? [] : differingFields(before, after)
    return { address, base: before, now: after, fields }
  })
}

/** Leaves out drift that is told by the change or block at the same address, of the same side. */
function withoutAnswered(items: readonly ComparedItem[]): readonly ComparedItem[] {
  const isDrift = ({ base, now }: ComparedItem): boolean => (now ?? base)?.list === 'drift'
  const work = items.filter(item => !isDrift(item))
  const toldNow = new Set(work.filter(({ now }) => now !== null).map(({ address }) => address))
  const toldAtBase = new Set(work.filter(({ base }) => base !== null).map(({ address }) => address))
  const isTold = ({ address, now }: ComparedItem): boolean =>
    (now === null ? toldAtBase : toldNow).has(address)
  return items.filter(item => !(isDrift(item) && isTold(item)))
}

function compareGuards(base: readonly Guard[], now: readonly Guard[]): readonly ComparedGuard[] {
  const names = [...new Set([...base, ...now].map(({ name }) => name))].sort()
  return names
    .map(name => ({
      name,
      base: base.find(guard => guard.name === name) ?? null,
      now: now.find(guard => guard.name === name) ?? null,
    }))
    .filter(({ base, now }) => base?.limit !== now?.limit || base?.status !== now?.status)
}

/** Diagnostics that the others lack, whatever their place. */
function onlyIn(
  some: readonly PlanDiagnostic[],
  others: readonly PlanDiagnostic[],
): readonly PlanDiagnostic[] {
  const sayingOf = ({ severity, code, message }: PlanDiagnostic): string =>
    JSON.stringify([severity, code, message])
  const known = new Set(others.map(sayingOf))
  return some.filter(diagnostic => !known.has(sayingOf(diagnostic)))
}

function countLists(items: readonly ListedItem[]): Comparison['anyway'] {
  const count = (wanted: ListedItem['list']): number => items.filter(({ list }) => list === wanted).length
  return {
    changes: count('changes'),
    blocked: count('blocked'),
    inFlight: count('inFlight'),
    drift: count('drift'),
  }
}

/**
 * Says what one declaration changes against another, from the plans that both make of one observation.
 *
 * A thing is an address; a change that became blocked, or has another value, reason, request, expiry or warning, is
 * altered. Where a policy stands in its file, and how a message is worded, makes no difference. Drift that a listed
 * change or block answers is not listed again.
 */
export function comparePlans(base: Plan, now: Plan, origin: BaseOrigin): Comparison {
  const [before, after] = [groupItems(base), groupItems(now)]
  const groups = [...new Set([...before.keys(), ...after.keys()])].map(key =>
    withoutShared(before.get(key) ?? [], after.get(key) ?? []),
  )
  const items = withoutAnswered(groups.flatMap(group => pairItems(group.base, group.now))).toSorted((a, b) =>
    compareText(a.address, b.address),
  )
  const { planId, complete, errored } = base
  return {
    base: { ...origin, planId, complete, errored },
    added: items.filter(item => item.base === null),
    removed: items.filter(item => item.now === null),
    altered: items.filter(item => item.base !== null && item.now !== null),
    guards: compareGuards(base.guards, now.guards),
    diagnostics: {
      added: onlyIn(now.diagnostics, base.diagnostics),
      removed: onlyIn(base.diagnostics, now.diagnostics),
    },
    anyway: countLists(groups.flatMap(({ shared }) => shared)),
  }
}
