/** Where the emulator gets its time from. Milliseconds since 1970-01-01T00:00Z. */
export interface EmulatorClock {
  nowMs(): number
}

/** A clock that a test moves by hand. */
export interface ManualClock extends EmulatorClock {
  /** Moves the clock forward. */
  advance(ms: number): void
}

/**
 * Makes a clock that starts at the machine's time and runs `speed` times as fast.
 *
 * @param speed - 1 is real time, 60 makes an hour of quota pass in a minute.
 */
export function realClock(speed = 1): EmulatorClock {
  const started = Date.now()
  const origin = performance.now()
  return { nowMs: () => started + (performance.now() - origin) * speed }
}

/** Makes a clock that stands still until {@link ManualClock.advance} is called. */
export function manualClock(startMs: number): ManualClock {
  let now = startMs
  return {
    nowMs: () => now,
    advance(ms) {
      now += ms
    },
  }
}
