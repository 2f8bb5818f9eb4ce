import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ReadLimits } from '../../src/defender/limits.ts'
import { createReadClient, type ReadClient } from '../../src/defender/read-client.ts'
import { addMs, formatInstant, type Instant } from '../../src/schema/instant.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { seededRuns } from '../support/seeded-runs.ts'
import { dependencies, rejection } from './clients.ts'
import { DATE, errorBody, type Reply, recorded, scripted } from './mock-service.ts'
import { type ModelOptions, ModelService, type Refusable } from './model-service.ts'
import { actionId, machineId, type WireRow, wireAction, wireMachine } from './rows.ts'

const RUNS = seededRuns('reads', 150)

const FROM = '2026-05-24T10:00:00.0000000Z' as Instant
const T0 = '2026-11-19T10:00:00.0000000Z' as Instant

function over(
  options: ModelOptions,
  limits: Partial<ReadLimits> = {},
): {
  readonly model: ModelService
  readonly client: ReadClient
  readonly run: <T>(p: Promise<T>) => Promise<T>
} {
  const model = new ModelService(options)
  const parts = dependencies(model.send, { limits })
  return { model, client: createReadClient(parts), run: promise => parts.clock.drive(promise) }
}

function ids(rows: readonly { readonly id: string }[]): readonly string[] {
  return rows.map(row => row.id).sort()
}

/** A service whose every page leads on to another, with one row each. */
function endless(rowOf: (number: number) => WireRow): ReturnType<typeof recorded> {
  let number = 0
  return recorded(async () => {
    number += 1
    const link = `https://api.security.microsoft.com/api/machines?$skiptoken=${number}`
    const body = JSON.stringify({ value: [rowOf(number)], '@odata.nextLink': link })
    return { status: 200, headers: { date: DATE }, body }
  })
}

/** Actions a second apart, or at the times given. */
function history(count: number, secondOf: (number: number) => number = number => number): readonly WireRow[] {
  return Array.from({ length: count }, (_, number) =>
    wireAction(number, { creationDateTimeUtc: formatInstant(addMs(T0, secondOf(number) * 1000)) }),
  )
}

const tenant = { kind: 'tenant', createdFrom: FROM } as const

