import { describe, expect, test } from 'vitest'
import { createReadClient } from '../../src/defender/read-client.ts'
import type { Need, Observation } from '../../src/plan/select/observation.ts'
import type { Instant } from '../../src/schema/instant.ts'
import { dependencies, rejection } from './clients.ts'
import { DATE, errorBody } from './mock-service.ts'
import { type ModelOptions, ModelService } from './model-service.ts'
import { machineId, type WireRow, wireAction, wireMachine } from './rows.ts'

const FROM = '2026-05-24T10:00:00.0000000Z' as Instant
const TENANT: Need = { scope: 'tenant', ids: [], dnsNames: [], historyFrom: FROM, countOnboarded: false }
const NAMED: Need = { ...TENANT, scope: 'named', ids: [machineId(1)] }
const fleet: readonly WireRow[] = Array.from({ length: 7 }, (_, number) => wireMachine(number))
const actions: readonly WireRow[] = Array.from({ length: 7 }, (_, number) => wireAction(number))

type List = 'machines' | 'machineactions'

/** A look at a service that answers some lists with 404. */
async function looked(need: Need, absent: readonly List[], options: ModelOptions): Promise<Observation> {
  const model = new ModelService(options)
  const parts = dependencies(async (request, signal) => {
    const list = new URL(request.url).pathname.slice('/api/'.length) as List
    if (!absent.includes(list)) return model.send(request, signal)
    return { status: 404, headers: { date: DATE }, body: JSON.stringify(errorBody('ResourceNotFound', 'x')) }
  })
  return parts.clock.drive(createReadClient(parts).observe(need))
}

describe('a list that is answered with 404', () => {
  const codes = ({ failures }: Observation): readonly string[] => failures.map(({ code }) => code)

  test.each<[string, Need, readonly List[], ModelOptions, readonly string[]]>([
    [
      'of machines is unknown while the history names some',
      TENANT,
      ['machines'],
      { actions },
      ['list-missing'],
    ],
    ['of machines is empty in a tenant without any history', TENANT, ['machines'], {}, []],
    [
      'of actions is unknown, since no page says that an empty one is',
      TENANT,
      ['machineactions'],
      { machines: fleet },
      ['list-missing'],
    ],
    [
      'of actions is unknown also where no machine is listed',
      TENANT,
      ['machineactions'],
      {},
      ['list-missing'],
    ],
    [
      'of both is unknown: the path may be wrong',
      TENANT,
      ['machines', 'machineactions'],
      { machines: fleet, actions },
      ['list-missing'],
    ],
    [
      'for a machine by its id is unknown while its history is listed',
      NAMED,
      ['machines'],
      { actions },
      ['list-missing'],
    ],
    ['for a machine without a history is that it is not there', NAMED, ['machines'], {}, []],
  ])('%s', async (_rule, need, absent, options, expected) => {
    expect(codes(await looked(need, absent, options))).toStrictEqual(expected)
  })

  test('of machines that came empty without a 404 is no more to be believed', async () => {
    const observation = await looked(TENANT, [], { machines: [], actions })
    expect(observation.failures).toMatchObject([
      { code: 'list-missing', message: expect.stringContaining('is empty, and the history names 7') },
    ])
  })

  test('is taken for right on somebody’s word, and says so', async () => {
    const observation = await looked({ ...TENANT, acceptEmpty: true }, ['machines'], { actions })
    expect(observation).toMatchObject({
      failures: [],
      acceptedEmpty: true,
      machines: [],
      diagnostics: [{ severity: 'warning', code: 'accepted-empty' }],
    })
  })

  test('nobody’s word makes a list of actions empty', async () => {
    const observation = await looked({ ...TENANT, acceptEmpty: true }, ['machineactions'], {})
    expect(codes(observation)).toStrictEqual(['list-missing'])
    expect(observation.acceptedEmpty).toBeUndefined()
  })

  test('a count below what was listed counts something else', async () => {
    const need = { ...NAMED, countOnboarded: true }
    const model = new ModelService({ machines: fleet, actions })
    const parts = dependencies(async (request, signal) => {
      const isCount = decodeURIComponent(request.url).includes('mergedIntoMachineId')
      if (!isCount) return model.send(request, signal)
      return { status: 200, headers: { date: DATE }, body: JSON.stringify({ value: [], '@odata.count': 0 }) }
    })
    expect((await createReadClient(parts).observe(need)).onboarded).toBeNull()
  })
})

