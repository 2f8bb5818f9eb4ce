import { describe, expect, test } from 'vitest'
import { awaitActions } from '../../../src/cli/by-hand/await-actions.ts'
import { DefenderError } from '../../../src/defender/defender-error.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { addMs, type Instant, msBetween } from '../../../src/schema/instant.ts'
import { action, actionId, NOW } from '../../support/build-core.ts'

const [one, two] = [actionId(1), actionId(2)]

/** Looks that list what is told, the last of them for ever. */
async function wait(looks: readonly (readonly MachineAction[] | Error)[], abortAfter = 99) {
  const asked: (readonly string[])[] = []
  const changes: string[] = []
  const abort = new AbortController()
  let now: Instant = NOW
  const seen = await awaitActions({
    ids: [one, two],
    client: {
      listActions: query => {
        if (query.kind === 'ids') asked.push(query.ids)
        const answer = looks[Math.min(asked.length, looks.length) - 1] ?? []
        if (asked.length >= abortAfter) abort.abort()
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
      },
    },
    clock: {
      now: () => now,
      monotonicMs: () => msBetween(NOW, now),
      sleep: ms => {
        now = addMs(now, ms)
        return Promise.resolve()
      },
    },
    pollIntervalMs: 5000,
    timeoutMs: 20_000,
    signal: abort.signal,
    onChange: ({ id, status }) => changes.push(`${id === one ? 1 : 2} ${status}`),
  })
  return { asked, changes, statuses: [seen.get(one)?.status, seen.get(two)?.status] }
}

const at = (id: string, status: string): MachineAction => action({ id, status })

describe('waiting for actions', () => {
  test('asks for all that are open in one call, until all have ended, and tells each change once', async () => {
    const open = [at(one, 'Pending'), at(two, 'Pending')]
    const { asked, changes } = await wait([
      open,
      open,
      [at(one, 'Succeeded'), at(two, 'InProgress')],
      [at(two, 'Failed')],
    ])
    expect(asked).toStrictEqual([[one, two], [one, two], [one, two], [two]])
    expect(changes).toStrictEqual(['1 Pending', '2 Pending', '1 Succeeded', '2 InProgress', '2 Failed'])
  })

  test('goes on where an action is not listed yet, and where a look fails', async () => {
    const failed = new DefenderError('service-unavailable', 'x')
    const { statuses } = await wait([[], failed, [at(one, 'Succeeded'), at(two, 'Cancelled')]])
    expect(statuses).toStrictEqual(['Succeeded', 'Cancelled'])
  })

  test('ends with the time, and a word never seen is no end', async () => {
    const { asked, statuses } = await wait([[at(one, 'Dispatched')]])
    expect({ looks: asked.length, statuses }).toStrictEqual({ looks: 5, statuses: ['Dispatched', undefined] })
  })

  test('ends at a signal', async () => {
    expect((await wait([[at(one, 'Pending')]], 2)).asked).toHaveLength(2)
  })

  test('ends where no look can succeed any more', async () => {
    await expect(wait([new DefenderError('unauthorized', 'x')])).rejects.toMatchObject({
      code: 'unauthorized',
    })
    await expect(wait([new TypeError('ours')])).rejects.toThrow(TypeError)
  })
})
