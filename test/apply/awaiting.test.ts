import { describe, expect, test } from 'vitest'
import type { ApplyDependencies } from '../../src/apply/apply-options.ts'
import { pollDelayMs } from '../../src/apply/await-queue.ts'
import type { Progress } from '../../src/apply/progress.ts'
import { addMs, formatInstant, msBetween } from '../../src/schema/instant.ts'
import {
  apply,
  clockAtNow,
  outcomesOf,
  planFor,
  policyFor,
  type Scene,
  sceneOf,
  start,
} from '../support/apply-harness.ts'
import { action, actionId, at, isolated, machine, machineId, placed } from '../support/build-core.ts'
import { FakeService, type FakeServiceSettings } from '../support/fake-service.ts'

type Setting = { readonly scene: Scene; readonly plan: Awaited<ReturnType<typeof planFor>> }

async function isolations(count: number, over: Partial<FakeServiceSettings> = {}): Promise<Setting> {
  const clock = clockAtNow()
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const machines = numbers.map(number => machine({ id: machineId(number), computerDnsName: `ws-${number}` }))
  const service = new FakeService({ clock, machines, ...over })
  const plan = await planFor(service, [policyFor(numbers, isolated('full'))])
  return { scene: sceneOf(clock, service), plan }
}

const NEVER = { settleMs: { Isolate: Number.POSITIVE_INFINITY } }

describe('an action ends with the word of the service', () => {
  test.each([
    ['Succeeded', 'succeeded', 0],
    ['Failed', 'failed (failed)', 5],
    ['TimeOut', 'timed-out (timed-out)', 5],
    ['Cancelled', 'cancelled (cancelled)', 5],
  ])('%s is %s', async (status, outcome, code) => {
    const { scene, plan } = await isolations(1, { endAs: { Isolate: status } })
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': outcome })
    expect(result.outcomes[0]).toMatchObject({ status, actionId: scene.service.created[0], type: 'Isolate' })
    expect(result.outcomes[0]).not.toHaveProperty('adopted')
    expect(result.exit.code).toBe(code)
    expect(result.notContained).toStrictEqual(code === 0 ? [] : ['ws-1'])
  })

  test('and its times are in the outcome', async () => {
    const { scene, plan } = await isolations(1, { latencyMs: 100 })
    const result = await apply(scene, plan)
    const submitted = addMs(at(plan.createdAt), 100)
    expect(result.outcomes[0]).toMatchObject({
      submittedAt: formatInstant(submitted),
      endedAt: formatInstant(addMs(submitted, 10_000)),
    })
  })
})

test('a word never seen before is in flight until the deadline, which is an outcome', async () => {
  const { scene, plan } = await isolations(1, { endAs: { Isolate: 'Paused' } })
  const result = await apply(scene, plan)
  expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'pending (deadline)' })
  expect(result.outcomes[0]).toMatchObject({ status: 'Paused', endedAt: null })
  expect(result.exit).toStrictEqual({ code: 6, name: 'pending' })
})

test('the time to await starts when the last change was submitted', async () => {
  const { scene, plan } = await isolations(120, NEVER)
  const begun = scene.clock.now()
  const result = await apply(scene, plan, { timeoutMs: 300_000 })
  const last = scene.service.posts.at(-1)?.at ?? begun
  expect(result.summary).toStrictEqual({ pending: 120 })
  expect(msBetween(begun, last)).toBeGreaterThanOrEqual(60_000)
  expect(msBetween(last, at(result.finishedAt))).toBeGreaterThanOrEqual(300_000)
  expect(msBetween(last, at(result.finishedAt))).toBeLessThan(302_000)
})

test('an action that is not listed for a minute is waited for', async () => {
  const { scene, plan } = await isolations(1, { listedLateMs: 60_000 })
  expect((await apply(scene, plan)).summary).toStrictEqual({ succeeded: 1 })
  expect(scene.service.posts).toHaveLength(1)
})

test('all actions in flight are read by one list call, never one each', async () => {
  const { scene, plan } = await isolations(50, { settleMs: { Isolate: 4000 } })
  await apply(scene, plan)
  const polls = scene.service.lists.flatMap(query => (query.kind === 'ids' ? [query.ids.length] : []))
  expect(polls).toStrictEqual([50])
})

