import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fileLease } from '../../src/local/lease/file-lease.ts'
import { identifyProcess } from '../../src/local/process-identity.ts'
import { nameTarget } from '../../src/local/state-directory.ts'
import type { StatusDocument } from '../../src/report/documents/status-document.ts'
import { machines, startTenant, type Tenant } from './emulated-tenant.ts'
import { LEFT_PLAN, leaveJournal, stateFolderOf } from './run-journals.ts'

const SELF = await identifyProcess()
/** No process has this number. */
const GONE = { ...SELF, pid: 2 ** 22 + 1 }

async function statusOf(tenant: Tenant, ...more: readonly string[]): Promise<StatusDocument> {
  const { code, stdout, stderr } = await tenant.run(['apply', '--status', '--json', ...more])
  expect([code, stderr]).toStrictEqual([0, ''])
  return JSON.parse(stdout) as StatusDocument
}

test('before anything was applied there is nothing, and asking writes nothing', async () => {
  const tenant = await startTenant()
  const { code, stdout } = await tenant.run(['apply', '--status'])
  expect([code, stdout]).toStrictEqual([0, expect.stringContaining('Nobody holds the lease.')])
  expect(await readdir(tenant.folder)).not.toContain('.state')
  expect(tenant.emulator.requests()).toStrictEqual([])
})

test('a running apply is shown from a second terminal, without a token, with its machines by name', async () => {
  const tenant = await startTenant({ machines: machines(4), behaviour: { settle: { Isolate: '1h' } } })
  const seen: Promise<StatusDocument>[] = []
  const applied = await tenant.run(['apply', '--auto-approve', '--timeout', '1m'], {
    onStderr: text => {
      if (seen.length === 0 && text.includes('Isolate Pending')) {
        seen.push(statusOf(tenant))
        seen.push(
          tenant
            .run(['apply', '--status', '--json'], { env: { HOLDFAST_TOKEN: '', HOLDFAST_GRAPH_TOKEN: '' } })
            .then(({ stdout }) => JSON.parse(stdout)),
        )
      }
    },
  })
  expect(applied.code).toBe(6)
  const [status, withoutToken] = await Promise.all(seen)
  const [run] = status?.unfinished ?? []
  expect(status?.lease).toMatchObject({ state: 'live', runId: run?.runId, planId: run?.planId })
  expect(run).toMatchObject({
    state: 'submitting',
    owner: `process ${process.pid} on ${SELF.host}`,
    counts: { planned: 2, submitted: 2, inFlight: 2, ended: {} },
    items: expect.arrayContaining([
      expect.objectContaining({ dnsName: 'ws-1.contoso.com', state: 'in-flight' }),
    ]),
    resume: null,
  })
  expect(withoutToken?.unfinished.map(({ runId }) => runId)).toStrictEqual([run?.runId])
})

test('what ended with something open, and what ended well, are told apart', async () => {
  const tenant = await startTenant()
  expect((await tenant.run(['apply', '--auto-approve', '--no-wait'])).code).toBe(6)
  const [open] = (await statusOf(tenant)).unfinished
  expect(open).toMatchObject({ state: 'ended', exit: { code: 6 }, counts: { ended: { pending: 2 } } })
  expect((await tenant.run(['apply', '--auto-approve'])).code).toBe(0)
  const status = await statusOf(tenant)
  expect(status.unfinished).toStrictEqual([])
  expect(status.finished.map(({ exit }) => exit?.code)).toStrictEqual([0, 6])
})

