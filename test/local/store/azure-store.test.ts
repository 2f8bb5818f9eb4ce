import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Lease, LeaseAnswer } from '../../../src/apply/ports.ts'
import type { TokenSource } from '../../../src/defender/token.ts'
import type { ProcessIdentity } from '../../../src/local/process-identity.ts'
import { blobState } from '../../../src/local/store/azure/blob-state.ts'
import { openContainer } from '../../../src/local/store/azure/container.ts'
import { readFreeze, removeFreeze, writeFreeze } from '../../../src/local/store/kept-freeze.ts'
import { namesOn } from '../../../src/local/store/shelf.ts'
import type { TargetState } from '../../../src/local/store/target-state.ts'
import { addMs } from '../../../src/schema/instant.ts'
import { parseStore, type StoreAddress } from '../../../src/schema/store-address.ts'
import { type Azurite, startAzurite, storeToken } from '../../support/azurite.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const TOKEN: TokenSource = { get: async () => ({ text: storeToken() }) }
const LEASE_MS = 60_000

let azurite: Azurite
beforeAll(async () => {
  azurite = await startAzurite()
})
afterAll(() => azurite.close())

function host(name: string): ProcessIdentity {
  return { host: name, bootId: `boot of ${name}`, namespace: null, pid: 7, startTime: '1' }
}

/** Time stands still, and nobody waits. */
class StillClock extends FakeClock {
  override sleep(): Promise<void> {
    return new Promise(resolve => setImmediate(resolve))
  }
}

/** Each test has a tenant of its own. */
let tenants = 0

function addressOf(store: string): StoreAddress {
  const address = parseStore(store)
  if (address === undefined || address === 'local') throw new Error(store)
  return address
}

/** The same tenant as processes on several hosts see it. */
async function scene(store = azurite.store) {
  const address = addressOf(`${store}/emea`)
  const container = await openContainer(address, TOKEN, new StillClock(), 'test')
  const tenant = `tenant-${tenants++}`
  const clock = new StillClock()
  const join = (): TargetState => blobState(container, address, tenant, LEASE_MS)
  const on = (name: string, state = join()) => {
    const purpose = { planId: `sha256:${name}`, runId: `run-${name}`, journal: state.place }
    return { state, lease: state.lease({ self: host(name), clock, purpose }) }
  }
  return { address, container, tenant, clock, join, on, blob: `emea/${tenant}/lease` }
}

/** Lets a lease run out: nobody waits a minute for it here. */
async function runOut({ container, blob }: Awaited<ReturnType<typeof scene>>): Promise<void> {
  const stored = JSON.parse((await container.read(blob))?.text ?? '{}') as { leaseId: string }
  await container.release(blob, stored.leaseId)
}

const generationOf = (answer: LeaseAnswer): number | null =>
  answer.kind === 'held' ? answer.generation : null

test('a freeze that one host leaves in the store binds every other, until any of them ends it', async () => {
  const { join } = await scene()
  const since = new StillClock().now()
  const freeze = { owner: 'anna', reason: 'INC-1', since, until: addMs(since, 7_200_000), renewals: false }
  await writeFreeze(join().freezes, freeze)
  expect(await readFreeze(join().freezes)).toStrictEqual(freeze)
  await removeFreeze(join().freezes)
  expect(await readFreeze(join().freezes)).toBeUndefined()
})

