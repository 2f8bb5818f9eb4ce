import { expect, test } from 'vitest'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { startTenant, type Tenant } from './emulated-tenant.ts'

const OWN = 'INC-1 [holdfast policy=contain plan=0a1b2c3d change=4e5f6a7b]'
const ID = '4'.repeat(40)

const FLEET: Scenario = {
  machines: [
    { computerDnsName: 'ws-1.contoso.com', machineTags: ['INC-1'], osPlatform: 'Windows11' },
    { computerDnsName: 'ws-2.contoso.com', machineTags: ['inc-1', 'x'], riskScore: 'High' },
    { computerDnsName: 'ws-3.contoso.com' },
    { id: ID, computerDnsName: 'printer', onboardingStatus: 'CanBeOnboarded' },
    { computerDnsName: 'twin.contoso.com', id: 'a'.repeat(40), healthStatus: 'Inactive' },
    { computerDnsName: 'twin.contoso.com', id: 'b'.repeat(40), healthStatus: 'Inactive' },
  ],
  actions: [
    {
      type: 'Isolate',
      machineId: 'ws-1.contoso.com',
      scope: 'Full',
      requestSource: 'PublicApi',
      requestorComment: OWN,
      creationDateTimeUtc: '-2d',
    },
    { type: 'Isolate', machineId: ID, scope: 'UnManagedDevice', creationDateTimeUtc: '-1d' },
    { type: 'RestrictCodeExecution', machineId: 'ws-2.contoso.com', creationDateTimeUtc: '-1d' },
    { type: 'Isolate', machineId: 'ws-3.contoso.com', scope: 'Full', creationDateTimeUtc: '-2d' },
    { type: 'Unisolate', machineId: 'ws-3.contoso.com', creationDateTimeUtc: '-1d' },
  ],
}

const fleet = (behaviour: Scenario['behaviour'] = {}): Promise<Tenant> =>
  startTenant({ ...FLEET, behaviour }, {})

async function listed(tenant: Tenant, ...argv: readonly string[]): Promise<readonly string[]> {
  const ran = await tenant.run(['machines', 'list', ...argv, '--json'])
  expect(ran.code, ran.stderr).toBe(0)
  const names: readonly { readonly dnsName: string }[] = JSON.parse(ran.stdout).machines
  return names.map(({ dnsName }) => dnsName)
}

test.each<readonly [string, readonly string[], readonly string[]]>([
  ['which are isolated, onboarded or not', ['--isolated'], ['printer', 'ws-1.contoso.com']],
  ['which are restricted', ['--restricted'], ['ws-2.contoso.com']],
  ['which are either', ['--isolated', '--restricted'], ['printer', 'ws-1.contoso.com', 'ws-2.contoso.com']],
  ['by tag, whatever its case', ['--tag', 'Inc-1'], ['ws-1.contoso.com', 'ws-2.contoso.com']],
  ['several fields must all match', ['--tag', 'INC-1', '--risk-score', 'high'], ['ws-2.contoso.com']],
  ['of one field any value', ['--tag', 'x', '--tag', 'INC-1'], ['ws-1.contoso.com', 'ws-2.contoso.com']],
  ['isolated ones with a tag', ['--isolated', '--tag', 'INC-1'], ['ws-1.contoso.com']],
  ['every twin of a name', ['--dns-name', 'TWIN.contoso.com'], ['twin.contoso.com', 'twin.contoso.com']],
  ['what is not onboarded', ['--onboarding-status', 'CanBeOnboarded'], ['printer']],
  ['what reported lately', ['--last-seen-within', '1s'], []],
])('machines list: %s', async (_rule, argv, want) => {
  expect(await listed(await fleet(), ...argv)).toStrictEqual(want)
})

test('machines list asks nothing but GET and says since when, by whom and under which policy', async () => {
  const tenant = await fleet()
  const ran = await tenant.run(['machines', 'list', '--isolated'])
  expect(ran.code).toBe(0)
  expect(ran.stdout).toMatch(
    /ws-1\.contoso\.com .* isolated \(full\) since .*, by Holdfast, policy contain, until .*\n/,
  )
  expect(ran.stdout).toContain('2 machines: 2 isolated, 0 restricted')
  expect(tenant.writes()).toBe(0)
})

