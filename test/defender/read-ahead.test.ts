import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ReadLimits } from '../../src/defender/limits.ts'
import { paced } from '../../src/defender/paced-reads.ts'
import { createReadClient, type ReadClient } from '../../src/defender/read-client.ts'
import type { Send } from '../../src/defender/transport.ts'
import type { Instant } from '../../src/schema/instant.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { seededRuns } from '../support/seeded-runs.ts'
import { dependencies } from './clients.ts'
import { type ModelOptions, ModelService, type Refusable } from './model-service.ts'
import { type WireRow, wireAction, wireMachine } from './rows.ts'

const RUNS = seededRuns('pages side by side', 150)

const tenant = { kind: 'tenant', createdFrom: '2026-05-24T10:00:00.0000000Z' as Instant } as const

function actionAt(number: number, second: number): WireRow {
  const at = `2026-11-19T10:00:${String(second).padStart(2, '0')}Z`
  return wireAction(number, { creationDateTimeUtc: at, lastUpdateDateTimeUtc: at })
}

interface Reading {
  readonly client: ReadClient
  readonly model: ModelService
  /** The most requests that were open at once. */
  most(): number
}

/** A client over a service that answers no request before whoever else is about to ask has asked. */
function reading(options: ModelOptions, limits: Partial<ReadLimits>): Reading {
  const model = new ModelService(options)
  let open = 0
  let most = 0
  const send: Send = async request => {
    open += 1
    most = Math.max(most, open)
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    open -= 1
    return model.send(request)
  }
  return { client: createReadClient(dependencies(send, { limits })), model, most: () => most }
}

async function outcome(rows: Promise<readonly { readonly id: string }[]>): Promise<unknown> {
  return rows.then(
    read => read.map(({ id }) => id).sort(),
    (error: { readonly code: string }) => error.code,
  )
}

describe('pages are asked for side by side', () => {
  const machines = Array.from({ length: 30 }, (_unused, number) => wireMachine(number))
  const actions = machines.map((_row, number) => actionAt(number, number))

  test('as many as are allowed, once the first page has told how many there are', async () => {
    for (const concurrency of [1, 2, 4]) {
      const { client, model, most } = reading({ machines, actions }, { pageSize: 4, concurrency })
      expect(await client.listMachines({ kind: 'all' })).toHaveLength(30)
      expect(await client.listActions(tenant)).toHaveLength(30)
      expect(most()).toBe(concurrency)
      expect(model.urls.length).toBeLessThanOrEqual(2 * 10 + 1)
    }
  })

  test('not where the service counts nothing, gives links, or keeps no order', async () => {
    const modes: readonly ModelOptions[] = [
      { countsNothing: true },
      { serverPage: 2 },
      { refuses: ['orderby'] },
    ]
    for (const mode of modes) {
      const { client, most } = reading({ machines, ...mode }, { pageSize: 4 })
      expect(await client.listMachines({ kind: 'all' })).toHaveLength(30)
      expect(most()).toBe(1)
    }
  })

  test('not again where rows moved under the first reading', async () => {
    const moving = [...machines]
    const before = (model: ModelService, url: URL): void => {
      if (url.searchParams.get('$skip') === '9' && model.machines.length === 30) model.machines.splice(2, 3)
    }
    const { client, model } = reading({ machines: moving, before }, { pageSize: 4 })
    const read = await client.listMachines({ kind: 'all' })
    const stayed = model.machines.map(({ id }) => id).sort()
    expect(read.map(({ id }) => id).sort()).toStrictEqual(stayed)
  })
})

test('side by side and one after the other read the same, whatever the service does', async () => {
  const cases = fc.record({
    seconds: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 }),
    pageSize: fc.integer({ min: 2, max: 7 }),
    concurrency: fc.integer({ min: 2, max: 6 }),
    serverPage: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    silentPage: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    refuses: fc.subarray<Refusable>(['filter', 'orderby', 'count']),
    ignoresOrder: fc.boolean(),
    ignoresSkip: fc.boolean(),
    countsNothing: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ seconds, pageSize, concurrency, serverPage, silentPage, ...rest }) => {
      const options: ModelOptions = {
        ...rest,
        machines: seconds.map((_second, number) => wireMachine(number)),
        actions: seconds.map((second, number) => actionAt(number, second)),
        ...(serverPage === undefined ? {} : { serverPage }),
        ...(silentPage === undefined ? {} : { silentPage }),
      }
      const [alone, beside] = [1, concurrency].map(inFlight =>
        reading(options, { pageSize, concurrency: inFlight, tries: 1 }),
      ) as [Reading, Reading]
      for (const read of [
        ({ client }: Reading) => outcome(client.listMachines({ kind: 'all' })),
        ({ client }: Reading) => outcome(client.listActions(tenant)),
      ]) {
        expect(await read(beside)).toStrictEqual(await read(alone))
      }
    }),
    RUNS,
  )
})

test('a call that would be one too many in a minute waits until the first is a minute old', async () => {
  const clock = new FakeClock()
  const begun: string[] = []
  const read = paced(async url => begun.push(url), clock, 2)
  const context = { log: { apiCalls: 0, clockSkewMs: 0, noMachines: false } }
  const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map(url => read(url, context)))
  await clock.advance(0)
  expect(begun).toStrictEqual(['a', 'b'])
  await clock.advance(59_999)
  expect(begun).toStrictEqual(['a', 'b'])
  await clock.advance(1)
  expect(begun).toStrictEqual(['a', 'b', 'c', 'd'])
  await clock.advance(60_000)
  await all
  expect(begun).toHaveLength(5)
})
