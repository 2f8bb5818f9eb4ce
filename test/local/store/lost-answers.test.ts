import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { TokenSource } from '../../../src/defender/token.ts'
import { blobState } from '../../../src/local/store/azure/blob-state.ts'
import { type Container, openContainer } from '../../../src/local/store/azure/container.ts'
import { proveStore } from '../../../src/local/store/azure/prove-store.ts'
import type { TargetState } from '../../../src/local/store/target-state.ts'
import { parseStore, type StoreAddress } from '../../../src/schema/store-address.ts'
import { type Azurite, startAzurite, storeToken } from '../../support/azurite.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import {
  type Fate,
  type PassingRequest,
  type StoreProxy,
  startStoreProxy,
} from '../../support/store-proxy.ts'

const TOKEN: TokenSource = { get: async () => ({ text: storeToken() }) }
const SELF = { host: 'a', bootId: 'b', namespace: null, pid: 7, startTime: '1' }

let azurite: Azurite
beforeAll(async () => {
  azurite = await startAzurite()
})
afterAll(() => azurite.close())

let tenants = 0

interface Scene {
  readonly proxy: StoreProxy
  /** How long was waited before each request that was sent again. */
  readonly waits: readonly number[]
  readonly address: StoreAddress
  readonly state: TargetState
  readonly container: Container
  /** Does this to the first request of a kind, and lets everything else pass. */
  once(fate: Fate, kind: (request: PassingRequest) => boolean): void
}

async function scene(token: TokenSource = TOKEN): Promise<Scene> {
  const proxy = await startStoreProxy(azurite)
  onTestFinished(() => proxy.close())
  const address = parseStore(proxy.store)
  if (address === undefined || address === 'local') throw new Error(proxy.store)
  const waits: number[] = []
  const container = await openContainer(address, token, { sleep: async ms => void waits.push(ms) }, 'test')
  return {
    proxy,
    waits,
    address,
    container,
    state: blobState(container, address, `lost-${tenants++}`, 60_000),
    once(fate, kind) {
      let isDone = false
      proxy.decide(request => {
        if (isDone || !kind(request)) return 'pass'
        isDone = true
        return fate
      })
    },
  }
}

const isAppend = ({ url }: PassingRequest) => url.includes('comp=appendblock')
const isLease =
  (action: string) =>
  ({ headers }: PassingRequest): boolean =>
    headers['x-ms-lease-action'] === action
const isWrite = ({ method, url }: PassingRequest) => method === 'PUT' && !url.includes('comp=')
const isRead = ({ method, url }: PassingRequest) => method === 'GET' && !url.includes('comp=')

const LOST: readonly Fate[] = [
  'lose request',
  'lose answer',
  { status: 500, code: 'InternalError' },
  { status: 503, code: 'ServerBusy' },
  { status: 429, code: 'TooManyRequests', headers: { 'retry-after': '1' } },
]
const named = LOST.map(fate => [typeof fate === 'string' ? fate : `${fate.status}`, fate] as const)

test.each(named)('a line is appended once although: %s', async (_name, fate) => {
  const { state, once } = await scene()
  const log = await state.journals.createLog('a')
  await log.append('one\n')
  once(fate, isAppend)
  await log.append('two\n')
  await log.append('three\n')
  expect(await state.journals.read('a')).toBe('one\ntwo\nthree\n')
})

test.each(named)('a log is begun by one although: %s', async (_name, fate) => {
  const { state, once } = await scene()
  once(fate, isWrite)
  const log = await state.journals.createLog('a')
  await log.append('one\n')
  expect(await state.journals.read('a')).toBe('one\n')
})

test.each(named)(
  'a lease is taken, told, renewed and given back although each time: %s',
  async (_name, fate) => {
    const { state, once } = await scene()
    const lease = state.lease({ self: SELF, clock: new FakeClock() })
    once(fate, isWrite)
    expect(await lease.acquire()).toStrictEqual({ kind: 'held', generation: 1 })
    for (const kind of [isLease('renew'), isWrite, isRead]) {
      once(fate, kind)
      expect(await lease.renew()).toBe(true)
    }
    once(fate, ({ method }) => method === 'HEAD')
    expect(await lease.isStillHeld()).toBe(true)
    once(fate, isLease('release'))
    await lease.release()
    const next = state.lease({ self: { ...SELF, host: 'b' }, clock: new FakeClock() })
    once(fate, isLease('acquire'))
    expect(await next.acquire()).toStrictEqual({ kind: 'held', generation: 2 })
  },
)

test('the record that a lease writes on its own version is written once although the answer was lost', async () => {
  const { state, once } = await scene()
  const lease = state.lease({ self: SELF, clock: new FakeClock() })
  await lease.acquire()
  once('lose answer', ({ headers }) => headers['if-match'] !== undefined)
  await state.journals.createLog('a')
  expect(await lease.renew()).toBe(true)
  await lease.release()
})

