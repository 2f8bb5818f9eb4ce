import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import type { FakeIo } from '../cli/fake-io.ts'
import { CONFIGURATION, machines, startTenant, type Tenant } from './emulated-tenant.ts'

const MACHINE = 'ws-1.contoso.com'
const DONE = '11111111-1111-4111-8111-111111111111'
const OLDER = '22222222-2222-4222-8222-222222222222'
const OPEN = '33333333-3333-4333-8333-333333333333'
const FAILED = '44444444-4444-4444-8444-444444444444'
const ISOLATED = '55555555-5555-4555-8555-555555555555'
const STORAGE = 'GET /storage/packages/{id}'
const type = 'CollectInvestigationPackage'

const ACTIONS: NonNullable<Scenario['actions']> = [
  { id: OLDER, type, machineId: MACHINE, status: 'Succeeded', creationDateTimeUtc: '-2d' },
  { id: DONE, type, machineId: MACHINE, status: 'Succeeded', creationDateTimeUtc: '-1d' },
  {
    id: OPEN,
    type,
    machineId: 'ws-2.contoso.com',
    status: 'Pending',
    creationDateTimeUtc: '-1m',
    fate: { after: '1d' },
  },
  { id: FAILED, type, machineId: 'ws-3.contoso.com', status: 'Failed', creationDateTimeUtc: '-1d' },
  { id: ISOLATED, type: 'Isolate', machineId: 'ws-3.contoso.com', creationDateTimeUtc: '-1d' },
]

function tenant(behaviour: Scenario['behaviour'] = {}, files: Readonly<Record<string, string>> = {}) {
  const settle = { [type]: '2s' }
  return startTenant(
    { machines: machines(4), actions: ACTIONS, behaviour: { settle, ...behaviour } },
    { 'holdfast.yaml': CONFIGURATION, ...files },
  )
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** The bytes that the emulator has behind the link, read without us. */
async function digestServed({ emulator }: Tenant, id: string): Promise<string> {
  const answer = await emulator.handle({
    method: 'GET',
    url: `/api/machineactions/${id}/getPackageUri`,
    headers: { authorization: 'Bearer other' },
  })
  if (answer.kind !== 'response') throw new Error(answer.kind)
  const link = String(JSON.parse(String(answer.body)).value).replaceAll('"', '')
  const served = await emulator.handle({ method: 'GET', url: link, headers: {} })
  if (served.kind !== 'response' || served.status !== 200) throw new Error(served.kind)
  const hash = createHash('sha256').update(served.body)
  for (const piece of served.stream?.read(0, served.stream.length) ?? []) hash.update(piece)
  return hash.digest('hex')
}

const storageCalls = ({ emulator }: Tenant): number =>
  emulator.requests().filter(({ path }) => path.startsWith('/storage/')).length

async function parts({ folder }: Tenant): Promise<readonly string[]> {
  return (await readdir(folder)).filter(name => name.endsWith('.part'))
}

test('200 MB come whole with the connection cut twice, in constant memory', async () => {
  const used = await tenant({
    downloads: { padding: 200_000_000 },
    faults: [{ on: STORAGE, fault: 'cut-body', first: 2 }],
  })
  // What is loaded and compiled once is not what is asked about.
  const small = await tenant({ downloads: { padding: 8_000_000 } })
  expect((await small.run(['package', 'download', MACHINE])).code).toBe(0)
  const before = process.memoryUsage().rss
  let peak = before
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss)
  }, 10)
  const { code, stdout, stderr } = await used.run(['package', 'download', MACHINE, '--json'])
  clearInterval(timer)
  expect({ code, stderr: code === 0 ? '' : stderr }).toStrictEqual({ code: 0, stderr: '' })
  const document = JSON.parse(stdout)
  expect(document).toMatchObject({
    formatVersion: '1.0',
    exit: { code: 0, name: 'ok' },
    actionId: DONE,
    machine: { dnsName: MACHINE },
    file: `${MACHINE}-${DONE}.zip`,
    breaks: 2,
    submitted: false,
  })
  const path = join(used.folder, document.file)
  expect((await stat(path)).size).toBe(document.size)
  expect(document.size).toBeGreaterThan(200_000_000)
  expect(await digestOfFile(path)).toBe(document.sha256)
  expect(storageCalls(used)).toBe(3)
  expect(await digestServed(used, DONE)).toBe(document.sha256)
  expect(stderr.match(/trying again/g)).toHaveLength(2)
  expect(stderr + stdout).not.toMatch(/sig=|\/storage\//)
  // Whoever held the package would need all of it at once; how much garbage waits is the collector's business.
  expect(peak - before).toBeLessThan(0.9 * document.size)
})

