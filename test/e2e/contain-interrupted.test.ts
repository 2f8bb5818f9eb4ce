import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { machines, policy, startTenant } from './emulated-tenant.ts'

const FILES = {
  'holdfast.yaml':
    'version: 1\npolicies: [policies]\nallow: { scopeChange: true }\napply: { timeout: 2m, pollInterval: 20s, lookup: 5s }\n',
  'policies/other.yaml': policy('other', 'scanned: { within: 7d }', ['ws-4.contoso.com']),
}
const ASK = ['--for', '24h', '--reason', 'INC-1', '--auto-approve']

test('interrupted between the two halves of a change of scope, contain keeps the policy that closes the machine', async () => {
  const settle = { Isolate: '1s', Unisolate: '3s' }
  const tenant = await startTenant({ machines: machines(4), behaviour: { settle } }, FILES)
  await tenant.run(['contain', 'ws-1.contoso.com', '--scope', 'selective', ...ASK])
  const written = async () => (await readdir(join(tenant.folder, 'policies'))).length
  const before = await written()
  const io = tenant.io()
  const running = main(['contain', 'ws-1.contoso.com', ...ASK], io)
  const isOpen = () => tenant.emulator.actions().some(a => a.type === 'Unisolate' && a.status === 'Succeeded')
  await vi.waitFor(() => expect(isOpen()).toBe(true), { interval: 5, timeout: 120_000 })
  io.send('SIGINT')
  expect(await running).toBe(130)
  expect(await written()).toBe(before + 1)
  expect(io.stdout.text() + io.stderr.text()).not.toContain('taken back')
  expect((await tenant.run(['plan'])).stdout).toContain('none -> full')
})
