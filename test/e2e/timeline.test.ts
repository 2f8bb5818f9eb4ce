import { expect, test } from 'vitest'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { machines, startTenant } from './emulated-tenant.ts'

const SCENARIO: Scenario = {
  machines: machines(2),
  actions: [
    { type: 'Isolate', scope: 'Full', machineId: 'ws-1.contoso.com', creationDateTimeUtc: '-9d' },
    { type: 'Unisolate', machineId: 'ws-1.contoso.com', creationDateTimeUtc: '-1d' },
  ],
}

test('timeline draws what held a machine, who acted, and what is asked', async () => {
  const tenant = await startTenant(SCENARIO)
  const ran = await tenant.run(['timeline', 'ws-1.contoso.com'])
  expect([ran.code, ran.stderr]).toStrictEqual([0, ''])
  expect(ran.stdout).toMatch(
    /^ws-1\.contoso\.com: .*\n\nisolated +is +F+\.+\n +want +F+\n +acts +\+\.+-\.+\n/,
  )
  expect(tenant.writes()).toBe(0)
})

test('it is a document, and Markdown, from --since on', async () => {
  const tenant = await startTenant(SCENARIO)
  const argv = ['timeline', 'ws-1.contoso.com', '--since', '2d']
  const { lanes } = JSON.parse((await tenant.run([...argv, '--json'])).stdout)
  expect(lanes[0]).toMatchObject({ holds: [{ level: 'full' }], marks: [{ type: 'Unisolate' }] })
  expect((await tenant.run([...argv, '--format', 'markdown'])).stdout).toContain('#### Actions (1)')
})

test('a machine whose record is gone is found by its id', async () => {
  const id = 'f'.repeat(40)
  const tenant = await startTenant({
    machines: machines(2),
    actions: [{ type: 'Isolate', machineId: id, creationDateTimeUtc: '-1d' }],
  })
  expect((await tenant.run(['timeline', id.toUpperCase()])).stdout).toContain(`${id}: `)
})

test.each([
  ['a machine that is not there', ['nobody.contoso.com'], 'unresolved-machine'],
  ['a beginning that is not in the past', ['ws-1.contoso.com', '--since', '2099-01-01'], 'usage'],
])('%s is an error', async (_what, argv, code) => {
  const tenant = await startTenant(SCENARIO)
  const ran = await tenant.run(['timeline', ...argv])
  expect([ran.code, ran.stdout]).toStrictEqual([1, ''])
  expect(ran.stderr).toContain(`error[${code}]`)
})
