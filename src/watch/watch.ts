import type { Clock } from '../apply/ports.ts'
import type { DriftEvent } from '../report/documents/drift-events.ts'
import { addMs, type Instant } from '../schema/instant.ts'
import { compareLooks, type LookDifference } from './compare-looks.ts'
import type { FailedLook, Look, LookAnswer } from './look.ts'
import { restMs } from './rest.ts'
import { outageEvent, recoveredEvent, resolvedEvent, type WatchEvent } from './watch-events.ts'

/** So many failed looks in a row are an outage, which is an event of its own (docs/contract.md#watch). */
const OUTAGE_AFTER = 3
/** A long rest is cut into pieces: a machine that was asleep must notice that its time is over. */
const PIECE_MS = 20_000

/** What a watcher needs of its surroundings. */
export interface WatchPorts {
  readonly clock: Clock
  /** Takes one look. Never rejects. */
  look(signal: AbortSignal): Promise<LookAnswer>
  /** Does what a look found due, where the watcher may; resolves when nothing of it is open any more. Never rejects. */
  act(look: Look, signal: AbortSignal): Promise<void>
  /** Hands events on, each once. Never rejects: what cannot be delivered is told and kept. */
  tell(events: readonly WatchEvent[]): Promise<void>
  /** Notes how a look went, for people and for metrics. */
  note(answer: LookAnswer, difference: LookDifference): void
}

export interface WatchOptions {
  readonly everyMs: number
  /** When to end, by the clock of this machine; undefined for never. */
  readonly until?: Instant
  /** Identifies the watcher in events of its own where no look has told the tenant. */
  readonly source: string
}

const NO_DIFFERENCE: LookDifference = { added: [], resolved: [] }

/**
 * Looks, tells what changed, acts where it may, and rests until the next look is due; until its time is over or the
 * signal aborts. A failed look is tried again at the next time; it changes nothing of what is known.
 */
export class Watcher {
  readonly #ports: WatchPorts
  readonly #options: WatchOptions
  #known: readonly DriftEvent[] = []
  #failed = 0
  #failingSince: Instant | undefined
  #source: string

  constructor(options: WatchOptions, ports: WatchPorts) {
    this.#options = options
    this.#ports = ports
    this.#source = options.source
  }

  /** Runs to its end. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports
    while (!signal.aborted && !this.#isOver()) {
      const answer = await this.#ports.look(signal)
      if (signal.aborted) return
      const rest =
        answer.kind === 'seen' ? await this.#seen(answer.look, signal) : await this.#failure(answer.failure)
      await this.#rest(rest, clock, signal)
    }
  }

  #isOver(): boolean {
    const { until } = this.#options
    return until !== undefined && this.#ports.clock.now() >= until
  }

  async #seen(look: Look, signal: AbortSignal): Promise<number> {
    const { clock } = this.#ports
    const difference = compareLooks(this.#known, look.findings)
    this.#known = look.findings
    this.#source = look.findings[0]?.source ?? this.#source
    this.#ports.note({ kind: 'seen', look }, difference)
    await this.#ports.tell([
      ...this.#recovered(look.at),
      ...difference.added,
      ...difference.resolved.map(finding => resolvedEvent(finding, look.at)),
    ])
    await this.#ports.act(look, signal)
    return restMs(addMs(clock.now(), look.clockSkewMs), look.at, this.#options.everyMs, look.nextLookAt)
  }

  #recovered(at: Instant): readonly WatchEvent[] {
    const since = this.#failingSince
    const wasTold = this.#failed >= OUTAGE_AFTER
    this.#failed = 0
    this.#failingSince = undefined
    return since !== undefined && wasTold ? [recoveredEvent(this.#source, since, at)] : []
  }

  async #failure(failure: FailedLook): Promise<number> {
    const { clock } = this.#ports
    this.#failed += 1
    this.#failingSince ??= clock.now()
    this.#ports.note({ kind: 'failed', failure }, NO_DIFFERENCE)
    if (this.#failed === OUTAGE_AFTER) {
      await this.#ports.tell([outageEvent(this.#source, failure, this.#failingSince, this.#failed)])
    }
    return this.#options.everyMs
  }

  /** Rests in pieces, by the clock that nobody sets and by that of the wall: whichever says first that it is over. */
  async #rest(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    const { until } = this.#options
    const begun = clock.monotonicMs()
    const wakeAt = addMs(clock.now(), ms)
    while (!signal.aborted) {
      const left = ms - (clock.monotonicMs() - begun)
      const now = clock.now()
      if (left <= 0 || now >= wakeAt || (until !== undefined && now >= until)) return
      await clock.sleep(Math.min(left, PIECE_MS), signal)
    }
  }
}