test('a text that was cut on its way is read again, whole', async () => {
  const { state, once } = await scene()
  await state.journals.put('a', 'x'.repeat(10_000))
  once('cut answer', isRead)
  expect(await state.journals.read('a')).toBe('x'.repeat(10_000))
})

test('a text is read in one request, so that two versions never mix', async () => {
  const { state, proxy } = await scene()
  await state.journals.put('a', 'x'.repeat(100_000))
  const before = proxy.seen.length
  await state.journals.read('a')
  expect(proxy.seen.slice(before)).toHaveLength(1)
})

test('the lease of a log that ended while nobody wrote is renewed, and the line stands once', async () => {
  const { state, once, proxy } = await scene()
  const log = await state.journals.createLog('a')
  once({ status: 412, code: 'LeaseLost' }, isAppend)
  await log.append('one\n')
  expect(await state.journals.read('a')).toBe('one\n')
  expect(proxy.seen.filter(line => line.includes('comp=appendblock'))).toHaveLength(2)
})

test('what does not pass is told after a few tries, with what was asked', async () => {
  const { state, proxy, waits } = await scene()
  proxy.decide(() => ({ status: 503, code: 'ServerBusy' }))
  await expect(state.journals.read('a')).rejects.toMatchObject({
    code: 'store-not-usable',
    message: expect.stringMatching(/cannot be used: reading lost-\d+\/journal\/a: HTTP 503 ServerBusy\.$/),
  })
  expect(proxy.seen).toHaveLength(4)
  expect(waits).toStrictEqual([200, 700, 2000])
  proxy.decide(() => 'lose request')
  await expect(state.journals.read('a')).rejects.toThrow(/cannot be used: reading .*: /)
})

test('the wait that the store asks for is waited', async () => {
  const { state, once, waits } = await scene()
  once({ status: 429, code: 'TooManyRequests', headers: { 'retry-after': '7' } }, () => true)
  await state.journals.read('a')
  expect(waits).toStrictEqual([7000])
})

test('a wait that is too long is not waited', async () => {
  const { state, proxy } = await scene()
  proxy.decide(() => ({ status: 429, code: 'TooManyRequests', headers: { 'retry-after': '600' } }))
  await expect(state.journals.read('a')).rejects.toThrow('HTTP 429')
  expect(proxy.seen).toHaveLength(1)
})

test('a token that is refused is replaced once', async () => {
  const asked: boolean[] = []
  const { state, once } = await scene({
    async get({ fresh }) {
      asked.push(fresh)
      return { text: fresh ? storeToken() : `${storeToken()}x` }
    },
  })
  once({ status: 401, code: 'InvalidAuthenticationInfo' }, () => true)
  expect(await state.journals.read('a')).toBeUndefined()
  expect(asked).toStrictEqual([false, true])
})

test('a token that cannot be had is told as it is', async () => {
  const { state } = await scene({ get: () => Promise.reject(new Error('no sign-in')) })
  await expect(state.journals.read('a')).rejects.toThrow('no sign-in')
})

describe('trying a store out', () => {
  const isConditional = ({ headers }: PassingRequest) => headers['if-match'] !== undefined
  const DENIED: Fate = { status: 403, code: 'AuthorizationPermissionMismatch' }

  test('finds that all works, and leaves nothing', async () => {
    const { container, address } = await scene()
    expect(await proveStore(container, { ...address, prefix: 'proof' })).toStrictEqual({ works: true })
    expect(await proveStore(container, address)).toStrictEqual({ works: true })
    expect(await container.list('proof')).toStrictEqual([])
    expect(await container.list('doctor')).toStrictEqual([])
  })

  test.each<[string, (request: PassingRequest) => boolean, Fate, string, string]>([
    ['no right to write', isWrite, DENIED, 'lease', 'Storage Blob Data Contributor'],
    ['no leases', isLease('acquire'), DENIED, 'lease', 'HTTP 403'],
    [
      'leases that keep nobody out',
      isLease('renew'),
      { status: 409, code: 'x' },
      'lease',
      'cannot be renewed',
    ],
    ['no appends', isAppend, DENIED, 'append', 'HTTP 403'],
    ['no removing', ({ method }) => method === 'DELETE', DENIED, 'removing', 'HTTP 403'],
  ])('finds %s', async (_what, kind, fate, what, why) => {
    const { container, address, once } = await scene()
    once(fate, kind)
    expect(await proveStore(container, address)).toStrictEqual({
      works: false,
      what,
      why: expect.stringContaining(why),
    })
  })

  test('finds that a version that was replaced can be written over', async () => {
    const { container, address, proxy } = await scene()
    let seen = 0
    proxy.decide(request => {
      if (isConditional(request)) seen += 1
      return isConditional(request) && seen === 2 ? { status: 201, code: '' } : 'pass'
    })
    expect(await proveStore(container, address)).toMatchObject({ works: false, what: 'compare-and-swap' })
  })
})