describe('all actions of a tenant', () => {
  test('are asked for by creation, oldest first, each page from the last one seen', async () => {
    const { model, client } = over({ actions: history(5) }, { pageSize: 3 })
    expect(ids(await client.listActions(tenant))).toStrictEqual(ids(history(5)))
    expect(model.queries).toStrictEqual([
      'machineactions $filter=creationDateTimeUtc ge 2026-05-24T10:00:00Z&$orderby=creationDateTimeUtc asc&$top=3',
      'machineactions $filter=creationDateTimeUtc ge 2026-11-19T10:00:02Z&$orderby=creationDateTimeUtc asc&$top=3',
      'machineactions $filter=creationDateTimeUtc ge 2026-11-19T10:00:04Z&$orderby=creationDateTimeUtc asc&$top=3',
    ])
  })

  test('that share one creation time over more than a page are led on by $skip', async () => {
    const actions = history(9, number => (number < 7 ? 0 : number))
    const { client } = over({ actions }, { pageSize: 2 })
    expect(ids(await client.listActions(tenant))).toStrictEqual(ids(actions))
  })

  test('older than the look-back are left out, also where the service takes no filter', async () => {
    const old = wireAction(99, { creationDateTimeUtc: '2026-05-24T09:59:59.9999999Z' })
    const { client } = over({ actions: [old, ...history(1)], refuses: ['filter'] })
    expect(ids(await client.listActions(tenant))).toStrictEqual([actionId(0)])
  })

  test('created while they are read lose none of the others', async () => {
    let number = 100
    const { client } = over(
      {
        actions: history(20),
        before: model => {
          number += 1
          model.actions.push(...history(1, () => number).map(row => ({ ...row, id: actionId(number) })))
        },
      },
      { pageSize: 4 },
    )
    expect(ids(await client.listActions(tenant))).toStrictEqual(expect.arrayContaining([...ids(history(20))]))
  })

  test('that changed between two pages are given as they were last', async () => {
    const { client } = over(
      {
        actions: history(3).map(row => ({ ...row, status: 'Pending' })),
        before: model => {
          if (model.urls.length > 1) model.actions = [...history(3)]
        },
      },
      { pageSize: 2 },
    )
    const rows = await client.listActions(tenant)
    expect(rows.map(row => row.status)).toStrictEqual(['Pending', 'Succeeded', 'Succeeded'])
  })

  test.each<[string, ModelOptions, readonly string[]]>([
    ['an order', { refuses: ['orderby'] }, ['ge+order', 'ge+order', 'ge']],
    ['a filter', { refuses: ['filter'] }, ['ge+order', 'ge+order', 'ge', 'ge', 'order']],
    ['both', { refuses: ['filter', 'orderby'] }, ['ge+order', 'ge+order', 'ge', 'ge', 'order', 'plain']],
    ['nothing, but does not keep to the order', { ignoresOrder: true }, ['ge+order', 'ge', 'ge']],
  ])(
    'of a service that refuses %s are found by a plainer query, which is remembered',
    async (_what, options, forms) => {
      const { model, client } = over({ ...options, actions: history(4) }, { pageSize: 4 })
      expect(ids(await client.listActions(tenant))).toStrictEqual(ids(history(4)))
      const form = (query: string): string =>
        [query.includes(' ge ') ? 'ge' : '', query.includes('orderby') ? 'order' : '']
          .filter(part => part !== '')
          .join('+') || 'plain'
      const pages = model.queries.map(form)
      expect(pages.slice(0, forms.length)).toStrictEqual(forms)
      const before = model.urls.length
      await client.listActions(tenant)
      expect(new Set(model.queries.slice(before).map(form))).toStrictEqual(new Set([forms.at(-1)]))
    },
  )

  test('of a service that refuses even the plain list are an error with its message', async () => {
    const refusals: Reply[] = Array.from({ length: 6 }, () => ({
      status: 400,
      body: errorBody('BadRequest', 'no'),
    }))
    const client = createReadClient(dependencies(scripted(refusals).send))
    expect(await rejection(client.listActions(tenant))).toMatchObject({ code: 'query-refused', status: 400 })
  })

  test('whatever the page size, the cuts of the server, the refusals, the losses and the times, are all found once', async () => {
    const cases = fc.record({
      seconds: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 25 }),
      pageSize: fc.integer({ min: 2, max: 9 }),
      serverPage: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      refuses: fc.subarray<Refusable>(['filter', 'orderby', 'count']),
      ignoresOrder: fc.boolean(),
      lossAt: fc.integer({ min: 1, max: 12 }),
      repeatAt: fc.integer({ min: 1, max: 12 }),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ seconds, pageSize, serverPage, lossAt, repeatAt, ...options }) => {
        const actions = history(seconds.length, number => seconds[number] ?? 0)
        const cut = serverPage === undefined ? {} : { serverPage }
        const tamper = (rows: readonly WireRow[], request: number): readonly WireRow[] => {
          // Without a count nothing could tell that a row was left out; a strict service is not asked for one.
          if (request === lossAt && !options.refuses.some(what => what !== 'orderby')) return rows.slice(1)
          return request === repeatAt ? [...rows, ...rows.slice(-1)] : rows
        }
        const { client } = over({ actions, ...options, ...cut, tamper }, { pageSize })
        expect(ids(await client.listActions(tenant))).toStrictEqual(ids(actions))
      }),
      RUNS,
    )
  })
})

