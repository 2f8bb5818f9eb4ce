import { addMs, type Instant } from '../schema/instant.ts'
import { endOf } from './action-end.ts'
import { earliestOf } from './earliest-instant.ts'
import type { ChangeItem } from './item.ts'
import { judgeNow } from './judge-now.ts'
import type { Run } from './run.ts'

/** A change is sent on a look at most 60 s old (docs/contract.md#fresh-look). */
export const FRESH_MS = 60_000

/** What is left of that for the journal and the way there when a change is taken up. */
const ON_THE_WAY_MS = 5000

/** How long an action may take to be listed; a look asks that much further back than the look before it. */
const LISTED_LATE_MS = 300_000

/** How many machines one look takes in: what the quota lets through in a minute. */
export const LOOK_BATCH = 100

/** Says whether what is known of a machine is recent enough to take up a change of it. */
export function isFresh(run: Run, machineId: string, ms: number = FRESH_MS - ON_THE_WAY_MS): boolean {
  const moment = run.known.lookedAt(machineId)
  return moment !== undefined && moment.at >= run.looksFrom && run.clock.isWithin(moment, ms)
}

/**
 * Says whether a request may leave at this very moment: nothing has stopped the run, the lease is held beyond doubt, the
 * look at its machine is recent by both clocks, and nothing that was read since says otherwise.
 *
 * Whatever slept until now, such as a stopped process or a suspended machine, looks again.
 */
export function mayLeave(run: Run, item: ChangeItem): boolean {
  if (run.isStopped || !run.lease.isSure || !isFresh(run, item.machineId, FRESH_MS)) return false
  return judgeNow(run, item).kind === 'unmoved'
}

/** What came of a look. */
export type LookResult =
  | { readonly kind: 'looked'; readonly askedAt: Instant }
  | { readonly kind: 'failed'; readonly message: string; readonly unauthorized: boolean }

/**
 * Looks at machines again: their records and their history. Changes of them may be sent on it.
 *
 * @param actionIds - Actions to read whatever their age.
 */
export async function lookAt(
  run: Run,
  machineIds: readonly string[],
  actionIds: readonly string[] = [],
): Promise<LookResult> {
  const moment = run.clock.moment()
  const result = await readHistory(run, machineIds, actionIds)
  if (result.kind === 'failed') return result
  const recordIds = run.known.recordIds(machineIds)
  const machines = await run.deps.api.listMachines(recordIds, run.options.signal)
  if (machines === null) {
    return { kind: 'failed', message: 'The machines could not be read.', unauthorized: false }
  }
  run.known.replaceMachines(recordIds, machines)
  run.asked.look(machines, run.serviceNow())
  run.known.markLooked(machineIds, moment)
  return result
}

/**
 * Reads the history of machines again: what was created since the last look, and what was in flight then.
 *
 * @param actionIds - Actions to read whatever their age.
 */
export async function readHistory(
  run: Run,
  machineIds: readonly string[],
  actionIds: readonly string[] = [],
): Promise<LookResult> {
  const { api } = run.deps
  const { signal } = run.options
  const askedAt = run.clock.now()
  const lookedAt = machineIds.map(id => run.known.lookedAt(id)?.at ?? run.startedAt)
  const earliest = earliestOf(lookedAt) ?? askedAt
  const from = addMs(earliest, -LISTED_LATE_MS)
  // The `Date` that tells the service's clock can be that of a gateway; the stamps then keep to a clock of their own.
  const createdFrom = earliestOf([from, run.toServiceTime(from)]) ?? from
  const recordIds = run.known.recordIds(machineIds)
  const listed = await api.listActions({ kind: 'machines', machineIds: recordIds, createdFrom }, signal)
  if (listed.kind === 'failed') return listed
  if (listed.clockSkewMs !== undefined) run.noteServiceTime(listed.clockSkewMs)
  run.known.merge(listed.actions)
  const ids = new Set(actionIds)
  for (const { id, status } of machineIds.flatMap(machineId => run.known.of(machineId))) {
    if (endOf(status) === null) ids.add(id)
  }
  for (const { id } of listed.actions) ids.delete(id)
  if (ids.size === 0) return { kind: 'looked', askedAt }
  const again = await api.listActions({ kind: 'ids', ids: [...ids].sort() }, signal)
  if (again.kind === 'failed') return again
  run.known.merge(again.actions)
  return { kind: 'looked', askedAt }
}
