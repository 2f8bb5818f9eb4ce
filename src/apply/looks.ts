import { addMs, type Instant } from '../schema/instant.ts'
import { endOf } from './action-end.ts'
import { earliestOf } from './earliest-instant.ts'
import { opensChain } from './item.ts'
import type { Run } from './run.ts'

/** A change is sent on a look at most 60 s old (docs/contract.md#fresh-look); the rest is for the journal and the way there. */
const FRESH_MS = 55_000

/** How long an action may take to be listed; a look asks that much further back than the look before it. */
const LISTED_LATE_MS = 300_000

/** How many machines one look takes in: what the quota lets through in a minute. */
export const LOOK_BATCH = 100

/** Says whether what is known of a machine is recent enough to send on. */
export function isFresh(run: Run, machineId: string): boolean {
  const at = run.known.lookedAt(machineId)
  return at !== undefined && at >= run.looksFrom && addMs(at, FRESH_MS) >= run.clock.now()
}

/** What came of a look. */
export type LookResult =
  | { readonly kind: 'looked'; readonly askedAt: Instant }
  | { readonly kind: 'failed'; readonly message: string; readonly unauthorized: boolean }

/**
 * Reads the machines' history again: what was created since the last look, what was in flight then, and for a change
 * that opens a machine its health.
 *
 * @param actionIds - Actions to read whatever their age.
 */
export async function lookAt(
  run: Run,
  machineIds: readonly string[],
  actionIds: readonly string[] = [],
): Promise<LookResult> {
  const { api } = run.deps
  const { signal } = run.options
  const askedAt = run.clock.now()
  const lookedAt = machineIds.map(id => run.known.lookedAt(id) ?? run.startedAt)
  const earliest = earliestOf(lookedAt) ?? askedAt
  const from = addMs(earliest, -LISTED_LATE_MS)
  // The `Date` that tells the service's clock can be that of a gateway; the stamps then keep to a clock of their own.
  const createdFrom = earliestOf([from, run.toServiceTime(from)]) ?? from
  const listed = await api.listActions({ kind: 'machines', machineIds, createdFrom }, signal)
  if (listed.kind === 'failed') return listed
  run.known.merge(listed.actions)
  const ids = new Set(actionIds)
  for (const { id, status } of machineIds.flatMap(machineId => run.known.of(machineId))) {
    if (endOf(status) === null) ids.add(id)
  }
  for (const { id } of listed.actions) ids.delete(id)
  if (ids.size > 0) {
    const again = await api.listActions({ kind: 'ids', ids: [...ids].sort() }, signal)
    if (again.kind === 'failed') return again
    run.known.merge(again.actions)
  }
  const opened = machineIds.filter(id =>
    run.itemsOf(id).some(item => item.stage.kind === 'queued' && opensChain(item)),
  )
  if (opened.length > 0) {
    const machines = await api.listMachines(opened, signal)
    if (machines === null) {
      return { kind: 'failed', message: 'The machines could not be read.', unauthorized: false }
    }
    run.known.mergeMachines(machines)
  }
  run.known.markLooked(machineIds, askedAt)
  return { kind: 'looked', askedAt }
}