describe('all machines of a tenant', () => {
  const fleet = (count: number): readonly WireRow[] => Array.from({ length: count }, (_, n) => wireMachine(n))

  test('are one call where one page holds them', async () => {
    const { model, client } = over({ machines: fleet(3) })
    expect(await client.listMachines({ kind: 'all' })).toHaveLength(3)
    expect(model.queries).toStrictEqual(['machines $orderby=id&$top=10000'])
  })

  test('are read on by $skip, each page one row early', async () => {
    const { model, client } = over({ machines: fleet(5), refuses: ['orderby'] }, { pageSize: 3 })
    expect(ids(await client.listMachines({ kind: 'all' }))).toStrictEqual(ids(fleet(5)))
    expect(model.queries.slice(2)).toStrictEqual([
      'machines $top=3',
      'machines $top=3&$skip=2',
      'machines $top=3&$skip=4',
    ])
  })

  test('are read again from the start where one went away and others moved up', async () => {
    const { client } = over(
      {
        machines: fleet(8),
        refuses: ['orderby'],
        // The list is newest first: this one stands in the first page.
        before: model => {
          if (model.urls.length === 4) model.machines = model.machines.filter(row => row.id !== machineId(7))
        },
      },
      { pageSize: 3 },
    )
    expect(ids(await client.listMachines({ kind: 'all' }))).toStrictEqual(ids(fleet(7)))
  })

  test('that come at the front while they are read push none out', async () => {
    let number = 100
    const { client } = over(
      {
        machines: fleet(9),
        refuses: ['orderby'],
        before: model => {
          number += 1
          if (number % 2 === 0) model.machines.push(wireMachine(number))
        },
      },
      { pageSize: 4 },
    )
    const found = ids(await client.listMachines({ kind: 'all' }))
    expect(found).toStrictEqual(expect.arrayContaining([...ids(fleet(9))]))
  })

  test('that never stand still are an error, not a part of the list', async () => {
    const { client } = over(
      {
        machines: fleet(40),
        before: model => {
          if (model.urls.at(-1)?.searchParams.has('$skip')) model.machines.splice(0, 2)
        },
      },
      { pageSize: 5 },
    )
    expect(await rejection(client.listMachines({ kind: 'all' }))).toMatchObject({ code: 'paging-unstable' })
  })

  test('of a service that gives the first page for ever are an error', async () => {
    const { client, model } = over({ machines: fleet(9), ignoresSkip: true }, { pageSize: 3 })
    expect(await rejection(client.listMachines({ kind: 'all' }))).toMatchObject({ code: 'paging-stuck' })
    // The first reading had asked for some pages more at the same time.
    expect(model.urls).toHaveLength(3 * 2 + 2)
    const actions = over({ actions: history(9, () => 0), ignoresSkip: true }, { pageSize: 3 })
    expect(await rejection(actions.client.listActions(tenant))).toMatchObject({ code: 'paging-stuck' })
    expect(actions.model.urls).toHaveLength(3 * 2 + 4)
  })

  test('are none where the service answers 404 twice', async () => {
    const nothing: Reply = { status: 404, body: errorBody('ResourceNotFound', 'No recent machines') }
    const { send, requests } = scripted([nothing, nothing])
    const parts = dependencies(send)
    const client = createReadClient(parts)
    expect(await parts.clock.drive(client.listMachines({ kind: 'all' }))).toStrictEqual([])
    expect([requests.length, parts.clock.slept]).toStrictEqual([2, [1000]])
  })

  test('are there where one 404 was wrong', async () => {
    const { send } = scripted([
      { status: 404, body: errorBody('ResourceNotFound', 'x') },
      { body: { value: [wireMachine(1)], '@odata.count': 1 } },
    ])
    const parts = dependencies(send)
    const client = createReadClient(parts)
    expect(await parts.clock.drive(client.listMachines({ kind: 'all' }))).toHaveLength(1)
  })

  test('are an error where the 404 is not the service’s, or stands in the middle of the list', async () => {
    const foreign = createReadClient(
      dependencies(scripted([{ status: 404 }, { status: 404 }, { status: 404 }]).send),
    )
    expect(await rejection(foreign.listMachines({ kind: 'all' }))).toMatchObject({ code: 'not-the-service' })
    const page: Reply = { body: { value: [wireMachine(1), wireMachine(2)] } }
    const { send } = scripted([page, { status: 404, body: errorBody('ResourceNotFound', 'x') }])
    const cut = createReadClient(dependencies(send, { limits: { pageSize: 2 } }))
    expect(await rejection(cut.listMachines({ kind: 'all' }))).toMatchObject({ code: 'not-found' })
  })
})

