import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { ApplyResult } from '../../src/apply/result.ts'
import { main } from '../../src/cli/main.ts'
import { thisHost } from '../../src/cli/process-io.ts'
import { type Azurite, startAzurite, storeToken } from '../support/azurite.ts'
import { startStoreProxy } from '../support/store-proxy.ts'
import { CONFIGURATION, ISOLATE_TWO, machines, startTenant } from './emulated-tenant.ts'

const SLOW = { machines: machines(4), behaviour: { settle: { Isolate: '8s' } } }
const APPLY = ['apply', '--auto-approve', '--json']

let azurite: Azurite
beforeAll(async () => {
  azurite = await startAzurite()
})
afterAll(() => azurite.close())

let prefixes = 0

/** A tenant whose hosts share a store, each test below a prefix of its own. */
async function shared(over: { readonly store?: string } = {}) {
  const store = over.store ?? `${azurite.store}/t${prefixes++}`
  const tenant = await startTenant(SLOW, {
    ...ISOLATE_TWO,
    'holdfast.yaml': `${CONFIGURATION}store: ${store}\n`,
  })
  /** The same command on a host of this name, which has a disk of its own. */
  const on = (name: string, argv: readonly string[]) =>
    tenant.run(argv, {
      env: { HOLDFAST_STORE_TOKEN: storeToken(), XDG_STATE_HOME: join(tenant.folder, name) },
      host: {
        ...thisHost,
        identify: async () => ({ ...(await thisHost.identify()), host: name, bootId: `boot of ${name}` }),
      },
    })
  return { tenant, store, on }
}

const resultOf = ({ stdout }: { readonly stdout: string }): ApplyResult => JSON.parse(stdout) as ApplyResult

test('what one host began another goes on with: journal, plan and record lie in the store, nothing on a disk', async () => {
  const { tenant, store, on } = await shared()
  expect((await on('one', [...APPLY, '--no-wait'])).code).toBe(6)
  const status = await on('two', ['apply', '--status', '--json'])
  expect(JSON.parse(status.stdout)).toMatchObject({
    folder: expect.stringMatching(new RegExp(`^${store}/.*/journal$`)),
    lease: null,
    unfinished: [{ planId: expect.stringMatching(/^sha256:/) }],
  })
  const resumed = await on('two', ['apply', '--resume', '--json'])
  expect(resultOf(resumed).summary).toStrictEqual({ adopted: 2 })
  expect(tenant.writes()).toBe(2)
  const verified = await on('three', ['audit', 'verify', '--json'])
  expect(JSON.parse(verified.stdout)).toMatchObject({
    exit: { code: 0 },
    folders: [{ folder: expect.stringMatching(/\/record$/), isIntact: true, records: 2 }],
  })
  const exported = await on('three', ['audit', 'export'])
  expect(exported.stdout).toContain('"event":"request"')
})

test('an apply makes a handful of requests to the store, and five more for each of its own', async () => {
  const proxy = await startStoreProxy(azurite)
  onTestFinished(() => proxy.close())
  const { tenant, on } = await shared({ store: `${proxy.store}/costs` })
  expect((await on('one', APPLY)).code).toBe(0)
  expect(tenant.writes()).toBe(2)
  // A renewal more or less: 3 for each.
  expect(proxy.seen.length).toBeGreaterThanOrEqual(30)
  expect(proxy.seen.length).toBeLessThan(30 + 2 * 5 + 3 * 3)
})

describe('while another host has the lease', () => {
  async function held() {
    const given = await shared()
    const plan = await given.on('one', ['plan', '--json'])
    const target = (JSON.parse(plan.stdout) as { target: { endpoint: string; tenantId: string | null } })
      .target
    return { ...given, target }
  }

  test('an apply ends 7, says who has it, and unlock shows and removes it', async () => {
    const { tenant, on } = await held()
    const first = on('one', APPLY)
    for (;;) {
      const found = JSON.parse((await on('two', ['unlock', '--json'])).stdout) as {
        lease: { id: string; state: string; owner: string } | null
      }
      if (found.lease === null) continue
      expect(found.lease).toMatchObject({ state: 'live', owner: expect.stringMatching(/on one$/) })
      const second = await on('two', APPLY)
      expect([second.code, resultOf(second).diagnostics[0]?.message]).toStrictEqual([
        7,
        expect.stringContaining('on one holds the lease'),
      ])
      expect((await on('two', ['unlock', found.lease.id])).code).toBe(4)
      expect((await on('two', ['unlock', found.lease.id, '--auto-approve'])).code).toBe(0)
      break
    }
    await first
    expect((await on('two', [...APPLY, '--lease-timeout', '10m'])).code).toBe(0)
    expect(tenant.writes()).toBe(2)
  })
})

