import { expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { startTenant, type Tenant } from './emulated-tenant.ts'

const OWN = 'INC-1 [holdfast policy=contain plan=0a1b2c3d change=4e5f6a7b]'
const id = (digit: number): string => `00000000-0000-4000-8000-${String(digit).repeat(12)}`

const HISTORY: Scenario = {
  machines: [
    { computerDnsName: 'ws-1.contoso.com' },
    { computerDnsName: 'ws-2.contoso.com', offline: true },
    { computerDnsName: 'ws-3.contoso.com', offline: true },
  ],
  actions: [
    {
      id: id(1),
      type: 'Isolate',
      machineId: 'ws-1.contoso.com',
      scope: 'Full',
      requestor: 'maria@contoso.com',
      requestSource: 'Portal',
      creationDateTimeUtc: '-3d',
    },
    {
      id: id(2),
      type: 'Isolate',
      machineId: 'ws-2.contoso.com',
      status: 'Pending',
      scope: 'Full',
      requestSource: 'PublicApi',
      requestorComment: OWN,
      creationDateTimeUtc: '-30h',
    },
    {
      id: id(3),
      type: 'RunAntiVirusScan',
      machineId: 'ws-3.contoso.com',
      status: 'Pending',
      requestSource: 'PublicApi',
      requestorComment: OWN,
      creationDateTimeUtc: '-2h',
    },
    {
      id: id(4),
      type: 'Unisolate',
      machineId: 'ws-1.contoso.com',
      status: 'Failed',
      creationDateTimeUtc: '-20d',
    },
    {
      id: id(5),
      type: 'Isolate',
      machineId: 'ws-3.contoso.com',
      status: 'Pending',
      requestSource: 'Portal',
      creationDateTimeUtc: '-40h',
    },
  ],
}

const history = (behaviour: Scenario['behaviour'] = {}): Promise<Tenant> =>
  startTenant({ ...HISTORY, behaviour }, {})

test.each<readonly [string, readonly string[], readonly number[]]>([
  ['of the last week, newest first', [], [3, 2, 5, 1]],
  ['since longer ago', ['--since', '30d'], [3, 2, 5, 1, 4]],
  ['until', ['--until', '1d'], [2, 5, 1]],
  ['of a type', ['--type', 'isolate'], [2, 5, 1]],
  ['of a status', ['--status', 'Pending', '--status', 'Failed'], [3, 2, 5]],
  ['of a machine by name', ['--machine', 'WS-3.contoso.com'], [3, 5]],
  ['of a requestor', ['--requestor', 'maria@contoso.com'], [1]],
  ['ours', ['--own'], [3, 2]],
  ["others'", ['--foreign'], [5, 1]],
  ['at most so many', ['--limit', '1'], [3]],
])('actions list: %s', async (_rule, argv, want) => {
  const tenant = await history()
  const ran = await tenant.run(['actions', 'list', ...argv, '--json'])
  expect(ran.code, ran.stderr).toBe(0)
  const { actions, summary } = JSON.parse(ran.stdout)
  expect(actions.map(({ actionId }: { readonly actionId: string }) => actionId)).toStrictEqual(want.map(id))
  expect(summary.leftOut).toBe(argv.includes('--limit') ? 3 : 0)
  expect(tenant.writes()).toBe(0)
})

test('actions list shows people who asked, and each machine by its name', async () => {
  const ran = await (await history()).run(['actions', 'list'])
  expect(ran.stdout).toMatch(
    /Isolate \(full\) +Succeeded +ws-1\.contoso\.com +analyst maria@contoso\.com +0{8}-/,
  )
  expect(ran.stdout).toMatch(/ws-2\.contoso\.com +Holdfast, policy contain/)
})

test.each<readonly [readonly string[], string]>([
  [['list', '--own', '--foreign'], 'flags-contradict'],
  [['list', '--since', 'yesterday'], 'usage'],
  [['list', '--machine', 'nobody.contoso.com'], 'machine-not-found'],
  [['show', 'abc'], 'usage'],
  [['show', id(9)], 'action-not-found'],
  [['cancel', '--reason', 'x', '--auto-approve'], 'nothing-chosen'],
  [['cancel', '--own', '--reason', 'x', '--auto-approve'], 'nothing-chosen'],
  [['cancel', '--stuck-over', '24h', '--reason', 'x', '--auto-approve'], 'nothing-chosen'],
  [['cancel', '--own', '--stuck-over', '59m', '--reason', 'x', '--auto-approve'], 'usage'],
  [['cancel', id(1), '--own', '--reason', 'x', '--auto-approve'], 'flags-contradict'],
  [['cancel', id(2), '--auto-approve'], 'reason-missing'],
  [['cancel', id(9), '--reason', 'x', '--auto-approve'], 'action-not-found'],
])('actions %s is an error and sends nothing', async (argv, code) => {
  const tenant = await history()
  const ran = await tenant.run(['actions', ...argv])
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain(`error[${code}]`)
  expect(tenant.writes()).toBe(0)
})

test('actions show tells all there is about each', async () => {
  const ran = await (await history()).run(['actions', 'show', id(2), id(1).toUpperCase()])
  expect(ran.code).toBe(0)
  expect(ran.stdout).toMatch(
    /Isolate \(full\) of ws-2\.contoso\.com[\s\S]*Isolate \(full\) of ws-1\.contoso\.com/,
  )
  expect(ran.stdout).toContain(OWN)
})

test.each<readonly [string, readonly number[], number, readonly string[]]>([
  ['that has succeeded', [1], 0, ['succeeded']],
  ['that has failed', [1, 4], 5, ['succeeded', 'failed']],
  ['that does not end', [1, 2], 6, ['pending', 'succeeded']],
])('waiting for one %s', async (_rule, numbers, code, outcomes) => {
  const tenant = await history()
  const argv = ['actions', 'wait', ...numbers.map(id), '--timeout', '1s', '--json']
  const ran = await tenant.run(argv)
  const document = JSON.parse(ran.stdout)
  expect(ran.code).toBe(code)
  expect(document.exit.code).toBe(code)
  const seen = document.outcomes.map(({ outcome }: { readonly outcome: string }) => outcome)
  expect([...seen].sort()).toStrictEqual([...outcomes].sort())
  expect(tenant.emulator.requests().some(({ path }) => /machineactions\/./.test(path))).toBe(false)
})

test('waiting goes on until the end, and tells each status on stderr', async () => {
  const tenant = await startTenant(
    { machines: [{ computerDnsName: 'a' }], behaviour: { settle: { Isolate: '8s' } } },
    {
      'holdfast.yaml': 'version: 1\napply: { pollInterval: 1s }\n',
    },
  )
  const action = tenant.emulator.addAction({
    type: 'Isolate',
    machineId: 'a',
    scope: 'Full',
    status: 'Pending',
  })
  const ran = await tenant.run(['actions', 'wait', action.id])
  expect(ran.code, ran.stderr).toBe(0)
  expect(ran.stderr).toMatch(/Pending[\s\S]*Succeeded/)
})

test('an action that is never listed is an error after the time that a new one may need', async () => {
  const ran = await (await history()).run(['actions', 'wait', id(9), '--timeout', '1s'])
  expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('action-not-found') })
})