describe('a list that is counted', () => {
  const fleet = Array.from({ length: 7 }, (_, number) => wireMachine(number))
  const losesSecond = (rows: readonly WireRow[]): readonly WireRow[] => rows.filter((_, index) => index !== 1)
  const all = { kind: 'all' } as const

  test.each<[string, ModelOptions, Partial<ReadLimits>]>([
    ['a row left out once', { tamper: (rows, request) => (request === 1 ? losesSecond(rows) : rows) }, {}],
    [
      'a row left out of a later page',
      { tamper: (rows, request) => (request === 2 ? losesSecond(rows) : rows) },
      { pageSize: 3 },
    ],
    ['a row that came twice', { tamper: rows => [...rows, ...rows.slice(-1)] }, { pageSize: 3 }],
    ['a page that the server cut without a word', { silentPage: 2 }, {}],
    [
      'a nextLink to a page that lacks a row',
      { serverPage: 3, tamper: (rows, request) => (request === 2 ? losesSecond(rows) : rows) },
      {},
    ],
  ])('loses no row by %s', async (_what, options, limits) => {
    const machines = over({ machines: fleet, ...options }, limits)
    expect(ids(await machines.client.listMachines(all))).toStrictEqual(ids(fleet))
    const actions = over({ actions: history(7), ...options }, limits)
    expect(ids(await actions.client.listActions(tenant))).toStrictEqual(ids(history(7)))
  })

  test('and always lacks a row is an error, not a shorter list', async () => {
    const { client } = over({ machines: fleet, tamper: losesSecond })
    expect(await rejection(client.listMachines(all))).toMatchObject({ code: 'paging-unstable' })
  })

  test('and lacks another row at every reading is an error', async () => {
    let lost = 0
    const { client } = over({
      machines: fleet,
      before: (_model, url) => {
        if (!url.searchParams.has('$skip')) lost += 1
      },
      tamper: rows => rows.filter(({ id }) => id !== machineId(lost)),
    })
    expect(await rejection(client.listMachines(all))).toMatchObject({
      code: 'paging-unstable',
      message: 'The list machines was read 3 times, at last 6 of 7 rows came.',
    })
  })

  test('is counted in every call, which costs none', async () => {
    const { model, client } = over({ machines: fleet, actions: history(3) })
    await client.listMachines(all)
    await client.listActions(tenant)
    expect(model.counted).toStrictEqual([true, true])
  })

  test('of a service that refuses to count costs one call, and each list is read until a page brings nothing new', async () => {
    const { model, client } = over({ machines: fleet, actions: history(3), refuses: ['count'] })
    expect(await client.listMachines(all)).toHaveLength(7)
    expect(await client.listActions(tenant)).toHaveLength(3)
    expect(model.counted).toStrictEqual([true, ...Array.from({ length: 5 }, () => false)])
  })

  test('once is counted still when the service refuses another part of a query', async () => {
    const { model, client } = over({ machines: fleet, actions: history(3), refuses: ['in'] })
    await client.listActions(tenant)
    await client.listMachines({ kind: 'named', ids: [machineId(1), machineId(2)], dnsNames: [] })
    expect(model.counted).toStrictEqual([true, true, true])
  })
})

