import { expect, test } from 'vitest'
import { CONFIGURATION, machines, policy, startTenant } from './emulated-tenant.ts'

const NAMES = ['ws-1.contoso.com']

function files(configuration: string, more = '') {
  return {
    'holdfast.yaml': `${CONFIGURATION}${configuration}`,
    'policies/contain.yaml': policy('contain', 'isolated: full', NAMES, more),
  }
}

test.each(['validate', 'plan', 'apply --auto-approve', 'drift'])(
  '%s stops at a policy without a key that the configuration demands, at its line',
  async command => {
    const tenant = await startTenant({ machines: machines(1) }, files('require: [owner]\n'))
    const ran = await tenant.run(command.split(' '))
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('error[required-by-configuration]: the policy has no `owner`')
    expect(ran.stderr).toContain('--> policies/contain.yaml:2:1')
    expect(tenant.writes()).toBe(0)
  },
)

test.each(['validate', 'plan', 'apply --auto-approve'])(
  '%s stops at a hold that ends too late or never',
  async command => {
    const tenant = await startTenant(
      { machines: machines(1) },
      files('longestHold: 14d\n', 'expires: 2099-01-01\n'),
    )
    const ran = await tenant.run(command.split(' '))
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('error[expires-too-far]: the policy contain holds machines until 2099-01-01')
    expect(ran.stderr).toContain('--> policies/contain.yaml:2:1')
    expect(tenant.writes()).toBe(0)
  },
)

test('a machine of high value that no policy names is blocked, and named once it is', async () => {
  const tagged = { ...machines(1)[0], deviceValue: 'High', machineTags: ['INC-1'] }
  const selecting = policy('contain', 'isolated: full', NAMES).replace(
    'dnsName: ws-1.contoso.com',
    'tag: INC-1',
  )
  const configuration = { 'holdfast.yaml': `${CONFIGURATION}confirmByName: [{ deviceValue: High }]\n` }
  const blind = await startTenant(
    { machines: [tagged] },
    { ...configuration, 'policies/contain.yaml': selecting },
  )
  expect(JSON.parse((await blind.run(['plan', '--json'])).stdout).blocked).toMatchObject([
    { code: 'confirm-by-name' },
  ])
  expect((await blind.run(['apply', '--auto-approve'])).code).toBe(4)
  expect(blind.writes()).toBe(0)
  const named = await startTenant({ machines: [tagged] }, files('confirmByName: [{ deviceValue: High }]\n'))
  expect((await named.run(['apply', '--auto-approve'])).code).toBe(0)
})

test('risks stand before the question, in the plan and in the question itself', async () => {
  const server = { computerDnsName: 'ws-1.contoso.com', osPlatform: 'WindowsServer2022', machineTags: ['dc'] }
  const tenant = await startTenant(
    { machines: [server] },
    files('risks: [{ name: domain controllers, match: { tag: dc } }]\n'),
  )
  const ran = await tenant.run(['apply'], { terminal: true, answers: ['no'] })
  expect(ran.code).toBe(4)
  const told = ran.stdout + ran.stderr
  expect(told).toMatch(
    /! risk: domain controllers \(1\): ws-1\.contoso\.com \(`risks` of the\s+configuration\)/,
  )
  expect(told).toContain('Risks: domain controllers (1), servers (1).\nOnly `yes` applies it: ')
  expect(tenant.writes()).toBe(0)
})