async function cancel(tenant: Tenant, ...argv: readonly string[]) {
  const ran = await tenant.run([
    'actions',
    'cancel',
    ...argv,
    '--reason',
    'offline',
    '--auto-approve',
    '--json',
  ])
  const { outcomes } = JSON.parse(ran.stdout)
  return { ran, outcomes }
}

test('what of ours hangs is cancelled, and nothing else', async () => {
  const tenant = await history()
  const { ran, outcomes } = await cancel(tenant, '--own', '--stuck-over', '24h')
  expect(ran.code, ran.stderr).toBe(0)
  expect(outcomes).toMatchObject([{ actionId: id(2), outcome: 'succeeded', status: 'Cancelled' }])
  expect(tenant.writes()).toBe(1)
  const shown = JSON.parse((await tenant.run(['actions', 'show', id(2), '--json'])).stdout)
  expect(shown.actions[0].cancellation.comment).toBe(
    'offline [holdfast policy=contain plan=00000000 change=00000000]',
  )
})

test('the next plan sends again what we cancelled and is still declared', async () => {
  const policy =
    'version: 1\npolicy: contain\nreason: INC-1\nmachines: [{ dnsName: ws-2.contoso.com }]\nstate: { isolated: full }\n'
  const tenant = await startTenant(HISTORY, {
    'holdfast.yaml': 'version: 1\npolicies: [policies]\n',
    'policies/a.yaml': policy,
  })
  await cancel(tenant, id(2))
  const plan = JSON.parse((await tenant.run(['plan', '--json'])).stdout)
  expect(plan.summary).toMatchObject({ impose: 1, blocked: 0 })
})

test("another's action can be cancelled by id; what had ended is left alone", async () => {
  const tenant = await history()
  const { ran, outcomes } = await cancel(tenant, id(5), id(4), id(1))
  expect(ran.code).toBe(5)
  const byId = new Map(
    outcomes.map((each: { actionId: string; outcome: string }) => [each.actionId, each.outcome]),
  )
  expect([id(5), id(4), id(1)].map(each => byId.get(each))).toStrictEqual([
    'succeeded',
    'unchanged',
    'failed',
  ])
  expect(tenant.writes()).toBe(1)
})

