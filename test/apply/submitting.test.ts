import { describe, expect, test } from 'vitest'
import { parseMarker } from '../../src/posture/marker.ts'
import { addMs, msBetween } from '../../src/schema/instant.ts'
import {
  apply,
  clockAtNow,
  outcomesOf,
  permissive,
  planFor,
  policyFor,
  type Scene,
  sceneOf,
  start,
} from '../support/apply-harness.ts'
import {
  action,
  actionId,
  at,
  isolated,
  machine,
  machineId,
  ownComment,
  placed,
} from '../support/build-core.ts'
import { FakeService, type FakeServiceSettings, type Fault, type Post } from '../support/fake-service.ts'

const PLACE = { file: 'a', line: 1, column: 1 }

function machines(count: number): ReturnType<typeof machine>[] {
  return Array.from({ length: count }, (_, index) =>
    machine({ id: machineId(index + 1), computerDnsName: `ws-${index + 1}` }),
  )
}

async function isolations(
  count: number,
  over: Partial<FakeServiceSettings> = {},
): Promise<{ scene: Scene; plan: Awaited<ReturnType<typeof planFor>> }> {
  const clock = clockAtNow()
  const service = new FakeService({ clock, machines: machines(count), ...over })
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const plan = await planFor(service, [policyFor(numbers, isolated('full'))])
  return { scene: sceneOf(clock, service), plan }
}

/** Lets the first POST to machine 1 go wrong. */
function once(fault: Fault): (post: Post) => Fault | undefined {
  let isDone = false
  return post => {
    if (isDone || post.machineId !== machineId(1)) return undefined
    isDone = true
    return fault
  }
}

test('a request carries the reason, and at its end the marker of the plan and the change', async () => {
  const { scene, plan } = await isolations(1)
  await apply(scene, plan, {}, { configuration: permissive({ name: 'soc' }) })
  const [post] = scene.service.posts
  expect(post?.body).toMatchObject({ IsolationType: 'Full' })
  expect(post?.comment).toMatch(/^INC-1 \[/)
  expect(parseMarker(post?.comment ?? null)).toStrictEqual({
    policy: 'soc/contain',
    plan: plan.planId.slice('sha256:'.length, 'sha256:'.length + 8),
    change: plan.changes[0]?.fingerprint.slice(0, 8),
  })
})

test('the journal has the intent before the POST, the answer after it, and neither body nor comment', async () => {
  const { scene, plan } = await isolations(1)
  await apply(scene, plan)
  const { entries } = scene.journal
  expect(entries.map(({ event }) => event)).toStrictEqual([
    'run-started',
    'intent',
    'answer',
    'progress',
    'run-ended',
  ])
  expect(entries[1]).toMatchObject({
    address: `${machineId(1)}/isolated`,
    request: 0,
    type: 'Isolate',
    path: 'isolate',
    planId: plan.planId,
    runId: 'run-1',
  })
  expect(entries[2]).toMatchObject({
    kind: 'accepted',
    actionId: scene.service.created[0],
    status: 'Pending',
  })
  expect(JSON.stringify(entries)).not.toMatch(/INC-1|holdfast policy|IsolationType/)
})

describe('one answer ends one change or lets it go on', () => {
  test.each<[string, Fault, string, number]>([
    ['a POST lost on its way is sent again', { kind: 'lost-before' }, 'succeeded', 3],
    ['a POST whose answer was lost is found and not sent again', { kind: 'lost-after' }, 'succeeded', 2],
    [
      'a 403 ends that change alone with the code of the service',
      { kind: 'answer', answer: { kind: 'rejected', status: 403, code: 'Forbidden', message: 'no role' } },
      'failed (Forbidden)',
      2,
    ],
    [
      'a 429 holds the path and is sent again',
      { kind: 'answer', answer: { kind: 'throttled', retryAfterMs: 7000 } },
      'succeeded',
      3,
    ],
  ])('%s', async (_rule, fault, outcome, posts) => {
    const { scene, plan } = await isolations(2, { fault: once(fault), listedLateMs: 4000 })
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': outcome, '#2/isolated': 'succeeded' })
    expect(scene.service.posts).toHaveLength(posts)
    expect(new Set(scene.service.created).size).toBe(outcome === 'succeeded' ? 2 : 1)
  })

  test('what was rejected is detailed with the status and the words of the service', async () => {
    const answer = {
      kind: 'rejected',
      status: 404,
      code: 'ResourceNotFound',
      message: 'Machine 1 was not found',
    } as const
    const { scene, plan } = await isolations(1, { fault: () => ({ kind: 'answer', answer }) })
    const result = await apply(scene, plan)
    expect(result.outcomes[0]).toMatchObject({ code: 'ResourceNotFound', actionId: null, type: 'Isolate' })
    expect(result.outcomes[0]?.detail).toContain('404 ResourceNotFound: Machine 1 was not found')
    expect(result.exit.code).toBe(5)
    expect(result.notContained).toStrictEqual(['ws-1'])
  })
})

test('a Retry-After of a path is honoured to the end before anything is sent on it', async () => {
  const answer = { kind: 'throttled', retryAfterMs: 240_000 } as const
  const { scene, plan } = await isolations(2, { fault: once({ kind: 'answer', answer }) })
  await apply(scene, plan)
  const [, , third] = scene.service.posts
  const refusedAt = scene.service.posts[0]?.at ?? plan.createdAt
  expect(msBetween(at(String(refusedAt)), third?.at ?? at(String(refusedAt)))).toBeGreaterThanOrEqual(240_000)
})

test('a POST that is never answered and never found is sent three times and then uncertain', async () => {
  const { scene, plan } = await isolations(1, { fault: () => ({ kind: 'lost-before' }) })
  const result = await apply(scene, plan)
  expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'uncertain (unanswered)' })
  expect(scene.service.posts).toHaveLength(3)
  expect(result.exit.code).toBe(6)
  const [first, second] = scene.service.posts
  expect(msBetween(first?.at ?? at('2026'), second?.at ?? at('2026'))).toBeGreaterThanOrEqual(15_000)
})

