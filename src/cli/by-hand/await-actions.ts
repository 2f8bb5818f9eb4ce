import type { Clock } from '../../apply/ports.ts'
import { RunClock } from '../../apply/run-clock.ts'
import { DefenderError, isFatal } from '../../defender/defender-error.ts'
import type { ReadClient } from '../../defender/read-client.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { hasEnded } from '../../posture/status.ts'
import { addMs } from '../../schema/instant.ts'

/** What is waited for, and how. */
export interface Waiting {
  readonly ids: readonly string[]
  readonly client: Pick<ReadClient, 'listActions'>
  readonly clock: Clock
  readonly pollIntervalMs: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Called with every action whose status is another one than at the look before. */
  readonly onChange?: (action: MachineAction) => void
}

/**
 * Looks at actions by list calls until all have ended, the time is over, or a signal came.
 *
 * A look that fails is not the end: what it would have shown is not known, so the next one is waited for. A fresh
 * action may be missing in lists for a while (docs/service.md#listed-late).
 *
 * @returns What was seen last of each; one that was never listed is absent. Rejects with a fatal DefenderError.
 */
export async function awaitActions(waiting: Waiting): Promise<ReadonlyMap<string, MachineAction>> {
  const { ids, pollIntervalMs, timeoutMs, signal, onChange } = waiting
  const clock = new RunClock(waiting.clock)
  const seen = new Map<string, MachineAction>()
  const deadline = addMs(clock.now(), timeoutMs)
  for (;;) {
    const open = ids.filter(id => !isOver(seen.get(id)))
    for (const action of await look(waiting, open)) {
      if (seen.get(action.id)?.status !== action.status) onChange?.(action)
      seen.set(action.id, action)
    }
    if (signal.aborted || ids.every(id => isOver(seen.get(id)))) return seen
    if (addMs(clock.now(), pollIntervalMs) > deadline) return seen
    await clock.sleep(pollIntervalMs, signal)
  }
}

function isOver(action: MachineAction | undefined): boolean {
  return action !== undefined && hasEnded(action)
}

async function look({ client, signal }: Waiting, ids: readonly string[]): Promise<readonly MachineAction[]> {
  try {
    return await client.listActions({ kind: 'ids', ids }, signal)
  } catch (error) {
    if (!(error instanceof DefenderError) || isFatal(error)) throw error
    return []
  }
}
