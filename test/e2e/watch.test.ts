import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { CONFIGURATION, ISOLATE_TWO, machines, policy, startTenant, type Tenant } from './emulated-tenant.ts'

const SHARED = { ...ISOLATE_TWO, 'holdfast.yaml': `${CONFIGURATION}store: local\n` }

async function eventsOf({ folder }: Tenant): Promise<readonly string[]> {
  const text = await readFile(`${folder}/events.jsonl`, 'utf8').catch(() => '')
  return text
    .split('\n')
    .flatMap(line => (line === '' ? [] : [String(JSON.parse(line).type.split('.').at(-1))]))
}

/** A watch that runs until the test ends it. */
function startWatch(tenant: Tenant, ...words: readonly string[]) {
  const io = tenant.io()
  const ended = main(['watch', '--every', '10s', '--events', 'events.jsonl', ...words], io)
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await holds())) await tenant.clock.sleep(1000)
  }
  const seen = (pattern: RegExp, count: number): Promise<void> =>
    until(() => (io.stderr.text().match(pattern) ?? []).length >= count)
  const stop = (): Promise<number> => {
    io.send('SIGTERM')
    return ended
  }
  return { io, until, seen, stop }
}

test('watch tells each finding once, changes nothing, and ends at a signal', async () => {
  const tenant = await startTenant()
  const { io, seen, stop } = startWatch(tenant)
  await seen(/looked at/g, 3)
  expect([await stop(), tenant.writes()]).toStrictEqual([143, 0])
  const lines = io.stdout.text().trim().split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[0]).toContain('+ missing ws-1.contoso.com isolated: expected full, is none')
  expect(await eventsOf(tenant)).toStrictEqual(['missing', 'missing'])
})

test('watch ends well when its time is over', async () => {
  const tenant = await startTenant()
  const ran = await tenant.run(['watch', '--until', '2020-01-01'])
  expect([ran.code, ran.stdout]).toStrictEqual([0, ''])
})

test('watch --apply all does what is due by the same apply, and tells that the findings are no more', async () => {
  const tenant = await startTenant({ machines: machines(3) }, SHARED)
  const { io, until, stop } = startWatch(tenant, '--apply', 'all', '--auto-approve')
  await until(async () => (await eventsOf(tenant)).length === 4)
  await stop()
  expect(io.stderr.text()).toContain('Apply complete: 2 succeeded.')
  expect(tenant.emulator.actions().map(({ type }) => type)).toStrictEqual(['Isolate', 'Isolate'])
  expect(await eventsOf(tenant)).toStrictEqual(['missing', 'missing', 'resolved', 'resolved'])
})

test('a declaration that is broken on the way is a failed look, and mended a good one', async () => {
  const tenant = await startTenant()
  const path = `${tenant.folder}/policies/contain.yaml`
  const { seen, stop } = startWatch(tenant)
  await seen(/looked at/g, 1)
  await writeFile(path, 'policy: [')
  await seen(/the look failed \[declaration-invalid\]/g, 1)
  await writeFile(path, policy('contain', 'isolated: full', ['ws-1.contoso.com']))
  await seen(/looked at[\s\S]*the look failed[\s\S]*looked at/g, 1)
  expect(await stop()).toBe(143)
})

test.each([
  ['--apply without a store', ['--apply', 'renewals'], 1, 'store-missing'],
  ['an interval that is too short', ['--every', '2s'], 1, 'usage'],
  ['events in the clear', ['--events', 'http://example.com/x'], 1, 'usage'],
])('%s is an error before the first look', async (_what, words, code, says) => {
  const tenant = await startTenant()
  const ran = await tenant.run(['watch', ...words])
  expect(ran.code).toBe(code)
  expect(ran.stderr).toContain(`error[${says}]`)
  expect(tenant.emulator.requests()).toStrictEqual([])
})

test('--apply all wants consent on the command line', async () => {
  const tenant = await startTenant({ machines: machines(1) }, SHARED)
  const ran = await tenant.run(['watch', '--apply', 'all'])
  expect([ran.code, ran.stderr.includes('approval-missing')]).toStrictEqual([4, true])
})
