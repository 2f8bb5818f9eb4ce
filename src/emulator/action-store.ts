import type { Instant } from '../schema/instant.ts'
import { hasEnded, type StoredAction } from './stored-action.ts'

/** The history of the tenant: in order of creation, and by id and machine. */
export class ActionStore {
  readonly #ordered: StoredAction[] = []
  readonly #byId: Map<string, StoredAction> = new Map()
  readonly #byMachine: Map<string, StoredAction[]> = new Map()
  readonly #inFlight: Map<string, Set<StoredAction>> = new Map()

  /** Adds an action, at its place by creation. */
  add(record: StoredAction): void {
    insertByCreation(this.#ordered, record)
    this.#byId.set(record.id, record)
    const own = this.#byMachine.get(record.machineId)
    if (own === undefined) this.#byMachine.set(record.machineId, [record])
    else insertByCreation(own, record)
    this.touch(record)
  }

  /** Notes that a record changed: its cached row is dropped, and it is in flight no longer once it has ended. */
  touch(record: StoredAction): void {
    record.json = undefined
    const key = record.machineId
    if (hasEnded(record)) {
      this.#inFlight.get(key)?.delete(record)
      return
    }
    const waiting = this.#inFlight.get(key) ?? new Set()
    waiting.add(record)
    this.#inFlight.set(key, waiting)
  }

  find(id: string): StoredAction | undefined {
    return this.#byId.get(id.toLowerCase())
  }

  /** What is in flight on a machine, oldest first. */
  inFlightOn(machineId: string): readonly StoredAction[] {
    return [...(this.#inFlight.get(machineId) ?? [])]
  }

  /** Everything in flight, oldest first. */
  inFlight(): readonly StoredAction[] {
    return [...this.#inFlight.values()].flatMap(waiting => [...waiting]).sort(byCreation)
  }

  /** All actions, oldest first. */
  all(): readonly StoredAction[] {
    return this.#ordered
  }

  /** The actions of some machines, oldest first. */
  ofMachines(machineIds: ReadonlySet<string>): readonly StoredAction[] {
    const lists = [...machineIds].map(id => this.#byMachine.get(id) ?? [])
    return lists.length === 1 ? (lists[0] ?? []) : lists.flat().sort(byCreation)
  }

  /** The actions with some ids, oldest first. */
  withIds(ids: ReadonlySet<string>): readonly StoredAction[] {
    const found: StoredAction[] = []
    for (const id of ids) {
      const record = this.#byId.get(id)
      if (record !== undefined) found.push(record)
    }
    return found.sort(byCreation)
  }
}

function byCreation(left: StoredAction, right: StoredAction): number {
  return left.creation < right.creation ? -1 : left.creation > right.creation ? 1 : 0
}

/** The index of the first action created at or after a time, in a list that is oldest first. */
export function firstCreatedFrom(ordered: readonly StoredAction[], from: Instant): number {
  let low = 0
  let high = ordered.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ordered[middle] as StoredAction).creation < from) low = middle + 1
    else high = middle
  }
  return low
}

function insertByCreation(ordered: StoredAction[], record: StoredAction): void {
  const last = ordered.at(-1)
  if (last === undefined || last.creation <= record.creation) {
    ordered.push(record)
    return
  }
  let index = firstCreatedFrom(ordered, record.creation)
  while (ordered[index]?.creation === record.creation) index += 1
  ordered.splice(index, 0, record)
}
