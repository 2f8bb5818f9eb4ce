import { describe, expect, test } from 'vitest'
import type { GuardName } from '../../src/plan/document/document.ts'
import type { Configuration, GuardLimits } from '../../src/schema/configuration.ts'
import type { Policy } from '../../src/schema/policy.ts'
import { apply, clockAtNow, permissive, planFor, policyFor, sceneOf } from '../support/apply-harness.ts'
import {
  action,
  actionId,
  at,
  entry,
  isolated,
  machine,
  machineId,
  ownComment,
  PLACE,
  placed,
} from '../support/build-core.ts'
import { FakeService } from '../support/fake-service.ts'
import { share } from '../support/rollout-scene.ts'

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)
const scanned = { scanned: placed({ scan: 'quick' as const, since: at('2026-11-20') }) }

/** Machines 1 to `tenant`, of which those of `held` are isolated by us already. */
async function planned(
  policies: readonly Policy[],
  config: Partial<Configuration>,
  over: { readonly tenant?: number; readonly held?: number; readonly exceed?: readonly GuardName[] } = {},
) {
  const { tenant = 10, held = 0, exceed = [] } = over
  const clock = clockAtNow()
  const service = new FakeService({
    clock,
    machines: upTo(tenant).map(number =>
      machine({ id: machineId(number), machineTags: number === 1 ? ['Domain-Controller'] : [] }),
    ),
    actions: upTo(held).map(number =>
      action({ id: actionId(number), machineId: machineId(number), requestorComment: ownComment() }),
    ),
  })
  const configuration = permissive(config)
  const plan = await planFor(service, policies, configuration, { exceedGuards: exceed })
  const result = await apply(
    sceneOf(clock, service),
    plan,
    { overriddenGuards: exceed, reason: 'CISO agreed' },
    { configuration },
  )
  return { plan, result, posts: service.posts.map(({ type }) => type) }
}

const statusOf = (name: GuardName, { plan }: Awaited<ReturnType<typeof planned>>): string | undefined =>
  plan.guards.find(guard => guard.name === name)?.status

const isolate = (count: number): readonly Policy[] => [policyFor(upTo(count), isolated('full'))]
const scan = (count: number): readonly Policy[] => [policyFor(upTo(count), scanned)]

describe('a guard that stops the whole apply', () => {
  interface Row {
    readonly name: GuardName
    readonly guards: GuardLimits
    readonly tenant: number
    readonly limit: number
    readonly policies: (count: number) => readonly Policy[]
  }
  const rows: Readonly<Record<string, Row>> = {
    maxMachines: { name: 'maxMachines', guards: { maxMachines: 3 }, tenant: 10, limit: 3, policies: isolate },
    'maxShare, a whole number': {
      name: 'maxShare',
      guards: { maxShare: share(10) },
      tenant: 20,
      limit: 2,
      policies: isolate,
    },
    'maxShare, rounded up': {
      name: 'maxShare',
      guards: { maxShare: share(10) },
      tenant: 21,
      limit: 3,
      policies: isolate,
    },
    maxRuns: { name: 'maxRuns', guards: { maxRuns: 3 }, tenant: 10, limit: 3, policies: scan },
  }

  describe.each(Object.entries(rows))('%s', (_what, { name, guards, tenant, limit, policies }) => {
    test.each([
      ['below the limit', limit - 1],
      ['at the limit', limit],
    ])('%s lets everything through', async (_where, count) => {
      const done = await planned(policies(count), { guards }, { tenant })
      expect(statusOf(name, done)).toBe('pass')
      expect(done.result.exit.code).toBe(0)
      expect(done.posts).toHaveLength(count)
    })

    test('above the limit nothing is sent', async () => {
      const done = await planned(policies(limit + 1), { guards }, { tenant })
      expect(statusOf(name, done)).toBe('fail')
      expect(done.plan.guards[0]).toMatchObject({ limit, actual: limit + 1 })
      expect(done.plan.applyable).toBe(false)
      expect(done.result.exit).toStrictEqual({ code: 4, name: 'refused' })
      expect(done.result.diagnostics[0]?.message).toContain(`--dangerous-exceed-guard ${name} --reason TEXT`)
      expect(done.posts).toStrictEqual([])
    })

    test('above the limit and overridden by name everything is sent, and the result says why', async () => {
      const done = await planned(policies(limit + 1), { guards }, { tenant, exceed: [name] })
      expect(statusOf(name, done)).toBe('overridden')
      expect(done.posts).toHaveLength(limit + 1)
      expect(done.result).toMatchObject({
        exit: { code: 0 },
        overriddenGuards: [name],
        reason: 'CISO agreed',
      })
    })
  })
})