describe('nextLinks', () => {
  const next = (link: string, ...rows: readonly object[]): Reply => ({
    body: { value: rows, '@odata.nextLink': link },
  })
  const last: Reply = { body: { value: [wireMachine(9)] } }
  const end: Reply = { body: { value: [wireMachine(9)] } }

  test('may be relative', async () => {
    const { send, requests } = scripted([next('/api/machines?$skiptoken=a', wireMachine(1)), last, end])
    expect(await createReadClient(dependencies(send)).listMachines({ kind: 'all' })).toHaveLength(2)
    expect(requests[1]?.url).toBe('https://api.security.microsoft.com/api/machines?$skiptoken=a')
  })

  test('lead to the rows of all pages', async () => {
    const { send } = scripted([
      next('https://api.security.microsoft.com/api/machines?$skiptoken=a', wireMachine(1)),
      next('https://api.security.microsoft.com/api/machines?$skiptoken=b'),
      last,
      end,
    ])
    expect(await createReadClient(dependencies(send)).listMachines({ kind: 'all' })).toHaveLength(2)
  })

  test.each([
    'https://evil.example/api/machines?$skiptoken=a',
    'http://api.security.microsoft.com/api/machines?$skiptoken=a',
    'https://api.security.microsoft.com:444/api/machines',
    '//evil.example/api/machines',
  ])('to %s are an error, and the token stays here', async link => {
    const { send, requests } = scripted([next(link, wireMachine(1))])
    const error = await rejection(createReadClient(dependencies(send)).listMachines({ kind: 'all' }))
    expect(error.code).toBe('next-link-elsewhere')
    expect(requests).toHaveLength(1)
  })

  test.each<[string, unknown]>([
    ['no text', 7],
    ['an object', { href: '/api/machines' }],
    ['no address', 'https://'],
    ['to another list', '/api/machineactions?$skip=1'],
    ['to one machine', `/api/machines/${machineId(1)}`],
  ])('that are %s make no sense, and are never the end of the list', async (_what, link) => {
    const page: Reply = { body: { value: [wireMachine(1)], '@odata.nextLink': link, '@odata.count': 1 } }
    const { send, requests } = scripted(Array.from({ length: 5 }, () => page))
    const parts = dependencies(send)
    const error = await parts.clock.drive(rejection(createReadClient(parts).listMachines({ kind: 'all' })))
    expect(error.code).toBe('malformed-answer')
    expect(requests).toHaveLength(1)
  })

  test.each<[string, unknown]>([
    ['null', null],
    ['an empty text', ''],
  ])('that are %s are none', async (_what, link) => {
    const page: Reply = { body: { value: [wireMachine(1)], '@odata.nextLink': link, '@odata.count': 1 } }
    expect(
      await createReadClient(dependencies(scripted([page]).send)).listMachines({ kind: 'all' }),
    ).toHaveLength(1)
  })

  test('that repeat are an error at once', async () => {
    const same = next('https://api.security.microsoft.com/api/machines?$skiptoken=a', wireMachine(1))
    const { send, requests } = scripted(Array.from({ length: 3 * 2 }, () => same))
    const error = await rejection(createReadClient(dependencies(send)).listMachines({ kind: 'all' }))
    expect(error.code).toBe('paging-stuck')
    expect(requests).toHaveLength(3 * 2)
  })

  test('that bring nothing new three times are an error', async () => {
    const { send, requests } = endless(() => wireMachine(1))
    const error = await rejection(createReadClient(dependencies(send)).listMachines({ kind: 'all' }))
    expect(error.code).toBe('paging-stuck')
    expect(requests).toHaveLength(3 * 4)
  })

  test('that lead to new rows for ever end by their number', async () => {
    const { send, requests } = endless(wireMachine)
    const error = await rejection(
      createReadClient(dependencies(send, { limits: { pages: 20 } })).listMachines({ kind: 'all' }),
    )
    expect(error).toMatchObject({
      code: 'paging-endless',
      message: 'The list machines had no end after 20 pages.',
    })
    expect(requests).toHaveLength(20)
  })

  test('that lead to new rows for ever end by time', async () => {
    const clock = new FakeClock()
    const { send, requests } = endless(number => {
      clock.setWall(60_000)
      return wireMachine(number)
    })
    const error = await rejection(
      createReadClient(dependencies(send, { clock })).listMachines({ kind: 'all' }),
    )
    expect(error).toMatchObject({
      code: 'paging-endless',
      message: 'The list machines had no end after 16 minutes.',
    })
    expect(requests).toHaveLength(16)
  })
})

