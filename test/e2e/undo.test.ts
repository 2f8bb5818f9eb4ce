import { expect, test } from 'vitest'
import type { ApplyResult } from '../../src/apply/result.ts'
import type { Plan } from '../../src/plan/document/document.ts'
import { CONFIGURATION, machines, policy, startTenant, type Tenant } from './emulated-tenant.ts'

const NAMES = [1, 2, 3, 4].map(number => `ws-${number}.contoso.com`)
const FILES = {
  'holdfast.yaml': CONFIGURATION,
  'policies/contain.yaml': policy('contain', 'isolated: full\n  scanned: { since: 2026-01-01 }', NAMES),
}
const YES = ['--auto-approve', '--json']

async function wrongMassIsolation(files: Readonly<Record<string, string>> = FILES) {
  const tenant = await startTenant(
    { machines: machines(4), behaviour: { settle: { Unisolate: '10s', RunAntiVirusScan: '10s' } } },
    files,
  )
  const { stdout } = await tenant.run(['apply', ...YES])
  const { planId, exit } = JSON.parse(stdout) as ApplyResult
  expect(exit.code).toBe(0)
  return { tenant, planId }
}

function touch(tenant: Tenant, dnsName: string, type: 'Isolate' | 'Unisolate'): void {
  tenant.emulator.addAction({
    type,
    machineId: dnsName,
    requestSource: 'Portal',
    requestor: 'anna@contoso.com',
  })
}

async function undo(tenant: Tenant, planId: string, ...more: readonly string[]) {
  const { code, stdout, stderr } = await tenant.run(['undo', planId, ...YES, ...more])
  const { outcomes } = JSON.parse(stdout) as ApplyResult
  const told = outcomes?.map(({ dnsName, outcome, code: why }) => `${dnsName} ${outcome} ${why ?? ''}`.trim())
  return { code, stderr, told: [...(told ?? [])].sort() }
}

test('a wrong mass isolation is undone, and the machine an analyst touched since is left alone and named', async () => {
  const { tenant, planId } = await wrongMassIsolation()
  touch(tenant, 'ws-2.contoso.com', 'Isolate')
  const { code, stderr, told } = await undo(tenant, planId)
  expect(code).toBe(5)
  expect(told).toStrictEqual([
    'ws-1.contoso.com succeeded',
    'ws-2.contoso.com refused touched-since',
    'ws-3.contoso.com succeeded',
    'ws-4.contoso.com succeeded',
  ])
  const text = stderr.replaceAll(/\s+/g, ' ')
  expect(text).toContain('Isolate by anna@contoso.com')
  expect(text).toContain('4 RunAntiVirusScan of that plan succeeded and cannot be undone')
})

test('a part of it is undone, and the rest stays', async () => {
  const { tenant, planId } = await wrongMassIsolation()
  const some = [
    '--target',
    'ws-1.contoso.com',
    '--target',
    'ws-2.contoso.com',
    '--exclude',
    'ws-2.contoso.com',
  ]
  expect(await undo(tenant, planId, ...some)).toMatchObject({ code: 0, told: ['ws-1.contoso.com succeeded'] })
  const unknown = await tenant.run(['undo', planId, '--target', 'policy:contain', ...YES])
  expect(unknown.code).toBe(1)
  expect(unknown.stderr).toContain('unknown-address')
})

test('undone once it is undone: the second time nothing is left and nothing is sent', async () => {
  const { tenant, planId } = await wrongMassIsolation()
  expect((await undo(tenant, planId.slice(7, 15))).code).toBe(0)
  const writes = tenant.writes()
  const again = await tenant.run(['undo', planId, '--auto-approve'])
  expect([again.code, again.stdout]).toStrictEqual([0, expect.stringContaining('Nothing is left to undo')])
  expect((await tenant.run(['undo', planId, ...YES])).code).toBe(0)
  expect(tenant.writes()).toBe(writes)
})

test('it is reviewed like any plan: saved, shown, applied as it was', async () => {
  const { tenant, planId } = await wrongMassIsolation()
  const writes = tenant.writes()
  const saved = await tenant.run(['undo', planId, '--out', 'undo.plan', '--json'])
  const plan = JSON.parse(saved.stdout) as Plan
  expect([saved.code, plan.summary.lift, tenant.writes()]).toStrictEqual([0, 4, writes])
  expect(plan.changes.map(({ reason, policy: asked }) => [reason, asked])).toStrictEqual(
    NAMES.map(() => ['undone', null]),
  )
  const shown = await tenant.run(['show', 'undo.plan'])
  expect(shown.stdout).toContain('will be released from isolation')
  expect((await tenant.run(['apply', 'undo.plan'])).code).toBe(0)
  expect(tenant.writes()).toBe(writes + 4)
})

