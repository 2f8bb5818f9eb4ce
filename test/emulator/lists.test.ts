import { describe, expect, test } from 'vitest'
import type { Behaviour } from '../../src/emulator/scenario-types.ts'
import { DAY, type Drive, drive, HOST, HOUR, MINUTE, rowsOf, SECOND } from './drive.ts'

const THREE = ['a', 'b', 'c'].map(id => ({ id: id.repeat(40), computerDnsName: `${id}.contoso.com` }))

function listed(behaviour: Behaviour): Drive {
  return drive({ machines: THREE, behaviour })
}

describe('a list', () => {
  test.each([
    ['always', {}, [404, 404, 404, 404]],
    ['twice', { first: 2 }, [404, 404, 200, 200]],
    ['for a time', { until: '150s' }, [404, 404, 404, 200]],
    ['until a time', { until: '2026-11-22T18:01:30Z' }, [404, 404, 200, 200]],
  ])('is 404 %s', async (_when, occurrence, want) => {
    const service = listed({ faults: [{ on: 'GET /machines', status: 404, ...occurrence }] })
    const statuses: number[] = []
    for (const _look of want) {
      statuses.push((await service.get('/api/machines')).status)
      service.clock.advance(MINUTE)
    }
    expect(statuses).toStrictEqual(want)
  })

  test('is cut short without a link, and without a count', async () => {
    const { get } = listed({
      pageLimit: 2,
      refuse: ['count'],
      faults: [{ on: 'GET /machines', fault: 'no-link' }],
    })
    const page = await get('/api/machines?$top=10')
    expect(rowsOf(page)).toHaveLength(2)
    expect(page.json).not.toHaveProperty('@odata.nextLink')
    expect((await get('/api/machines?$count=true')).status).toBe(400)
    expect(rowsOf(await get('/api/machines?$top=10&$skip=2'))).toHaveLength(1)
  })

  test('has a link that is no text', async () => {
    const { get } = listed({ faults: [{ on: 'GET /machines', fault: 'link-no-text' }] })
    expect((await get('/api/machines')).json['@odata.nextLink']).toBe(1)
  })

  test('links to one more page for ever, and no link is like another', async () => {
    const { get } = listed({ pageLimit: 2, faults: [{ on: 'GET /machines', fault: 'endless-links' }] })
    const seen: string[] = []
    let rows = 0
    let next: unknown = '/api/machines'
    for (let page = 0; page < 50; page += 1) {
      const answer = await get(String(next))
      rows += rowsOf(answer).length
      next = answer.json['@odata.nextLink']
      seen.push(String(next))
    }
    expect(rows).toBe(3)
    expect(new Set(seen).size).toBe(50)
  })

  test('has no rows although there are some', async () => {
    const { get } = listed({ faults: [{ on: 'GET /machines', fault: 'no-rows' }] })
    const answer = await get('/api/machines')
    expect([answer.status, rowsOf(answer)]).toStrictEqual([200, []])
  })

  test.each([
    ['cap', 200],
    ['refuse', 400],
  ] as const)('over 10,000 rows: %s', async (topOverLimit, status) => {
    const { get } = listed({ topOverLimit })
    expect((await get('/api/machines?$top=10000')).status).toBe(200)
    const answer = await get('/api/machineactions?$top=10001')
    expect(answer.status).toBe(status)
    if (status === 400) expect(answer.json.error?.code).toBe('ODataError')
  })

  test('counts a row that never comes', async () => {
    const [first, ...others] = THREE
    const service = drive({
      machines: [{ ...first, listed: false }, ...others],
      actions: [
        { type: 'Isolate', machineId: 'a'.repeat(40), listed: false },
        { type: 'Isolate', machineId: 'b'.repeat(40) },
      ],
    })
    for (const path of ['/api/machines', '/api/machineactions']) {
      const answer = await service.get(`${path}?$count=true`)
      expect([answer.json['@odata.count'], rowsOf(answer).length]).toStrictEqual(
        path === '/api/machines' ? [3, 2] : [2, 1],
      )
    }
    expect((await service.get('/api/machines/$count')).text).toBe('3')
    expect((await service.get(`/api/machines/${'a'.repeat(40)}`)).status).toBe(200)
  })
})

test('a machine that the caller may not see is in no list and 404 by id, and its actions are listed', async () => {
  const [first, ...others] = THREE
  const service = drive({
    machines: [{ ...first, hidden: true, machineTags: ['t'] }, ...others],
    actions: [{ type: 'Isolate', machineId: 'a'.repeat(40) }],
  })
  const id = 'a'.repeat(40)
  expect(rowsOf(await service.get('/api/machines'))).toHaveLength(2)
  expect((await service.get('/api/machines/$count')).text).toBe('2')
  expect(rowsOf(await service.get('/api/machines/findbytag?tag=t'))).toHaveLength(0)
  for (const path of [id, 'a.contoso.com'])
    expect((await service.get(`/api/machines/${path}`)).status).toBe(404)
  expect((await service.post(`/api/machines/${id}/unisolate`)).status).toBe(404)
  expect((await service.post(`/api/machines/${id}/tags`, { Value: 'x', Action: 'Add' })).status).toBe(404)
  expect(rowsOf(await service.get('/api/machineactions'))).toHaveLength(1)
})