test('a list of machines that is answered with 404 shows nothing: the history names machines', async () => {
  const tenant = await startTenant(
    { ...FLEET, behaviour: { faults: [{ on: 'GET /machines', status: 404, code: 'ResourceNotFound' }] } },
    {},
  )
  const ran = await tenant.run(['machines', 'list', '--isolated', '--json'])
  expect(ran.code).toBe(1)
  expect(JSON.parse(ran.stdout).error).toMatchObject({ code: 'read-incomplete' })
  expect(ran.stderr).toContain('error[list-missing]')
})

test('a list from a file, of which one name is unknown: the rest is shown, the exit is 1', async () => {
  const tenant = await startTenant(FLEET, { 'list.txt': 'ws-1.contoso.com\nnobody.contoso.com\n' })
  const ran = await tenant.run(['machines', 'list', '--list', 'list.txt'])
  expect(ran.code).toBe(1)
  expect(ran.stdout).toContain('ws-1.contoso.com')
  expect(ran.stderr).toContain('error[machine-not-found]')
})

test('a read that failed shows nothing: a machine must not look free', async () => {
  const tenant = await fleet({ faults: [{ on: 'GET /machineactions', status: 403 }] })
  const ran = await tenant.run(['machines', 'list', '--isolated', '--json'])
  expect(ran.code).toBe(1)
  expect(JSON.parse(ran.stdout).error.code).toBe('read-incomplete')
})

test('machines show tells record, posture and the newest actions of every record of a name', async () => {
  const tenant = await fleet()
  const ran = await tenant.run(['machines', 'show', 'ws-3.contoso.com', '--limit', '1', '--json'])
  const [machine] = JSON.parse(ran.stdout).machines
  expect(machine).toMatchObject({
    dnsName: 'ws-3.contoso.com',
    olderActions: 1,
    posture: { isolated: { level: 'none' } },
  })
  expect(machine.actions.map(({ type }: { readonly type: string }) => type)).toStrictEqual(['Unisolate'])
  const twins = await tenant.run(['machines', 'show', 'twin.contoso.com'])
  expect(twins.stdout).toMatch(/id +a{40}[\s\S]*id +b{40}/)
  expect(await tenant.run(['machines', 'show', 'nobody'])).toMatchObject({ code: 1 })
})

test('a tag is put where it is missing, and only there', async () => {
  const tenant = await fleet()
  const argv = [
    'machines',
    'tag',
    'add',
    'INC-1',
    'ws-1.contoso.com',
    'ws-2.contoso.com',
    'ws-3.contoso.com',
    '--auto-approve',
    '--json',
  ]
  const ran = await tenant.run(argv)
  expect(ran.code, ran.stderr).toBe(0)
  expect(JSON.parse(ran.stdout).summary).toStrictEqual({ unchanged: 2, succeeded: 1 })
  expect(await listed(tenant, '--tag', 'INC-1')).toHaveLength(3)
  expect(tenant.writes()).toBe(1)
  expect(JSON.parse((await tenant.run(argv)).stdout).summary).toStrictEqual({ unchanged: 3 })
  expect(tenant.writes()).toBe(1)
})

test('a tag is taken off in whatever spelling the machines have it', async () => {
  const tenant = await fleet()
  const ran = await tenant.run(['machines', 'tag', 'remove', 'INC-1', '--tag', 'INC-1', '--auto-approve'])
  expect(ran.stdout).toContain('Tag taken off: 2 succeeded.')
  expect(await listed(tenant, '--tag', 'INC-1')).toStrictEqual([])
  expect(tenant.writes()).toBe(2)
})

