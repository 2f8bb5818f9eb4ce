import { describe, expect, test } from 'vitest'
import { addMs, msBetween } from '../../src/schema/instant.ts'
import {
  apply,
  clockAtNow,
  MemoryJournal,
  outcomesOf,
  planFor,
  policyFor,
  type Scene,
  sceneOf,
  start,
} from '../support/apply-harness.ts'
import { action, actionId, at, isolated, machine, machineId, ownComment } from '../support/build-core.ts'
import { FakeService, type FakeServiceSettings } from '../support/fake-service.ts'

type Setting = { readonly scene: Scene; readonly plan: Awaited<ReturnType<typeof planFor>> }

/** A machine isolated selectively by us, for which full is declared: lift, then impose. */
async function scopeChange(over: Partial<FakeServiceSettings> = {}): Promise<Setting> {
  const clock = clockAtNow()
  const held = action({ scope: 'Selective', requestorComment: ownComment() })
  const service = new FakeService({ clock, machines: [machine()], actions: [held], ...over })
  const plan = await planFor(service, [policyFor([1], isolated('full'))])
  expect(plan.changes[0]?.operations).toStrictEqual(['lift', 'impose'])
  return { scene: sceneOf(clock, service), plan }
}

/** A machine with our own release in flight; declared full: cancel, and then impose where nothing holds yet. */
async function opposite(before: 'none' | 'full', over: Partial<FakeServiceSettings> = {}): Promise<Setting> {
  const clock = clockAtNow()
  const release = action({
    id: actionId(3),
    type: 'Unisolate',
    scope: null,
    status: 'Pending',
    creationDateTimeUtc: at('2026-11-22T17:00:00Z'),
    requestorComment: ownComment(),
  })
  const held = action({ requestorComment: ownComment() })
  const actions = before === 'full' ? [held, release] : [release]
  const service = new FakeService({ clock, machines: [machine()], actions, ...over })
  const plan = await planFor(service, [policyFor([1], isolated('full'))])
  return { scene: sceneOf(clock, service), plan }
}

function typesOf({ service }: Scene): readonly string[] {
  return service.posts.map(({ type }) => type)
}