describe('a run without an end is shown', () => {
  test.each([
    ['as gone where its process is', GONE, 'gone'],
    ['as awaiting where its process runs and has no lease', SELF, 'awaiting'],
    ['as unknown where its process is of another host', { ...SELF, host: 'another-host' }, 'unknown'],
    ['as unknown where its journal names no process', undefined, 'unknown'],
    [
      'as unknown where its journal names one that cannot be read',
      { host: 'x', pid: 1, bootId: 7 },
      'unknown',
    ],
  ] as const)('%s', async (_rule, process, state) => {
    const tenant = await startTenant()
    await leaveJournal(tenant, process)
    const [run] = (await statusOf(tenant)).unfinished
    expect(run).toMatchObject({ state, counts: { planned: 2, queued: 1, sending: 1 }, resume: null })
  })

  test('as submitting where it renews the lease, whatever host it is on', async () => {
    const tenant = await startTenant()
    const owner = { ...SELF, host: 'another-host' }
    const lease = fileLease(stateFolderOf(tenant), owner, tenant.clock, {
      planId: LEFT_PLAN,
      runId: 'run-00001',
      journal: stateFolderOf(tenant),
    })
    await lease.acquire()
    await leaveJournal(tenant, owner)
    const status = await statusOf(tenant)
    expect(status.unfinished[0]?.state).toBe('submitting')
    expect(status.lease).toMatchObject({ owner: `process ${SELF.pid} on another-host`, runId: 'run-00001' })
  })
})

test('a journal elsewhere is found by the lease of the run that writes it, and by --journal', async () => {
  const tenant = await startTenant()
  const elsewhere = join(tenant.folder, 'elsewhere')
  expect((await tenant.run(['apply', '--auto-approve', '--no-wait', '--journal', elsewhere])).code).toBe(6)
  expect((await statusOf(tenant)).unfinished).toHaveLength(0)
  expect((await statusOf(tenant, '--journal', elsewhere)).unfinished).toHaveLength(1)
  const journal = join(elsewhere, nameTarget({ endpoint: tenant.url, tenantId: null }))
  const purpose = { planId: LEFT_PLAN, runId: 'run-00001', journal }
  await fileLease(stateFolderOf(tenant), SELF, tenant.clock, purpose).acquire()
  expect((await statusOf(tenant)).unfinished).toHaveLength(1)
})

test('a journal that cannot be read does not hide the others', async () => {
  const tenant = await startTenant()
  await leaveJournal(tenant, GONE)
  const damaged = join(stateFolderOf(tenant), `20261120T100001Z-${'0'.repeat(16)}-00000000.jsonl`)
  await writeFile(damaged, 'not json\n')
  const status = await statusOf(tenant)
  expect(status.unreadable).toStrictEqual([
    { journal: damaged, message: expect.stringContaining(':1 is not an entry') },
  ])
  expect(status.unfinished).toHaveLength(1)
})

test('a folder that cannot be read is an error: 1', async () => {
  const tenant = await startTenant()
  await mkdir(join(stateFolderOf(tenant), '..'), { recursive: true })
  await writeFile(stateFolderOf(tenant), '')
  const { code, stderr } = await tenant.run(['apply', '--status'])
  expect([code, stderr]).toStrictEqual([1, expect.stringContaining('journal-not-usable')])
})

test('a plan that was altered is not taken for that of the run', async () => {
  const tenant = await startTenant()
  await tenant.run(['apply', '--auto-approve', '--no-wait'])
  const folder = stateFolderOf(tenant)
  const name = (await readdir(folder)).find(each => each.endsWith('.plan')) ?? ''
  const text = await readFile(join(folder, name), 'utf8')
  await writeFile(join(folder, name), text.replace('"full"', '"selective"'))
  const [run] = (await statusOf(tenant)).unfinished
  expect(run?.items.map(({ dnsName }) => dnsName)).toStrictEqual([null, null])
})

test.each([
  [['--auto-approve'], '--auto-approve'],
  [['--target', 'ws-1'], '--target'],
  [['--emulate', 's.yaml'], '--emulate'],
  [['tonight.plan'], 'tonight.plan'],
])('--status with %j is an error: 1', async (more, named) => {
  const { code, stderr } = await (await startTenant()).run(['apply', '--status', ...more])
  expect(code).toBe(1)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`${named} is for planning or applying`)
})
