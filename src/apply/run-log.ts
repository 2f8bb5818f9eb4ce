import { formatInstant, type Instant, msBetween } from '../schema/instant.ts'
import type { Outcome } from './result.ts'
import type { Run } from './run.ts'

/** A hold of submitting that is shorter than this is over before anybody could read of it. */
const WORTH_TELLING_MS = 5000

/**
 * Writes into the journal how a run goes on, beside its intents and answers, for whoever asks from another terminal
 * (`apply --status`). Nothing that resuming rests on is in it.
 */
export class RunLog {
  readonly #run: Run
  #heldUntil: Instant | undefined

  constructor(run: Run) {
    this.#run = run
  }

  /**
   * Writes down what ended, and which actions of others or of an earlier run are awaited, since the last time; and until
   * when quota holds submitting back, where that is long.
   */
  note(heldUntil: Instant | null): void {
    const inFlight: string[] = []
    const ended: Record<string, Outcome> = {}
    for (const { address, stage, adopted } of this.#run.takeMoved()) {
      if (stage.kind === 'ended') ended[address] = stage.outcome
      else if (stage.kind === 'in-flight' && adopted) inFlight.push(address)
    }
    const { ledger } = this.#run
    if (inFlight.length + Object.keys(ended).length > 0) void ledger.write('progress', { inFlight, ended })
    if (heldUntil === null || !this.#isNews(heldUntil)) return
    this.#heldUntil = heldUntil
    void ledger.write('held', { until: formatInstant(heldUntil) })
  }

  /** Whether it is a long hold, and not the one that was told already. */
  #isNews(heldUntil: Instant): boolean {
    const now = this.#run.clock.now()
    const isTold = this.#heldUntil !== undefined && this.#heldUntil > now
    return !isTold && msBetween(now, heldUntil) >= WORTH_TELLING_MS
  }
}