const CANCEL = 'POST /machineactions/{id}/cancel'
type Behaviour = NonNullable<Scenario['behaviour']>
test.each<readonly [string, Behaviour, number, object]>([
  ['that ends Failed', { cancel: { end: 'Failed' } }, 0, { outcome: 'succeeded', status: 'Failed' }],
  ['that takes effect', { cancel: { end: 'Succeeded' } }, 5, { outcome: 'failed', code: 'took-effect' }],
  ['that does not end', { cancel: { settle: '1h' } }, 6, { outcome: 'pending', status: 'Pending' }],
  [
    'that is refused',
    { faults: [{ on: CANCEL, status: 400, code: 'BadRequest' }] },
    5,
    { outcome: 'failed', code: 'BadRequest' },
  ],
  ['whose request is lost', { faults: [{ on: CANCEL, fault: 'reset-before' }] }, 6, { outcome: 'uncertain' }],
  ['whose answer is lost', { faults: [{ on: CANCEL, fault: 'reset-after' }] }, 0, { outcome: 'succeeded' }],
  [
    'that waits for quota',
    { faults: [{ on: CANCEL, status: 429, retryAfter: 2, nth: 1 }] },
    0,
    { outcome: 'succeeded' },
  ],
  [
    'with a token that is refused',
    { faults: [{ on: CANCEL, status: 401 }] },
    1,
    { outcome: 'not-attempted' },
  ],
])('a cancel %s', async (_rule, behaviour, code, outcome) => {
  const tenant = await history(behaviour)
  const { ran, outcomes } = await cancel(tenant, id(2), '--timeout', '6s')
  expect(ran.code, ran.stderr).toBe(code)
  expect(outcomes).toMatchObject([outcome])
})

test('nothing that hangs is nothing to do, and nobody is asked', async () => {
  const tenant = await history()
  const argv = ['actions', 'cancel', '--own', '--stuck-over', '90h', '--reason', 'x']
  const ran = await tenant.run(argv, { terminal: true })
  expect(ran).toMatchObject({ code: 0, stdout: 'Cancel: nothing to do.\n', stderr: '' })
})

test.each([
  ['yes', 0, 1],
  ['no', 4, 0],
])('what is going to be cancelled is shown before the question: %s', async (answer, code, writes) => {
  const tenant = await history()
  const argv = ['actions', 'cancel', id(2), '--reason', 'x']
  const ran = await tenant.run(argv, { terminal: true, answers: [answer] })
  expect(ran.code).toBe(code)
  expect(ran.stderr).toMatch(/ws-2[\s\S]*Cancel 1 action in tenant/)
  expect(tenant.writes()).toBe(writes)
})

test('without a terminal and without consent nothing is read or sent', async () => {
  const tenant = await history()
  const ran = await tenant.run(['actions', 'cancel', id(2), '--reason', 'x'])
  expect(ran.code).toBe(4)
  expect(tenant.emulator.requests()).toHaveLength(0)
})

test('an interrupted wait says how the actions stand, and cancels nothing', async () => {
  const tenant = await history()
  const io = tenant.io({ onStderr: text => text.includes('Pending') && io.send('SIGINT') })
  expect(await main(['actions', 'wait', id(2), '--json'], io)).toBe(130)
  expect(JSON.parse(io.stdout.text())).toMatchObject({
    exit: { code: 130, name: 'signal' },
    outcomes: [{ actionId: id(2), outcome: 'pending' }],
  })
  expect(tenant.writes()).toBe(0)
})

test('what of ours is in flight on a machine is cancelled by its whole name, and what is not ours is told and left alone', async () => {
  const tenant = await history()
  const { ran, outcomes } = await cancel(tenant, 'WS-3.contoso.com')
  expect(ran.code, ran.stderr).toBe(0)
  expect(outcomes).toMatchObject([{ actionId: id(3), outcome: 'succeeded' }])
  expect(ran.stderr).toContain(
    `1 action in flight is not ours: Isolate by analyst@contoso.com (${id(5)}). Left alone.`,
  )
  expect(tenant.writes()).toBe(1)
  const foreign = await tenant.run([
    'actions',
    'cancel',
    'ws-3.contoso.com',
    '--reason',
    'x',
    '--auto-approve',
  ])
  expect([foreign.code, foreign.stderr]).toStrictEqual([
    4,
    expect.stringContaining('error[foreign-in-flight]'),
  ])
  expect(tenant.writes()).toBe(1)
})

test.each([
  ['nothing is in flight there', 'ws-1.contoso.com', 0, 'Cancel: nothing to do.'],
  ['a short name, which is answered with the whole one', 'ws-1', 1, 'Did you mean ws-1.contoso.com'],
  ['an id with a fault in it is no machine', `${id(2)}0`, 1, 'is no action id'],
])('actions cancel: %s', async (_rule, name, code, words) => {
  const tenant = await history()
  const ran = await tenant.run(['actions', 'cancel', name, '--reason', 'x', '--auto-approve'])
  expect([ran.code, `${ran.stdout}${ran.stderr}`]).toStrictEqual([code, expect.stringContaining(words)])
  expect(tenant.writes()).toBe(0)
})
