import type { ApplyDependencies } from '../../src/apply/apply-options.ts'
import type { ActionApi, Clock, Journal, Lease } from '../../src/apply/ports.ts'

type Ports = Pick<ApplyDependencies, 'clock' | 'api' | 'journal' | 'lease'>

const NEVER: Promise<never> = new Promise(() => undefined)

/**
 * A process that is killed at one boundary: before or after the n-th call through a port that reads or writes
 * something outside. From then on nothing of it goes anywhere: every call it makes, and every sleep, never returns.
 */
export class DyingProcess {
  /** How many boundaries were passed, two for each call. */
  passed = 0
  readonly died: Promise<'died'>
  readonly #killAt: number
  #die: () => void = () => undefined
  #isDead = false

  /** @param killAt - Boundary at which it dies, counted from 0; infinite to count only. */
  constructor(killAt: number) {
    this.#killAt = killAt
    this.died = new Promise(resolve => {
      this.#die = () => resolve('died')
    })
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** The ports as the process sees them. */
  wrap({ clock, api, journal, lease }: Ports): Ports {
    return {
      clock: this.#clock(clock),
      api: this.#api(api),
      journal: this.#journal(journal),
      lease: this.#lease(lease),
    }
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    await this.#boundary()
    const value = await work()
    await this.#boundary()
    return value
  }

  async #boundary(): Promise<void> {
    if (!this.#isDead && this.passed === this.#killAt) {
      this.#isDead = true
      this.#die()
    }
    if (this.#isDead) return NEVER
    this.passed += 1
  }

  #clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs(),
      sleep: (ms, signal) => (this.#isDead ? NEVER : clock.sleep(ms, signal)),
    }
  }

  #api(api: ActionApi): ActionApi {
    return {
      observe: (need, signal) => this.#call(() => api.observe(need, signal)),
      listMachines: (ids, signal) => this.#call(() => api.listMachines(ids, signal)),
      listActions: (query, signal) => this.#call(() => api.listActions(query, signal)),
      submit: (...sent) => this.#call(() => api.submit(...sent)),
      cancel: (...sent) => this.#call(() => api.cancel(...sent)),
    }
  }

  #journal(journal: Journal): Journal {
    return {
      append: entry => this.#call(() => journal.append(entry)),
      read: () => this.#call(() => journal.read()),
    }
  }

  #lease(lease: Lease): Lease {
    return {
      lengthMs: lease.lengthMs,
      acquire: () => this.#call(() => lease.acquire()),
      renew: () => this.#call(() => lease.renew()),
      isStillHeld: () => this.#call(() => lease.isStillHeld()),
      release: listedFrom => this.#call(() => lease.release(listedFrom)),
      askToYield: (id, until) => this.#call(() => lease.askToYield(id, until)),
      withdraw: () => this.#call(() => lease.withdraw()),
      yieldAskedBy: () => this.#call(() => lease.yieldAskedBy()),
    }
  }
}
