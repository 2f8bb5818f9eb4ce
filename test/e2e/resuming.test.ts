import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import type { FakeIo } from '../cli/fake-io.ts'
import { machines, policy, startTenant, type Tenant } from './emulated-tenant.ts'

const NAMES = ['ws-1.contoso.com', 'ws-2.contoso.com']

/** A tenant with a saved plan of two isolations that take a while. */
async function planned(state = 'isolated: full'): Promise<Tenant> {
  const tenant = await startTenant({ machines: machines(4), behaviour: { settle: { Isolate: '60s' } } })
  await declare(tenant, policy('contain', state, NAMES))
  expect((await tenant.run(['plan', '--out', 'tonight.plan'])).code).toBe(0)
  return tenant
}

function declare({ folder }: Tenant, text: string): Promise<void> {
  return writeFile(join(folder, 'policies', 'contain.yaml'), text)
}

/** Applies the saved plan, and is interrupted once its actions are at the service. */
async function interrupted(tenant: Tenant): Promise<void> {
  const io: FakeIo = tenant.io({
    onStderr: text => {
      if (text.includes('Isolate Pending')) io.send('SIGINT')
    },
  })
  expect(await main(['apply', 'tonight.plan'], io)).toBe(130)
}

/** How often each machine was asked to be isolated. */
function isolations(tenant: Tenant): readonly number[] {
  const counts = new Map<string, number>()
  for (const { machineId } of tenant.emulator.actions())
    counts.set(machineId, (counts.get(machineId) ?? 0) + 1)
  return [...counts.values()]
}

/** Another host: the same repository, and no state of this one. */
const elsewhere = ({ folder }: Tenant) => ({ env: { XDG_STATE_HOME: join(folder, '.another-host') } })

describe('after an interrupt nothing is sent twice', () => {
  test.each([
    ['with the plan file, on the same host', ['apply', 'tonight.plan'], false],
    ['with the plan file, on another host without the journal', ['apply', 'tonight.plan'], true],
    ['with a new plan, on another host without the journal', ['apply', '--auto-approve'], true],
    ['with --resume, on the same host', ['apply', '--resume'], false],
  ])('%s', async (_how, argv, isElsewhere) => {
    const tenant = await planned()
    await interrupted(tenant)
    const { code } = await tenant.run(argv, isElsewhere ? elsewhere(tenant) : {})
    expect(code).toBe(0)
    expect(isolations(tenant)).toStrictEqual([1, 1])
  })

  test('--resume on another host finds no run, and says what does', async () => {
    const tenant = await planned()
    await interrupted(tenant)
    const { code, stderr } = await tenant.run(['apply', '--resume'], elsewhere(tenant))
    expect(code).toBe(1)
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('of a run of another host, apply its plan file')
  })
})

describe('a plan that is applied twice', () => {
  test('one after the other sends nothing the second time', async () => {
    const tenant = await planned()
    expect((await tenant.run(['apply', 'tonight.plan'])).code).toBe(0)
    const { code, stdout } = await tenant.run(['apply', 'tonight.plan', '--json'])
    expect([code, JSON.parse(stdout).summary]).toStrictEqual([0, { adopted: 2 }])
    expect(isolations(tenant)).toStrictEqual([1, 1])
  })

  test('at once is sent by one of the two, and the other one ends with 7', async () => {
    const tenant = await planned()
    const both = await Promise.all([
      tenant.run(['apply', 'tonight.plan']),
      tenant.run(['apply', 'tonight.plan']),
    ])
    expect(both.map(({ code }) => code).sort()).toStrictEqual([0, 7])
    expect(isolations(tenant)).toStrictEqual([1, 1])
  })

  test('at once on two hosts, that cannot see each other, leaves each machine in its state and no action behind', async () => {
    const tenant = await planned()
    const both = await Promise.all([
      tenant.run(['apply', 'tonight.plan']),
      tenant.run(['apply', 'tonight.plan'], elsewhere(tenant)),
    ])
    expect(both.map(({ code }) => code)).toStrictEqual([0, 0])
    expect(isolations(tenant)).toStrictEqual([1, 1])
  })
})

describe('of two plans for the same machines', () => {
  /** A second plan, made before the first was applied: of the same machines, for another reason. */
  async function overlapping(first: string, second: string): Promise<Tenant> {
    const tenant = await planned(first)
    await declare(tenant, policy('contain', second, NAMES).replace('INC-1', 'INC-2'))
    expect((await tenant.run(['plan', '--out', 'second.plan'])).code).toBe(0)
    return tenant
  }

  test('toward the same state the second sends nothing where the first has done it', async () => {
    const tenant = await overlapping('isolated: full', 'isolated: full')
    await tenant.run(['apply', 'tonight.plan'])
    const { code, stdout } = await tenant.run(['apply', 'second.plan', '--json'])
    expect([code, JSON.parse(stdout).summary]).toStrictEqual([0, { unchanged: 2 }])
    expect(isolations(tenant)).toStrictEqual([1, 1])
  })

  test('toward the same state the second awaits what the first has in flight', async () => {
    const tenant = await overlapping('isolated: full', 'isolated: full')
    await tenant.run(['apply', 'tonight.plan', '--no-wait'])
    const { code, stdout } = await tenant.run(['apply', 'second.plan', '--json'])
    expect([code, JSON.parse(stdout).summary]).toStrictEqual([0, { adopted: 2 }])
    expect(isolations(tenant)).toStrictEqual([1, 1])
  })

  test('toward another state the second is stale: 3', async () => {
    const tenant = await overlapping('isolated: selective', 'isolated: full')
    await declare(tenant, policy('contain', 'isolated: selective', NAMES))
    expect((await tenant.run(['apply', 'tonight.plan'])).code).toBe(0)
    await declare(tenant, policy('contain', 'isolated: full', NAMES))
    const { code, stdout } = await tenant.run(['apply', 'second.plan', '--json'])
    expect(code).toBe(3)
    expect(JSON.parse(stdout).moved).toHaveLength(2)
    expect(isolations(tenant)).toStrictEqual([1, 1])
  })

  test('the first is stale once the second is declared: 3, and nothing is sent', async () => {
    const tenant = await overlapping('isolated: selective', 'isolated: full')
    const { code, stdout } = await tenant.run(['apply', 'tonight.plan', '--json'])
    expect(code).toBe(3)
    expect(JSON.parse(stdout).moved[0].message).toContain('contain declares isolated full now')
    expect(isolations(tenant)).toStrictEqual([])
  })

  test('applied at once, one submits; the other ends with 7, and sends nothing when it comes back', async () => {
    const tenant = await overlapping('isolated: full', 'isolated: full')
    const both = await Promise.all([
      tenant.run(['apply', 'tonight.plan']),
      tenant.run(['apply', 'second.plan']),
    ])
    expect(both.map(({ code }) => code).sort()).toStrictEqual([0, 7])
    for (const file of ['tonight.plan', 'second.plan'])
      expect((await tenant.run(['apply', file])).code).toBe(0)
    expect(isolations(tenant)).toStrictEqual([1, 1])
  })
})