describe('the lease of a store', () => {
  test('is held by one, with a generation that grows with every holder', async () => {
    const { on } = await scene()
    const [a, b] = [on('a').lease, on('b').lease]
    expect(await a.acquire()).toStrictEqual({ kind: 'held', generation: 1 })
    expect(await a.acquire()).toStrictEqual({ kind: 'held', generation: 1 })
    expect(await b.acquire()).toStrictEqual({
      kind: 'taken',
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      owner: 'process 7 on a',
      since: '2026-11-20T10:00:00Z',
      expires: expect.stringMatching(/^2026-11-20T10:0[01]:/),
    })
    await a.release()
    expect(await b.acquire()).toStrictEqual({ kind: 'held', generation: 2 })
  })

  test('of many who ask at once one alone gets it', async () => {
    const { on } = await scene()
    const answers = await Promise.all('abcdefgh'.split('').map(name => on(name).lease.acquire()))
    expect(answers.map(({ kind }) => kind).filter(kind => kind === 'held')).toHaveLength(1)
  })

  test('says whether it is still held, and is renewed while it is', async () => {
    const { on } = await scene()
    const { lease } = on('a')
    expect([await lease.isStillHeld(), await lease.renew()]).toStrictEqual([false, false])
    await lease.acquire()
    expect([await lease.isStillHeld(), await lease.renew()]).toStrictEqual([true, true])
    await lease.release()
    expect([await lease.isStillHeld(), await lease.renew()]).toStrictEqual([false, false])
    await lease.release()
  })

  test('that ran out is taken over: by whom and from when on he is silent, half a minute for his last connection', async () => {
    const given = await scene()
    const [a, b] = [given.on('a').lease, given.on('b').lease]
    await a.acquire()
    await runOut(given)
    const answer = await b.acquire()
    expect(answer).toStrictEqual({
      kind: 'held',
      generation: 2,
      takenOver: {
        owner: 'process 7 on a',
        planId: 'sha256:a',
        runId: 'run-a',
        renewedAt: expect.stringMatching(/^2026-11-20T(09:59:5|10:00:0)/),
        silentFrom: addMs(given.clock.now(), 30_000),
      },
    })
    expect([await a.renew(), await a.isStillHeld()]).toStrictEqual([false, false])
    await a.release().catch(() => undefined)
    expect(await b.isStillHeld()).toBe(true)
  })

  test('of a holder of this host who is dead is taken over at once, and he is silent already', async () => {
    const given = await scene()
    const before = { ...host('a'), bootId: 'before the last start' }
    const dead = given.join().lease({ self: before, clock: given.clock })
    await dead.acquire()
    expect(await given.on('a').lease.acquire()).toMatchObject({
      generation: 2,
      takenOver: { planId: null, silentFrom: given.clock.now() },
    })
  })

  test('that was given back tells for how long lists may miss what was sent, whatever clock its holder has', async () => {
    const { on, clock, join } = await scene()
    const { lease } = on('a')
    await lease.acquire()
    await lease.release(addMs(clock.now(), 15_000))
    const late = new FakeClock('2031-01-01T00:00:00Z')
    const answer = await join()
      .lease({ self: host('b'), clock: late })
      .acquire()
    expect(answer).toMatchObject({ kind: 'held', settling: { runId: 'run-a' } })
    const until = answer.kind === 'held' ? (answer.settling?.until ?? '') : ''
    expect(until > addMs(late.now(), 5000) && until <= addMs(late.now(), 15_000)).toBe(true)
  })

  test('that was given back with nothing sent is free, and nobody was before', async () => {
    const { on } = await scene()
    const { lease } = on('a')
    await lease.acquire()
    await lease.release()
    expect(await on('b').lease.acquire()).toStrictEqual({ kind: 'held', generation: 2 })
  })

  test('whose taker has not written who it is counts as taken, without a name', async () => {
    const { container, blob, on } = await scene()
    await container.upload(blob, '{}', {})
    await container.acquire(blob, crypto.randomUUID(), 15)
    expect(await on('a').lease.acquire()).toMatchObject({
      kind: 'taken',
      owner: expect.stringContaining('has not said'),
    })
  })

  test('whose record is nonsense is free once nobody holds it', async () => {
    const { container, blob, on } = await scene()
    await container.upload(blob, 'nonsense', {})
    expect(await on('a').lease.acquire()).toStrictEqual({ kind: 'held', generation: 1 })
  })

  test('is asked for, and whoever holds it learns by whom', async () => {
    const { on, clock } = await scene()
    const [a, b] = [on('a').lease, on('b').lease]
    await a.acquire()
    const answer = await b.acquire()
    await b.askToYield(answer.kind === 'taken' ? answer.id : '', addMs(clock.now(), 60_000))
    expect(await a.yieldAskedBy()).toStrictEqual({ owner: 'process 7 on b', planId: 'sha256:b' })
    await b.withdraw()
    expect(await a.yieldAskedBy()).toBeNull()
  })
})

describe('unlock in a store', () => {
  test('shows who has the lease, and ends it for him alone', async () => {
    const given = await scene()
    const { state, lease } = given.on('a')
    const look = () => state.findLease({ self: host('c'), clock: given.clock })
    expect(await look()).toBeNull()
    await lease.acquire()
    const found = await look()
    expect(found).toMatchObject({ generation: 1, state: 'live', record: { purpose: { runId: 'run-a' } } })
    expect(found !== null && (await state.removeLease(found))).toBe(true)
    expect([await lease.renew(), await lease.isStillHeld()]).toStrictEqual([false, false])
    expect(await look()).toMatchObject({ state: 'dead', record: { removed: true } })
    const next = await given.on('b').lease.acquire()
    expect(next).toMatchObject({ generation: 2, takenOver: { runId: 'run-a' } })
    expect(found !== null && (await state.removeLease(found))).toBe(false)
  })

  test('removes one that ran out too, and none that was given back', async () => {
    const given = await scene()
    const { state, lease } = given.on('a')
    await lease.acquire()
    const found = await state.findLease({ self: host('c'), clock: given.clock })
    await runOut(given)
    expect(found !== null && (await state.removeLease(found))).toBe(true)
    const { lease: second } = given.on('b')
    await second.acquire()
    const later = await state.findLease({ self: host('c'), clock: given.clock })
    await second.release()
    expect(later !== null && (await state.removeLease(later))).toBe(false)
    expect(await state.findLease({ self: host('c'), clock: given.clock })).toBeNull()
  })
})

