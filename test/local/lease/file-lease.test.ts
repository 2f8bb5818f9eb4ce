import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fileLease } from '../../../src/local/lease/file-lease.ts'
import { describeLease, findLease, removeLease } from '../../../src/local/lease/remove-lease.ts'
import { identifyProcess, type ProcessIdentity } from '../../../src/local/process-identity.ts'
import { addMs } from '../../../src/schema/instant.ts'
import { temporaryFolder } from '../../cli/temporary-folder.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const SELF = await identifyProcess()
/** Who is taken over, where he told nothing of what he did. */
const FORMER = {
  owner: expect.stringMatching(/^process \d+ on /),
  planId: null,
  runId: null,
  renewedAt: '2026-11-20T10:00:00.0000000Z',
  silentFrom: expect.stringMatching(/^2026-11-20T10:00:/),
}
const ELSEWHERE: ProcessIdentity = { ...SELF, host: 'another-host' }

async function pair(owner: ProcessIdentity = ELSEWHERE) {
  const folder = join(await temporaryFolder(), 'tenant')
  const clock = new FakeClock('2026-11-20T10:00:00Z')
  return { folder, clock, first: fileLease(folder, owner, clock), second: fileLease(folder, SELF, clock) }
}

test('a free lease is held at once, in a file for its owner alone', async () => {
  const { folder, first } = await pair()
  expect(await first.acquire()).toStrictEqual({ kind: 'held', generation: 1 })
  const [name = ''] = await readdir(folder)
  expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
})

test('a held lease is taken: owner, since and expiry are told', async () => {
  const { clock, first, second } = await pair()
  await first.acquire()
  await clock.advance(10_000)
  expect(await second.acquire()).toStrictEqual({
    kind: 'taken',
    id: expect.stringMatching(/^[0-9a-f]{16}$/),
    owner: `process ${SELF.pid} on another-host`,
    since: '2026-11-20T10:00:00Z',
    expires: '2026-11-20T10:01:00Z',
  })
})

test('renewing keeps it beyond its sixty seconds', async () => {
  const { clock, first, second } = await pair()
  await first.acquire()
  await clock.advance(50_000)
  expect(await first.renew()).toBe(true)
  await clock.advance(50_000)
  expect(await second.acquire()).toMatchObject({ kind: 'taken', expires: '2026-11-20T10:01:50Z' })
})

test('acquiring again keeps it as renewing does', async () => {
  const { clock, first, second } = await pair()
  await first.acquire()
  await clock.advance(50_000)
  expect(await first.acquire()).toStrictEqual({ kind: 'held', generation: 1 })
  await clock.advance(50_000)
  expect(await second.acquire()).toMatchObject({ kind: 'taken' })
})

test('whoever holds it can ask whether it is still his: until sixty seconds without renewal, by a clock nobody can set', async () => {
  const { clock, first } = await pair()
  expect(await first.isStillHeld()).toBe(false)
  await first.acquire()
  expect(await first.isStillHeld()).toBe(true)
  clock.setWall(3_600_000)
  await clock.advance(59_999)
  expect(await first.isStillHeld()).toBe(true)
  await clock.advance(1)
  expect(await first.isStillHeld()).toBe(false)
  clock.setWall(-7_200_000)
  expect(await first.renew()).toBe(true)
  expect(await first.isStillHeld()).toBe(true)
})

test('it is not his any more once somebody took it over, or it was given back', async () => {
  const { clock, first, second } = await pair()
  await first.acquire()
  await clock.advance(60_000)
  await second.acquire()
  expect([await first.isStillHeld(), await second.isStillHeld()]).toStrictEqual([false, true])
  await second.release()
  expect(await second.isStillHeld()).toBe(false)
})

test('sixty seconds without renewal it is taken over, and the time of the last one is told', async () => {
  const { clock, first, second } = await pair()
  await first.acquire()
  await clock.advance(59_999)
  expect(await second.acquire()).toMatchObject({ kind: 'taken' })
  await clock.advance(1)
  expect(await second.acquire()).toStrictEqual({ kind: 'held', generation: 2, takenOver: FORMER })
})

test('who was taken over cannot renew, and his release changes nothing', async () => {
  const { clock, first, second } = await pair()
  await first.acquire()
  await clock.advance(60_000)
  await second.acquire()
  expect(await first.renew()).toBe(false)
  await first.release()
  expect(await first.acquire()).toMatchObject({ kind: 'taken' })
  expect(await second.renew()).toBe(true)
})

test('a released lease is free at once, and nothing was taken over', async () => {
  const { first, second } = await pair()
  await first.acquire()
  await first.release()
  expect(await second.acquire()).toStrictEqual({ kind: 'held', generation: 2 })
})

test('another lease of a live process of this host is respected', async () => {
  const { first, second } = await pair(SELF)
  await first.acquire()
  expect(await second.acquire()).toMatchObject({ kind: 'taken' })
})

