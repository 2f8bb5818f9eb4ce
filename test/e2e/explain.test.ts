import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ISOLATE_TWO, startTenant } from './emulated-tenant.ts'

const GONE = 'c'.repeat(40)
const FLEET = {
  machines: [
    { computerDnsName: 'ws-1.contoso.com' },
    { computerDnsName: 'ws-2.contoso.com' },
    { computerDnsName: 'twin.contoso.com', id: 'a'.repeat(40) },
    { computerDnsName: 'twin.contoso.com', id: 'b'.repeat(40) },
  ],
  actions: [{ type: 'Isolate', machineId: 'ws-1.contoso.com', scope: 'Full', creationDateTimeUtc: '-2d' }],
} as const

test('explain says why one machine is as it is, and asks nothing but GET', async () => {
  const tenant = await startTenant(FLEET, ISOLATE_TWO)
  const ran = await tenant.run(['explain', 'WS-1.contoso.com', '--markdown-into', 'why.md'])
  expect([ran.code, ran.stderr, tenant.writes()]).toStrictEqual([0, '', 0])
  expect(ran.stdout).toContain('full by contain policies/contain.yaml:8')
  expect(ran.stdout).toContain('decides: Isolate (full) Succeeded')
  expect(ran.stdout).toContain('nothing: it is as declared')
  expect(await readFile(`${tenant.folder}/why.md`, 'utf8')).toContain('### Holdfast explain')
})

test('explain takes the id of a record whose name is not unique', async () => {
  const ran = await (await startTenant(FLEET, ISOLATE_TWO)).run(['explain', 'A'.repeat(40), '--json'])
  expect([ran.code, JSON.parse(ran.stdout).machine.id]).toStrictEqual([0, 'a'.repeat(40)])
})

test('explain takes the first part of a name where one machine alone has it, and offers several', async () => {
  const tenant = await startTenant(FLEET, ISOLATE_TWO)
  expect(JSON.parse((await tenant.run(['explain', 'WS-1', '--json'])).stdout).machine.dnsName).toBe(
    'ws-1.contoso.com',
  )
  const twins = await tenant.run(['explain', 'twin'])
  expect(twins.stderr).toContain(`Did you mean twin.contoso.com (${'a'.repeat(40)})`)
})

test('what sends something wants the whole name, and says which', async () => {
  const tenant = await startTenant(FLEET, ISOLATE_TWO)
  const ran = await tenant.run([
    'live-response',
    'run',
    'ws-1',
    '--get',
    '/tmp/x',
    '--reason',
    'r',
    '--auto-approve',
  ])
  expect([ran.code, tenant.writes()]).toStrictEqual([1, 0])
  expect(ran.stderr).toContain('Did you mean ws-1.contoso.com (')
})

test('explain --as-of the past shows how it stood then', async () => {
  const tenant = await startTenant(FLEET, ISOLATE_TWO)
  const past = new Date(Date.parse(tenant.clock.now()) - 4 * 86_400_000).toISOString()
  const ran = await tenant.run(['explain', 'ws-1.contoso.com', '--as-of', past, '--json'])
  const document = JSON.parse(ran.stdout)
  expect([document.facets[0].holds, document.facets[0].verdict.kind]).toStrictEqual(['none', 'change'])
})

test.each([
  ['a name that nobody has', 'nobody', 'unresolved-machine'],
  ['the first part of a name that two have', 'twin', 'unresolved-machine'],
  ['a name that two have', 'twin.contoso.com', 'ambiguous-machine'],
  ['an id that nobody has', GONE, 'unresolved-machine'],
  ['what can be no machine', 'a b/c', 'usage'],
])('%s is an error', async (_rule, name, code) => {
  const ran = await (await startTenant(FLEET, ISOLATE_TWO)).run(['explain', name])
  expect([ran.code, ran.stdout]).toStrictEqual([1, ''])
  expect(ran.stderr).toContain(`error[${code}]`)
})

test('after a read that failed nothing is explained', async () => {
  const behaviour = { faults: [{ on: 'GET /machineactions', status: 403 }] }
  const ran = await (await startTenant({ ...FLEET, behaviour }, ISOLATE_TWO)).run([
    'explain',
    'ws-1.contoso.com',
    '--json',
  ])
  expect([ran.code, JSON.parse(ran.stdout).error.code]).toStrictEqual([1, 'read-incomplete'])
})
