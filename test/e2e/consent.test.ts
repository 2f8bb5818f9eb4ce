import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { toEpochMs } from '../../src/schema/instant.ts'
import { jwt } from '../defender/clients.ts'
import { CONFIGURATION, ISOLATE_TWO, machines, policy, startTenant } from './emulated-tenant.ts'
import { startedIn } from './started-in.ts'

test('the question names tenant, endpoint and counts, on stderr, below the plan', async () => {
  const configuration = `${CONFIGURATION}tenantId: 11111111-2222-3333-4444-555555555555\n`
  const tenant = await startTenant(
    { machines: machines(4) },
    { ...ISOLATE_TWO, 'holdfast.yaml': configuration },
  )
  const ran = await tenant.run(['apply'], { terminal: true, answers: ['no'] })
  expect(ran.code).toBe(4)
  expect(ran.stderr).toContain('Apply to tenant 11111111-2222-3333-4444-555555555555')
  expect(ran.stderr).toContain(tenant.url)
  expect(ran.stderr).toContain('Plan: 2 to impose, 0 to change, 0 to lift, 0 to run, 0 to cancel')
  expect(ran.stdout).toContain('ws-1.contoso.com will be isolated')
  expect(ran.stdout).not.toContain('Only `yes`')
})

test.each([
  ['yes', 0],
  [' yes ', 0],
  ['YES', 4],
  ['y', 4],
  ['', 4],
  ['yes please', 4],
])('the answer %j ends with %i', async (answer, code) => {
  const tenant = await startTenant()
  const ran = await tenant.run(['apply'], { terminal: true, answers: [answer] })
  expect(ran.code, ran.stderr).toBe(code)
  expect(tenant.writes()).toBe(code === 0 ? 2 : 0)
})

test.each([
  ['before the apply may end', 60, true],
  ['after it', 3600, false],
])('a token that ends %s is told of before the question', async (_when, seconds, isTold) => {
  const tenant = await startTenant()
  const exp = Math.floor(toEpochMs(tenant.clock.now()) / 1000) + seconds
  const env = { HOLDFAST_TOKEN: jwt({ exp }) }
  const ran = await tenant.run(['apply'], { terminal: true, answers: ['no'], env })
  expect(ran.code).toBe(4)
  const [before = ''] = ran.stderr.split('Apply to tenant')
  expect(before.includes('warning[sign-in-ends]: sign-in is sure until')).toBe(isTold)
})

test('the end of the input is no consent', async () => {
  const tenant = await startTenant()
  expect((await tenant.run(['apply'], { terminal: true })).code).toBe(4)
})

test('with a document on stdout the plan to consent to is shown on stderr', async () => {
  const tenant = await startTenant()
  const ran = await tenant.run(['apply', '--json'], { terminal: true, answers: ['yes'] })
  expect(ran.stderr).toContain('ws-1.contoso.com will be isolated')
  expect(JSON.parse(ran.stdout)).toMatchObject({ exit: { code: 0 } })
})

test('in CI nobody is asked, even on a terminal', async () => {
  const tenant = await startTenant()
  const ran = await tenant.run(['apply'], { terminal: true, answers: ['yes'], env: { CI: 'true' } })
  expect(ran.code).toBe(4)
  expect(ran.stderr).toContain('approval-missing')
  expect(tenant.emulator.requests()).toStrictEqual([])
})

test('CI changes nothing about what is applied', async () => {
  const tenant = await startTenant()
  const ran = await tenant.run(['apply', '--auto-approve', '--json'], { env: { CI: 'true' } })
  expect(ran.code).toBe(0)
  expect(JSON.parse(ran.stdout).summary).toStrictEqual({ succeeded: 2 })
})

test('a signal at the question ends it with nothing submitted', async () => {
  const tenant = await startTenant()
  const io = tenant.io({
    terminal: true,
    onStderr: text => (text.includes('Only `yes`') ? io.send('SIGINT') : undefined),
  })
  expect(await main(['apply'], io)).toBe(130)
  expect(tenant.writes()).toBe(0)
})

test('nothing to submit asks nothing', async () => {
  const tenant = await startTenant()
  await tenant.run(['apply', '--auto-approve'])
  const ran = await tenant.run(['apply'], { terminal: true })
  expect(ran.code).toBe(0)
  expect(ran.stdout).toMatch(/^No changes\. 2 machines match the declaration \(read .*Z\)\./)
  expect(ran.stderr).toBe('')
})

