import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ApplyResult } from '../../src/apply/result.ts'
import { main } from '../../src/cli/main.ts'
import { identifyProcess } from '../../src/local/process-identity.ts'
import type { FakeIo } from '../cli/fake-io.ts'
import { ISOLATE_TWO, machines, policy, startTenant, type Tenant } from './emulated-tenant.ts'
import { keptPlans, leaveJournal, rewriteKeptPlan, stateFolderOf } from './run-journals.ts'

const SLOW = { machines: machines(4), behaviour: { settle: { Isolate: '8s' } } }

/** A tenant with a run that submitted two isolations and did not wait. */
async function begun(files = ISOLATE_TWO): Promise<Tenant> {
  const tenant = await startTenant(SLOW, files)
  expect((await tenant.run(['apply', '--auto-approve', '--no-wait'])).code).toBe(6)
  return tenant
}

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ')

test('goes on with what was begun: awaits what was sent, sends nothing again, and says with what', async () => {
  const tenant = await begun()
  const [kept] = await keptPlans(tenant)
  const { code, stdout, stderr } = await tenant.run(['apply', '--resume', '--json'])
  const result = JSON.parse(stdout) as ApplyResult
  expect([code, result.planId]).toStrictEqual([0, kept?.plan.planId])
  expect(result.summary).toStrictEqual({ adopted: 2 })
  expect(tenant.writes()).toBe(2)
  expect(flat(stderr)).toMatch(/Going on with plan [0-9a-f]{8}: run \S+ began \S+ and ended 6 pending\./)
})

test('needs neither the plan file nor the policies, only the configuration', async () => {
  const tenant = await begun()
  await rm(join(tenant.folder, 'policies'), { recursive: true })
  expect((await tenant.run(['apply', '--resume'])).code).toBe(0)
})

test('goes on after an interrupt, and then there is nothing left to go on with', async () => {
  const tenant = await startTenant(SLOW)
  const io: FakeIo = tenant.io({
    onStderr: text => {
      if (text.includes('Isolate Pending')) io.send('SIGINT')
    },
  })
  expect(await main(['apply', '--auto-approve'], io)).toBe(130)
  expect((await tenant.run(['apply', '--resume'])).code).toBe(0)
  expect(tenant.writes()).toBe(2)
  const again = await tenant.run(['apply', '--resume'])
  expect([again.code, again.stderr]).toStrictEqual([1, expect.stringContaining('nothing-to-resume')])
})

describe('of several runs', () => {
  async function twoBegun(): Promise<Tenant> {
    const tenant = await begun()
    await writeFile(
      join(tenant.folder, 'policies', 'contain.yaml'),
      policy('contain', 'isolated: full', ['ws-3.contoso.com']),
    )
    expect((await tenant.run(['apply', '--auto-approve', '--no-wait'])).code).toBe(6)
    return tenant
  }

  test('none is chosen: all are listed, and one is asked for', async () => {
    const tenant = await twoBegun()
    const { code, stderr } = await tenant.run(['apply', '--resume'])
    expect([code, stderr]).toStrictEqual([1, expect.stringContaining('run-ambiguous')])
    for (const { plan } of await keptPlans(tenant)) {
      expect(flat(stderr)).toContain(`\`holdfast apply --resume ${plan.planId.slice(7, 15)}\` goes on with`)
    }
  })

  test('the one is chosen whose plan is named, in full or by its first eight digits', async () => {
    const tenant = await twoBegun()
    const [first, second] = await keptPlans(tenant)
    const short = await tenant.run(['apply', '--resume', first?.plan.planId.slice(7, 15) ?? '', '--json'])
    expect(JSON.parse(short.stdout)).toMatchObject({ planId: first?.plan.planId, exit: { code: 0 } })
    const full = await tenant.run(['apply', '--resume', second?.plan.planId ?? '', '--json'])
    expect(JSON.parse(full.stdout)).toMatchObject({ planId: second?.plan.planId, exit: { code: 0 } })
  })

  test('the one is chosen that is named itself', async () => {
    const tenant = await twoBegun()
    const status = JSON.parse((await tenant.run(['apply', '--status', '--json'])).stdout)
    const { runId, planId } = status.unfinished[1]
    const { stdout } = await tenant.run(['apply', '--resume', runId, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ planId, exit: { code: 0 } })
  })

  test('the only one is chosen whose plan has not expired', async () => {
    const tenant = await begun()
    await rewriteKeptPlan(tenant, { expiresAt: '2020-01-01T00:00:00Z' })
    await writeFile(
      join(tenant.folder, 'policies', 'contain.yaml'),
      policy('contain', 'isolated: full', ['ws-3.contoso.com']),
    )
    await tenant.run(['apply', '--auto-approve', '--no-wait'])
    expect((await tenant.run(['apply', '--resume'])).code).toBe(0)
  })
})

