import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { parseMarker } from '../../src/posture/marker.ts'
import { CONFIGURATION, machines, policy, startTenant, type Tenant } from './emulated-tenant.ts'

const OURS = 'INC-1 [holdfast policy=contain plan=0a1b2c3d change=4e5f6071]'

/** ws-1 ended three hours ago, ws-2 two days ago, ws-3 holds, ws-4 has no history. */
const SCENARIO: Scenario = {
  machines: machines(4),
  actions: ['-171h', '-216h', '-1h'].map((creationDateTimeUtc, index) => ({
    type: 'Isolate',
    machineId: `ws-${index + 1}.contoso.com`,
    status: 'Succeeded',
    scope: 'Full',
    requestSource: 'PublicApi',
    requestorComment: OURS,
    creationDateTimeUtc,
  })),
} as Scenario

const NAMES = [1, 2, 3, 4].map(number => `ws-${number}.contoso.com`)

function start(more = '', policyMore = ''): Promise<Tenant> {
  return startTenant(SCENARIO, {
    'holdfast.yaml': CONFIGURATION + more,
    'policies/contain.yaml': policy('contain', 'isolated: full', NAMES, policyMore),
  })
}

test('plan tells renewals apart from what is imposed, and drift what ended', async () => {
  const tenant = await start()
  const { stdout } = await tenant.run(['plan'])
  expect(stdout).toContain('Plan: 2 to impose, 1 to renew, 0 to change')
  const drift = await tenant.run(['drift'])
  expect(drift.code).toBe(2)
  expect(drift.stdout).toContain('Drift: 2 lapsed, 1 missing.')
})

test('apply --renewals makes the renewals and nothing else, without a terminal and without being asked', async () => {
  const tenant = await start('guards: { maxMachines: 0 }\n')
  const { code, stdout } = await tenant.run(['apply', '--renewals', '--json'])
  const result = JSON.parse(stdout)
  expect(result.outcomes.map(({ outcome }: { outcome: string }) => outcome)).toStrictEqual(['succeeded'])
  expect([code, tenant.writes()]).toStrictEqual([0, 1])
  const sent = tenant.emulator.actions().filter(({ requestorComment }) => requestorComment !== OURS)
  // The marker is of the renewals, not of the plan: every run of renewals alone has the same plan id.
  expect(parseMarker(sent[0]?.requestorComment ?? null)?.plan).not.toBe(result.planId.slice(7, 15))
  const again = await tenant.run(['apply', '--renewals'])
  expect([again.code, tenant.writes()]).toStrictEqual([0, 1])
})

test('every other apply makes them too, and asks', async () => {
  const tenant = await start()
  const { code } = await tenant.run(['apply', '--auto-approve'])
  expect([code, tenant.writes()]).toStrictEqual([0, 3])
})

test.each([
  ['a saved plan', ['some.plan']],
  ['--expect', ['--expect', `sha256:${'0'.repeat(64)}`]],
  ['--prune', ['--prune']],
  ['--reassert', ['--reassert', 'ws-1.contoso.com', '--reason', 'INC-1']],
  ['--resubmit', ['--resubmit', 'ws-1.contoso.com', '--reason', 'INC-1']],
])('%s asks for more than --renewals consents to', async (_name, more) => {
  const tenant = await start()
  const { code, stderr } = await tenant.run(['apply', '--renewals', ...more])
  expect([code, tenant.writes()]).toStrictEqual([1, 0])
  expect(stderr).toContain('flags-contradict')
})

test('a freeze stops renewals, unless it lets them go on', async () => {
  const tenant = await start()
  const freeze = (more = '') =>
    writeFile(
      join(tenant.folder, 'holdfast.yaml'),
      `${CONFIGURATION}freeze: { owner: anna, reason: forensics, until: 2099-01-01T06:00:00Z${more} }\n`,
    )
  await freeze()
  expect((await tenant.run(['apply', '--renewals'])).code).toBe(4)
  await freeze(', renewals: true')
  expect((await tenant.run(['apply', '--auto-approve'])).code).toBe(4)
  expect(tenant.writes()).toBe(0)
  expect((await tenant.run(['apply', '--renewals'])).code).toBe(0)
  expect(tenant.writes()).toBe(1)
})

test('a renewal whose policy has expired is taken back', async () => {
  const tenant = await start('', 'expires: 2026-01-01T00:00:00Z\n')
  const renewal = {
    type: 'Isolate',
    machineId: NAMES[0] as string,
    scope: 'Full',
    requestSource: 'PublicApi',
  } as const
  tenant.emulator.addAction({
    ...renewal,
    requestorComment: OURS,
    status: 'Succeeded',
    creationDateTimeUtc: '-2h',
  })
  const { code } = await tenant.run(['apply', '--renewals'])
  expect([code, tenant.writes()]).toStrictEqual([0, 1])
  expect(tenant.emulator.actions().at(-1)).toMatchObject({ type: 'Unisolate' })
})
