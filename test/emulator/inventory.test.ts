import { describe, expect, test } from 'vitest'
import { drive, HOST, rowsOf } from './drive.ts'

const UNKNOWN = 'ffffffffffffffffffffffffffffffffffffffff'
describe('the inventory', () => {
  const machines = [
    {
      id: 'a'.repeat(40),
      computerDnsName: 'twin.contoso.com',
      lastSeen: '-90d',
      machineTags: ['INC-4211', 'x'],
    },
    { id: 'b'.repeat(40), computerDnsName: 'twin.contoso.com', lastSeen: '-1h', machineTags: ['INC-42'] },
    { id: 'c'.repeat(40), computerDnsName: 'other.contoso.com', lastIpAddress: '10.0.0.7', lastSeen: '-1h' },
  ]

  test('a name leads to the record seen last', async () => {
    expect((await drive({ machines }).get('/api/machines/Twin.contoso.com')).json['id']).toBe('b'.repeat(40))
  })

  test.each([
    ['tag=INC-4211', ['a']],
    ['tag=inc-4211', []],
    ['tag=INC-42', ['b']],
    ['Tag=INC-42&UseStartsWithFilter=true', ['a', 'b']],
  ])('findbytag?%s', async (query, ids) => {
    const rows = rowsOf(await drive({ machines }).get(`/api/machines/findbytag?${query}`))
    expect(rows.map(({ id }) => String(id)[0])).toStrictEqual(ids)
  })

  test('findbytag needs a tag', async () => {
    expect((await drive().get('/api/machines/findbytag')).json.error?.code).toBe('MissingRequiredParameter')
  })

  test.each([
    ["ip='10.0.0.7',timestamp=2026-11-22T17:10:00Z", 1],
    ["ip='10.0.0.7',timestamp=2026-11-22T17:16:00Z", 0],
    ["ip='10.0.0.8',timestamp=2026-11-22T17:00:00Z", 0],
  ])('findbyip(%s) finds %d', async (call, count) => {
    expect(rowsOf(await drive({ machines }).get(`/api/machines/findbyip(${call})`))).toHaveLength(count)
  })

  test('findbyip needs both arguments', async () => {
    expect((await drive().get("/api/machines/findbyip(ip='x')")).json.error?.code).toBe('InvalidInput')
  })

  test('an empty tenant is an empty list, or 404 where the scenario says so', async () => {
    expect(rowsOf(await drive({ machines: [] }).get('/api/machines'))).toStrictEqual([])
    const strict = drive({ machines: [], behaviour: { noMachines: 'not-found' } })
    expect((await strict.get('/api/machines')).status).toBe(404)
  })

  test('tags are added and removed, one machine or many at a time', async () => {
    const { post, emulator } = drive({ machines })
    const [a = '', b = ''] = machines.map(({ id }) => id)
    const added = await post(`/api/machines/${a}/tags`, { Value: 'new', Action: 'Add' })
    expect(added.json['machineTags']).toStrictEqual(['INC-4211', 'x', 'new'])
    await post(`/api/machines/${a}/tags`, { Value: 'x', Action: 'Remove' })
    const bulk = await post('/api/machines/AddOrRemoveTagForMultipleMachines', {
      Value: 'all',
      Action: 'Add',
      MachineIds: [a, b],
    })
    expect(rowsOf(bulk)).toHaveLength(2)
    expect(emulator.machines().map(({ machineTags }) => machineTags)).toStrictEqual([
      ['INC-4211', 'new', 'all'],
      ['INC-42', 'all'],
      [],
    ])
  })

  const bulk = '/api/machines/AddOrRemoveTagForMultipleMachines'
  test.each(
    Object.entries({
      'an unknown action': [`/api/machines/${HOST}/tags`, { Value: 'x', Action: 'Set' }, 'InvalidInput'],
      'no value': [`/api/machines/${HOST}/tags`, { Action: 'Add' }, 'MissingRequiredParameter'],
      'a long value': [
        `/api/machines/${HOST}/tags`,
        { Value: 'x'.repeat(201), Action: 'Add' },
        'InvalidInput',
      ],
      'an unknown machine': [
        `/api/machines/${UNKNOWN}/tags`,
        { Value: 'x', Action: 'Add' },
        'ResourceNotFound',
      ],
      'no machines': [bulk, { Value: 'x', Action: 'Add' }, 'MissingRequiredParameter'],
      'too many machines': [
        bulk,
        { Value: 'x', Action: 'Add', MachineIds: Array.from({ length: 501 }, () => HOST) },
        'InvalidInput',
      ],
    } as const),
  )('a tag request with %s is refused', async (_rule, [path, body, code]) => {
    expect((await drive().post(path, body)).json.error?.code).toBe(code)
  })
})