describe('PATCH of a machine', () => {
  const machines = [{ id: HOST, machineTags: ['one', 'two'] }]

  async function patch(service: Drive, body: unknown, id = HOST): Promise<unknown> {
    const answer = await service.ask('PATCH', `/api/machines/${id}`, body)
    if (answer.kind !== 'response') throw new Error(answer.kind)
    const { machineTags, deviceValue, error } = JSON.parse(answer.body.toString())
    return error === undefined ? [machineTags, deviceValue] : [answer.status, error.code]
  }

  test.each([
    ['replace', ['three']],
    ['append', ['one', 'two', 'three']],
  ] as const)('%s its tags, once each', async (patchTags, want) => {
    const service = drive({ machines, behaviour: { patchTags } })
    expect(await patch(service, { machineTags: ['three', 'three'] })).toStrictEqual([want, 'Normal'])
    expect((await service.get(`/api/machines/${HOST}`)).json['machineTags']).toStrictEqual(want)
  })

  test('leaves what is left out', async () => {
    const service = drive({ machines })
    expect(await patch(service, { deviceValue: 'High' })).toStrictEqual([['one', 'two'], 'High'])
    expect(await patch(service, { machineTags: [] })).toStrictEqual([[], 'High'])
  })

  test.each([
    [{ deviceValue: 'Huge' }, [400, 'InvalidInput']],
    [{ machineTags: 'one' }, [400, 'InvalidInput']],
    [{ machineTags: ['x'.repeat(201)] }, [400, 'InvalidInput']],
    [{ MachineTags: [] }, [400, 'InvalidRequestBody']],
  ])('refuses %o', async (body, want) => {
    expect(await patch(drive({ machines }), body)).toStrictEqual(want)
  })

  test('404 for a machine that is not there', async () => {
    expect(await patch(drive(), {}, 'f'.repeat(40))).toStrictEqual([404, 'ResourceNotFound'])
  })
})

describe('a scan without ScanType', () => {
  test('is taken as recorded, with a null scope', async () => {
    const service = drive()
    const answer = await service.post(`/api/machines/${HOST}/runAntiVirusScan`)
    expect(answer).toMatchObject({ status: 201, json: { scope: null } })
    service.clock.advance(HOUR)
    expect(service.emulator.actions()[0]).toMatchObject({ status: 'Succeeded', scope: null })
  })

  test('or is refused as documented', async () => {
    const service = drive({ behaviour: { scanWithoutType: 'refuse' } })
    const { status, json } = await service.post(`/api/machines/${HOST}/runAntiVirusScan`)
    expect([status, json.error?.code, json.error?.message]).toStrictEqual([
      400,
      'MissingRequiredParameter',
      'Parameter ScanType is missing',
    ])
  })
})

test.each([
  [undefined, 2 * HOUR, 'TimeOut'],
  [{ end: 'Failed' }, 2 * HOUR, 'Failed'],
  [{ end: 'Cancelled', for: '72h' }, 3 * DAY, 'Cancelled'],
  [{ end: 'never' }, 30 * DAY, 'Pending'],
] as const)('a live response that no device takes up: %o', async (liveResponseQueue, afterMs, end) => {
  const service = drive({
    machines: [{ id: HOST, offline: true }],
    behaviour: liveResponseQueue === undefined ? {} : { liveResponseQueue },
  })
  await service.post(`/api/machines/${HOST}/runliveresponse`, {
    Comment: 'c',
    Commands: [{ type: 'GetFile', params: [{ key: 'Path', value: 'x' }] }],
  })
  service.clock.advance(afterMs - SECOND)
  expect(service.emulator.actions()[0]?.status).toBe('Pending')
  service.clock.advance(2 * SECOND)
  expect(service.emulator.actions()[0]?.status).toBe(end)
})

describe('permissions by path', () => {
  test('stand in place of the documented ones', async () => {
    const { get } = drive({
      behaviour: {
        roles: ['Machine.Read.All'],
        permissions: { 'GET /machineactions': ['Machine.ReadWrite.All'] },
      },
    })
    expect((await get('/api/machines')).status).toBe(200)
    const refused = await get('/api/machineactions')
    expect(refused.status).toBe(403)
    expect(refused.json.error?.message).toContain('API required roles: Machine.ReadWrite.All')
  })
})