test('polls that fail are repeated until the deadline, and told once', async () => {
  const failed = { kind: 'failed', message: 'connect ECONNREFUSED', unauthorized: false } as const
  const { scene, plan } = await isolations(1, { listFault: () => failed })
  const result = await apply(scene, plan)
  expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'pending (deadline)' })
  expect(result.diagnostics).toMatchObject([{ severity: 'warning', code: 'poll-failed' }])
  expect(scene.service.lists.length).toBeGreaterThan(20)
})

test('polls that fail for a while do no harm', async () => {
  const failed = { kind: 'failed', message: 'connect ECONNREFUSED', unauthorized: false } as const
  const clock = clockAtNow()
  const until = addMs(clock.now(), 60_000)
  const service = new FakeService({
    clock,
    machines: [machine()],
    listFault: () => (clock.now() < until ? failed : undefined),
  })
  const plan = await planFor(service, [policyFor([1], isolated('full'))])
  const result = await apply(sceneOf(clock, service), plan)
  expect(result).toMatchObject({ summary: { succeeded: 1 }, exit: { code: 0 } })
})

describe('--no-wait', () => {
  test('submits and ends, everything pending', async () => {
    const { scene, plan } = await isolations(3, NEVER)
    const result = await apply(scene, plan, { noWait: true })
    expect(result.summary).toStrictEqual({ pending: 3 })
    expect(result.outcomes[0]).toMatchObject({ code: 'no-wait', status: 'Pending' })
    expect(result.exit.code).toBe(6)
    expect(scene.service.lists).toStrictEqual([])
    expect(msBetween(at(result.startedAt), at(result.finishedAt))).toBeLessThan(2000)
  })

  test('still looks for what got no answer', async () => {
    const { scene, plan } = await isolations(1, {
      ...NEVER,
      fault: ({ index }) => (index === 0 ? { kind: 'lost-after' } : undefined),
    })
    const result = await apply(scene, plan, { noWait: true })
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'pending (no-wait)' })
    expect(scene.service.posts).toHaveLength(1)
  })

  test('does not attempt what waits for the end of another', async () => {
    const clock = clockAtNow()
    const service = new FakeService({ clock, machines: [machine()] })
    const quarantined = ['a', 'b'].map(digit => ({
      sha1: digit.repeat(40),
      place: { file: 'a', line: 1, column: 1 },
    }))
    const plan = await planFor(service, [policyFor([1], { quarantined })])
    const result = await apply(sceneOf(clock, service), plan, { noWait: true })
    expect(result.summary).toStrictEqual({ pending: 1, 'not-attempted': 1 })
    expect(result.outcomes[1]?.code).toBe('dependency-pending')
  })
})

test('a hold on a machine that is not there is sent, not awaited and pending', async () => {
  const clock = clockAtNow()
  const machines = [
    machine(),
    machine({ id: machineId(2), computerDnsName: 'asleep', healthStatus: 'Inactive' }),
  ]
  const service = new FakeService({ clock, machines })
  const plan = await planFor(service, [policyFor([1, 2], isolated('full'))])
  const result = await apply(sceneOf(clock, service), plan)
  expect(outcomesOf(result)).toStrictEqual({
    '#1/isolated': 'succeeded',
    '#2/isolated': 'pending (will-stay-pending)',
  })
  expect(service.posts).toHaveLength(2)
  expect(result.exit.code).toBe(6)
  expect(result.notContained).toStrictEqual(['asleep'])
  expect(msBetween(at(result.startedAt), at(result.finishedAt))).toBeLessThan(60_000)
})

test('what depends on an end that does not come before the deadline is not attempted', async () => {
  const clock = clockAtNow()
  const service = new FakeService({
    clock,
    machines: [machine()],
    actions: [action()],
    settleMs: { RunAntiVirusScan: Number.POSITIVE_INFINITY },
  })
  const state = {
    isolated: placed('none' as const),
    scanned: placed({ scan: 'quick' as const, since: at('2026-11-20') }),
  }
  const plan = await planFor(service, [policyFor([1], state, { liftAfter: ['scanned'], reassert: true })])
  const result = await apply(sceneOf(clock, service), plan)
  expect(outcomesOf(result)).toStrictEqual({
    '#1/isolated': 'not-attempted (dependency-pending)',
    '#1/scanned': 'pending (deadline)',
  })
})

