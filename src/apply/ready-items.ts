import { endOf } from './action-end.ts'
import { explain } from './codes.ts'
import { type ChangeItem, isHalfway, opensChain } from './item.ts'
import { isGood } from './outcomes.ts'
import type { Run } from './run.ts'

/** What could be sent now, and what has to see an end first. */
export interface Queued {
  /**
   * In sending order, at most one of each machine: on one machine a request is sent when the one before was answered.
   * Of one kind no more than can be sent before the next look.
   */
  readonly ready: readonly ChangeItem[]
  /** Ids of the actions whose end something queued waits for. */
  readonly waitedFor: ReadonlySet<string>
}

/** How many of one kind are chosen at once: what the quota lets through in a minute, and some more. */
const ENOUGH = 120

const NONE: readonly string[] = []

type Dependency = 'met' | 'failed' | { readonly waitsFor: readonly string[] }

/** Chooses what may be sent next, and ends what depends on something that did not succeed. */
export function chooseReady(run: Run): Queued {
  const ready: ChangeItem[] = []
  const waitedFor = new Set<string>()
  const claimed = new Set<string>()
  const counts = new Map<string, number>()
  const items = run.inOrder()
  for (const item of items) {
    if (item.stage.kind === 'sending' || item.stage.kind === 'looking') claimed.add(item.machineId)
  }
  for (const item of items) {
    if (item.stage.kind === 'in-flight' && isHalfway(item)) waitedFor.add(item.stage.actionId)
    if (item.stage.kind !== 'queued' || run.gate.isHeld(item)) continue
    const dependency = judgeDependencies(run, item)
    if (dependency === 'failed') {
      const code = 'dependency-failed'
      run.dispatch(item.address, { kind: 'ended', outcome: 'not-attempted', code, detail: explain(code) })
      continue
    }
    const ends = dependency === 'met' ? sameTypeInFlight(run, item) : dependency.waitsFor
    for (const id of ends) waitedFor.add(id)
    if (dependency !== 'met' || ends.length > 0 || claimed.has(item.machineId)) continue
    claimed.add(item.machineId)
    const kind = `${item.type} ${opensChain(item)}`
    const count = counts.get(kind) ?? 0
    counts.set(kind, count + 1)
    if (count < ENOUGH) ready.push(item)
  }
  return { ready, waitedFor }
}

/** Ids of this plan's other actions of one type that are in flight on the machine: the service does one at a time. */
function sameTypeInFlight(run: Run, item: ChangeItem): readonly string[] {
  if (run.isAlone(item.machineId)) return NONE
  return run
    .itemsOf(item.machineId)
    .flatMap(({ type, stage }) => (type === item.type && stage.kind === 'in-flight' ? [stage.actionId] : []))
}

/**
 * Judges what a change depends on. Its own address stands for the actions of its type that were in flight; a change
 * of the same facet only has to end, and every other one has to succeed.
 */
function judgeDependencies(run: Run, item: ChangeItem): Dependency {
  const waitsFor: string[] = []
  let isMet = true
  for (const address of item.change.dependsOn) {
    if (address === item.address) {
      const ends = foreignInFlight(run, item)
      isMet &&= ends.length === 0
      waitsFor.push(...ends)
      continue
    }
    const other = run.item(address)
    if (other === undefined) return 'failed'
    const { stage } = other
    const onlyHasToEnd = other.change?.facet === item.change.facet
    if (stage.kind === 'ended') {
      if (!onlyHasToEnd && !isGood(stage.outcome)) return 'failed'
      continue
    }
    isMet = false
    if (stage.kind === 'in-flight') waitsFor.push(stage.actionId)
  }
  return isMet ? 'met' : { waitsFor }
}

/** Ids of all known actions of an item's type that are in flight on its machine. */
function foreignInFlight(run: Run, item: ChangeItem): readonly string[] {
  return run.known
    .of(item.machineId)
    .filter(({ type, status }) => type === item.type && endOf(status) === null)
    .map(({ id }) => id)
}