test('the id of the reviewed plan is consent to exactly that plan', async () => {
  const tenant = await startTenant()
  const { planId } = JSON.parse((await tenant.run(['plan', '--json'])).stdout)
  const ran = await tenant.run(['apply', '--expect', planId, '--json'])
  expect(ran.code, ran.stderr).toBe(0)
  expect(JSON.parse(ran.stdout).planId).toBe(planId)
})

test('the same command with --expect resumes after an interrupt', async () => {
  const tenant = await startTenant()
  const { planId } = JSON.parse((await tenant.run(['plan', '--json'])).stdout)
  const argv = ['apply', '--expect', planId, '--json']
  const io = tenant.io({
    onStderr: text => (text.includes('awaiting the ends') ? io.send('SIGTERM') : undefined),
  })
  expect(await main(argv, io)).toBe(143)
  const again = await tenant.run(argv)
  expect(again.code, again.stderr).toBe(0)
  expect(JSON.parse(again.stdout)).toMatchObject({ planId, summary: { adopted: 2 } })
  expect(tenant.writes()).toBe(2)
})

test('--expect does not take what somebody else did for its own', async () => {
  const tenant = await startTenant()
  const { planId } = JSON.parse((await tenant.run(['plan', '--json'])).stdout)
  tenant.emulator.addAction({
    type: 'Isolate',
    machineId: 'ws-1.contoso.com',
    scope: 'Full',
    requestSource: 'Portal',
  })
  const ran = await tenant.run(['apply', '--expect', planId])
  expect(ran.code).toBe(3)
  expect(tenant.writes()).toBe(0)
})

test.each([
  ['--target', 'ws-1.contoso.com'],
  ['--exclude', 'ws-1.contoso.com'],
  ['--prune'],
  ['--reassert', 'ws-1.contoso.com'],
  ['--retry', 'ws-1.contoso.com'],
  ['--resubmit', 'ws-1.contoso.com'],
  ['--keep-going'],
])('a saved plan with %s %s is an error', async (...flags) => {
  const tenant = await startTenant()
  await tenant.run(['plan', '--out', 'a.plan'])
  const ran = await tenant.run(['apply', 'a.plan', ...flags.filter(flag => flag !== undefined)])
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('flags-contradict')
  expect(tenant.writes()).toBe(0)
})

const OVERRIDES: Readonly<Record<string, readonly [flags: readonly string[], code: number, says: string]>> = {
  'an override without a reason is an error': [
    ['--dangerous-exceed-guard', 'maxMachines'],
    1,
    'reason-missing',
  ],
  'an override of an unknown guard is an error': [
    ['--dangerous-exceed-guard', 'max', '--reason', 'r'],
    1,
    'guard-unknown',
  ],
  'an override of a guard that is not set is an error': [
    ['--dangerous-exceed-guard', 'maxRuns', '--reason', 'r'],
    1,
    'guard-unknown',
  ],
  'an override of another guard does not help': [
    ['--dangerous-exceed-guard', 'maxLifts', '--reason', 'r'],
    4,
    'guard-failed',
  ],
  'an override by name and with a reason lets the plan through': [
    ['--dangerous-exceed-guard', 'maxMachines', '--reason', 'CISO agreed'],
    0,
    'CISO agreed',
  ],
}

test.each(Object.entries(OVERRIDES))('%s', async (_rule, [flags, code, says]) => {
  const files = { ...ISOLATE_TWO, 'holdfast.yaml': `${CONFIGURATION}guards: { maxMachines: 1 }\n` }
  const tenant = await startTenant({ machines: machines(4) }, files)
  const ran = await tenant.run(['apply', '--auto-approve', ...flags])
  expect(ran.code, ran.stderr).toBe(code)
  expect(ran.stdout + ran.stderr).toContain(says)
  expect(tenant.writes()).toBe(code === 0 ? 2 : 0)
})

test('an override leaves its guard and its reason in the journal and in the result', async () => {
  const files = { ...ISOLATE_TWO, 'holdfast.yaml': `${CONFIGURATION}guards: { maxMachines: 1 }\n` }
  const tenant = await startTenant({ machines: machines(4) }, files)
  const override = ['--dangerous-exceed-guard', 'maxMachines', '--reason', 'CISO agreed']
  const ran = await tenant.run(['apply', '--auto-approve', '--json', '--journal', 'kept', ...override])
  const left = { overriddenGuards: ['maxMachines'], reason: 'CISO agreed' }
  expect(JSON.parse(ran.stdout)).toMatchObject(left)
  expect(await startedIn(`${tenant.folder}/kept`)).toMatchObject([left])
})