test('more than 500 machines are more than one request', async () => {
  const machines = Array.from({ length: 501 }, (_, index) => ({
    computerDnsName: `m-${index}`,
    machineTags: ['all'],
  }))
  const tenant = await startTenant({ machines }, {})
  const ran = await tenant.run(['machines', 'tag', 'add', 'T', '--tag', 'all', '--auto-approve'])
  expect(ran.stdout).toBe('Tag put on: 501 succeeded.\n')
  expect(tenant.writes()).toBe(2)
})

test.each<readonly [string, readonly string[], number, string]>([
  ['no machine', ['T'], 1, 'nothing-chosen'],
  [
    'an empty list is nothing, never everything',
    ['T', '--list', 'empty.txt', '--auto-approve'],
    0,
    'empty-list-file',
  ],
  ['an unknown name', ['T', 'ws-1.contoso.com', 'nobody', '--auto-approve'], 1, 'unresolved-machine'],
  ['a name of several records', ['T', 'twin.contoso.com', '--auto-approve'], 1, 'ambiguous-machine'],
  ['no consent and nobody to ask', ['T', 'ws-1.contoso.com'], 4, 'approval-missing'],
  ['no machine id', ['T', '--id', 'xyz', '--auto-approve'], 1, 'usage'],
])('machines tag sends nothing for %s', async (_rule, argv, code, says) => {
  const tenant = await startTenant(FLEET, { 'empty.txt': '# nobody\n' })
  const ran = await tenant.run(['machines', 'tag', 'add', ...argv])
  expect(ran).toMatchObject({ code, stderr: expect.stringContaining(says) })
  expect(tenant.writes()).toBe(0)
})

test.each([
  ['yes', 0, 1],
  ['y', 4, 0],
])('the question is answered with yes alone: %s', async (answer, code, writes) => {
  const tenant = await fleet()
  const argv = ['machines', 'tag', 'add', 'T', 'ws-1.contoso.com']
  const ran = await tenant.run(argv, { terminal: true, answers: [answer] })
  expect(ran.code).toBe(code)
  expect(ran.stderr).toContain(`Put the tag T on 1 machine in tenant (unknown) at ${tenant.url}?`)
  expect(tenant.writes()).toBe(writes)
})

test('a tag that the declaration looks at is warned about', async () => {
  const policy =
    'version: 1\npolicy: contain\nreason: INC-1\nmachines: [{ tag: inc-1 }]\nstate: { isolated: full }\n'
  const files = {
    'holdfast.yaml': 'version: 1\npolicies: [policies]\nprotected: [{ match: { tag: INC-1 } }]\n',
    'policies/a.yaml': policy,
  }
  const tenant = await startTenant(FLEET, files)
  const ran = await tenant.run(['machines', 'tag', 'add', 'INC-1', 'ws-3.contoso.com', '--auto-approve'])
  expect(ran.stderr.match(/warning\[tag-in-use\]/g)).toHaveLength(2)
  expect(ran.stderr).toContain('contain')
})

const TAG = 'POST /machines/AddOrRemoveTagForMultipleMachines'
test.each<
  readonly [string, NonNullable<NonNullable<Scenario['behaviour']>['faults']>[number], number, string]
>([
  ['refused', { on: TAG, status: 400, code: 'InvalidInput' }, 5, 'failed'],
  ['throttled for a moment', { on: TAG, status: 429, retryAfter: 1, nth: 1 }, 0, 'succeeded'],
  ['unanswered, but done', { on: TAG, fault: 'reset-after' }, 0, 'succeeded'],
  ['unanswered, and not done', { on: TAG, fault: 'reset-before' }, 6, 'uncertain'],
  ['not allowed', { on: TAG, status: 401 }, 1, 'not-attempted'],
])('a tag request that is %s', async (_rule, fault, code, outcome) => {
  const tenant = await fleet({ faults: [fault] })
  const argv = ['machines', 'tag', 'add', 'T', 'ws-1.contoso.com', '--auto-approve', '--json']
  const ran = await tenant.run(argv)
  const { outcomes } = JSON.parse(ran.stdout)
  expect([ran.code, outcomes[0].outcome]).toStrictEqual([code, outcome])
  expect(ran.stderr.includes('for the call quota')).toBe('retryAfter' in fault)
})
