import { describe, expect, test } from 'vitest'
import { drive, HOST, HOUR, MINUTE, onHost, SECOND } from './drive.ts'

async function times(count: number, call: () => Promise<{ readonly status: number }>): Promise<number[]> {
  const statuses: number[] = []
  for (let index = 0; index < count; index += 1) statuses.push((await call()).status)
  return statuses
}

describe('quota windows', () => {
  test('100 calls a minute to one path, then 429 with the recorded words until the first call is a minute old', async () => {
    const { get, clock } = drive()
    expect(new Set(await times(40, () => get('/api/machines')))).toStrictEqual(new Set([200]))
    clock.advance(20 * SECOND)
    expect(new Set(await times(60, () => get('/API/machines/')))).toStrictEqual(new Set([200]))
    const { status, headers, json } = await get('/api/machines')
    expect([status, headers['retry-after'], json.error?.code]).toStrictEqual([429, '40', '429'])
    expect(json.error?.message).toBe('API calls quota exceeded! maximum allowed 100 per 00:01:00')
    clock.advance(40 * SECOND - 1)
    expect((await get('/api/machines')).headers['retry-after']).toBe('1')
    clock.advance(1)
    expect((await times(41, () => get('/api/machines'))).filter(s => s === 429)).toHaveLength(1)
  })

  test('1500 calls an hour', async () => {
    const { get, clock } = drive()
    for (let minute = 0; minute < 15; minute += 1) {
      await times(100, () => get('/api/machines'))
      clock.advance(MINUTE)
    }
    const { status, headers, json } = await get('/api/machines')
    expect([status, headers['retry-after']]).toStrictEqual([429, String(45 * 60)])
    expect(json.error?.message).toBe('API calls quota exceeded! maximum allowed 1500 per 01:00:00')
    clock.advance(45 * MINUTE)
    expect((await get('/api/machines')).status).toBe(200)
  })

  test('each path has its own windows, whatever machine it names', async () => {
    const { get, post } = drive({ behaviour: { quotas: { perMinute: 1 } } })
    expect((await post(onHost('isolate'))).status).toBe(201)
    expect((await post(`/api/machines/${'f'.repeat(40)}/isolate`)).status).toBe(429)
    expect((await post(onHost('unisolate'))).status).toBe(201)
    expect((await get('/api/machineactions')).status).toBe(200)
    expect((await get(`/api/machines/${HOST}`)).status).toBe(200)
  })

  test('each application has its own windows', async () => {
    const { emulator } = drive({ behaviour: { quotas: { perMinute: 1 } } })
    const claims = (appid: string): string => Buffer.from(JSON.stringify({ appid })).toString('base64url')
    const call = async (token: string): Promise<unknown> =>
      emulator.handle({ method: 'GET', url: '/api/machines', headers: { Authorization: `Bearer ${token}` } })
    expect(await call(`h.${claims('one')}.s`)).toMatchObject({ status: 200 })
    expect(await call(`h.${claims('two')}.s`)).toMatchObject({ status: 200 })
    expect(await call(`other.${claims('one')}.s`)).toMatchObject({ status: 429 })
    expect(await call('opaque')).toMatchObject({ status: 200 })
    expect(await call('h.bm90IGpzb24.s')).toMatchObject({ status: 429 })
  })

  test('refused calls are not counted', async () => {
    const { get, clock } = drive({ behaviour: { quotas: { perHour: 2 } } })
    await times(10, () => get('/api/machines'))
    clock.advance(HOUR)
    expect((await get('/api/machines')).status).toBe(200)
  })

  test('live response: 10 a minute, and 50 at once', async () => {
    const machines = Array.from({ length: 55 }, (_, index) => ({ computerDnsName: `h${index}` }))
    const { post, emulator, clock } = drive({ machines, behaviour: { settle: { LiveResponse: '1h' } } })
    const body = { Commands: [{ type: 'GetFile', params: [{ key: 'Path', value: 'x' }] }] }
    const statuses: number[] = []
    for (const { id } of emulator.machines()) {
      if (statuses.length % 10 === 0) clock.advance(MINUTE)
      statuses.push((await post(`/api/machines/${id}/runliveresponse`, body)).status)
    }
    expect(statuses.filter(status => status === 201)).toHaveLength(50)
    expect(statuses.slice(50)).toStrictEqual([429, 429, 429, 429, 429])
    const many = drive({ machines })
    const first = many.emulator.machines().slice(0, 11)
    const fast = await Promise.all(
      first.map(({ id }) => many.post(`/api/machines/${id}/runliveresponse`, body)),
    )
    expect(fast.map(({ status }) => status).filter(status => status === 429)).toHaveLength(1)
  })

  test.each([
    ['the limits of one path', { paths: { 'get /Machines': { perMinute: 1 } } }, '429', '60'],
    ['no Retry-After', { perMinute: 1, retryAfter: false }, '429', undefined],
    ['the documented code', { perMinute: 1, code: 'TooManyRequests' as const }, 'TooManyRequests', '60'],
  ])('a scenario can have %s', async (_what, quotas, code, retryAfter) => {
    const { get } = drive({ behaviour: { quotas } })
    await get('/api/machines')
    const { status, json, headers } = await get('/api/machines')
    expect([status, json.error?.code, headers['retry-after']]).toStrictEqual([429, code, retryAfter])
    expect((await get('/api/machineactions')).status).toBe(200)
  })

  test('a scenario can have no limits at all', async () => {
    const { get } = drive({ behaviour: { quotas: { enforce: false, perMinute: 1 } } })
    expect(new Set(await times(5, () => get('/api/machines')))).toStrictEqual(new Set([200]))
  })
})
