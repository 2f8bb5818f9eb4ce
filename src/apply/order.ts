import type { Change } from '../plan/document/document.ts'
import { compareText } from '../posture/history.ts'
import type { FacetName } from '../schema/policy.ts'
import { type ChangeItem, type Item, isChangeItem } from './item.ts'

/** Facets in the order in which their requests are sent (docs/contract.md#order); lifts come after them, offboarding last. */
const RANKS: Readonly<Record<FacetName, number>> = {
  isolated: 1,
  restricted: 1,
  collected: 3,
  liveResponse: 3,
  quarantined: 4,
  scanned: 4,
  offboarded: 6,
}

/** What was contained before comes after what never was, and before everything else (docs/contract.md#renewal-limits). */
const RENEWAL_RANK = 2
const LIFT_RANK = 5

/** Where a change stands in the order of sending: a machine that a chain left open goes before everything. */
export function rankOf(change: Change, opened: boolean): number {
  if (opened) return 0
  if (change.renews !== undefined) return RENEWAL_RANK
  return change.after === 'none' ? LIFT_RANK : RANKS[change.facet]
}

/** Sorts the items that have something to send: by rank, then by address. */
export function inSendingOrder(items: Iterable<Item>): readonly ChangeItem[] {
  return [...items]
    .filter(isChangeItem)
    .map(item => ({ item, rank: rankOf(item.change, item.opened) }))
    .sort((a, b) => a.rank - b.rank || compareText(a.item.address, b.item.address))
    .map(({ item }) => item)
}
