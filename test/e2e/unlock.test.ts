import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Lease } from '../../src/apply/ports.ts'
import { fileLease } from '../../src/local/lease/file-lease.ts'
import { identifyProcess, type ProcessIdentity } from '../../src/local/process-identity.ts'
import { nameTarget } from '../../src/local/state-directory.ts'
import { startTenant, type Tenant } from './emulated-tenant.ts'

const SELF = await identifyProcess()
const PURPOSE = { planId: 'sha256:abc', runId: 'run-1', journal: '/somewhere' }

async function held(change: Partial<ProcessIdentity>) {
  const tenant = await startTenant()
  const folder = join(
    tenant.folder,
    '.state',
    'holdfast',
    nameTarget({ endpoint: tenant.url, tenantId: null }),
  )
  const lease = fileLease(folder, { ...SELF, ...change }, tenant.clock, PURPOSE)
  expect(await lease.acquire()).toStrictEqual({ kind: 'held', generation: 1 })
  return { tenant, lease }
}

async function shownId(tenant: Tenant): Promise<string> {
  const { code, stdout } = await tenant.run(['unlock', '--json'])
  expect(code).toBe(0)
  return (JSON.parse(stdout) as { readonly lease: { readonly id: string } }).lease.id
}

const stillHolds = (lease: Lease): Promise<boolean> => lease.renew()

test('without a lease it says so', async () => {
  const { code, stdout } = await (await startTenant()).run(['unlock'])
  expect([code, stdout]).toStrictEqual([0, expect.stringContaining('Nobody holds the lease')])
})

test('the lease is shown with owner, plan, times and journal, and the command that removes it', async () => {
  const { tenant } = await held({ host: 'another-host' })
  const { code, stdout } = await tenant.run(['unlock'])
  const id = await shownId(tenant)
  expect(code).toBe(0)
  for (const part of [`on another-host`, 'sha256:abc', '/somewhere', 'created', 'renewed', 'expires'])
    expect(stdout).toContain(part)
  expect(stdout).toContain(`holdfast unlock ${id}`)
})

test('the exit 7 of an apply names the command, and that command unlocks', async () => {
  const { tenant, lease } = await held({ host: 'another-host' })
  const locked = await tenant.run(['apply', '--auto-approve'])
  const [, command = ''] = /`holdfast (unlock [0-9a-f]{16})`/.exec(locked.stderr) ?? []
  expect([locked.code, command]).toStrictEqual([7, `unlock ${await shownId(tenant)}`])
  expect((await tenant.run([...command.split(' '), '--auto-approve'])).code).toBe(0)
  expect(await stillHolds(lease)).toBe(false)
})

test.each([
  ['of this host that runs', {}],
  ['that cannot be seen from here', { host: 'another-host' }],
])('an owner %s keeps its lease without consent: 4', async (_owner, change) => {
  const { tenant, lease } = await held(change)
  const { code, stderr } = await tenant.run(['unlock', await shownId(tenant)])
  expect([code, stderr]).toStrictEqual([4, expect.stringContaining('lease-live')])
  expect(await stillHolds(lease)).toBe(true)
})

test.each([
  ['yes', 0, false],
  ['y', 4, true],
])('asked in a terminal, the answer %j ends %i', async (answer, code, holds) => {
  const { tenant, lease } = await held({})
  const id = await shownId(tenant)
  const ran = await tenant.run(['unlock', id], { terminal: true, answers: [answer] })
  expect(ran.code).toBe(code)
  expect(await stillHolds(lease)).toBe(holds)
})

test('the lease of a process that ended is removed unasked', async () => {
  const { tenant, lease } = await held({ pid: 2 ** 22 + 1 })
  const { code, stdout } = await tenant.run(['unlock', await shownId(tenant)])
  expect([code, stdout]).toStrictEqual([0, expect.stringContaining('Removed.')])
  expect(await stillHolds(lease)).toBe(false)
})

test('another lease than the one named is never removed: 1', async () => {
  const { tenant, lease } = await held({})
  const { code, stderr } = await tenant.run(['unlock', '0123456789abcdef', '--auto-approve'])
  expect([code, stderr]).toStrictEqual([1, expect.stringContaining('lease-not-found')])
  expect(await stillHolds(lease)).toBe(true)
})

test('a lease that was removed already, or is none, is not removed: 1', async () => {
  const { tenant } = await held({})
  const id = await shownId(tenant)
  await tenant.run(['unlock', id, '--auto-approve'])
  expect((await tenant.run(['unlock', id, '--auto-approve'])).code).toBe(1)
  expect((await (await startTenant()).run(['unlock', id])).code).toBe(1)
})