describe('maxLifts', () => {
  const release = (count: number): readonly Policy[] => [
    policyFor(upTo(count), isolated('none'), { name: 'release' }),
    policyFor([9], isolated('full')),
  ]
  const guards: GuardLimits = { maxLifts: 2 }

  test.each([
    ['below the limit', 1],
    ['at the limit', 2],
  ])('%s lets the lifts through', async (_where, count) => {
    const { posts, result } = await planned(release(count), { guards }, { held: count })
    expect(posts.filter(type => type === 'Unisolate')).toHaveLength(count)
    expect(result.exit.code).toBe(0)
  })

  test('above the limit no lift is sent, and everything else is', async () => {
    const { posts, result, plan } = await planned(release(3), { guards }, { held: 3 })
    expect(posts).toStrictEqual(['Isolate'])
    expect(plan.blocked.map(({ code }) => code)).toStrictEqual(Array(3).fill('over-max-lifts'))
    expect(result.exit.code).toBe(5)
  })

  test('above the limit and overridden by name the lifts are sent, and the result says why', async () => {
    const { posts, result } = await planned(release(3), { guards }, { held: 3, exceed: ['maxLifts'] })
    expect(posts.filter(type => type === 'Unisolate')).toHaveLength(3)
    expect(result).toMatchObject({ overriddenGuards: ['maxLifts'], reason: 'CISO agreed' })
  })
})

describe('an override', () => {
  const everything: readonly Policy[] = [
    policyFor([1, 2], isolated('none'), { name: 'release' }),
    policyFor([3, 4], isolated('full')),
    policyFor([5, 6], scanned, { name: 'scan' }),
  ]
  const guards: GuardLimits = { maxMachines: 1, maxShare: share(10), maxRuns: 1, maxLifts: 1 }
  const NAMES: readonly GuardName[] = ['maxLifts', 'maxMachines', 'maxRuns', 'maxShare']

  test.each(NAMES)('of %s is of that guard alone', async name => {
    const { plan, posts } = await planned(everything, { guards }, { held: 2, exceed: [name] })
    const statuses = Object.fromEntries(plan.guards.map(guard => [guard.name, guard.status]))
    expect(statuses).toStrictEqual(
      Object.fromEntries(NAMES.map(each => [each, each === name ? 'overridden' : 'fail'])),
    )
    expect(posts).toStrictEqual([])
  })

  test('of all of them lets all of it through', async () => {
    const { posts, result } = await planned(everything, { guards }, { held: 2, exceed: NAMES })
    expect(posts.toSorted()).toStrictEqual([
      'Isolate',
      'Isolate',
      'RunAntiVirusScan',
      'RunAntiVirusScan',
      'Unisolate',
      'Unisolate',
    ])
    expect(result.exit.code).toBe(0)
  })

  test.each([
    ['protected', { protected: [{ match: entry(), allow: [], place: PLACE }] }, isolated('full')],
    [
      'not-allowed',
      { allow: { quarantined: false, liveResponse: true, offboarded: true, scopeChange: true } },
      { quarantined: [{ sha1: 'a'.repeat(40), place: PLACE }] },
    ],
  ])('of every guard lets nothing through that is %s', async (code, config, state) => {
    const done = await planned([policyFor([1], state)], { guards, ...config }, { exceed: NAMES })
    expect(done.plan.blocked.map(block => block.code)).toStrictEqual([code])
    expect(done.posts).toStrictEqual([])
    expect(done.result.exit.code).toBe(4)
  })
})

describe('a protected machine', () => {
  const protect = (allow: Configuration['protected'][number]['allow']) => ({
    protected: [{ match: entry({ fields: { tag: ['domain-controller'] } }), allow, place: PLACE }],
  })

  test.each<readonly [string, Policy['state'], Configuration['protected'], readonly string[]]>([
    ['is not held', isolated('full'), protect([]).protected, ['Isolate']],
    [
      'is changed in the facets that are allowed',
      { ...isolated('full'), ...scanned },
      protect(['scanned']).protected,
      ['Isolate', 'RunAntiVirusScan', 'RunAntiVirusScan'],
    ],
  ])('%s, and its neighbours are', async (_rule, state, protection, posts) => {
    const done = await planned([policyFor([1, 2], state)], { protected: protection })
    expect(done.posts.toSorted()).toStrictEqual(posts)
    expect(done.plan.blocked.map(({ address }) => address)).toStrictEqual([`${machineId(1)}/isolated`])
    expect(done.result.exit.code).toBe(5)
  })

  test('can be released', async () => {
    const done = await planned([policyFor([1], isolated('none'))], protect([]), { held: 1 })
    expect(done.posts).toStrictEqual(['Unisolate'])
  })
})