describe('a store that cannot be used', () => {
  const AWAY = 'https://127.0.0.1:9/devstoreaccount1/holdfast'

  test('is an error before anything is sent, with the way out in an incident', async () => {
    const { tenant, on } = await shared({ store: AWAY })
    const { code, stderr } = await on('one', APPLY)
    expect([code, tenant.writes()]).toStrictEqual([1, 0])
    expect(stderr).toContain('store-not-usable')
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('--without-store --reason TEXT')
  })

  test('is left out where that is asked for and said why; the record tells', async () => {
    const { tenant, on } = await shared({ store: AWAY })
    const argv = [...APPLY, '--without-store']
    expect((await on('one', argv)).stderr).toContain('reason-missing')
    const { code } = await on('one', [...argv, '--reason', 'INC-1, the account is away'])
    expect([code, tenant.writes()]).toStrictEqual([0, 2])
    const exported = await on('one', ['audit', 'export', join(tenant.folder, 'one')])
    expect(exported.stdout).toMatch(/"overrides":\["store"\]/)
    expect(exported.stdout).toContain('INC-1, the account is away')
  })

  test('needs an option that means nothing without it to be left out', async () => {
    const tenant = await startTenant()
    const { code, stderr } = await tenant.run([...APPLY, '--without-store', '--reason', 'x'])
    expect([code, stderr]).toStrictEqual([1, expect.stringContaining('flags-contradict')])
  })

  test('is told apart from a token that is missing for it', async () => {
    const { tenant } = await shared()
    const { code, stderr } = await tenant.run(APPLY)
    expect([code, tenant.writes()]).toStrictEqual([1, 0])
    expect(stderr).toContain('HOLDFAST_STORE_TOKEN')
  })

  test('and a folder for journals contradict each other', async () => {
    const { on } = await shared()
    const { code, stderr } = await on('one', [...APPLY, '--journal', 'elsewhere'])
    expect([code, stderr]).toStrictEqual([1, expect.stringContaining('flags-contradict')])
  })
})

test('other commands that write leave their record in the store, too', async () => {
  const { on, tenant } = await shared()
  expect(
    (await on('one', ['machines', 'tag', 'add', 'INC-1', 'ws-1.contoso.com', '--auto-approve'])).code,
  ).toBe(0)
  const verified = await on('two', ['audit', 'verify', '--json'])
  expect(JSON.parse(verified.stdout)).toMatchObject({ folders: [{ isIntact: true, records: 1 }] })
  expect(tenant.writes()).toBe(1)
})

describe('doctor', () => {
  test('proves that lease, append and writing over a version work there, and leaves nothing', async () => {
    const { on } = await shared()
    const { stdout } = await on('one', ['doctor', '--json'])
    const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string; message: string }[] }
    expect(checks.find(({ name }) => name === 'store')).toMatchObject({
      status: 'ok',
      message: expect.stringContaining('lease, append and compare-and-swap work'),
    })
  })

  test.each([
    ['no container', () => `${azurite.store}-nothere`, 'ContainerNotFound'],
    ['no account', () => 'https://127.0.0.1:9/devstoreaccount1/holdfast', 'ECONNREFUSED'],
  ])('says what is missing: %s', async (_what, store, why) => {
    const { on } = await shared({ store: store() })
    const { code, stdout } = await on('one', ['doctor', '--json'])
    const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string; message: string }[] }
    expect(code).toBe(1)
    expect(checks.find(({ name }) => name === 'store')).toMatchObject({
      status: 'error',
      message: expect.stringContaining(why),
    })
  })

  test('says that this host alone applies, where the configuration does', async () => {
    const tenant = await startTenant()
    await writeFile(join(tenant.folder, 'holdfast.yaml'), `${CONFIGURATION}store: local\n`)
    const io = tenant.io()
    await main(['doctor', '--json'], io)
    expect(io.stdout.text()).toContain('this host alone applies')
  })
})
