import { formatInstant, type Instant, msBetween } from '../schema/instant.ts'
import { addTicks } from './stamp.ts'
import type { WireCommand } from './stored-action.ts'

const TICKS_PER_MS = 10_000

/** The commands of a live response that succeeded: they ran one after the other in the last part of it. */
export function commandsRun(
  commands: readonly WireCommand[],
  created: Instant,
  ended: Instant,
): readonly WireCommand[] {
  const stepMs = Math.min(2000, Math.floor(msBetween(created, ended) / (2 * commands.length)))
  const startOf = (index: number): Instant =>
    addTicks(ended, -(commands.length - index) * stepMs * TICKS_PER_MS)
  return commands.map((command, index) => ({
    ...command,
    startTime: formatInstant(startOf(index)),
    endTime: formatInstant(startOf(index + 1)),
    commandStatus: 'Completed',
  }))
}

/** The commands of a live response that failed: the first one failed, and those after it never ran. */
export function commandsFailed(
  commands: readonly WireCommand[],
  ended: Instant,
  errors: readonly string[],
): readonly WireCommand[] {
  return commands.map((command, index) => {
    if (index > 0) return command
    const texts = errors.length > 0 ? errors : ['The command failed on the device.']
    return {
      ...command,
      startTime: formatInstant(ended),
      endTime: formatInstant(ended),
      commandStatus: 'Failed',
      errors: texts,
    }
  })
}