test('what is looked for and cannot be read stays uncertain, and is not sent again', async () => {
  const { scene, plan } = await isolations(1, {
    fault: () => ({ kind: 'lost-before' }),
    listFault: () => ({ kind: 'failed', message: 'connect ECONNREFUSED', unauthorized: false }),
  })
  const result = await apply(scene, plan)
  expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'uncertain (unanswered)' })
  expect(scene.service.posts).toHaveLength(1)
})

describe('an action that is there already', () => {
  const foreign = (over: Parameters<typeof action>[0] = {}) =>
    action({
      id: actionId(7),
      status: 'Pending',
      creationDateTimeUtc: at('2026-11-22T17:59:00Z'),
      ...over,
    })

  test.each([
    ['said to be active and listed later, is adopted', 'reject'],
    ['answered with 201 and listed later, is adopted', 'existing'],
  ] as const)('%s', async (_rule, duplicates) => {
    const { scene, plan } = await isolations(1, { duplicates })
    const { service, clock } = scene
    const listed = service.listActions.bind(service)
    const observe = service.observe.bind(service)
    const appears = addMs(clock.now(), 8000)
    service.put(foreign(), addMs(clock.now(), 60_000))
    service.observe = async need => ({ ...(await observe(need)), actions: [] })
    service.listActions = async query =>
      clock.now() < appears ? { kind: 'listed', actions: [] } : listed(query)
    const result = await apply(scene, plan)
    expect(result.outcomes[0]).toMatchObject({ outcome: 'adopted', adopted: true, actionId: actionId(7) })
    expect(service.posts).toHaveLength(1)
    expect(service.created).toStrictEqual([])
  })

  test('and is said to be active but never listed, refuses the change', async () => {
    const { scene, plan } = await isolations(1, { duplicates: 'reject' })
    hide(scene.service, foreign())
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'refused (existing-action)' })
    expect(scene.service.created).toStrictEqual([])
  })

  test('and is answered with 201 but never listed, is taken as it was answered', async () => {
    const { scene, plan } = await isolations(1, { duplicates: 'existing' })
    hide(scene.service, foreign())
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'pending (deadline)' })
    expect(result.outcomes[0]).toMatchObject({ adopted: true, actionId: actionId(7) })
  })

  test('and does not lead to what is declared, refuses the change', async () => {
    const clock = clockAtNow()
    const service = new FakeService({ clock, machines: machines(1), duplicates: 'existing' })
    const state = { scanned: placed({ scan: 'full' as const, since: at('2026-11-20') }) }
    const plan = await planFor(service, [policyFor([1], state)])
    hide(service, foreign({ type: 'RunAntiVirusScan', scope: 'Quick' }))
    const result = await apply(sceneOf(clock, service), plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/scanned': 'refused (moved)' })
  })

  test('and has ended by the time it is listed, is adopted', async () => {
    const { scene, plan } = await isolations(1, { duplicates: 'existing' })
    const { service, clock } = scene
    const listed = service.listActions.bind(service)
    const observe = service.observe.bind(service)
    const appears = addMs(clock.now(), 8000)
    service.put(foreign(), addMs(clock.now(), 6000))
    service.observe = async need => ({ ...(await observe(need)), actions: [] })
    service.listActions = async query =>
      clock.now() < appears ? { kind: 'listed', actions: [] } : listed(query)
    const result = await apply(scene, plan)
    expect(result.outcomes[0]).toMatchObject({ outcome: 'adopted', adopted: true, actionId: actionId(7) })
    expect(service.created).toStrictEqual([])
  })
})