test('the guards of the configuration as it is at apply hold for a saved plan', async () => {
  const tenant = await startTenant()
  await tenant.run(['plan', '--out', 'a.plan'])
  await writeFile(`${tenant.folder}/holdfast.yaml`, `${CONFIGURATION}guards: { maxMachines: 1 }\n`)
  const ran = await tenant.run(['apply', 'a.plan'])
  expect(ran.code).toBe(4)
  expect(ran.stderr).toContain('guard-failed')
  const overridden = await tenant.run([
    'apply',
    'a.plan',
    '--dangerous-exceed-guard',
    'maxMachines',
    '--reason',
    'r',
  ])
  expect(overridden.code, overridden.stderr).toBe(0)
})

test.each(['--reassert', '--retry', '--resubmit'])('%s needs a reason', async flag => {
  const tenant = await startTenant()
  const ran = await tenant.run(['plan', flag, 'ws-1.contoso.com'])
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('reason-missing')
})

test('--prune with paths, with no policy or on an incomplete read is an error', async () => {
  const tenant = await startTenant()
  const withPaths = await tenant.run(['plan', '--prune', 'policies'])
  expect([withPaths.code, withPaths.stderr]).toStrictEqual([1, expect.stringContaining('prune-not-possible')])
  const none = await startTenant(
    { machines: machines(1) },
    { 'holdfast.yaml': 'version: 1\npolicies: [none]\n' },
  )
  const withoutPolicies = await none.run(['plan', '--prune'])
  expect([withoutPolicies.code, withoutPolicies.stderr]).toStrictEqual([
    1,
    expect.stringContaining('prune-not-possible'),
  ])
  const broken = await startTenant({
    machines: machines(1),
    behaviour: { faults: [{ on: 'GET /machineactions', status: 500 }] },
  })
  const incomplete = await broken.run(['plan', '--prune'])
  expect([incomplete.code, incomplete.stderr]).toStrictEqual([
    1,
    expect.stringContaining('prune-not-possible'),
  ])
})

test('lifts that a saved plan blocked cannot be let through by name any more', async () => {
  const held = ['ws-1.contoso.com', 'ws-2.contoso.com']
  const configuration = `${CONFIGURATION}guards: { maxLifts: 1 }\n`
  const files = { ...ISOLATE_TWO, 'holdfast.yaml': configuration }
  const tenant = await startTenant({ machines: machines(2) }, files)
  expect((await tenant.run(['apply', '--auto-approve'])).code).toBe(0)
  await writeFile(`${tenant.folder}/policies/contain.yaml`, policy('contain', 'isolated: false', held))
  const override = ['--dangerous-exceed-guard', 'maxLifts', '--reason', 'r']
  expect((await tenant.run(['plan', '--out', 'a.plan'])).code).toBe(0)
  const saved = await tenant.run(['apply', 'a.plan', ...override])
  expect([saved.code, saved.stderr]).toStrictEqual([1, expect.stringContaining('guard-unknown')])
  const now = await tenant.run(['apply', '--auto-approve', '--json', ...override])
  expect(now.code, now.stderr).toBe(0)
  expect(JSON.parse(now.stdout)).toMatchObject({
    summary: { succeeded: 2 },
    overriddenGuards: ['maxLifts'],
    reason: 'r',
  })
})

test('--journal says where the journal is kept, for its owner alone; the lease stays where every run finds it', async () => {
  const tenant = await startTenant()
  expect((await tenant.run(['apply', '--auto-approve', '--journal', 'here'])).code).toBe(0)
  const [target = ''] = await readdir(`${tenant.folder}/here`)
  const names = await readdir(`${tenant.folder}/here/${target}`)
  expect(names.filter(name => name.endsWith('.jsonl'))).toHaveLength(1)
  expect(names.filter(name => name.startsWith('lease-'))).toHaveLength(0)
  const kept = await readdir(tenant.folder, { recursive: true })
  expect(
    kept.filter(name => /(^|\/)lease-/.test(name)).filter(name => !name.startsWith('here/')),
  ).toHaveLength(1)
  for (const name of names) {
    expect((await stat(`${tenant.folder}/here/${target}/${name}`)).mode & 0o777).toBe(0o600)
  }
  const texts = await Promise.all(
    names.map(name => readFile(`${tenant.folder}/here/${target}/${name}`, 'utf8')),
  )
  expect(texts.join('')).not.toContain('Bearer')
})