describe('lift, then impose', () => {
  test('the second half follows the end of the first within one poll', async () => {
    const { scene, plan } = await scopeChange({ settleMs: { Unisolate: 2000 } })
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'succeeded' })
    expect(typesOf(scene)).toStrictEqual(['Unisolate', 'Isolate'])
    const [lift, impose] = scene.service.posts
    expect(msBetween(lift?.at ?? at('2026'), impose?.at ?? at('2026'))).toBeLessThan(8000)
    expect(result.outcomes[0]).toMatchObject({ type: 'Isolate', actionId: scene.service.created[1] })
  })

  test('is not begun with --no-wait', async () => {
    const { scene, plan } = await scopeChange()
    const result = await apply(scene, plan, { noWait: true })
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'not-attempted (chain-needs-wait)' })
    expect(typesOf(scene)).toStrictEqual([])
    expect(result.notContained).toStrictEqual([])
  })

  test('is not begun on a machine that is not Active any more', async () => {
    const { scene, plan } = await scopeChange()
    scene.service.machines = [machine({ healthStatus: 'Inactive' })]
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'not-attempted (chain-needs-active)' })
    expect(typesOf(scene)).toStrictEqual([])
  })

  test('is not begun while the health of the machine cannot be read', async () => {
    const { scene, plan } = await scopeChange()
    const { clock, service } = scene
    // Until the first look is too old to send on.
    service.listMachines = async () => null
    for (let index = 0; index < 100; index += 1) {
      const used = { at: clock.now(), runId: 'another', planId: 'other', intent: index }
      scene.journal.entries.push(
        { event: 'intent', ...used, path: 'unisolate' },
        { event: 'answer', ...used, kind: 'rejected', actionId: null },
      )
    }
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'not-attempted (stopped)' })
    expect(result.diagnostics).toMatchObject([{ code: 'look-failed' }])
    expect(typesOf(scene)).toStrictEqual([])
  })

  test('is not begun before the quota has room for both halves', async () => {
    const { scene, plan } = await scopeChange()
    const begun = scene.clock.now()
    for (let index = 0; index < 100; index += 1) {
      scene.journal.entries.push({
        event: 'intent',
        at: begun,
        runId: 'another',
        planId: 'sha256:other',
        intent: index,
        path: 'isolate',
      })
    }
    const result = await apply(scene, plan)
    expect(result.exit.code).toBe(0)
    expect(msBetween(begun, scene.service.posts[0]?.at ?? begun)).toBeGreaterThanOrEqual(60_000)
  })

  test('a first half that failed leaves the hold in place', async () => {
    const { scene, plan } = await scopeChange({ endAs: { Unisolate: 'Failed' } })
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'failed (failed)' })
    expect(typesOf(scene)).toStrictEqual(['Unisolate'])
    expect(result.chainOpen).toStrictEqual([])
    expect(result.notContained).toStrictEqual([])
  })

  test.each([
    [
      'failed',
      'failed (chain-open)',
      { endAs: { Isolate: 'Failed' } } satisfies Partial<FakeServiceSettings>,
    ],
    [
      'was rejected',
      'failed (chain-open)',
      {
        fault: ({ type }) =>
          type === 'Isolate'
            ? { kind: 'answer', answer: { kind: 'rejected', status: 403, code: 'Forbidden', message: 'no' } }
            : undefined,
      } satisfies Partial<FakeServiceSettings>,
    ],
    [
      'did not end in time',
      'pending (chain-open)',
      { settleMs: { Isolate: Number.POSITIVE_INFINITY } } satisfies Partial<FakeServiceSettings>,
    ],
  ])(
    'a second half that %s leaves the machine open, which outweighs the rest',
    async (_rule, outcome, over) => {
      const { scene, plan } = await scopeChange(over)
      const result = await apply(scene, plan)
      expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': outcome })
      expect(result).toMatchObject({
        exit: { code: 5, name: 'partial' },
        chainOpen: ['fin-ws-001.contoso.com'],
        notContained: ['fin-ws-001.contoso.com'],
      })
      expect(result.outcomes[0]?.detail).toContain('the machine is open')
    },
  )

  test('a machine that was left open goes before everything when the plan is applied again', async () => {
    const clock = clockAtNow()
    const machines = [1, 2].map(number => machine({ id: machineId(number), computerDnsName: `ws-${number}` }))
    const held = action({ machineId: machineId(2), scope: 'Selective', requestorComment: ownComment() })
    let isDown = true
    const service = new FakeService({
      clock,
      machines,
      actions: [held],
      fault: ({ type }) =>
        isDown && type === 'Isolate'
          ? { kind: 'answer', answer: { kind: 'unauthorized', message: 'expired' } }
          : undefined,
      latencyMs: 30_000,
    })
    const plan = await planFor(service, [policyFor([1, 2], isolated('full'))])
    const scene = sceneOf(clock, service)
    const first = await apply(scene, plan)
    expect(outcomesOf(first)).toStrictEqual({
      '#1/isolated': 'not-attempted (stopped)',
      '#2/isolated': 'pending (chain-open)',
    })
    isDown = false
    await clock.advance(20_000)
    const again = await apply({ ...scene, journal: new MemoryJournal() }, plan, { runId: 'run-2' })
    expect(service.posts.slice(2).map(({ machineId: id }) => id)).toStrictEqual([machineId(2), machineId(1)])
    expect(again.exit.code).toBe(0)
    expect(again.notContained).toStrictEqual([])
  })

  test('a pending first half is cancelled at the deadline and the machine keeps its hold', async () => {
    const { scene, plan } = await scopeChange({ settleMs: { Unisolate: Number.POSITIVE_INFINITY } })
    const result = await apply(scene, plan)
    expect(typesOf(scene)).toStrictEqual(['Unisolate', 'Cancel'])
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'cancelled (chain-cancelled)' })
    expect(result.chainOpen).toStrictEqual([])
    expect(result.notContained).toStrictEqual([])
    expect(result.exit.code).toBe(5)
  })

  test('a pending first half is cancelled on an interrupt, within five seconds', async () => {
    const { scene, plan } = await scopeChange({ settleMs: { Unisolate: Number.POSITIVE_INFINITY } })
    const interrupt = new AbortController()
    const run = start(scene, plan, { signal: interrupt.signal })
    await scene.clock.advance(20_000)
    interrupt.abort()
    const at0 = scene.clock.now()
    const result = await scene.clock.drive(run)
    expect(msBetween(at0, scene.clock.now())).toBeLessThan(5000)
    expect(typesOf(scene)).toStrictEqual(['Unisolate', 'Cancel'])
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'cancelled (chain-cancelled)' })
  })

  test('a first half that took effect in spite of its cancel leaves the machine open', async () => {
    const { scene, plan } = await scopeChange({
      settleMs: { Unisolate: Number.POSITIVE_INFINITY },
      endAs: { Cancel: 'Succeeded' },
    })
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'not-attempted (chain-open)' })
    expect(result.chainOpen).toStrictEqual(['fin-ws-001.contoso.com'])
  })

  test('a cancel of a first half that is not answered leaves it pending, and the machine is named as one that may open', async () => {
    const { scene, plan } = await scopeChange({
      settleMs: { Unisolate: Number.POSITIVE_INFINITY },
      fault: ({ type }) => (type === 'Cancel' ? { kind: 'lost-before' } : undefined),
    })
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'pending (chain-open)' })
    expect(result.chainOpen).toStrictEqual(['fin-ws-001.contoso.com'])
    expect(result.exit.code).toBe(5)
  })

  test.each([
    ['after the first one ended is adopted', 33_000, ['Unisolate'], 'adopted'],
    ['before the first one ended does not count', 29_000, ['Unisolate', 'Isolate'], 'succeeded'],
  ])('somebody who puts the hold back between the halves, %s', async (_rule, ms, types, outcome) => {
    const { scene, plan } = await scopeChange({ settleMs: { Unisolate: 31_000 } })
    const { clock, service } = scene
    const run = start(scene, plan)
    await clock.advance(28_000)
    service.put(action({ id: actionId(8), creationDateTimeUtc: addMs(clock.now(), ms - 28_000) }))
    const result = await clock.drive(run)
    expect(typesOf(scene)).toStrictEqual(types)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': outcome })
    expect(result.notContained).toStrictEqual([])
  })

  test('somebody who is putting the hold back between the halves is awaited', async () => {
    const { scene, plan } = await scopeChange({ settleMs: { Unisolate: 30_000 } })
    const { clock, service } = scene
    const run = start(scene, plan)
    await clock.advance(29_000)
    const created = addMs(clock.now(), 500)
    service.put(
      action({ id: actionId(8), status: 'Pending', creationDateTimeUtc: created }),
      addMs(created, 50_000),
    )
    const result = await clock.drive(run)
    expect(typesOf(scene)).toStrictEqual(['Unisolate'])
    expect(result.outcomes[0]).toMatchObject({ outcome: 'adopted', adopted: true, actionId: actionId(8) })
    expect(result.chainOpen).toStrictEqual([])
  })
})