describe('a page that is cut without a word', () => {
  const cut = (silentPage: number, over: ModelOptions = {}): ModelOptions => ({
    machines: fleet,
    actions,
    silentPage,
    ...over,
  })

  test.each<[string, ModelOptions]>([
    ['where the service refuses to count', cut(3, { refuses: ['count'] })],
    ['where it counts nothing', cut(3, { countsNothing: true })],
    ['also to one row', cut(1, { refuses: ['count'] })],
    ['also where it takes no order', cut(2, { refuses: ['count', 'orderby'] })],
    ['also where it takes no filter', cut(2, { refuses: ['count', 'filter'] })],
  ])('is not the end of the list, %s', async (_how, options) => {
    const observation = await looked(TENANT, [], options)
    expect(observation.failures).toStrictEqual([])
    expect([observation.machines.length, observation.actions.length]).toStrictEqual([7, 7])
  })

  test('is not the end either where the service counts the page in place of the list', async () => {
    const model = new ModelService(cut(3))
    const parts = dependencies(async (request, signal) => {
      const answer = await model.send(request, signal)
      const body = JSON.parse(answer.body) as { readonly value: readonly object[] }
      return { ...answer, body: JSON.stringify({ ...body, '@odata.count': body.value.length - 1 }) }
    })
    const found = await createReadClient(parts).listMachines({ kind: 'all' })
    expect(found).toHaveLength(7)
  })

  test('is unknown where nothing leads on', async () => {
    const observation = await looked(TENANT, [], cut(3, { refuses: ['count'], ignoresSkip: true }))
    expect(observation.failures.map(({ code }) => code)).toStrictEqual(['paging-stuck', 'paging-stuck'])
  })

  test('to one row is unknown where nothing leads on', async () => {
    const observation = await looked(TENANT, [], cut(1, { refuses: ['count'], ignoresSkip: true }))
    expect(observation.failures.map(({ code }) => code)).toStrictEqual(['paging-stuck', 'paging-stuck'])
  })
})

describe('a row that is counted and never comes', () => {
  /** Counts one row more than there is. */
  const phantom = (list: List, options: ModelOptions = { machines: fleet, actions }) => {
    const model = new ModelService(options)
    return dependencies(async (request, signal) => {
      const answer = await model.send(request, signal)
      if (!new URL(request.url).pathname.endsWith(list)) return answer
      const body = JSON.parse(answer.body) as { readonly '@odata.count'?: number }
      const count = body['@odata.count']
      return count === undefined
        ? answer
        : { ...answer, body: JSON.stringify({ ...body, '@odata.count': count + 1 }) }
    })
  }

  test('is unknown, and the rows that came are kept for those who show each for itself', async () => {
    const observation = await createReadClient(phantom('machines')).observe(TENANT)
    expect(observation.failures).toMatchObject([{ code: 'rows-missing', lacking: 'machines' }])
    expect(observation.machines).toHaveLength(7)
    expect(observation.actions).toHaveLength(7)
  })

  test('of the history is unknown too', async () => {
    const observation = await createReadClient(phantom('machineactions')).observe(TENANT)
    expect(observation.failures).toMatchObject([{ code: 'rows-missing', lacking: 'machineactions' }])
    expect(observation.actions).toHaveLength(7)
  })

  test('says how many came of how many', async () => {
    const parts = phantom('machines')
    const error = await rejection(createReadClient(parts).listMachines({ kind: 'all' }))
    expect(error).toMatchObject({
      code: 'rows-missing',
      message: "The list machines has 8 rows by the service's count, and the same 7 came at every reading.",
    })
  })

  test('stops no look at machines by their ids: of each there is one record', async () => {
    const observation = await createReadClient(phantom('machines')).observe({
      ...NAMED,
      ids: [machineId(1), machineId(2)],
    })
    expect(observation.failures).toStrictEqual([])
    expect(observation.machines).toHaveLength(2)
  })

  test('stops a look at machines by name, since it may be a twin', async () => {
    const observation = await createReadClient(phantom('machines')).observe({
      ...NAMED,
      ids: [],
      dnsNames: ['ws-1.contoso.com'],
    })
    expect(observation.failures).toMatchObject([{ code: 'rows-missing' }])
    expect(observation.machines).toStrictEqual([])
  })

  test('stops a look at the history of a machine, since it may be a release', async () => {
    const observation = await createReadClient(phantom('machineactions')).observe(NAMED)
    expect(observation.failures).toMatchObject([{ code: 'rows-missing' }])
  })
})