/** Puts an action there that no read ever shows. */
function hide(service: FakeService, hidden: ReturnType<typeof action>): void {
  const observe = service.observe.bind(service)
  service.put(hidden)
  service.observe = async need => ({ ...(await observe(need)), actions: [] })
  service.listActions = async () => ({ kind: 'listed', actions: [] })
}

test('an earlier submission of the same change that the service answers with again is not a duplicate', async () => {
  const { scene, plan } = await isolations(1, {
    duplicates: 'existing',
    listedLateMs: 40_000,
    settleMs: { Isolate: 60_000 },
    fault: once({ kind: 'lost-after' }),
  })
  const result = await apply(scene, plan)
  expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'succeeded' })
  expect(scene.service.posts).toHaveLength(2)
  expect(scene.service.created).toHaveLength(1)
  expect(result.outcomes[0]).not.toHaveProperty('adopted')
})

test('a change is sent on a look at most 60 s old, and what moved since is refused alone', async () => {
  const { scene, plan } = await isolations(120)
  const { clock, service } = scene
  const run = start(scene, plan)
  await clock.advance(30_000)
  service.put(
    action({
      id: actionId(7),
      machineId: machineId(119),
      scope: 'Selective',
      creationDateTimeUtc: clock.now(),
    }),
  )
  const result = await clock.drive(run)
  expect(result.summary).toStrictEqual({ succeeded: 119, refused: 1 })
  expect(outcomesOf(result)[`#77/isolated`]).toBe('refused (moved)')
  expect(service.posts).toHaveLength(119)
  expect(result.exit.code).toBe(5)
})

test('what depends on a change that did not succeed is not attempted, and the rest goes on', async () => {
  const clock = clockAtNow()
  const service = new FakeService({
    clock,
    machines: machines(2),
    actions: [1, 2].map(number => action({ id: actionId(number), machineId: machineId(number) })),
    endAs: { RunAntiVirusScan: 'Failed' },
  })
  const releasing = policyFor(
    [1],
    { isolated: placed('none'), scanned: placed({ scan: 'quick', since: at('2026-11-20') }) },
    { liftAfter: ['scanned'], reassert: true },
  )
  const plan = await planFor(service, [
    releasing,
    policyFor([2], { restricted: placed('restricted') }, { name: 'b' }),
  ])
  const result = await apply(sceneOf(clock, service), plan)
  expect(outcomesOf(result)).toStrictEqual({
    '#1/isolated': 'not-attempted (dependency-failed)',
    '#1/scanned': 'failed (failed)',
    '#2/restricted': 'succeeded',
  })
})

