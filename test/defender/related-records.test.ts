import { describe, expect, test } from 'vitest'
import { createReadClient, type ReadClient } from '../../src/defender/read-client.ts'
import type { Need } from '../../src/plan/select/observation.ts'
import type { Instant } from '../../src/schema/instant.ts'
import { dependencies } from './clients.ts'
import { type ModelOptions, ModelService } from './model-service.ts'
import { machineId, wireAction, wireMachine } from './rows.ts'

const NEED: Need = {
  scope: 'named',
  ids: [],
  dnsNames: [],
  historyFrom: '2026-05-24T10:00:00.0000000Z' as Instant,
  countOnboarded: false,
}
const merged = (number: number, into: number) => wireMachine(number, { mergedIntoMachineId: machineId(into) })

function over(options: ModelOptions): { readonly model: ModelService; readonly client: ReadClient } {
  const model = new ModelService(options)
  return { model, client: createReadClient(dependencies(model.send)) }
}

const CHAIN = [wireMachine(1), merged(2, 1), merged(3, 2), wireMachine(9)]
const actions = [2, 3, 9].map(number => wireAction(number))

describe('a look at a machine by its id', () => {
  test.each([1, 2, 3])('%i of a chain of merges brings all records of the device', async number => {
    const { client } = over({ machines: CHAIN, actions })
    const { machines, actions: found, failures } = await client.observe({ ...NEED, ids: [machineId(number)] })
    expect(failures).toStrictEqual([])
    expect(machines.map(({ id }) => id).sort()).toStrictEqual([1, 2, 3].map(machineId))
    expect(found.map(({ machineId: id, recordId }) => [id, recordId]).sort()).toStrictEqual([
      [machineId(1), machineId(2)],
      [machineId(1), machineId(3)],
    ])
  })

  test('does so too where the service takes no query by the merge, at the price of the whole list', async () => {
    const { client } = over({ machines: CHAIN, actions, refuses: ['merged'] })
    const { machines, scope } = await client.observe({ ...NEED, ids: [machineId(1)] })
    expect(scope).toBe('named')
    expect(machines.map(({ id }) => id).sort()).toStrictEqual([1, 2, 3].map(machineId))
  })

  test('ends where merges lead in a circle', async () => {
    const { client, model } = over({ machines: [merged(1, 2), merged(2, 1)] })
    const { machines } = await client.observe({ ...NEED, ids: [machineId(1)] })
    expect(machines.map(({ id }) => id)).toStrictEqual([machineId(1)])
    expect(model.urls.length).toBeLessThan(8)
  })

  test('ends where a merge leads to no record', async () => {
    const { client } = over({ machines: [merged(1, 7)] })
    expect((await client.observe({ ...NEED, ids: [machineId(1)] })).machines).toHaveLength(1)
  })

  test('follows a chain five records far, and leaves the rest unresolved', async () => {
    const machines = [...Array.from({ length: 9 }, (_, number) => merged(number, number + 1)), wireMachine(9)]
    const { client } = over({ machines })
    const { machines: found } = await client.observe({ ...NEED, ids: [machineId(0)] })
    expect(found.map(({ id }) => id)).not.toContain(machineId(9))
  })

  test('trusts no filter: a record of another device is left out', async () => {
    const model = new ModelService({ machines: CHAIN, actions })
    const lax = new ModelService({ machines: CHAIN })
    const parts = dependencies((request, signal) =>
      request.url.includes('mergedIntoMachineId')
        ? lax.send({ ...request, url: request.url.replace(/\$filter=[^&]*&/, '') }, signal)
        : model.send(request, signal),
    )
    const client = createReadClient(parts)
    const { machines } = await client.observe({ ...NEED, ids: [machineId(1)] })
    expect(machines.map(({ id }) => id)).not.toContain(machineId(9))
  })
})

describe('a list of machines by id', () => {
  const listed = async (client: ReadClient, number: number) =>
    (await client.listMachines({ kind: 'named', ids: [machineId(number)], dnsNames: [] })).map(({ id }) => id)

  test('has the record that remains beside one that was merged', async () => {
    const { client } = over({ machines: CHAIN })
    expect((await listed(client, 3)).sort()).toStrictEqual([machineId(1), machineId(3)])
  })

  test('costs no call more where none was merged', async () => {
    const { client, model } = over({ machines: CHAIN })
    expect(await listed(client, 9)).toStrictEqual([machineId(9)])
    expect(model.urls).toHaveLength(1)
  })
})
