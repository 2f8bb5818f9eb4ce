import type { Rollout } from '../plan/assemble/rollout.ts'
import type { StopRules } from '../schema/configuration.ts'
import type { Item } from './item.ts'
import type { RolloutResult } from './result.ts'

/** Where a run stands among its waves: which machines it may send to. Without a rollout it is one open wave. */
export class WaveGate {
  /** Machine ids of each wave. */
  readonly waves: Rollout['waves']
  readonly stopWhen: StopRules
  /** Whether a wave that has ended is looked at before the next one. */
  isLooking = false
  readonly #waveOf: ReadonlyMap<string, number>
  readonly #silent = new Map<number, number>()
  #current = 0
  #stoppedBy: string | null = null
  #isClosed = false

  constructor(rollout: Rollout | undefined) {
    this.waves = rollout?.waves ?? []
    this.stopWhen = rollout?.stopWhen ?? {}
    this.#waveOf = new Map(this.waves.flatMap((ids, wave) => ids.map(id => [id, wave] as const)))
  }

  /** How many waves there are; 0 without a rollout. */
  get count(): number {
    return this.waves.length
  }

  /** The wave that is open, counted from 1. */
  get number(): number {
    return this.#current + 1
  }

  /** Machine ids of the wave that is open. */
  get machineIds(): readonly string[] {
    return this.waves[this.#current] ?? []
  }

  /** Why nothing more may be sent; null while a wave is open. */
  get stoppedBy(): string | null {
    return this.#stoppedBy
  }

  /** Whether waves are to come: then the run is not over, although nothing may be left to do in this one. */
  get isHolding(): boolean {
    return this.#stoppedBy === null && !this.#isClosed && this.number < this.count
  }

  /** Whether an item has to wait for its wave: a renewal never, and a machine that a chain left open is closed in any case. */
  isHeld(item: Pick<Item, 'machineId' | 'opened' | 'change'>): boolean {
    const { machineId, opened, change } = item
    return !opened && change?.renews === undefined && (this.#waveOf.get(machineId) ?? 0) > this.#current
  }

  /** Opens the next wave. */
  openNext(): void {
    this.#current += 1
  }

  noteSilent(machines: number): void {
    this.#silent.set(this.#current, machines)
  }

  /** Opens no further wave: what was queued has been given up. */
  close(): void {
    this.#isClosed = true
  }

  stop(message: string): void {
    this.#stoppedBy = message
  }

  /**
   * How each wave went.
   *
   * @param isDone - Whether the open one has ended.
   */
  standings(isDone: boolean): readonly Omit<RolloutResult['waves'][number], 'failed'>[] {
    const hasEnded = isDone && !this.#isClosed
    const last = this.#stoppedBy === null ? (hasEnded ? 'ended' : 'open') : 'stopped'
    return this.waves.map(({ length }, wave) => ({
      machines: length,
      state: wave < this.#current ? 'ended' : wave > this.#current ? 'not-started' : last,
      silent: this.#silent.get(wave) ?? 0,
    }))
  }
}
