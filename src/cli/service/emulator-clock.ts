import type { Clock } from '../../apply/ports.ts'
import type { Emulator } from '../../emulator/emulator.ts'
import { fromEpochMs } from '../../schema/instant.ts'
import { systemClock } from '../system-clock.ts'

/**
 * Tells the time of an emulator of this process, which a scenario may have set to another day, and sleeps in it.
 *
 * @param speed - How many times as fast as real time the emulator's clock runs.
 */
export function emulatorClock(emulator: Pick<Emulator, 'nowMs'>, speed: number): Clock {
  return {
    now: () => fromEpochMs(emulator.nowMs()),
    monotonicMs: () => emulator.nowMs(),
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
  }
}