test.each(
  Object.entries({
    'an owner of this host whose process ended is taken over at once': { pid: 2 ** 22 + 1 },
    'so is one whose process number now belongs to a later process': { startTime: '1' },
    'so is one from before this host was started again': { bootId: 'earlier' },
  }),
)('%s', async (_rule, change) => {
  const { first, second } = await pair({ ...SELF, ...change })
  await first.acquire()
  expect(await second.acquire()).toMatchObject({ kind: 'held', takenOver: FORMER })
})

test('of a process in another namespace nothing is concluded', async () => {
  const { first, second } = await pair({ ...SELF, namespace: 'pid:[1]', pid: 2 ** 22 + 1 })
  await first.acquire()
  expect(await second.acquire()).toMatchObject({ kind: 'taken' })
})

test('a killed process is recognised as dead although nobody waited for it yet', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const owner = await identifyProcess(child.pid)
  const { first, second } = await pair(owner)
  await first.acquire()
  expect(await second.acquire()).toMatchObject({ kind: 'taken' })
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await second.acquire()).toMatchObject({ kind: 'held' })
})

test.each([
  '{"half',
  'null',
  '[]',
  '7',
  '{"owner":null}',
  '{"owner":{"host":"a","bootId":null,"namespace":null,"pid":1,"startTime":null},"renewedAt":{}}',
])('a lease file that is none does not lock for ever: %s', async text => {
  const { folder, first } = await pair()
  await first.acquire()
  const [name = ''] = await readdir(folder)
  await writeFile(join(folder, name), text)
  const other = fileLease(folder, SELF, new FakeClock('2026-11-20T10:00:00Z'))
  expect(await other.acquire()).toStrictEqual({ kind: 'held', generation: expect.any(Number) })
  expect(await first.renew()).toBe(false)
})

test('of many who reach for it at once exactly one holds it, also when it is to be taken over', async () => {
  const { folder, clock, first } = await pair()
  await first.acquire()
  await clock.advance(60_000)
  for (const round of [1, 2, 3]) {
    const leases = Array.from({ length: 20 }, () => fileLease(folder, SELF, clock))
    const answers = await Promise.all(leases.map(lease => lease.acquire()))
    expect(answers.filter(({ kind }) => kind === 'held').length, `round ${round}`).toBe(1)
    await clock.advance(60_000)
  }
  expect(await readdir(folder)).toHaveLength(1)
})

test('the same between processes', async () => {
  const folder = await temporaryFolder()
  const script = new URL('lease-contender.ts', import.meta.url)
  const children = Array.from({ length: 4 }, () => fork(script, [folder], { silent: true }))
  const outputs = await Promise.all(
    children.map(async child => {
      let text = ''
      child.stdout?.on('data', chunk => {
        text += String(chunk)
      })
      await once(child, 'message')
      return { child, text: () => text }
    }),
  )
  for (const { child } of outputs) child.send('go')
  const answers = await Promise.all(children.map(child => once(child, 'message')))
  for (const child of children) child.disconnect()
  expect(answers.filter(([kind]) => kind === 'held')).toHaveLength(1)
})

test('a folder that cannot be used is told by its name', async () => {
  const folder = await temporaryFolder({ file: '' })
  const lease = fileLease(join(folder, 'file', 'tenant'), SELF, new FakeClock())
  await expect(lease.acquire()).rejects.toMatchObject({ code: 'journal-not-usable' })
})

test('the file tells who holds it', async () => {
  const { folder, first } = await pair()
  await first.acquire()
  const [name = ''] = await readdir(folder)
  expect(JSON.parse(await readFile(join(folder, name), 'utf8'))).toMatchObject({
    owner: ELSEWHERE,
    acquiredAt: '2026-11-20T10:00:00.0000000Z',
    released: false,
  })
})

test('a lease is found with what its holder said of it, until it is given back', async () => {
  const folder = join(await temporaryFolder(), 'tenant')
  const clock = new FakeClock('2026-11-20T10:00:00Z')
  expect(await findLease(folder, SELF, clock.now())).toBeNull()
  const purpose = { planId: 'sha256:1', runId: 'run-1', journal: '/journals' }
  const lease = fileLease(folder, ELSEWHERE, clock, purpose)
  await lease.acquire()
  const found = await findLease(folder, SELF, clock.now())
  expect(found && describeLease(found)).toMatchObject({
    ...purpose,
    owner: `process ${SELF.pid} on another-host`,
    created: '2026-11-20T10:00:00Z',
    expires: '2026-11-20T10:01:00Z',
    state: 'live',
    removed: false,
  })
  await lease.release()
  expect(await findLease(folder, SELF, clock.now())).toBeNull()
})

test('a removed lease stops its owner, and counts until the owner has had to notice', async () => {
  const { folder, clock, first, second } = await pair()
  await first.acquire()
  const found = await findLease(folder, SELF, clock.now())
  expect(found && (await removeLease(folder, found))).toBe(true)
  expect(await second.acquire()).toMatchObject({ kind: 'taken', expires: '2026-11-20T10:00:20Z' })
  expect(await first.renew()).toBe(false)
  await clock.advance(20_000)
  expect(await second.acquire()).toStrictEqual({ kind: 'held', generation: 3, takenOver: FORMER })
})

