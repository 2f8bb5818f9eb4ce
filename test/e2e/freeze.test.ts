import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CONFIGURATION, machines, startTenant, type Tenant } from './emulated-tenant.ts'

const WORDS = ['anna@contoso.com', 'forensics', 'until 2099-01-01 06:00Z']

async function freeze(tenant: Tenant, until = '2099-01-01T06:00:00Z'): Promise<void> {
  const line = `freeze: { owner: anna@contoso.com, reason: forensics, until: ${until} }\n`
  await writeFile(join(tenant.folder, 'holdfast.yaml'), CONFIGURATION + line)
}

function expectWords(stderr: string): void {
  const text = stderr.replaceAll(/\s+/g, ' ')
  for (const word of WORDS) expect(text).toContain(word)
}

test('a plan that was saved and approved before the freeze is refused: 4, and who, why and until when', async () => {
  const tenant = await startTenant()
  expect((await tenant.run(['plan', '--out', 'p.plan'])).code).toBe(0)
  await freeze(tenant)
  const { code, stderr } = await tenant.run(['apply', 'p.plan'])
  expect(code).toBe(4)
  expectWords(stderr)
  expect(tenant.writes()).toBe(0)
})

test('an apply in a terminal is refused without being asked', async () => {
  const tenant = await startTenant()
  await freeze(tenant)
  const { code, stderr } = await tenant.run(['apply'], { terminal: true, answers: ['yes'] })
  expect([code, tenant.writes()]).toStrictEqual([4, 0])
  expect(stderr).not.toContain('Only `yes`')
})

test.each(['plan', 'drift'])('%s warns of it and goes on', async command => {
  const tenant = await startTenant()
  await freeze(tenant)
  const { code, stderr } = await tenant.run([command])
  expect(code).toBe(command === 'plan' ? 0 : 2)
  expect(stderr).toContain('warning[frozen]')
  expectWords(stderr)
})

test.each([
  ['live-response run', ['live-response', 'run', 'ws-1.contoso.com', '--get', 'C:\\a.log']],
  ['package download --wait', ['package', 'download', 'ws-1.contoso.com', '--wait']],
])('%s is refused: 4', async (_name, argv) => {
  const tenant = await startTenant()
  await freeze(tenant)
  const { code, stderr } = await tenant.run([...argv, '--reason', 'INC-1', '--auto-approve'])
  expect([code, tenant.writes()]).toStrictEqual([4, 0])
  expectWords(stderr)
})

test('an action can be cancelled all the same', async () => {
  const tenant = await startTenant({ machines: machines(1), behaviour: { settle: { Isolate: '1h' } } })
  const { id } = tenant.emulator.addAction({
    type: 'Isolate',
    machineId: 'ws-1.contoso.com',
    status: 'Pending',
  })
  await freeze(tenant)
  const { code } = await tenant.run(['actions', 'cancel', id, '--reason', 'wrong', '--auto-approve'])
  expect([code, tenant.writes()]).toStrictEqual([0, 1])
})

test('a freeze that is over has no effect and is told', async () => {
  const tenant = await startTenant()
  await freeze(tenant, '2026-01-01T00:00:00Z')
  const { code, stderr } = await tenant.run(['apply', '--auto-approve'])
  expect([code, tenant.writes()]).toStrictEqual([0, 2])
  expect(stderr).toContain('warning[freeze-over]')
})