describe('is refused', () => {
  test('where nothing was begun: 1', async () => {
    const { code, stderr } = await (await startTenant()).run(['apply', '--resume'])
    expect([code, stderr]).toStrictEqual([1, expect.stringContaining('nothing-to-resume')])
  })

  test.each(['4f1c09ab', '4f1c'])('where %s names none: 1', async id => {
    const tenant = await begun()
    const { code, stderr } = await tenant.run(['apply', '--resume', id])
    expect([code, stderr]).toStrictEqual([1, expect.stringContaining(`No run that ${id} names is left`)])
  })

  test('where its plan has expired: 3', async () => {
    const tenant = await begun()
    await rewriteKeptPlan(tenant, { expiresAt: '2020-01-01T00:00:00Z' })
    const { code, stderr } = await tenant.run(['apply', '--resume'])
    expect([code, stderr]).toStrictEqual([3, expect.stringContaining('expired')])
  })

  test('where its plan is gone or was altered: 1', async () => {
    const tenant = await begun()
    const [kept] = await keptPlans(tenant)
    await writeFile(kept?.path ?? '', JSON.stringify({ ...kept?.plan, createdAt: '2020-01-01T00:00:00Z' }))
    const altered = await tenant.run(['apply', '--resume'])
    expect([altered.code, altered.stderr]).toStrictEqual([1, expect.stringContaining('plan-not-kept')])
    await rm(kept?.path ?? '')
    expect((await tenant.run(['apply', '--resume'])).stderr).toContain('plan-not-kept')
  })

  test('while it still runs: 7', async () => {
    const tenant = await startTenant()
    await leaveJournal(tenant, await identifyProcess())
    const { code, stderr } = await tenant.run(['apply', '--resume'])
    expect([code, stderr]).toStrictEqual([7, expect.stringContaining('run-live')])
  })

  test('where a journal cannot be read, since it may be the one: 1', async () => {
    const tenant = await begun()
    await writeFile(
      join(stateFolderOf(tenant), `20261120T100001Z-${'0'.repeat(16)}-00000000.jsonl`),
      'not json\n',
    )
    const { code, stderr } = await tenant.run(['apply', '--resume'])
    expect([code, stderr]).toStrictEqual([1, expect.stringContaining('journal-damaged')])
  })

  test.each([
    [['--target', 'ws-1.contoso.com'], '--target'],
    [['--emulate', 's.yaml'], '--emulate'],
    [['4f1c09ab', 'tonight.plan'], 'tonight.plan'],
  ])('with %j, which asks for another plan: 1', async (more, named) => {
    const { code, stderr } = await (await startTenant()).run(['apply', '--resume', ...more])
    expect(code).toBe(1)
    expect(flat(stderr)).toContain(`${named} asks for another`)
  })

  test('where --expect names another plan: 3', async () => {
    const tenant = await begun()
    const { code } = await tenant.run(['apply', '--resume', '--expect', `sha256:${'0'.repeat(64)}`])
    expect(code).toBe(3)
  })
})

test('the journal is looked for where --journal says', async () => {
  const tenant = await startTenant(SLOW)
  const elsewhere = ['--journal', 'elsewhere']
  await tenant.run(['apply', '--auto-approve', '--no-wait', ...elsewhere])
  expect((await tenant.run(['apply', '--resume'])).code).toBe(1)
  expect((await tenant.run(['apply', '--resume', ...elsewhere])).code).toBe(0)
})

describe('--retry-failed', () => {
  /** A tenant in which the first isolation of ws-1 failed, and that of ws-2 succeeded. */
  async function failedOnce(): Promise<Tenant> {
    const outcomes = [{ type: 'Isolate', machine: 'ws-1.contoso.com', nth: 1, end: 'Failed' }] as const
    const tenant = await startTenant({ machines: machines(4), behaviour: { outcomes: [...outcomes] } })
    expect((await tenant.run(['plan', '--out', 'tonight.plan'])).code).toBe(0)
    expect((await tenant.run(['apply', 'tonight.plan'])).code).toBe(5)
    return tenant
  }

  test.each([
    ['--resume', ['--resume']],
    ['the plan file', ['tonight.plan']],
  ])('with %s sends again what failed of an approved plan, and nothing else', async (_with, named) => {
    const tenant = await failedOnce()
    const plain = await tenant.run(['apply', ...named])
    expect([plain.code, tenant.writes()]).toStrictEqual([named[0] === '--resume' ? 1 : 5, 2])
    const { code, stdout } = await tenant.run(['apply', ...named, '--retry-failed', '--json'])
    expect([code, JSON.parse(stdout).summary]).toStrictEqual([0, { adopted: 1, succeeded: 1 }])
    expect(tenant.writes()).toBe(3)
    const again = await tenant.run(['apply', '--resume', '--retry-failed'])
    expect([again.code, again.stderr]).toStrictEqual([1, expect.stringContaining('nothing-to-resume')])
  })

  test('without either is an error, since a new plan tries again by itself: 1', async () => {
    const { code, stderr } = await (await startTenant()).run(['apply', '--retry-failed', '--auto-approve'])
    expect([code, flat(stderr)]).toStrictEqual([1, expect.stringContaining('Give --resume or the plan file')])
  })
})