describe('the shelves of a store', () => {
  test('keep logs and whole texts by name, apart from each other', async () => {
    const { join } = await scene()
    const state = join()
    const log = await state.journals.createLog('b.jsonl')
    await log.append('one\n')
    await log.append('zwei äöü\n')
    await log.close()
    await state.journals.put('a.plan', '{}')
    await state.journals.put('a.plan', '{"again":true}')
    expect(await namesOn(state.journals)).toStrictEqual(['a.plan', 'b.jsonl'])
    expect(await state.journals.read('b.jsonl')).toBe('one\nzwei äöü\n')
    expect(await state.journals.read('a.plan')).toBe('{"again":true}')
    expect(await state.journals.read('c')).toBeUndefined()
    expect(await state.records.list()).toStrictEqual([])
    await state.journals.remove('b.jsonl')
    await state.journals.remove('b.jsonl')
    expect(await namesOn(state.journals)).toStrictEqual(['a.plan'])
    const [entry] = await state.journals.list()
    expect(Math.abs((entry?.modifiedMs ?? 0) - Date.now())).toBeLessThan(3_600_000)
    expect(state.journals.pathOf('x')).toBe(`${state.place}/x`)
    expect(state.journalsAt('elsewhere')).toBe(state.journals)
  })

  test('begin no log where one is', async () => {
    const { join } = await scene()
    await join().journals.createLog('a.jsonl')
    await expect(join().journals.createLog('a.jsonl')).rejects.toMatchObject({ code: 'store-not-usable' })
  })

  test('take nothing more from a holder whose lease was taken over, into logs old and new', async () => {
    const given = await scene()
    const a = given.on('a')
    const record = await a.state.records.createLog('r.jsonl')
    await a.lease.acquire()
    const journal = await a.state.journals.createLog('j.jsonl')
    await journal.append('before\n')
    await record.append('before\n')
    await runOut(given)
    await given.on('b').lease.acquire()
    for (const log of [journal, record]) await expect(log.append('after\n')).rejects.toThrow('Lease')
    await expect(a.state.journals.createLog('k.jsonl')).rejects.toMatchObject({ code: 'store-not-usable' })
    expect(await a.state.journals.read('j.jsonl')).toBe('before\n')
    expect(await a.state.records.read('r.jsonl')).toBe('before\n')
  })

  test('leave a record that another run writes alone', async () => {
    const given = await scene()
    const a = given.on('a')
    await a.lease.acquire()
    const other = await given.join().records.createLog('other.jsonl')
    await runOut(given)
    await given.on('b').lease.acquire()
    await other.append('still\n')
    expect(await a.state.records.read('other.jsonl')).toBe('still\n')
  })
})

test('what is missing is said in words: the container, the right to write', async () => {
  const { address } = await scene()
  const missing = await openContainer({ ...address, container: 'nothere' }, TOKEN, new StillClock(), 'test')
  const state = blobState(missing, address, 'tenant', LEASE_MS)
  const lease: Lease = state.lease({ self: host('a'), clock: new FakeClock() })
  await expect(lease.acquire()).rejects.toMatchObject({
    code: 'store-not-usable',
    message: expect.stringContaining('ContainerNotFound'),
  })
  const refused = await openContainer(
    address,
    { get: async () => ({ text: 'x.y.z' }) },
    new StillClock(),
    'test',
  )
  await expect(blobState(refused, address, 'tenant', LEASE_MS).journals.list()).rejects.toMatchObject({
    message: expect.stringContaining('HTTP 403'),
  })
})

test('generations are told in order whoever holds', async () => {
  const { on } = await scene()
  const seen: (number | null)[] = []
  for (const name of 'abc') {
    const { lease } = on(name)
    seen.push(generationOf(await lease.acquire()))
    await lease.release()
  }
  expect(seen).toStrictEqual([1, 2, 3])
})
