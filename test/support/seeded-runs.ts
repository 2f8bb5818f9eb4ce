import { stderr } from 'node:process'

/** What makes runs at random repeatable. */
export interface SeededRuns {
  readonly numRuns: number
  readonly seed: number
  /** Where in the runs of that seed a failure was found and shrunk to; absent unless asked for. */
  readonly path?: string
}

/** Reads a count from the environment; the default where there is none. */
export function countFromEnvironment(name: string, count: number): number {
  const text = process.env[name] ?? ''
  return /^\d{1,9}$/.test(text) ? Number(text) : count
}

/**
 * Says how often a property runs and from which seed, and tells both in one line, so that every run can be had again:
 * `PROPERTY_SEED` and, after a failure, `PROPERTY_PATH` repeat it; `PROPERTY_RUNS` makes more of them.
 *
 * @param what - Names the property in the line.
 * @param numRuns - Without `PROPERTY_RUNS`.
 */
export function seededRuns(what: string, numRuns: number): SeededRuns {
  const path = process.env['PROPERTY_PATH'] ?? ''
  const runs = {
    numRuns: countFromEnvironment('PROPERTY_RUNS', numRuns),
    seed: countFromEnvironment('PROPERTY_SEED', Date.now() % 1_000_000),
    ...(path === '' ? {} : { path }),
  }
  stderr.write(`${what}: ${runs.numRuns} runs, PROPERTY_SEED=${runs.seed}\n`)
  return runs
}
