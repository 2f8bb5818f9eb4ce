import { expect, test } from 'vitest'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { CONFIGURATION, startTenant, type Tenant } from './emulated-tenant.ts'

const FULL = '1'.repeat(40)
const RESTRICTED = '2'.repeat(40)

function start(
  shownBy: 'tag' | 'column' | 'none',
  more = '',
  behaviour: Scenario['behaviour'] = {},
): Promise<Tenant> {
  return startTenant(
    {
      machines: [
        { id: FULL, computerDnsName: 'ws-1.contoso.com' },
        {
          id: RESTRICTED,
          computerDnsName: 'ws-2.contoso.com',
          refuses: ['AdvancedResponse'],
          refusesShownBy: shownBy,
        },
      ],
      behaviour,
    },
    {
      'holdfast.yaml': `${CONFIGURATION}retry: { maxAttempts: 2, within: 24h }\n${more}`,
      'policies/a.yaml':
        'version: 1\npolicy: contain\nreason: INC-1\nmachines:\n  - all: true\nstate:\n  isolated: full\n',
    },
  )
}

const apply = async (tenant: Tenant) => {
  const ran = await tenant.run(['apply', '--auto-approve', '--json'])
  return { code: ran.code, outcomes: JSON.parse(ran.stdout).outcomes, stderr: ran.stderr }
}

test('a refusal by the device ends that change alone, and counts as an attempt', async () => {
  const tenant = await start('none')
  const first = await apply(tenant)
  expect(first.code, first.stderr).toBe(5)
  expect(first.outcomes).toMatchObject([
    { address: `${FULL}/isolated`, outcome: 'succeeded' },
    { address: `${RESTRICTED}/isolated`, outcome: 'failed', code: 'restricted-device' },
  ])
  expect((await apply(tenant)).outcomes).toMatchObject([{ outcome: 'failed', code: 'restricted-device' }])
  const sent = tenant.writes()
  const third = await apply(tenant)
  expect(third.outcomes).toMatchObject([{ outcome: 'refused', code: 'attempts-exhausted' }])
  expect(tenant.writes()).toBe(sent)
})

test('the tag alone warns', async () => {
  const tenant = await start('tag')
  const plan = JSON.parse((await tenant.run(['plan', '--json'])).stdout)
  expect(plan.changes).toMatchObject([{ warnings: [] }, { warnings: [{ code: 'restricted-device' }] }])
})

test('what hunting shows is blocked before it is asked', async () => {
  const tenant = await start('column', 'evidence: { read: required, api: defender }\n')
  const ran = await tenant.run(['plan', '--json'])
  expect(JSON.parse(ran.stdout), ran.stderr).toMatchObject({
    changes: [{ address: `${FULL}/isolated` }],
    blocked: [{ address: `${RESTRICTED}/isolated`, code: 'restricted-device' }],
  })
})