describe('a hold is succeeded only if the history at the end says that it holds', () => {
  test('one that somebody undid meanwhile has failed', async () => {
    const { scene, plan } = await isolations(1, { settleMs: { Isolate: 2000 } })
    const { clock, service } = scene
    const run = start(scene, plan)
    await clock.advance(3000)
    const undone = { id: actionId(7), type: 'Unisolate', scope: null, creationDateTimeUtc: clock.now() }
    service.put(action(undone))
    const result = await clock.drive(run)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'failed (undone)' })
    expect(result).toMatchObject({ exit: { code: 5 }, notContained: ['ws-1'] })
  })

  test('one whose history cannot be read at the end is uncertain', async () => {
    const { scene, plan } = await isolations(1, {
      listFault: ({ kind }) =>
        kind === 'machines'
          ? { kind: 'failed', message: 'connect ECONNREFUSED', unauthorized: false }
          : undefined,
    })
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'uncertain (unconfirmed)' })
    expect(result.exit.code).toBe(6)
  })

  test('a release has succeeded when nothing holds, and contains nothing', async () => {
    const clock = clockAtNow()
    const service = new FakeService({ clock, machines: [machine()], actions: [action()] })
    const plan = await planFor(service, [policyFor([1], isolated('none'), { reassert: true })])
    const result = await apply(sceneOf(clock, service), plan)
    expect(result).toMatchObject({ summary: { succeeded: 1 }, notContained: [] })
  })

  test('one that was submitted again although it held counts as not contained until that succeeded', async () => {
    const clock = clockAtNow()
    const service = new FakeService({
      clock,
      machines: [machine()],
      actions: [action()],
      endAs: { Isolate: 'Failed' },
    })
    const resubmit = { resubmit: [machineId(1)], reason: 'freed by script' }
    const plan = await planFor(service, [policyFor([1], isolated('full'))], undefined, resubmit)
    const result = await apply(sceneOf(clock, service), plan)
    expect(result).toMatchObject({ summary: { failed: 1 }, notContained: ['fin-ws-001.contoso.com'] })
  })
})

describe('polls', () => {
  const pace = { isWaitedFor: true, inFlight: 1, ageMs: 0, pollIntervalMs: 5000 }

  test.each([
    ['a few young actions are read as often as the configuration says', {}, 5000],
    ['many are read less often', { inFlight: 300 }, 30_000],
    ['old ones are read less often', { ageMs: 400_000 }, 40_000],
    ['but at least once a minute', { inFlight: 10_000, ageMs: 4_000_000 }, 60_000],
    ['unless the configuration says less often', { pollIntervalMs: 90_000 }, 90_000],
    ['what nobody waits for is left alone for two minutes', { isWaitedFor: false }, 120_000],
    ['the more there are the longer', { isWaitedFor: false, inFlight: 200 }, 400_000],
    ['up to ten minutes', { isWaitedFor: false, inFlight: 1500 }, 600_000],
  ])('%s', (_rule, over, ms) => {
    expect(pollDelayMs({ ...pace, ...over })).toBe(ms)
  })
})

describe('progress', () => {
  test('tells phases, items, the deadline and what holds submitting back', async () => {
    const { scene, plan } = await isolations(120)
    const frames: Progress[] = []
    const deps: Partial<ApplyDependencies> = { onProgress: frame => frames.push(frame) }
    await apply(scene, plan, {}, deps)
    expect(new Set(frames.map(({ phase }) => phase))).toStrictEqual(
      new Set(['submitting', 'awaiting', 'done']),
    )
    const held = frames.find(({ heldUntil }) => heldUntil !== null)
    expect(held?.submitMsLeft).toBeGreaterThan(30_000)
    expect(held?.items.filter(({ state }) => state === 'queued')).toHaveLength(20)
    expect(frames.find(({ phase }) => phase === 'awaiting')?.deadline).not.toBeNull()
    const last = frames.at(-1)
    expect(last).toMatchObject({ phase: 'done', submitMsLeft: 0 })
    expect(last?.items.every(({ state, outcome }) => state === 'ended' && outcome === 'succeeded')).toBe(true)
    expect(frames.length).toBeLessThan(200)
  })
})

test('what is in flight to a machine that is not there is not awaited either', async () => {
  const clock = clockAtNow()
  const asleep = machine({ computerDnsName: 'asleep', healthStatus: 'Inactive' })
  const service = new FakeService({ clock, machines: [asleep], actions: [action({ status: 'Pending' })] })
  const plan = await planFor(service, [policyFor([1], isolated('full'))])
  const result = await apply(sceneOf(clock, service), plan)
  expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'pending (will-stay-pending)' })
  expect(service.posts).toHaveLength(0)
  expect(msBetween(at(result.startedAt), at(result.finishedAt))).toBeLessThan(60_000)
})
