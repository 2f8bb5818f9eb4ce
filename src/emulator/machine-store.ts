import type { StoredMachine, WireMachine } from './stored-machine.ts'

/** The inventory of the tenant: in order of appearance, and by id and name. */
export class MachineStore {
  readonly #ordered: StoredMachine[] = []
  readonly #byId: Map<string, StoredMachine> = new Map()
  readonly #byName: Map<string, StoredMachine[]> = new Map()
  #merged = false

  /** Adds a machine. */
  add(record: StoredMachine): void {
    this.#ordered.push(record)
    this.#byId.set(record.facts.id, record)
    this.#index(record)
  }

  /** Changes what is known of a machine; a new name takes effect at once. */
  change(record: StoredMachine, facts: Partial<WireMachine>): void {
    const old = record.facts.computerDnsName?.toLowerCase()
    const namesakes = this.named(old ?? '').filter(other => other !== record)
    if (old !== undefined) this.#byName.set(old, namesakes)
    record.facts = { ...record.facts, ...facts, id: record.facts.id }
    record.cache = undefined
    this.#index(record)
  }

  /** Whether any record was merged into another one. */
  hasMerged(): boolean {
    return this.#merged
  }

  #index(record: StoredMachine): void {
    if (record.facts.mergedIntoMachineId !== null) this.#merged = true
    const name = record.facts.computerDnsName?.toLowerCase()
    if (name === undefined) return
    const namesakes = this.#byName.get(name)
    if (namesakes === undefined) this.#byName.set(name, [record])
    else namesakes.push(record)
  }

  all(): readonly StoredMachine[] {
    return this.#ordered
  }

  /** Finds a machine by its id, in any letter case. */
  find(id: string): StoredMachine | undefined {
    return this.#byId.get(id.toLowerCase())
  }

  /** The records of a name, in any letter case: re-imaged machines have several. */
  named(name: string): readonly StoredMachine[] {
    return this.#byName.get(name.toLowerCase()) ?? []
  }

  withIds(ids: ReadonlySet<string>): readonly StoredMachine[] {
    return this.#ordered.filter(({ facts }) => ids.has(facts.id))
  }
}
