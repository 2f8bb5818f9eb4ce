import { DefenderError } from './defender-error.ts'

/** One way to ask for the same rows. */
export interface Rung<T> {
  /** Names the form of the query, not its values: a refused form is not asked again. */
  readonly name: string
  readonly read: () => Promise<T>
}

/**
 * Asks in one form after the other until the service does not refuse the query, and remembers what it refused.
 *
 * The last rung is the plainest; its answer stands whatever it is.
 *
 * Rejects with what a rung rejects with, unless that is `query-refused` and a plainer rung is left.
 */
export async function firstAccepted<T>(rungs: readonly Rung<T>[], refused: Set<string>): Promise<T> {
  const open = rungs.filter((rung, index) => index === rungs.length - 1 || !refused.has(rung.name))
  for (const rung of open.slice(0, -1)) {
    try {
      return await rung.read()
    } catch (error) {
      if (!(error instanceof DefenderError) || error.code !== 'query-refused') throw error
      refused.add(rung.name)
    }
  }
  const last = open.at(-1)
  if (last === undefined) throw new RangeError('A ladder has at least one rung.')
  return last.read()
}