test('a lift waits for the scan it depends on', async () => {
  const clock = clockAtNow()
  const service = new FakeService({
    clock,
    machines: machines(1),
    actions: [action()],
    settleMs: { RunAntiVirusScan: 90_000 },
  })
  const releasing = policyFor(
    [1],
    { isolated: placed('none'), scanned: placed({ scan: 'quick', since: at('2026-11-20') }) },
    { liftAfter: ['scanned'], reassert: true },
  )
  const scene = sceneOf(clock, service)
  const result = await apply(scene, await planFor(service, [releasing]))
  expect(result.exit.code).toBe(0)
  expect(service.posts.map(({ type }) => type)).toStrictEqual(['RunAntiVirusScan', 'Unisolate'])
  expect(msBetween(service.posts[0]?.at ?? clock.now(), service.posts[1]?.at ?? clock.now())).toBeGreaterThan(
    90_000,
  )
  // While it only waited for the scan the lease was somebody else's to take.
  expect(scene.lease.acquired).toBe(2)
})

test('holds go first, then evidence, then files and scans, then lifts; one machine after the other answer', async () => {
  const clock = clockAtNow()
  const service = new FakeService({
    clock,
    machines: machines(1),
    actions: [action({ type: 'RestrictCodeExecution' })],
    latencyMs: 1000,
  })
  const since = at('2026-11-20')
  const state = {
    isolated: placed('full' as const),
    restricted: placed('none' as const),
    scanned: placed({ scan: 'full' as const, since }),
    collected: placed({ since }),
    quarantined: [{ sha1: 'a'.repeat(40), place: PLACE }],
    liveResponse: [
      { name: 'triage', since, place: PLACE, commands: [{ type: 'GetFile', path: 'C:\\t' } as const] },
    ],
  }
  const plan = await planFor(service, [policyFor([1], state, { reassert: true })])
  const result = await apply(sceneOf(clock, service), plan)
  expect(result.summary).toStrictEqual({ succeeded: 6 })
  expect(service.posts.map(({ type }) => type)).toStrictEqual([
    'Isolate',
    'CollectInvestigationPackage',
    'LiveResponse',
    'StopAndQuarantineFile',
    'RunAntiVirusScan',
    'UnrestrictCodeExecution',
  ])
  const times = service.posts.map(post => post.at)
  for (const [index, time] of times.slice(1).entries()) {
    expect(msBetween(times[index] ?? time, time)).toBeGreaterThanOrEqual(1000)
  }
})

test('of one type a machine has one action at a time, and a failed one does not stop the next', async () => {
  const clock = clockAtNow()
  const service = new FakeService({
    clock,
    machines: machines(1),
    endAs: { StopAndQuarantineFile: 'Failed' },
  })
  const quarantined = ['a', 'b'].map(digit => ({ sha1: digit.repeat(40), place: PLACE }))
  const plan = await planFor(service, [policyFor([1], { quarantined })])
  const result = await apply(sceneOf(clock, service), plan)
  expect(result.summary).toStrictEqual({ failed: 2 })
  expect(msBetween(service.posts[0]?.at ?? clock.now(), service.posts[1]?.at ?? clock.now())).toBeGreaterThan(
    10_000,
  )
})

test('a run waits for one of its type that somebody else has in flight, and is sent when that ended', async () => {
  const clock = clockAtNow()
  const service = new FakeService({ clock, machines: machines(1) })
  const quick = action({ id: actionId(7), type: 'RunAntiVirusScan', scope: 'Quick', status: 'InProgress' })
  service.put(quick, addMs(clock.now(), 40_000))
  const state = { scanned: placed({ scan: 'full' as const, since: at('2026-11-20') }) }
  const plan = await planFor(service, [policyFor([1], state)])
  expect(plan.changes[0]?.dependsOn).toStrictEqual([`${machineId(1)}/scanned`])
  const result = await apply(sceneOf(clock, service), plan)
  expect(outcomesOf(result)).toStrictEqual({ '#1/scanned': 'succeeded' })
  expect(
    msBetween(plan.createdAt === '' ? clock.now() : at(plan.createdAt), service.posts[0]?.at ?? clock.now()),
  ).toBeGreaterThanOrEqual(40_000)
})

