import { addMs, type Instant, parseInstant } from '../schema/instant.ts'
import { type ApplyCode, explain } from './codes.ts'
import { earliestOf } from './earliest-instant.ts'
import type { Run } from './run.ts'

/** A full hour's window, and some time to send: by then something must have been accepted, whatever the quota. */
const STALL_MS = 65 * 60_000

/**
 * Until when submitting may go on: as long as the user said, as long as the plan is good, and as long as anything is
 * accepted at all.
 */
export class SubmitLimits {
  readonly #run: Run
  readonly #timeoutAt: Instant | null
  readonly #expiresAt: Instant | null

  constructor(run: Run) {
    this.#run = run
    const { submitTimeoutMs } = run.options
    this.#timeoutAt = submitTimeoutMs === undefined ? null : addMs(run.clock.now(), submitTimeoutMs)
    const expires = parseInstant(run.plan.expiresAt)
    this.#expiresAt = expires === undefined ? null : run.toOurTime(expires)
  }

  /** When what is queued is given up. */
  nextAt(): Instant | null {
    const queued = this.#run.inOrder().filter(({ stage }) => stage.kind === 'queued')
    const stallAt = addMs(this.#run.lastSubmitAt, STALL_MS)
    const isClosing = queued.every(({ opened }) => opened)
    return isClosing ? stallAt : earliestOf([stallAt, this.#timeoutAt, this.#expiresAt])
  }

  /** Ends what was not sent in time. A machine that a chain left open is closed all the same, while that can be. */
  giveUp(now: Instant): void {
    const isStalled = addMs(this.#run.lastSubmitAt, STALL_MS) <= now
    const hasExpired = this.#expiresAt !== null && this.#expiresAt <= now
    const code: ApplyCode = hasExpired ? 'expired' : 'submit-timeout'
    for (const { address, stage, opened } of this.#run.inOrder()) {
      if (stage.kind !== 'queued' || (opened && !isStalled)) continue
      this.#run.dispatch(address, { kind: 'ended', outcome: 'not-attempted', code, detail: explain(code) })
    }
    this.#run.gate.close()
  }
}