test('a lease that was found earlier is not removed where another took its place', async () => {
  const { folder, clock, first, second } = await pair()
  await first.acquire()
  const found = await findLease(folder, SELF, clock.now())
  await clock.advance(60_000)
  await second.acquire()
  expect(found && (await removeLease(folder, found))).toBe(false)
  expect(await second.renew()).toBe(true)
})

test('a folder that is a file is told by its name when a lease is looked for', async () => {
  const folder = await temporaryFolder({ file: '' })
  await expect(findLease(join(folder, 'file'), SELF, new FakeClock().now())).rejects.toMatchObject({
    code: 'journal-not-usable',
  })
})

describe('a request to yield', () => {
  const HELD = { kind: 'held', generation: expect.any(Number) }

  /** A lease that another host holds, the one who asks for it, and a way to look at what is there. */
  async function asked(untilMs = 60_000) {
    const folder = join(await temporaryFolder(), 'tenant')
    const clock = new FakeClock('2026-11-20T10:00:00Z')
    const purpose = { planId: 'sha256:1', runId: 'run-2', journal: '/journals' }
    const holder = fileLease(folder, SELF, clock)
    const asker = fileLease(folder, SELF, clock, purpose)
    await holder.acquire()
    const answer = await asker.acquire()
    if (answer.kind !== 'taken') throw new Error('the lease was free')
    await asker.askToYield(answer.id, addMs(clock.now(), untilMs))
    return { folder, clock, holder, asker, requests: async () => (await readdir(folder)).filter(isRequest) }
  }

  const isRequest = (name: string): boolean => name.includes('yield')

  test('reaches the holder it was left for, with who asks and for which plan', async () => {
    const { folder, clock, holder, requests } = await asked()
    const owner = expect.stringMatching(/^process \d+ on /)
    expect(await holder.yieldAskedBy()).toStrictEqual({ owner, planId: 'sha256:1' })
    const [name = ''] = await requests()
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
    expect(await fileLease(folder, ELSEWHERE, clock).yieldAskedBy()).toBeNull()
  })

  test('is nobody any more once nobody waits', async () => {
    const { clock, holder } = await asked(30_000)
    await clock.advance(30_000)
    expect(await holder.yieldAskedBy()).toBeNull()
  })

  test('is gone when it was withdrawn, and when the lease was given back', async () => {
    const first = await asked()
    await first.asker.withdraw()
    expect([await first.holder.yieldAskedBy(), await first.requests()]).toStrictEqual([null, []])
    const second = await asked()
    await second.holder.release()
    expect(await second.requests()).toStrictEqual([])
  })

  test('of a holder that died is removed by whoever takes the lease over', async () => {
    const { clock, asker, requests } = await asked()
    await clock.advance(60_000)
    expect(await asker.acquire()).toMatchObject(HELD)
    expect(await requests()).toStrictEqual([])
  })

  test('to withdraw what was never asked is no error', async () => {
    const { second } = await pair()
    await expect(second.withdraw()).resolves.toBeUndefined()
  })

  test.each([
    ['that is no JSON', () => '{"half'],
    ['that names nobody', () => '{"until":"2030-01-01T00:00:00Z"}'],
    ['without an end', () => JSON.stringify({ owner: SELF })],
    [
      'of a process that is gone',
      () => JSON.stringify({ owner: { ...SELF, pid: 2 ** 22 + 1 }, until: '2030-01-01' }),
    ],
  ])('%s is none', async (_what, text) => {
    const { folder, holder, requests } = await asked()
    const [name = ''] = await requests()
    await writeFile(join(folder, name), text())
    expect(await holder.yieldAskedBy()).toBeNull()
  })

  test('without a plan is one all the same', async () => {
    const { folder, holder, requests } = await asked()
    const [name = ''] = await requests()
    await writeFile(join(folder, name), JSON.stringify({ owner: SELF, until: '2030-01-01T00:00:00Z' }))
    expect(await holder.yieldAskedBy()).toMatchObject({ planId: null })
  })
})

describe('a lease that was given back', () => {
  test.each([
    [
      'tells from when on lists have what its holder submitted',
      15_000,
      { until: '2026-11-20T10:00:15.0000000Z', runId: null },
    ],
    ['tells nothing once that is past', 0, undefined],
    ['tells nothing where nothing was submitted', undefined, undefined],
  ])('%s', async (_rule, ms, settling) => {
    const { clock, first, second } = await pair()
    await first.acquire()
    await first.release(ms === undefined ? undefined : addMs(clock.now(), ms))
    expect(await second.acquire()).toStrictEqual({
      kind: 'held',
      generation: expect.any(Number),
      ...(settling && { settling }),
    })
  })
})
