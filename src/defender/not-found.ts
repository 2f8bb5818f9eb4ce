import type { Clock } from '../apply/ports.ts'
import { DefenderError } from './defender-error.ts'
import type { Read, ReadContext, ReadJson } from './json-reader.ts'

/** Waits before a 404 is asked again, in ms: the service sometimes answers it for what is there (docs/service.md#transient-404). */
const WAITS_MS = [1000, 2000]

/** Reads one thing by its id; null where the service answers 404 three times in three seconds. */
export function nullAt404(readJson: ReadJson, clock: Clock): ReadJson {
  return async (url, context) => {
    for (const wait of [...WAITS_MS, undefined]) {
      const answer = await undefinedAt404(readJson, url, context)
      if (answer !== undefined) return answer
      if (wait !== undefined) await clock.sleep(wait, context.signal)
    }
    return null
  }
}

/**
 * Reads the list of machines, which the service answers with 404 where it would be empty (docs/service.md#empty-list-404).
 *
 * Asked twice before it is believed, and noted, since a list taken for empty changes a plan. In the middle of a list a
 * 404 is an error.
 */
export function emptyAt404<T>(read: Read<T>, clock: Clock, empty: T): Read<T> {
  return async (url, context) => {
    if (url.includes('$skip')) return read(url, context)
    const answer = await askedTwice(read, clock, url, context)
    if (answer !== undefined) return answer
    context.log.noMachines = true
    return empty
  }
}

/** Reads a list of which no page says that it may be answered with 404: asked twice, then that is an error. */
export function errorAt404<T>(read: Read<T>, clock: Clock, list: string): Read<T> {
  return async (url, context) => {
    if (url.includes('$skip')) return read(url, context)
    const answer = await askedTwice(read, clock, url, context)
    if (answer !== undefined) return answer
    throw new DefenderError('list-missing', `The list ${list} was answered with 404.`, {
      status: 404,
      wayOut:
        'Check the endpoint and its path: a list without rows is answered with an empty list. `holdfast doctor` asks for it.',
    })
  }
}

async function askedTwice<T>(
  read: Read<T>,
  clock: Clock,
  url: string,
  context: ReadContext,
): Promise<T | undefined> {
  const answer = await undefinedAt404(read, url, context)
  if (answer !== undefined) return answer
  await clock.sleep(WAITS_MS[0] ?? 0, context.signal)
  return undefinedAt404(read, url, context)
}

async function undefinedAt404<T>(read: Read<T>, url: string, context: ReadContext): Promise<T | undefined> {
  try {
    return await read(url, context)
  } catch (error) {
    if (error instanceof DefenderError && error.code === 'not-found') return undefined
    throw error
  }
}
