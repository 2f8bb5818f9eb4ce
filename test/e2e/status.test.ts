import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { CONFIGURATION, ISOLATE_TWO, machines, startTenant } from './emulated-tenant.ts'

test('status says who is held, by which policy and until when, and what is free where a part of a name asks', async () => {
  const expiring = `${ISOLATE_TWO['policies/contain.yaml']}expires: 2099-01-01T06:00:00Z\n`
  const tenant = await startTenant(undefined, { ...ISOLATE_TWO, 'policies/contain.yaml': expiring })
  expect((await tenant.run(['apply', '--auto-approve'])).code).toBe(0)
  const before = tenant.writes()
  const { code, stdout } = await tenant.run(['status'])
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^2 isolated, 0 restricted, .*\nisolated \(full\): 2 machines by Holdfast, policy contain, .*until its policy expires, 2099-01-01 06:00Z\n {4}ws-1\.contoso\.com, ws-2\.contoso\.com\n/,
  )
  const found = await tenant.run(['status', ' "WS-4" ', '--json'])
  const document = JSON.parse(found.stdout)
  expect([
    document.part,
    document.held,
    document.free.map(({ dnsName }: { dnsName: string }) => dnsName),
  ]).toStrictEqual(['ws-4', [], ['ws-4.contoso.com']])
  expect(tenant.writes()).toBe(before)
})

test('status names the freeze that is in force, finds by the beginning of an id, and is an error for a name nobody has', async () => {
  const id = 'ab'.repeat(20)
  const tenant = await startTenant({ machines: [...machines(1), { id, computerDnsName: 'x' }] }, {})
  await mkdir(join(tenant.folder, 'policies'), { recursive: true })
  await writeFile(
    join(tenant.folder, 'holdfast.yaml'),
    `${CONFIGURATION}freeze: { owner: anna@contoso.com, reason: forensics, until: 2099-01-01T06:00:00Z, renewals: true }\n`,
  )
  expect((await tenant.run(['status'])).stdout).toContain(
    'Frozen by anna@contoso.com until 2099-01-01 06:00Z: forensics. Renewals go on.',
  )
  expect((await tenant.run(['status', 'abab'])).stdout).toContain('Nothing on 1 machine:\n    x\n')
  const missing = await tenant.run(['status', 'nobody'])
  expect([missing.code, missing.stderr]).toStrictEqual([
    1,
    expect.stringContaining('error[machine-not-found]'),
  ])
})

test('status goes on where a policy has an error: who is held is a fact', async () => {
  const tenant = await startTenant(undefined, {
    ...ISOLATE_TWO,
    'policies/broken.yaml': 'version: 1\npolicy: [\n',
  })
  expect((await tenant.run(['status'])).code).toBe(0)
})

test('status needs no declaration', async () => {
  const tenant = await startTenant({ machines: machines(1) }, {})
  const { code, stdout } = await tenant.run(['status'])
  expect([code, stdout]).toStrictEqual([0, expect.stringContaining('0 isolated, 0 restricted')])
})

test('what status writes as JSON is as its published schema says: held, in flight, free, frozen, and with a lease', async () => {
  const path = new URL('../../schemas/status.schema.json', import.meta.url)
  const validate = new Ajv().compile(JSON.parse(await readFile(path, 'utf8')))
  const scenario = {
    machines: machines(4),
    behaviour: { settle: { Isolate: '10s', RestrictCodeExecution: '1h' } },
  }
  const both = (ISOLATE_TWO['policies/contain.yaml'] ?? '').replace(
    'isolated: full',
    'isolated: full\n  restricted: true',
  )
  const tenant = await startTenant(scenario, { ...ISOLATE_TWO, 'policies/contain.yaml': both })
  await tenant.run(['apply', '--auto-approve', '--no-wait'])
  await expect.poll(async () => (await tenant.run(['status'])).stdout).toContain('2 isolated')
  await tenant.run(['freeze', '--for', '9h', '--reason', 'x'])
  const document = JSON.parse((await tenant.run(['status', 'ws', '--json'])).stdout)
  expect([document.held.length, document.inFlight.length, document.free.length]).toStrictEqual([1, 1, 2])
  const lease = {
    id: '0f3a9c51d2b84e67',
    owner: 'process 4711 on soc-jump-1',
    planId: null,
    runId: null,
    journal: null,
    created: document.readAt,
    renewed: document.readAt,
    expires: document.readAt,
    state: 'live',
    removed: false,
  }
  for (const each of [document, { ...document, lease, freeze: null }]) {
    expect(validate(each), JSON.stringify(validate.errors)).toBe(true)
  }
  expect(validate({ ...document, more: 1 })).toBe(false)
})
