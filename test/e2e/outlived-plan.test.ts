import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { machines, policy, startTenant, type Tenant } from './emulated-tenant.ts'

const NAMES = ['ws-1.contoso.com', 'ws-2.contoso.com']
const ISOLATE = policy('contain', 'isolated: full', NAMES)

async function planned(): Promise<Tenant> {
  const tenant = await startTenant({ machines: machines(4) })
  await declare(tenant, ISOLATE)
  expect((await tenant.run(['plan', '--out', 'tonight.plan'])).code).toBe(0)
  return tenant
}

function declare({ folder }: Tenant, text: string): Promise<void> {
  return writeFile(join(folder, 'policies', 'contain.yaml'), text)
}

async function applied(tenant: Tenant, ...flags: readonly string[]) {
  const { code, stdout } = await tenant.run(['apply', 'tonight.plan', '--json', ...flags])
  return { code, result: JSON.parse(stdout), sent: tenant.emulator.actions().length }
}

test.each<[string, (tenant: Tenant) => Promise<void>]>([
  ['says the opposite', tenant => declare(tenant, ISOLATE.replace('full', 'false'))],
  [
    'has an `except` that takes the machines out',
    tenant => declare(tenant, `${ISOLATE}except: [{ dnsName: [${NAMES}] }]\n`),
  ],
  ['has expired', tenant => declare(tenant, `${ISOLATE}expires: 2026-01-01T00:00:00Z\n`)],
  ['is gone', ({ folder }) => rm(join(folder, 'policies', 'contain.yaml'))],
])(
  'a saved plan whose policy %s is stale: 3, nothing is sent, and each change says why',
  async (_what, move) => {
    const tenant = await planned()
    await move(tenant)
    const { code, result, sent } = await applied(tenant)
    expect([code, sent]).toStrictEqual([3, 0])
    expect(result.moved).toHaveLength(2)
    expect(result.moved[0].message).toMatch(/contain|no policy asks/)
  },
)

test('a reason that was reworded moves nothing', async () => {
  const tenant = await planned()
  await declare(tenant, ISOLATE.replace('INC-1', 'INC-1, agreed'))
  expect(await applied(tenant)).toMatchObject({ code: 0, sent: 2 })
})

test('without the files of the declaration a saved plan is an error, and so is going on with it', async () => {
  const tenant = await planned()
  expect((await tenant.run(['apply', 'tonight.plan', '--no-wait'])).code).toBe(6)
  const away = join(tenant.folder, 'away')
  await mkdir(away)
  for (const name of ['holdfast.yaml', 'policies']) await rename(join(tenant.folder, name), join(away, name))
  for (const argv of [
    ['apply', 'tonight.plan'],
    ['apply', '--resume'],
  ]) {
    const { code, stderr } = await tenant.run(argv)
    expect([code, stderr]).toStrictEqual([1, expect.stringContaining('declaration-missing')])
  }
  expect(tenant.emulator.actions()).toHaveLength(2)
})

test('a plan that was made from policy files alone is held against those', async () => {
  const tenant = await startTenant({ machines: machines(4) })
  await declare(tenant, ISOLATE)
  await rm(join(tenant.folder, 'holdfast.yaml'))
  expect((await tenant.run(['plan', 'policies', '--out', 'tonight.plan'])).code).toBe(0)
  await declare(tenant, ISOLATE.replace('full', 'false'))
  expect(await applied(tenant)).toMatchObject({ code: 3, sent: 0 })
  await declare(tenant, ISOLATE)
  expect(await applied(tenant)).toMatchObject({ code: 0, sent: 2 })
})

test('an undo that was saved does not undo what was declared after it', async () => {
  const tenant = await planned()
  await tenant.run(['apply', 'tonight.plan'])
  const id = JSON.parse((await tenant.run(['show', 'tonight.plan', '--json'])).stdout).planId
  expect((await tenant.run(['undo', id, '--out', 'undo.plan'])).code).toBe(0)
  await declare(tenant, `${ISOLATE}ticket: INC-2\n`)
  const { code, stdout } = await tenant.run(['apply', 'undo.plan', '--json'])
  expect(code).toBe(3)
  expect(JSON.parse(stdout).moved[0].message).toContain('contain declares isolated full now')
})
