import type { Instant } from '../schema/instant.ts'
import type { FormerHolder, Lease, LeaseAnswer, YieldRequest } from './ports.ts'
import type { Moment, RunClock } from './run-clock.ts'

/** How long a lease lasts without being renewed (docs/contract.md#lease-holder). */
export const LEASE_MS = 60_000

/** How many times a held lease is renewed in its length (docs/contract.md#lease-holder). */
const RENEWALS = 3

/** How often a held lease is renewed. */
export const RENEW_MS: number = LEASE_MS / RENEWALS

/**
 * Holds the lease of the tenant for one run: renews it while it is held, notices when it is lost, and takes it again
 * for a later submission.
 */
export class LeaseKeeper {
  readonly #lease: Lease
  readonly #clock: RunClock
  #renewing: AbortController | undefined
  /** When it was last known to be held. */
  #confirmedAt: Moment | undefined
  #generation: number | null = null
  #takenOver: FormerHolder | null = null
  #yieldTo: YieldRequest | null = null
  /** When lists have all that was submitted before this run had the lease. */
  #settledAt: Instant | undefined
  #onAsked: () => void = () => undefined
  #onLost: () => void = () => undefined
  #isLost = false

  constructor(lease: Lease, clock: RunClock) {
    this.#lease = lease
    this.#clock = clock
  }

  get isHeld(): boolean {
    return this.#renewing !== undefined
  }

  /** Whether it is held beyond doubt: it has not run out by either clock since it was last known to be. */
  get isSure(): boolean {
    const at = this.#confirmedAt
    return this.isHeld && at !== undefined && this.#clock.isWithin(at, this.#lease.lengthMs)
  }

  /** Which lease was acquired last; null before the first. */
  get generation(): number | null {
    return this.#generation
  }

  /** From whom this run took the lease over at last; null where nobody had it. */
  get takenOver(): FormerHolder | null {
    return this.#takenOver
  }

  /** Who was found to wait for this run to give the lease up; null where nobody was. */
  get yieldTo(): YieldRequest | null {
    return this.#yieldTo
  }

  /** Calls a listener once somebody is found to wait for the lease. */
  onAsked(listener: () => void): void {
    this.#onAsked = listener
  }

  /** Calls a listener once a lease is lost with which there is no going on; at once where it is already. */
  onLost(listener: () => void): void {
    this.#onLost = listener
    if (this.#isLost) listener()
  }

  /** Takes the lease, or says who has it. Rejects where the lease cannot be read or written. */
  async acquire(): Promise<LeaseAnswer> {
    const askedAt = this.#clock.moment()
    const answer = await this.#lease.acquire()
    if (answer.kind === 'held') {
      this.#confirmedAt = askedAt
      this.#generation = answer.generation
      this.#takenOver = answer.takenOver ?? this.#takenOver
      this.#settledAt = answer.settling?.until
      const renewing = new AbortController()
      this.#renewing = renewing
      void this.#renew(renewing)
    }
    return answer
  }

  /** Asks where the lease lies whether it is still this run's; where it is not, or cannot be asked, it is not held any more. */
  async confirm(): Promise<boolean> {
    const renewing = this.#renewing
    if (renewing === undefined) return false
    const askedAt = this.#clock.moment()
    const isHeld = await this.#lease.isStillHeld().catch(() => false)
    if (isHeld) this.#confirmedAt = askedAt
    else this.#lose(renewing)
    return isHeld
  }

  /**
   * Gives the lease back where it is held; false where that failed, and then it ends by itself.
   *
   * What an earlier run submitted may not be listed yet either: whoever comes next is told the later time.
   *
   * @param listedFrom - When lists have all that this run submitted; absent where it submitted nothing.
   */
  async release(listedFrom?: Instant): Promise<boolean> {
    if (this.#renewing === undefined) return true
    this.#renewing.abort()
    this.#renewing = undefined
    // Whoever asked has what he asked for.
    this.#yieldTo = null
    try {
      const settledAt = this.#settledAt
      const isLater = settledAt !== undefined && (listedFrom === undefined || settledAt > listedFrom)
      await this.#lease.release(isLater ? settledAt : listedFrom)
      return true
    } catch {
      return false
    }
  }

  /** Renews until told to stop; a lease that cannot be renewed is not held any more. */
  async #renew(renewing: AbortController): Promise<void> {
    for (;;) {
      await this.#clock.sleep(this.#lease.lengthMs / RENEWALS, renewing.signal)
      if (renewing.signal.aborted) return
      const askedAt = this.#clock.moment()
      const renewed = await this.#lease.renew().catch(() => false)
      if (renewed) {
        this.#confirmedAt = askedAt
        await this.#lookWhoAsks(renewing.signal)
        continue
      }
      this.#lose(renewing)
      return
    }
  }

  #lose(renewing: AbortController): void {
    renewing.abort()
    if (this.#renewing !== renewing) return
    this.#renewing = undefined
    if (this.#lease.isFenced === undefined) return
    this.#isLost = true
    this.#onLost()
  }

  /** A request that cannot be read is none: who asks waits for a bounded time only. */
  async #lookWhoAsks(signal: AbortSignal): Promise<void> {
    const request = await this.#lease.yieldAskedBy().catch(() => null)
    if (request === null || signal.aborted || this.#yieldTo !== null) return
    this.#yieldTo = request
    this.#onAsked()
  }
}