describe('named machines', () => {
  const fleet = Array.from({ length: 300 }, (_, number) => wireMachine(number))
  const named = (wanted: { ids?: readonly string[]; dnsNames?: readonly string[] }) =>
    ({ kind: 'named', ids: wanted.ids ?? [], dnsNames: wanted.dnsNames ?? [] }) as const
  const firstIds = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => machineId(n))

  test('are asked for by id, a hundred at a time', async () => {
    const { model, client } = over({ machines: fleet })
    expect(ids(await client.listMachines(named({ ids: firstIds(250) })))).toStrictEqual(firstIds(250))
    expect(model.urls).toHaveLength(3)
    expect(Math.max(...model.urls.map(url => url.href.length))).toBeLessThan(8000)
  })

  test('one alone needs neither in nor or', async () => {
    const { model, client } = over({ machines: fleet, refuses: ['in', 'or'] })
    expect(await client.listMachines(named({ ids: firstIds(1) }))).toHaveLength(1)
    expect(model.queries).toStrictEqual([`machines $filter=id eq '${machineId(0)}'&$top=10000`])
  })

  test.each<[string, readonly Refusable[], number, number]>([
    ['in: by or, 20 at a time', ['in'], 50, 2 + 3],
    ['or too: one by one, where that is at most ten calls', ['in', 'or'], 10, 2 + 2 + 10],
    ['or too, for many: as a whole', ['in', 'or'], 50, 2 + 2 + 2],
    ['any filter: as a whole', ['filter'], 5, 5 + 2],
    ['filter and order: as a whole, unordered', ['filter', 'orderby'], 5, 5 + 3],
  ])('of a service that refuses %s', async (_what, refuses, count, calls) => {
    const { model, client } = over({ machines: fleet, refuses })
    expect(ids(await client.listMachines(named({ ids: firstIds(count) })))).toStrictEqual(firstIds(count))
    expect(model.urls).toHaveLength(calls)
  })

  test('a refused form is not asked again', async () => {
    const { model, client } = over({ machines: fleet, refuses: ['in'] })
    await client.listMachines(named({ ids: firstIds(2) }))
    await client.listMachines(named({ ids: firstIds(3) }))
    expect(model.queries.filter(query => query.includes(' in ('))).toHaveLength(2)
  })

  test('so many that batches cost more than pages are read as a whole', async () => {
    const { model, client } = over({ machines: fleet }, { inBatch: 10, orBatch: 10 })
    await client.listMachines(named({ ids: firstIds(101) }))
    expect(model.queries).toStrictEqual(['machines $orderby=id&$top=10000'])
  })

  test('are all records of the exact name, never of a part of it', async () => {
    const twins = [
      wireMachine(1, { computerDnsName: 'srv1' }),
      wireMachine(2, { computerDnsName: 'srv1' }),
      wireMachine(3, { computerDnsName: 'srv10' }),
      wireMachine(4, { computerDnsName: 'srv1.contoso.com' }),
      wireMachine(5, { computerDnsName: null }),
    ]
    const { client } = over({ machines: twins })
    const found = await client.listMachines(named({ dnsNames: ['srv1'] }))
    expect(ids(found)).toStrictEqual([machineId(1), machineId(2)])
  })

  test('are found whatever the case of the name, at the cost of one call only where it was not found', async () => {
    const { model, client } = over({
      machines: [wireMachine(1, { computerDnsName: 'SRV1' }), wireMachine(2)],
    })
    const found = await client.listMachines(named({ dnsNames: ['srv1', 'ws-2.contoso.com'] }))
    expect(ids(found)).toStrictEqual([machineId(1), machineId(2)])
    expect(model.queries.at(-1)).toBe("machines $filter=tolower(computerDnsName) eq 'srv1'&$top=10000")
    await client.listMachines(named({ dnsNames: ['ws-2.contoso.com'] }))
    expect(model.urls).toHaveLength(3)
  })

  test('a service that refuses to fold the case has names in lower case', async () => {
    const { client } = over({ machines: fleet, refuses: ['tolower'] })
    expect(await client.listMachines(named({ dnsNames: ['nobody'] }))).toStrictEqual([])
  })

  test('that were not asked for are left out, and one found by id and name comes once', async () => {
    const lax: Reply = {
      body: { value: [wireMachine(1), wireMachine(2), wireMachine(1)], '@odata.count': 2 },
    }
    const client = createReadClient(dependencies(scripted([lax, lax]).send))
    const found = await client.listMachines(named({ ids: [machineId(1)], dnsNames: ['ws-1.contoso.com'] }))
    expect(ids(found)).toStrictEqual([machineId(1)])
  })

  test('by name of a service that takes no filter are picked from the whole', async () => {
    const { client, model } = over({ machines: fleet, refuses: ['filter'] })
    const found = await client.listMachines(named({ dnsNames: ['ws-7.contoso.com'] }))
    expect(ids(found)).toStrictEqual([machineId(7)])
    expect(model.urls).toHaveLength(3)
  })

  test('a quote in a name is doubled', async () => {
    const { client, model } = over({ machines: [wireMachine(1, { computerDnsName: "o'brien-pc" })] })
    expect(await client.listMachines(named({ dnsNames: ["o'brien-pc"] }))).toHaveLength(1)
    expect(model.queries[0]).toContain("computerDnsName eq 'o''brien-pc'")
  })

  test('long names are cut into batches that fit a URL', async () => {
    const names = Array.from({ length: 90 }, (_, n) => `${'x'.repeat(200)}-${n}`)
    const machines = names.map((computerDnsName, n) => wireMachine(n, { computerDnsName }))
    const { client, model } = over({ machines })
    expect(await client.listMachines(named({ dnsNames: names }))).toHaveLength(90)
    expect(Math.max(...model.urls.map(url => url.href.length))).toBeLessThan(8000)
  })

  test('no names and no ids are no call', async () => {
    const { client, model } = over({ machines: fleet })
    expect(await client.listMachines(named({}))).toStrictEqual([])
    expect(model.urls).toStrictEqual([])
  })
})