describe('cancel', () => {
  test('alone has succeeded when the action ended Cancelled and the hold stands', async () => {
    const { scene, plan } = await opposite('full')
    expect(plan.changes[0]?.operations).toStrictEqual(['cancel'])
    const result = await apply(scene, plan)
    expect(result.outcomes[0]).toMatchObject({ type: 'Cancel', outcome: 'succeeded', actionId: actionId(3) })
    expect(scene.service.posts[0]?.comment).toMatch(
      /\[holdfast policy=contain plan=[0-9a-f]{8} change=[0-9a-f]{8}\]$/,
    )
  })

  test('alone has failed when the action took effect all the same', async () => {
    const { scene, plan } = await opposite('full', { endAs: { Cancel: 'Succeeded' } })
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'failed (took-effect)' })
    expect(result.notContained).toStrictEqual(['fin-ws-001.contoso.com'])
  })

  test('alone has succeeded when the action ended Failed', async () => {
    const { scene, plan } = await opposite('full', { endAs: { Cancel: 'Failed' } })
    expect(outcomesOf(await apply(scene, plan))).toStrictEqual({ '#1/isolated': 'succeeded' })
  })

  test('of several opposite actions has failed where one of them took effect', async () => {
    const clock = clockAtNow()
    const [first, second] = [3, 4].map(number =>
      action({
        id: actionId(number),
        type: 'Unisolate',
        scope: null,
        status: 'Pending',
        creationDateTimeUtc: at('2026-11-22T17:00:00Z'),
        requestorComment: ownComment(),
      }),
    )
    const held = action({ requestorComment: ownComment() })
    const actions = [held, first ?? held, second ?? held]
    const service = new FakeService({ clock, machines: [machine()], actions })
    const plan = await planFor(service, [policyFor([1], isolated('full'))])
    expect(plan.changes[0]?.requests).toHaveLength(2)
    const cancel = service.cancel.bind(service)
    service.cancel = async (id, comment) => {
      const answer = await cancel(id, comment)
      if (id === actionId(3)) service.end(id, 'Succeeded')
      return answer
    }
    const result = await apply(sceneOf(clock, service), plan)
    expect(service.posts).toHaveLength(2)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'failed (took-effect)' })
  })

  test('that is refused because the action ended meanwhile counts by how it ended', async () => {
    const { scene, plan } = await opposite('full')
    const { service } = scene
    const cancel = service.cancel.bind(service)
    service.cancel = (id, comment) => {
      service.end(id, 'Failed')
      return cancel(id, comment)
    }
    expect(outcomesOf(await apply(scene, plan))).toStrictEqual({ '#1/isolated': 'succeeded' })
  })

  test('that is refused although the action is in flight ends the change', async () => {
    const answer = { kind: 'rejected', status: 400, code: 'BadRequest', message: 'no' } as const
    const { scene, plan } = await opposite('full', { fault: () => ({ kind: 'answer', answer }) })
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'failed (existing-action)' })
    expect(scene.service.posts).toHaveLength(1)
  })

  test.each([
    ['lost on its way is sent again', 'lost-before', ['Cancel', 'Cancel']],
    ['whose answer was lost is found by its comment', 'lost-after', ['Cancel']],
  ] as const)('%s', async (_rule, kind, types) => {
    const { scene, plan } = await opposite('full', {
      fault: ({ index }) => (index === 0 ? { kind } : undefined),
      settleMs: { Cancel: 60_000 },
    })
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'succeeded' })
    expect(typesOf(scene)).toStrictEqual(types)
  })

  test('whose answer was lost and whose comment is not kept is found by the end of the action', async () => {
    const { scene, plan } = await opposite('full', {
      fault: ({ index }) => (index === 0 ? { kind: 'lost-after' } : undefined),
      settleMs: { Cancel: 6000 },
      keepsCancelComment: false,
    })
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'succeeded' })
    expect(typesOf(scene)).toStrictEqual(['Cancel'])
  })

  test.each([
    ['ended Cancelled', {}],
    ['took effect all the same', { endAs: { Cancel: 'Succeeded' } }],
    ['ended Cancelled without its comment', { keepsCancelComment: false }],
  ])('then impose goes on when the cancelled action %s', async (_rule, over) => {
    const { scene, plan } = await opposite('none', over)
    expect(plan.changes[0]?.operations).toStrictEqual(['cancel', 'impose'])
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'succeeded' })
    expect(typesOf(scene)).toStrictEqual(['Cancel', 'Isolate'])
  })
})
