import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CONFIGURATION, startTenant, type Tenant } from './emulated-tenant.ts'

const FREEZE = ['freeze', '--for', '200h', '--reason', 'forensics']
const GITHUB = { GITHUB_ACTIONS: 'true', GITHUB_ACTOR: 'anna' }

function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

async function frozen(...more: readonly string[]): Promise<Tenant> {
  const tenant = await startTenant()
  const { code, stderr } = await tenant.run([...FREEZE, ...more], { env: GITHUB })
  expect(code, stderr).toBe(0)
  return tenant
}

test('a saved plan, an apply and a live response are refused: 4, and who and why; nothing is sent', async () => {
  const tenant = await startTenant()
  expect((await tenant.run(['plan', '--out', 'p.plan'])).code).toBe(0)
  const begun = await tenant.run(FREEZE, { env: GITHUB })
  expect(begun.stdout).toMatch(/^Frozen by anna, until .*: forensics\.\nRenewals stop too/)
  for (const argv of [
    ['apply', 'p.plan'],
    ['apply', '--auto-approve'],
    ['live-response', 'run', 'ws-1.contoso.com', '--get', 'C:\\a.log', '--reason', 'x', '--auto-approve'],
  ]) {
    const { code, stderr } = await tenant.run(argv)
    expect([code, flat(stderr)]).toStrictEqual([
      4,
      expect.stringMatching(/anna has frozen every apply until .*: forensics/),
    ])
  }
  expect(tenant.writes()).toBe(0)
})

test('plan warns, status and doctor say so, and freeze shows it', async () => {
  const tenant = await frozen('--renewals')
  expect(flat((await tenant.run(['plan'])).stderr)).toMatch(
    /warning\[frozen\].*anna has frozen .*Nothing but renewals can be applied before then, unless `holdfast freeze --end` ends it/,
  )
  expect((await tenant.run(['status'])).stdout).toMatch(
    /Frozen by anna until .*: forensics\. Renewals go on\./,
  )
  expect(flat((await tenant.run(['doctor'])).stdout)).toMatch(
    /anna has frozen every apply until .*`holdfast freeze --end` ends it/,
  )
  const { freeze, action } = JSON.parse((await tenant.run(['freeze', '--json'])).stdout)
  expect([freeze.owner, freeze.renewals, action]).toStrictEqual(['anna', true, 'shown'])
})

test('who froze it ends it unasked; then an apply goes through', async () => {
  const tenant = await frozen()
  expect((await tenant.run(['freeze', '--end'], { env: GITHUB })).stdout).toMatch(
    /^Ended: the freeze by anna, until/,
  )
  expect((await tenant.run(['freeze'])).stdout).toContain('Nobody has frozen this tenant')
  expect((await tenant.run(['apply', '--auto-approve'])).code).toBe(0)
})

test.each([
  ['without a terminal', {}, 4],
  ['with the answer no', { terminal: true, answers: ['no'] }, 4],
  ['with the answer yes', { terminal: true, answers: ['yes'] }, 0],
])('the freeze of somebody else is ended or replaced only with consent: %s', async (_rule, options, code) => {
  for (const argv of [['freeze', '--end'], FREEZE]) {
    const tenant = await frozen()
    expect((await tenant.run(argv, options)).code).toBe(code)
    const { freeze } = JSON.parse((await tenant.run(['freeze', '--json'])).stdout)
    expect(freeze?.owner === 'anna').toBe(code !== 0)
  }
})

test('a freeze that is over has no effect, and needs no consent to be replaced', async () => {
  const tenant = await startTenant()
  await tenant.run(['freeze', '--for', '1s', '--reason', 'x'], { env: GITHUB })
  await expect.poll(async () => (await tenant.run(['freeze'])).stdout).toContain('Nobody has frozen')
  expect((await tenant.run(['apply', '--auto-approve'])).code).toBe(0)
  expect((await tenant.run(FREEZE)).code).toBe(0)
})

test.each([
  [['--for', '2h'], 'reason-missing'],
  [['--reason', 'x'], 'usage'],
  [['--renewals'], 'usage'],
  [['--end', '--for', '2h'], 'flags-contradict'],
])('freeze %j is an error', async (argv, code) => {
  const tenant = await startTenant()
  const ran = await tenant.run(['freeze', ...argv])
  expect([ran.code, ran.stderr]).toStrictEqual([1, expect.stringContaining(`error[${code}]`)])
})

test('two freezes both count: until the later end, and renewals go on only where both let them', async () => {
  const tenant = await frozen('--renewals')
  const line = 'freeze: { owner: ben@contoso.com, reason: audit, until: 2099-01-01T06:00:00Z }\n'
  await writeFile(join(tenant.folder, 'holdfast.yaml'), CONFIGURATION + line)
  const { freeze } = JSON.parse((await tenant.run(['status', '--json'])).stdout)
  expect(freeze).toMatchObject({ owner: 'ben@contoso.com', renewals: false })
})

test('a freeze that cannot be read stops an apply, is told by a plan, and is removed with consent', async () => {
  const tenant = await frozen()
  const [name = ''] = await readdir(join(tenant.folder, '.state/holdfast'))
  await writeFile(join(tenant.folder, '.state/holdfast', name, 'freeze/freeze.json'), 'x')
  const planned = await tenant.run(['plan'])
  expect([planned.code, planned.stderr]).toStrictEqual([
    0,
    expect.stringContaining('warning[freeze-not-readable]'),
  ])
  const applied = await tenant.run(['apply', '--auto-approve'])
  expect([applied.code, tenant.writes()]).toStrictEqual([1, 0])
  expect((await tenant.run(['doctor'])).code).toBe(1)
  expect((await tenant.run(['freeze', '--end'])).code).toBe(4)
  expect((await tenant.run(['freeze', '--end', '--auto-approve'])).code).toBe(0)
  expect((await tenant.run(['apply', '--auto-approve'])).code).toBe(0)
})