describe('actions of some machines', () => {
  const actions = [
    ...history(120),
    wireAction(500, { creationDateTimeUtc: '2026-01-01T00:00:00Z', machineId: machineId(1) }),
  ]
  const of = (machines: readonly number[], createdFrom: Instant = FROM) =>
    ({ kind: 'machines', machineIds: machines.map(machineId), createdFrom }) as const

  test('are asked for by machine and creation in one call', async () => {
    const { model, client } = over({ actions })
    expect(ids(await client.listActions(of([1, 2])))).toStrictEqual([actionId(1), actionId(2)])
    expect(model.queries).toStrictEqual([
      `machineactions $filter=machineId in ('${machineId(1)}','${machineId(2)}') and creationDateTimeUtc ge 2026-05-24T10:00:00Z&$top=10000`,
    ])
  })

  test.each<[readonly Refusable[], number]>([
    [['in'], 2 + 1],
    [['in', 'or'], 2 + 2 + 2 * 2],
    [['filter'], 5 + 1 + 1 + 1 + 1],
    [['filter', 'orderby'], 5 + 1 + 1 + 1 + 1 + 1],
  ])('are found where the service refuses %j', async (refuses, calls) => {
    const { model, client } = over({ actions, refuses })
    expect(ids(await client.listActions(of([1, 2])))).toStrictEqual([actionId(1), actionId(2)])
    expect(model.urls).toHaveLength(calls)
  })

  test('of many machines in a short time are one window of the whole tenant', async () => {
    const { model, client } = over({ actions }, { inBatch: 3 })
    const found = await client.listActions(of([1, 2, 3, 4], addMs(T0, 1)))
    expect(ids(found)).toStrictEqual([1, 2, 3, 4].map(actionId))
    expect(model.queries).toHaveLength(1)
    expect(model.queries[0]).not.toContain('machineId')
  })

  test('of no machine are no call', async () => {
    const { model, client } = over({ actions })
    expect(await client.listActions(of([]))).toStrictEqual([])
    expect(model.urls).toStrictEqual([])
  })
})

