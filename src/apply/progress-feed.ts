import { addMs, type Instant } from '../schema/instant.ts'
import type { Item } from './item.ts'
import { pathOf } from './paths.ts'
import type { Progress, ProgressItem } from './progress.ts'
import type { Run } from './run.ts'

/** Frames come at most this often; more of them nobody can see. */
const FRAME_MS = 100

/** Tells `onProgress` where a run stands. */
export class ProgressFeed {
  readonly #run: Run
  #lastAt: Instant | undefined
  #lastPhase: Progress['phase'] | undefined

  constructor(run: Run) {
    this.#run = run
  }

  /**
   * Hands over a frame, unless one of the same phase was handed over just now.
   *
   * @returns When the frame that was held back is due; null where none was.
   */
  emit(phase: Progress['phase'], deadline: Instant | null, heldUntil: Instant | null): Instant | null {
    const { deps, clock, startedAt } = this.#run
    const now = clock.now()
    if (deps.onProgress === undefined) return null
    const dueAt = this.#lastAt === undefined ? now : addMs(this.#lastAt, FRAME_MS)
    if (dueAt > now && phase === this.#lastPhase) return dueAt
    this.#lastAt = now
    this.#lastPhase = phase
    const items = [...this.#run.items]
    deps.onProgress({
      phase,
      now,
      startedAt,
      items: items.map(progressOf),
      deadline,
      heldUntil,
      ...waveOf(this.#run),
      submitMsLeft: this.#run.windows.msFor(countQueued(items), now),
    })
    return null
  }
}

function waveOf({ gate }: Run): Pick<Progress, 'wave'> {
  const { number, count, machineIds } = gate
  return count < 2 ? {} : { wave: { number, of: count, machines: machineIds.length } }
}

function progressOf(item: Item): ProgressItem {
  const { address, dnsName, type, stage, action, submittedAt } = item
  return {
    address,
    dnsName,
    type,
    state: stage.kind === 'looking' ? 'sending' : stage.kind,
    status: action?.status ?? null,
    outcome: stage.kind === 'ended' ? stage.outcome : null,
    submittedAt,
  }
}

function countQueued(items: readonly Item[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { stage, type } of items) {
    if (stage.kind !== 'queued') continue
    const path = pathOf(type)
    counts.set(path, (counts.get(path) ?? 0) + 1)
  }
  return counts
}
