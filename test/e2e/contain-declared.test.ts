import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { addMs, formatInstant } from '../../src/schema/instant.ts'
import { machines, policy, startTenant, type Tenant } from './emulated-tenant.ts'

const WS1 = 'ws-1.contoso.com'
const CONTAIN = ['contain', WS1, '--for', '24h', '--reason', 'INC-1']
const RELEASE = ['release', WS1, '--reason', 'closed']
const CONFIGURATION =
  'version: 1\npolicies: [policies]\napply: { timeout: 2m, pollInterval: 1s, lookup: 5s }\n'

function start(files: Readonly<Record<string, string>>, scenario: Scenario = { machines: machines(2) }) {
  const behaviour = { settle: { Isolate: '1s', Unisolate: '1s' } }
  return startTenant({ ...scenario, behaviour }, { 'holdfast.yaml': CONFIGURATION, ...files })
}

async function written(tenant: Tenant): Promise<readonly string[]> {
  const names = await readdir(join(tenant.folder, 'policies')).catch(() => [])
  return names.filter(name => /^(contain|release)-/.test(name))
}

function inHours(tenant: Tenant, hours: number): string {
  return `${formatInstant(addMs(tenant.clock.now(), hours * 3_600_000)).slice(0, 19)}Z`
}

/** A tenant where our own policy holds the machine, until then where it ends. */
async function held(state = 'isolated: full', hours?: number): Promise<Tenant> {
  const tenant = await start({})
  await mkdir(join(tenant.folder, 'policies'))
  const more = hours === undefined ? '' : `expires: ${inHours(tenant, hours)}\n`
  await writeFile(join(tenant.folder, 'policies/old.yaml'), policy('old', state, [WS1], more))
  expect((await tenant.run(['apply', '--auto-approve'])).code).toBe(0)
  return tenant
}

describe('contain of a machine that is held already', () => {
  test('by a policy that ends before is declared until then, and sends nothing', async () => {
    const tenant = await held('isolated: full', 0.5)
    const writes = tenant.writes()
    const ran = await tenant.run([...CONTAIN, '--auto-approve'])
    expect(ran.code, ran.stderr).toBe(0)
    expect(tenant.writes()).toBe(writes)
    expect(ran.stdout).toContain(
      'Nothing was sent: the machines are held already, and now it is declared.\nWrote ',
    )
    expect(await written(tenant)).toHaveLength(1)
    const later = await tenant.run(['plan', '--target', WS1, '--as-of', inHours(tenant, 0.6)])
    expect(later.stdout).toContain('No changes.')
  })

  test.each<readonly [rule: string, state: string, hours: number | undefined, files: number]>([
    ['by a policy without an end is left, and nothing is written', 'isolated: full', undefined, 0],
    ['by a policy that lasts longer is left, and nothing is written', 'isolated: full', 25, 0],
    ['by a policy that ends before gets one', 'isolated: full', 23, 1],
  ])('%s', async (_rule, state, hours, files) => {
    const tenant = await held(state, hours)
    const ran = await tenant.run([...CONTAIN, '--auto-approve'])
    expect(ran.code, ran.stderr).toBe(0)
    expect(await written(tenant)).toHaveLength(files)
    if (files === 0) expect(ran.stdout).toContain('Nothing was written: there was nothing to submit.')
  })

  test.each([
    ['yes', 0, 1],
    ['no', 4, 0],
  ])('asks before it writes: the answer %j ends with %d', async (answer, code, files) => {
    const tenant = await held('isolated: full', 0.5)
    const ran = await tenant.run(CONTAIN, { terminal: true, answers: [answer] })
    expect(ran.code).toBe(code)
    expect(ran.stderr).toContain('The machine is held already, but not declared to be so until ')
    expect(await written(tenant)).toHaveLength(files)
  })

  test('restricted too, where only the isolation is declared for so long, is declared', async () => {
    const tenant = await held('isolated: full')
    const restricted = policy('short', 'restricted: true', [WS1], `expires: ${inHours(tenant, 1)}\n`)
    await writeFile(join(tenant.folder, 'policies/short.yaml'), restricted)
    expect((await tenant.run(['apply', '--auto-approve'])).code).toBe(0)
    expect((await tenant.run([...CONTAIN, '--restrict', '--auto-approve'])).code).toBe(0)
    expect(await written(tenant)).toHaveLength(1)
  })

  test('by an analyst is declared, and says who holds it', async () => {
    const tenant = await start(
      {},
      {
        machines: machines(1),
        actions: [
          {
            type: 'Isolate',
            machineId: WS1,
            scope: 'Full',
            creationDateTimeUtc: '-2h',
            requestor: 'anna@contoso.com',
          },
        ],
      },
    )
    const ran = await tenant.run([...CONTAIN, '--auto-approve'])
    expect(ran.code, ran.stderr).toBe(0)
    expect(tenant.writes()).toBe(0)
    expect(ran.stdout).toContain(`Held     ${WS1}: isolated by analyst anna@contoso.com.`)
    expect(await written(tenant)).toHaveLength(1)
  })

  test('and whose action is still in flight is declared too', async () => {
    const tenant = await start({ 'policies/other.yaml': policy('other', 'isolated: full', [WS1]) })
    expect((await tenant.run(['apply', '--auto-approve', '--no-wait'])).code).not.toBe(1)
    const ending = policy('other', 'isolated: full', [WS1], `expires: ${inHours(tenant, 1)}\n`)
    await writeFile(join(tenant.folder, 'policies/other.yaml'), ending)
    const ran = await tenant.run([...CONTAIN, '--auto-approve'])
    expect(ran.code, ran.stderr).toBe(0)
    expect(await written(tenant)).toHaveLength(1)
  })
})

describe('release of a machine that is free', () => {
  test('takes it out of a policy that would hold it, and sends nothing', async () => {
    const pending = policy('incident', 'isolated: full', [WS1])
    const tenant = await start({ 'policies/incident.yaml': pending })
    const ran = await tenant.run([...RELEASE, '--auto-approve'])
    expect(ran.code, ran.stderr).toBe(0)
    expect(tenant.writes()).toBe(0)
    expect(ran.stdout).toContain('the machines are free already, and now it is declared.')
    expect(ran.stdout).toContain('Changed  policies/incident.yaml: ')
    expect(await readFile(join(tenant.folder, 'policies/incident.yaml'), 'utf8')).toContain('except:\n')
    expect((await tenant.run(['plan'])).stdout).toContain('No changes.')
  })

  test('is asked for before a policy is changed', async () => {
    const pending = policy('incident', 'isolated: full', [WS1])
    const tenant = await start({ 'policies/incident.yaml': pending })
    const ran = await tenant.run(RELEASE, { terminal: true, answers: ['no'] })
    expect(ran.code).toBe(4)
    expect(ran.stderr).toContain('policies/incident.yaml')
    expect(await readFile(join(tenant.folder, 'policies/incident.yaml'), 'utf8')).toBe(pending)
    expect(await written(tenant)).toStrictEqual([])
  })
})