describe('actions by id', () => {
  const pending = history(30).map(row => ({ ...row, status: 'Pending' }))
  const byId = (numbers: readonly number[]) => ({ kind: 'ids', ids: numbers.map(actionId) }) as const
  const all = pending.map((_, number) => number)

  test('are one list call, never one each', async () => {
    const { model, client } = over({ actions: pending })
    expect(ids(await client.listActions(byId(all)))).toStrictEqual(ids(pending))
    expect(model.urls).toHaveLength(1)
  })

  test('of which one is not listed yet are the others', async () => {
    const { client } = over({ actions: pending })
    expect(await client.listActions(byId([1, 99]))).toHaveLength(1)
  })

  test('many that were seen in flight are one window of time', async () => {
    const { model, client } = over({ actions: pending }, { inBatch: 5 })
    await client.listActions(tenant)
    expect(ids(await client.listActions(byId(all)))).toStrictEqual(ids(pending))
    expect(model.queries).toHaveLength(2)
    expect(model.queries[1]).toContain('creationDateTimeUtc ge 2026-11-19T10:00:00Z')
  })

  test('many of which one was never seen are asked for by id', async () => {
    const { model, client } = over({ actions: pending }, { inBatch: 5 })
    expect(await client.listActions(byId(all))).toHaveLength(30)
    expect(model.queries.every(query => query.includes('id in ('))).toBe(true)
    expect(model.urls).toHaveLength(6)
  })

  test('of a service that takes no filter are picked from the whole', async () => {
    const { client } = over({ actions: pending, refuses: ['filter'] })
    expect(ids(await client.listActions(byId([3, 4])))).toStrictEqual([actionId(3), actionId(4)])
  })

  test('none are no call', async () => {
    const { model, client } = over({ actions: pending })
    expect(await client.listActions(byId([]))).toStrictEqual([])
    expect(model.urls).toStrictEqual([])
  })
})

describe('one thing by id', () => {
  const missing: Reply = { status: 404, body: errorBody('ResourceNotFound', 'x') }

  test('is asked for by its path', async () => {
    const { send, requests } = scripted([{ body: wireMachine(1) }, { body: wireAction(1) }])
    const client = createReadClient(dependencies(send))
    expect((await client.getMachine('a/b'))?.id).toBe(machineId(1))
    expect((await client.getAction(actionId(1)))?.id).toBe(actionId(1))
    expect(requests.map(request => request.url.slice(34))).toStrictEqual([
      '/api/machines/a%2Fb',
      `/api/machineactions/${actionId(1)}`,
    ])
  })

  test('is asked for three times before it is missing', async () => {
    const { send, requests } = scripted([missing, missing, missing])
    const parts = dependencies(send)
    expect(await parts.clock.drive(createReadClient(parts).getMachine('a'))).toBeNull()
    expect([requests.length, parts.clock.slept]).toStrictEqual([3, [1000, 2000]])
  })

  test('is there where a 404 was wrong', async () => {
    const parts = dependencies(scripted([missing, { body: wireAction(1) }]).send)
    expect(await parts.clock.drive(createReadClient(parts).getAction('a'))).not.toBeNull()
  })

  test('that cannot be read is an error', async () => {
    const client = createReadClient(dependencies(scripted([{ body: {} }]).send))
    expect(await rejection(client.getMachine('a'))).toMatchObject({ code: 'malformed-answer' })
  })
})

describe('the number of onboarded machines', () => {
  const machines = [
    wireMachine(1),
    wireMachine(2),
    wireMachine(3, { onboardingStatus: 'CanBeOnboarded' }),
    wireMachine(4, { mergedIntoMachineId: machineId(1) }),
  ]

  test('is one $count call', async () => {
    const { model, client } = over({ machines })
    expect(await client.countOnboarded()).toBe(2)
    expect(model.queries).toStrictEqual([
      "machines $filter=onboardingStatus eq 'Onboarded' and mergedIntoMachineId eq null&$top=1",
    ])
    expect(model.counted).toStrictEqual([true])
  })

  test.each<[string, ModelOptions, number]>([
    ['refuses to filter by merged records', { refuses: ['merged'] }, 2],
    ['refuses $count', { refuses: ['count'] }, 4],
    ['leaves the count out', { countsNothing: true }, 3],
  ])('is counted from the whole list where the service %s', async (_what, options, calls) => {
    const { model, client } = over({ machines, ...options })
    expect(await client.countOnboarded()).toBe(2)
    expect(model.urls).toHaveLength(calls)
  })

  test('is 0 where the service answers 404', async () => {
    const nothing: Reply = { status: 404, body: errorBody('ResourceNotFound', 'x') }
    const parts = dependencies(scripted([nothing, nothing]).send)
    expect(await parts.clock.drive(createReadClient(parts).countOnboarded())).toBe(0)
  })
})