test('what moved after the review stops the apply: 3', async () => {
  const { tenant, planId } = await wrongMassIsolation()
  await tenant.run(['undo', planId, '--out', 'undo.plan'])
  touch(tenant, 'ws-2.contoso.com', 'Isolate')
  const writes = tenant.writes()
  expect([(await tenant.run(['apply', 'undo.plan'])).code, tenant.writes()]).toStrictEqual([3, writes])
})

test('what is in flight is cancelled, runs too', async () => {
  const tenant = await startTenant(
    { machines: machines(4), behaviour: { settle: { Isolate: '1h', RunAntiVirusScan: '1h' } } },
    FILES,
  )
  const applied = await tenant.run(['apply', '--no-wait', ...YES])
  const { planId } = JSON.parse(applied.stdout) as ApplyResult
  const { code, told } = await undo(tenant, planId)
  expect([code, told.length, new Set(told.map(line => line.split(' ')[1]))]).toStrictEqual([
    0,
    8,
    new Set(['succeeded']),
  ])
})

test('more lifts than may be are stopped, and let through by name with a reason', async () => {
  const { tenant, planId } = await wrongMassIsolation({
    ...FILES,
    'holdfast.yaml': `${CONFIGURATION}guards: { maxLifts: 3 }\n`,
  })
  const stopped = await undo(tenant, planId)
  expect([stopped.code, new Set(stopped.told.map(line => line.split(' ')[2]))]).toStrictEqual([
    4,
    new Set(['over-max-lifts']),
  ])
  const more = ['--dangerous-exceed-guard', 'maxLifts', '--reason', 'wrong tag']
  expect((await undo(tenant, planId, ...more)).code).toBe(0)
})

test.each([
  ['no id', ['undo', 'yesterday', '--auto-approve'], 1, 'no plan id'],
  ['a plan that nothing carries', ['undo', '00000000', '--auto-approve'], 1, 'undo-unknown-plan'],
  ['nobody to ask', ['undo', '00000000'], 4, 'approval-missing'],
  ['--out with --auto-approve', ['undo', '00000000', '--out', 'x', '--auto-approve'], 1, 'flags-contradict'],
])('%s', async (_what, argv, code, says) => {
  const tenant = await startTenant()
  const ran = await tenant.run(argv)
  expect([ran.code, tenant.writes()]).toStrictEqual([code, 0])
  expect(ran.stderr.replaceAll(/\s+/g, ' ')).toContain(says)
})

test('undo last says which plan that is and asks; the answer yes undoes it, and a second time nothing is left', async () => {
  const { tenant, planId } = await wrongMassIsolation()
  const digits = planId.slice(7, 15)
  const argv = ['undo', 'last', '--reason', 'wrong tag']
  const refused = await tenant.run(argv, { terminal: true, answers: ['no'] })
  expect(refused.code).toBe(4)
  expect(refused.stderr.replaceAll(/\s+/g, ' ')).toContain(
    `the last plan of ours is ${digits}: 4 Isolate, 4 RunAntiVirusScan on 4 machines, for contain`,
  )
  expect((await tenant.run(argv, { terminal: true, answers: ['yes'] })).code).toBe(0)
  const writes = tenant.writes()
  expect((await tenant.run(argv, { terminal: true, answers: ['yes'] })).stdout).toContain(
    'Nothing is left to undo',
  )
  expect(tenant.writes()).toBe(writes)
})

test.each([
  ['unseen', ['--auto-approve'], 'flags-contradict'],
  ['where no action of ours is of a plan', ['--out', 'u.plan'], 'undo-unknown-plan'],
])('undo last %s is an error and sends nothing', async (_rule, more, code) => {
  const tenant = await startTenant()
  const ran = await tenant.run(['undo', 'last', '--reason', 'x', ...more])
  expect([ran.code, ran.stderr]).toStrictEqual([1, expect.stringContaining(`error[${code}]`)])
  expect(tenant.writes()).toBe(0)
})

test('undo last is an error where the history could not be read: nobody knows then which it is', async () => {
  const { tenant } = await wrongMassIsolation()
  const writes = tenant.writes()
  const env = { HOLDFAST_ENDPOINT: 'http://127.0.0.1:9' }
  const ran = await tenant.run(['undo', 'last', '--out', 'u.plan', '--reason', 'x'], { env })
  expect([ran.code, tenant.writes()]).toStrictEqual([1, writes])
  expect(ran.stderr).toContain('error[read-incomplete]')
})