describe('a package', () => {
  test('of an action is saved under a name of ours, with its size and SHA-256', async () => {
    const used = await tenant({ downloads: { quotedLinks: true } })
    const { code, stdout } = await used.run(['package', 'download', DONE.toUpperCase()])
    const path = join(used.folder, `${MACHINE}-${DONE}.zip`)
    const bytes = await readFile(path)
    expect(code).toBe(0)
    expect(bytes.subarray(0, 4).toString()).toBe('PK\u0003\u0004')
    expect(stdout).toContain(`file    ${MACHINE}-${DONE}.zip`)
    expect(stdout).toContain(`(${bytes.length} bytes)`)
    expect(stdout).toContain(`sha256  ${createHash('sha256').update(bytes).digest('hex')}`)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await parts(used)).toStrictEqual([])
  })

  test.each([
    ['of a file', ['--out', 'evidence.zip'], 'evidence.zip'],
    ['of a folder that is there', ['--out', 'there'], `there/${MACHINE}-${DONE}.zip`],
    ['of a folder that is made', ['--out', 'new/deep/'], `new/deep/${MACHINE}-${DONE}.zip`],
  ])('goes where --out says: the name %s', async (_what, options, file) => {
    const used = await tenant({}, { 'there/x': '' })
    const { code, stdout } = await used.run(['package', 'download', MACHINE, '--json', ...options])
    expect({ code, file: JSON.parse(stdout).file }).toStrictEqual({ code: 0, file })
    expect((await stat(join(used.folder, file))).isFile()).toBe(true)
  })

  test('takes the place of no file without --force, and nothing is asked for', async () => {
    const used = await tenant({}, { 'evidence.zip': 'mine', [`${MACHINE}-${DONE}.zip`]: 'mine' })
    for (const out of [['--out', 'evidence.zip'], []]) {
      const refused = await used.run(['package', 'download', MACHINE, ...out])
      expect(refused.code).toBe(1)
      expect(refused.stderr).toMatch(/error\[file-exists\]/)
    }
    expect(used.emulator.requests().some(({ path }) => path.includes('getPackageUri'))).toBe(false)
    expect(await readFile(join(used.folder, 'evidence.zip'), 'utf8')).toBe('mine')
    const forced = await used.run(['package', 'download', MACHINE, '--out', 'evidence.zip', '--force'])
    expect(forced.code).toBe(0)
    expect((await readFile(join(used.folder, 'evidence.zip'))).subarray(0, 2).toString()).toBe('PK')
  })

  test('whose link has expired on the way is gone on with under a new one', async () => {
    const used = await tenant({
      downloads: { padding: 3_000_000 },
      quotas: { enforce: false },
      faults: [
        { on: STORAGE, fault: 'cut-body', nth: 1 },
        { on: STORAGE, status: 403, nth: 2 },
      ],
    })
    const { code, stdout } = await used.run(['package', 'download', DONE, '--json'])
    expect(code).toBe(0)
    expect(await digestServed(used, DONE)).toBe(JSON.parse(stdout).sha256)
    const links = used.emulator.requests().filter(({ path }) => /getPackageUri$/i.test(path))
    expect(links).toHaveLength(3)
  })

  test('that is cut again and again is given up, and no part of it is left', async () => {
    const used = await tenant({ faults: [{ on: STORAGE, fault: 'cut-body' }] })
    const { code, stdout, stderr } = await used.run(['package', 'download', DONE, '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout).error.code).toBe('connection-failed')
    expect(storageCalls(used)).toBe(6)
    expect(stdout + stderr).not.toMatch(/sig=|\/storage\//)
    expect(await readdir(used.folder)).not.toContain(`${MACHINE}-${DONE}.zip`)
    expect(await parts(used)).toStrictEqual([])
  })

  test('waits as long as the quota of links asks', async () => {
    const used = await tenant({
      faults: [{ on: 'GET /machineactions/{id}/getPackageUri', status: 429, retryAfter: 45, first: 1 }],
    })
    const begin = used.emulator.nowMs()
    expect((await used.run(['package', 'download', DONE])).code).toBe(0)
    expect(used.emulator.nowMs() - begin).toBeGreaterThan(45_000)
  })

  test.each([
    ['an unknown action', '99999999-9999-4999-8999-999999999999', 1, 'action-not-found'],
    ['an action of another type', ISOLATED, 1, 'action-of-another-type'],
    ['a collection in flight', OPEN, 6, 'package-not-ready'],
    ['a collection that failed', FAILED, 5, 'collection-failed'],
    ['a machine with a collection in flight', 'ws-2.contoso.com', 6, 'package-not-ready'],
    ['a machine without one that succeeded', 'ws-3.contoso.com', 1, 'package-not-found'],
    ['a machine that is none', 'ws-9.contoso.com', 1, 'unresolved-machine'],
    ['what cannot be a machine', 'a*', 1, 'usage'],
  ])('of %s is an error with its own code', async (_what, subject, code, says) => {
    const used = await tenant()
    const run = await used.run(['package', 'download', subject, '--json'])
    expect({ code: run.code, says: JSON.parse(run.stdout).error.code }).toStrictEqual({ code, says })
    expect(used.writes()).toBe(0)
  })

  test('is collected first with --wait, under the reason and our marker', async () => {
    const used = await tenant()
    const argv = ['package', 'download', 'ws-4.contoso.com', '--wait', '--reason', 'INC-7', '--json']
    const { code, stdout, stderr } = await used.run([...argv, '--auto-approve'])
    expect({ code, error: code === 0 ? '' : stderr }).toStrictEqual({ code: 0, error: '' })
    const action = used.emulator.actions().find(({ id }) => id === JSON.parse(stdout).actionId)
    expect(action?.requestorComment).toMatch(
      /^INC-7 \[holdfast policy=none plan=[0-9a-f]{8} change=[0-9a-f]{8}\]$/,
    )
    expect(JSON.parse(stdout)).toMatchObject({ submitted: true, machine: { dnsName: 'ws-4.contoso.com' } })
    expect(used.writes()).toBe(1)
    const polls = used.emulator.requests().filter(({ path }) => /machineactions\/[0-9a-f-]{36}$/.test(path))
    expect(polls).toStrictEqual([])
  })

  test('in flight already is waited for with --wait, and nothing is sent', async () => {
    const used = await tenant()
    for (const [subject, options] of [
      ['ws-2.contoso.com', ['--reason', 'INC-7', '--auto-approve']],
      [OPEN, ['--force']],
    ] as const) {
      const argv = ['package', 'download', subject, '--wait', '--json', ...options]
      const onStderr = (text: string): void => {
        if (text.startsWith('Waiting')) used.emulator.settleAll()
      }
      const { code, stdout } = await used.run(argv, { onStderr })
      expect({ code, id: JSON.parse(stdout).actionId }).toStrictEqual({ code: 0, id: OPEN })
    }
    expect(used.writes()).toBe(0)
  })

  test('that is not there when the time is over is pending', async () => {
    const used = await tenant()
    const { code, stderr } = await used.run(['package', 'download', OPEN, '--wait', '--timeout', '5s'])
    expect(code).toBe(6)
    expect(stderr).toContain(`holdfast package download ${OPEN} --wait`)
  })

  test.each([
    ['without a reason', ['--wait', '--auto-approve'], {}, 1, 'reason-missing'],
    ['without consent', ['--wait', '--reason', 'x'], {}, 4, 'approval-missing'],
    [
      'where the answer is not yes',
      ['--wait', '--reason', 'x'],
      { terminal: true, answers: ['y'] },
      4,
      'approval-refused',
    ],
    ['with a reason and no --wait', ['--reason', 'x'], {}, 1, 'flags-contradict'],
    ['with a time-out and no --wait', ['--timeout', '5s'], {}, 1, 'flags-contradict'],
  ])('is not collected %s', async (_what, options, io, code, says) => {
    const used = await tenant()
    const run = await used.run(['package', 'download', 'ws-4.contoso.com', '--json', ...options], io)
    expect({ code: run.code, says: JSON.parse(run.stdout).error.code }).toStrictEqual({ code, says })
    expect(used.writes()).toBe(0)
  })

  test('is not collected from a machine that the configuration protects', async () => {
    const guarded = 'protected: [{ match: { dnsName: ws-4.contoso.com }, allow: [scanned] }]\n'
    const used = await tenant({}, { 'holdfast.yaml': CONFIGURATION + guarded })
    const argv = ['package', 'download', 'ws-4.contoso.com', '--wait', '--reason', 'x', '--auto-approve']
    const { code, stdout } = await used.run([...argv, '--json'])
    expect({ code, says: JSON.parse(stdout).error.code }).toStrictEqual({ code: 4, says: 'protected' })
    expect(used.writes()).toBe(0)
  })

  test('whose collection fails is partial; one that got no answer is found by its marker, and sent once', async () => {
    const argv = ['package', 'download', 'ws-4.contoso.com', '--wait', '--reason', 'x', '--auto-approve']
    const failing = await tenant({ outcomes: [{ end: 'Failed' }] })
    expect(await failing.run(argv)).toMatchObject({ code: 5 })
    const on = 'POST /machines/{id}/collectInvestigationPackage'
    const cut = await tenant({ faults: [{ on, fault: 'reset-after', first: 1 }] })
    expect(await cut.run(argv)).toMatchObject({ code: 0 })
    expect(cut.writes()).toBe(1)
    const lost = await tenant({ faults: [{ on, fault: 'reset-before', first: 1 }] })
    const { code, stdout } = await lost.run([...argv, '--json'])
    expect({ code, says: JSON.parse(stdout).error.code }).toStrictEqual({
      code: 6,
      says: 'request-uncertain',
    })
    expect(lost.writes()).toBe(1)
  })

  test('that is interrupted leaves nothing behind, and ends by the signal', async () => {
    const used = await tenant({ faults: [{ on: STORAGE, fault: 'cut-body' }] })
    const io: FakeIo = used.io({
      onStderr: text => {
        if (text.includes('trying again')) io.send('SIGINT')
      },
    })
    expect(await main(['package', 'download', DONE, '--json'], io)).toBe(130)
    expect(JSON.parse(io.stdout.text()).error.code).toMatch(/interrupted|connection-failed/)
    expect(await parts(used)).toStrictEqual([])
  })

  test('whose collection is interrupted says that it goes on, and how to take it up', async () => {
    const used = await tenant()
    const io: FakeIo = used.io({
      onStderr: text => {
        if (text.startsWith('Waiting')) io.send('SIGTERM')
      },
    })
    expect(await main(['package', 'download', OPEN, '--wait'], io)).toBe(143)
    expect(io.stderr.text()).toMatch(new RegExp(`${OPEN} goes\\s+on\\s+at\\s+the\\s+service`))
    expect(io.stderr.text()).toContain(`holdfast package download ${OPEN} --wait`)
  })
})
