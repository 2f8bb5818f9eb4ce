import { formatInstant } from '../schema/instant.ts'
import { type ChangeItem, recordAt } from './item.ts'
import type { AnswerTrace, Journal } from './ports.ts'
import type { Retry } from './read-journal.ts'
import type { RunClock } from './run-clock.ts'

/** What the journal says about one intent's answer. */
export interface AnswerNote {
  readonly kind: string
  readonly actionId?: string | null
  readonly status?: string | number | null
  readonly code?: string | null
  readonly trace?: AnswerTrace
}

/** Identifies one intent of one run. */
export interface Intent {
  readonly number: number
  readonly address: string
  readonly request: number
}

/**
 * Writes the journal of one run, one entry after the other.
 *
 * Entries name addresses, types, ids and codes, and never a body, a comment or a token. Once an entry could not be
 * written nothing more is: the journal then ends where the run stopped submitting.
 */
export class Ledger {
  readonly #journal: Journal
  readonly #clock: RunClock
  readonly #common: { readonly runId: string; readonly planId: string }
  readonly #onFailure: (error: unknown) => void
  readonly #renewals: ReadonlyMap<string, string>
  #intents = 0
  #failed = false
  #tail: Promise<unknown> = Promise.resolve()

  constructor(
    journal: Journal,
    clock: RunClock,
    common: { readonly runId: string; readonly planId: string },
    onFailure: (error: unknown) => void,
    renewals: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#journal = journal
    this.#clock = clock
    this.#common = common
    this.#onFailure = onFailure
    this.#renewals = renewals
  }

  /** Appends one entry; false where it, or an earlier one, could not be written. */
  write(event: string, details: Readonly<Record<string, unknown>>): Promise<boolean> {
    const written = this.#tail.then(async () => {
      if (this.#failed) return false
      try {
        await this.#journal.append({
          event,
          at: formatInstant(this.#clock.wall()),
          ...this.#common,
          ...details,
        })
        return true
      } catch (error) {
        this.#failed = true
        this.#onFailure(error)
        return false
      }
    })
    this.#tail = written
    return written
  }

  /** Appends what is about to be sent; undefined where it could not be written, and then nothing may be sent. */
  async intend(item: ChangeItem, path: string): Promise<Intent | undefined> {
    const intent: Intent = { number: this.#intents++, address: item.address, request: item.step }
    const written = await this.write('intent', {
      intent: intent.number,
      address: item.address,
      request: item.step,
      type: item.type,
      machineId: recordAt(item),
      path,
      change: item.change.fingerprint,
      ...this.#ofRenewals(item.address),
    })
    return written ? intent : undefined
  }

  /** Appends what is sent again; of renewals in an entry of their own. */
  async retry(retries: readonly Retry[]): Promise<void> {
    const isRenewal = ({ address }: Retry): boolean => this.#renewals.has(address)
    for (const group of [retries.filter(retry => !isRenewal(retry)), retries.filter(isRenewal)]) {
      const [first] = group
      if (first !== undefined)
        await this.write('retry', { retries: group, ...this.#ofRenewals(first.address) })
    }
  }

  /** What an entry about a renewal says beside the plan's id. */
  #ofRenewals(address: string): { readonly renewalsId?: string } {
    const renewalsId = this.#renewals.get(address)
    return renewalsId === undefined ? {} : { renewalsId }
  }

  /** Appends how an intent was answered, or what was found for it later. */
  answer(
    intent: Pick<Intent, 'address' | 'request'> & { readonly number?: number },
    note: AnswerNote,
  ): Promise<boolean> {
    return this.write('answer', {
      ...(intent.number === undefined ? {} : { intent: intent.number }),
      address: intent.address,
      request: intent.request,
      kind: note.kind,
      actionId: note.actionId ?? null,
      status: note.status ?? null,
      code: note.code ?? null,
      ...this.#ofRenewals(intent.address),
      ...(note.trace === undefined
        ? {}
        : { http: note.trace.httpStatus, correlation: note.trace.correlation }),
    })
  }
}