test('no more live responses are in flight than the service has sessions, and an end makes room', async () => {
  const clock = clockAtNow()
  const service = new FakeService({ clock, machines: machines(55), settleMs: { LiveResponse: 600_000 } })
  const numbers = Array.from({ length: 55 }, (_, index) => index + 1)
  const liveResponse = [
    {
      name: 'triage',
      since: at('2026-11-20'),
      place: PLACE,
      commands: [{ type: 'GetFile', path: 'C:\\t' } as const],
    },
  ]
  const plan = await planFor(service, [policyFor(numbers, { liveResponse })])
  const scene = sceneOf(clock, service)
  const run = start(scene, plan)
  await clock.advance(500_000)
  expect(service.posts).toHaveLength(50)
  const result = await clock.drive(run)
  expect(result.summary).toStrictEqual({ succeeded: 55 })
  expect(service.throttled).toBe(0)
})

test('quota windows start with what the journal and the own actions of the last hour have used', async () => {
  const { scene, plan } = await isolations(30)
  const { clock, service } = scene
  const used = Array.from({ length: 80 }, (_, index) => index)
  for (const index of used) {
    scene.journal.entries.push({
      event: 'intent',
      at: clock.now(),
      runId: 'another',
      planId: 'sha256:other',
      intent: index,
      path: 'isolate',
      address: 'x',
      request: 0,
    })
  }
  const run = start(scene, plan)
  await clock.advance(50_000)
  expect(service.posts).toHaveLength(20)
  expect((await clock.drive(run)).summary).toStrictEqual({ succeeded: 30 })
})

test('submitting that takes longer than it may ends with what is left not attempted', async () => {
  const { scene, plan } = await isolations(130)
  const result = await apply(scene, plan, { submitTimeoutMs: 30_000 })
  expect(result.summary).toStrictEqual({ succeeded: 100, 'not-attempted': 30 })
  expect(result.outcomes.find(({ outcome }) => outcome === 'not-attempted')?.code).toBe('submit-timeout')
  expect(result.exit.code).toBe(6)
})

test('a path that the service holds back for over an hour ends submitting', async () => {
  const answer = { kind: 'throttled', retryAfterMs: 7_200_000 } as const
  const { scene, plan } = await isolations(1, { fault: () => ({ kind: 'answer', answer }) })
  const result = await apply(scene, plan)
  expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'not-attempted (submit-timeout)' })
  expect(msBetween(at(result.startedAt), at(result.finishedAt))).toBeLessThan(7_200_000)
})

test('submitting may end while something is still looked for', async () => {
  const { scene, plan } = await isolations(120, { fault: once({ kind: 'lost-before' }), latencyMs: 2000 })
  const result = await apply(scene, plan, { submitTimeoutMs: 3000 })
  expect(result.summary['not-attempted']).toBeGreaterThan(100)
  expect(result.outcomes[0]).toMatchObject({ address: `${machineId(1)}/isolated`, outcome: 'not-attempted' })
  expect(result.summary['succeeded']).toBeGreaterThan(5)
})

test('submitting ends when the plan expires meanwhile', async () => {
  const { scene, plan } = await isolations(130)
  const result = await apply(scene, { ...plan, expiresAt: '2026-11-22T18:00:40Z' })
  expect(result.summary).toStrictEqual({ succeeded: 100, 'not-attempted': 30 })
  expect(result.outcomes.find(({ outcome }) => outcome === 'not-attempted')?.code).toBe('expired')
})

test('own actions of the last hour that the journal does not have use up the quota as well', async () => {
  const clock = clockAtNow()
  const old = Array.from({ length: 90 }, (_, index) =>
    action({
      id: actionId(5000 + index),
      machineId: machineId(500),
      requestorComment: ownComment(),
      creationDateTimeUtc: addMs(clock.now(), -1000 - index),
      ...(index < 10 ? { requestSource: 'Portal' } : {}),
    }),
  )
  const cancelled = action({
    id: actionId(4000),
    machineId: machineId(500),
    status: 'Cancelled',
    cancellationComment: ownComment(),
    creationDateTimeUtc: addMs(clock.now(), -1000),
  })
  const service = new FakeService({ clock, machines: machines(30), actions: [...old, cancelled] })
  const numbers = Array.from({ length: 30 }, (_, index) => index + 1)
  const plan = await planFor(service, [policyFor(numbers, isolated('full'))])
  const scene = sceneOf(clock, service)
  const run = start(scene, plan)
  await clock.advance(30_000)
  expect(service.posts).toHaveLength(20)
  expect((await clock.drive(run)).summary).toStrictEqual({ succeeded: 30 })
})
