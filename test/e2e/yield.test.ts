import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ApplyResult } from '../../src/apply/result.ts'
import { CONFIGURATION, machines, policy, startTenant, type Tenant } from './emulated-tenant.ts'

const NAMES = machines(5).map(({ computerDnsName }) => computerDnsName ?? '')

/** A tenant whose quota lets two isolations through in a minute, and an apply of five that waits for it. */
async function held(): Promise<{ tenant: Tenant; older: ReturnType<Tenant['run']> }> {
  const tenant = await startTenant(
    {
      machines: machines(6),
      behaviour: {
        settle: { Isolate: '1h', RestrictCodeExecution: '2s' },
        quotas: { paths: { 'POST /machines/{id}/isolate': { perMinute: 2 } } },
      },
    },
    { 'holdfast.yaml': CONFIGURATION, 'policies/contain.yaml': policy('contain', 'isolated: full', NAMES) },
  )
  let begun = (): void => undefined
  const hasStarted = new Promise<void>(resolve => {
    begun = resolve
  })
  const older = tenant.run(['apply', '--auto-approve', '--json'], {
    onStderr: text => {
      if (text.includes('Isolate Pending')) begun()
    },
  })
  await hasStarted
  await writeFile(
    join(tenant.folder, 'policies', 'contain.yaml'),
    policy('urgent', 'restricted: true', ['ws-6.contoso.com']),
  )
  return { tenant, older }
}

test('an apply that waits for quota makes room for another one that asks, on real files; nobody submits beside it', async () => {
  const { tenant, older } = await held()
  const plain = await tenant.run(['apply', '--auto-approve'])
  expect(plain.code).toBe(7)
  const newer = await tenant.run(['apply', '--auto-approve', '--ask-to-yield', '--json'])
  const result = JSON.parse(newer.stdout) as ApplyResult
  expect([newer.code, result.summary]).toStrictEqual([0, { succeeded: 1 }])
  expect(newer.stderr.replaceAll(/\s+/g, ' ')).toMatch(/process \d+ on \S+ is asked to yield the lease/)
  expect(result.diagnostics).toMatchObject([{ code: 'lease-yielded' }])
  const yielded = await older
  const left = JSON.parse(yielded.stdout) as ApplyResult
  expect([yielded.code, left.summary]).toStrictEqual([6, { pending: 2, 'not-attempted': 3 }])
  expect(left.outcomes.find(({ outcome }) => outcome === 'not-attempted')).toMatchObject({
    code: 'yielded',
    detail: expect.stringMatching(/^process \d+ on \S+ \(plan [0-9a-f]{8}\) asked this run to yield/),
  })
  const posts = tenant.emulator.requests().filter(({ method }) => method === 'POST')
  expect(posts.at(-1)?.path).toContain('restrictCodeExecution')
})
