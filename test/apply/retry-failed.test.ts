import { describe, expect, test } from 'vitest'
import type { Plan } from '../../src/plan/document/document.ts'
import { markerOf } from '../../src/plan/document/marker-of.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { appendMarker } from '../../src/posture/marker.ts'
import { addMs } from '../../src/schema/instant.ts'
import {
  apply,
  clockAtNow,
  MemoryJournal,
  outcomesOf,
  permissive,
  planFor,
  policyFor,
  type Scene,
  sceneOf,
  start,
} from '../support/apply-harness.ts'
import { action, actionId, isolated, machine, machineId } from '../support/build-core.ts'
import { FakeService } from '../support/fake-service.ts'

/** Machines 1 and 2 are to be isolated. How isolations end can be changed between two runs. */
async function setScene(): Promise<{ scene: Scene; plan: Plan; endAs: Record<string, string> }> {
  const clock = clockAtNow()
  const endAs: Record<string, string> = {}
  const machines = [1, 2].map(number => machine({ id: machineId(number), computerDnsName: `ws-${number}` }))
  const service = new FakeService({ clock, machines, endAs })
  return {
    scene: sceneOf(clock, service),
    plan: await planFor(service, [policyFor([1, 2], isolated('full'))]),
    endAs,
  }
}

/** A scene in which machine 2 was isolated by the plan, and what it sent for machine 1 ended otherwise. */
async function ended(status: string, over: Partial<MachineAction> = {}) {
  const setting = await setScene()
  const { scene, plan } = setting
  const [comment = '', other = ''] = plan.changes.map(change =>
    appendMarker('INC-1', markerOf(plan.planId, change, undefined)),
  )
  await scene.clock.advance(60_000)
  const at = { creationDateTimeUtc: scene.clock.now(), lastUpdateDateTimeUtc: scene.clock.now() }
  scene.service.put(action({ id: actionId(7), status, requestorComment: comment, ...at, ...over }))
  scene.service.put(action({ id: actionId(8), machineId: machineId(2), requestorComment: other, ...at }))
  await scene.clock.advance(60_000)
  return { ...setting, comment }
}

const again = { retryFailed: true, runId: 'run-2' }
const ofOurs = (plan: Plan): string =>
  appendMarker('chain', { policy: 'contain', plan: plan.planId.slice(7, 15), change: '00000000' })

describe('what the plan sent and that ended', () => {
  test.each([
    ['Failed', {}],
    ['TimeOut', {}],
    ['Cancelled', {}],
  ] as const)('%s (by the service, where cancelled) is sent again, and only that', async (status, over) => {
    const { scene, plan } = await ended(status, over)
    const result = await apply(scene, plan, again)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'succeeded', '#2/isolated': 'adopted' })
    expect(scene.service.posts.map(({ machineId: id }) => id)).toStrictEqual([machineId(1)])
  })

  test('Cancelled by the plan itself is sent again', async () => {
    const { plan } = await setScene()
    const cancelled = { cancellationRequestor: 'Holdfast App', cancellationComment: ofOurs(plan) }
    const { scene, plan: same } = await ended('Cancelled', cancelled)
    expect(outcomesOf(await apply(scene, same, again))['#1/isolated']).toBe('succeeded')
  })

  test.each([
    ['by a person', { cancellationRequestor: 'alice@contoso.com', cancellationComment: 'no' }],
    ['by somebody who left no name', { cancellationRequestor: null, cancellationComment: 'no' }],
    ['by a person without a word', { cancellationRequestor: 'alice@contoso.com', cancellationComment: null }],
    [
      'by another plan of ours, such as an undo',
      {
        cancellationRequestor: 'Holdfast App',
        cancellationComment: appendMarker('undo', { policy: 'none', plan: '00000000', change: '00000000' }),
      },
    ],
  ])('Cancelled %s stays cancelled', async (_who, over) => {
    const { scene, plan } = await ended('Cancelled', over)
    const result = await apply(scene, plan, again)
    expect(outcomesOf(result)['#1/isolated']).toBe('cancelled (cancelled)')
    expect(scene.service.posts).toStrictEqual([])
  })

  test.each(['Succeeded', 'Pending'])('%s is not sent again', async status => {
    const { scene, plan } = await ended(status)
    await apply(scene, plan, { ...again, timeoutMs: 10_000 })
    expect(scene.service.posts).toStrictEqual([])
  })

  test('Failed is not sent again without being asked to', async () => {
    const { scene, plan } = await ended('Failed')
    expect(outcomesOf(await apply(scene, plan))['#1/isolated']).toBe('failed (failed)')
    expect(scene.service.posts).toStrictEqual([])
  })

  test('Failed twice, since a lost answer was sent again, is sent again once; cancelled once by a person, not', async () => {
    const { scene, plan, comment } = await ended('Failed')
    const twin = { id: actionId(9), status: 'Cancelled', requestorComment: comment }
    const by = { cancellationRequestor: 'alice@contoso.com' }
    scene.service.put(action({ ...twin, ...by, creationDateTimeUtc: addMs(scene.clock.now(), -90_000) }))
    await apply(scene, plan, again)
    expect(scene.service.posts).toStrictEqual([])
  })
})

describe('before it is sent again', () => {
  test('the machine is looked at, and what moved since makes the plan stale', async () => {
    const { scene, plan } = await ended('Failed')
    const moved = { id: actionId(9), type: 'Unisolate', scope: null }
    scene.service.put(action({ ...moved, creationDateTimeUtc: scene.clock.now() }))
    const result = await apply(scene, plan, again)
    expect(result.exit.code).toBe(3)
    expect(scene.service.posts).toStrictEqual([])
    expect(scene.journal.entries).toStrictEqual([])
  })

  test('what somebody else did toward the goal is adopted', async () => {
    const { scene, plan } = await ended('Failed')
    scene.service.put(action({ id: actionId(9), creationDateTimeUtc: scene.clock.now() }))
    const result = await apply(scene, plan, again)
    expect(outcomesOf(result)['#1/isolated']).toBe('unchanged')
    expect(scene.service.posts).toStrictEqual([])
  })

  test('the configuration as it is now may refuse it', async () => {
    const { scene, plan } = await ended('Failed')
    const place = { file: 'holdfast.yaml', line: 1, column: 1 }
    const match = { fields: { id: [machineId(1)] }, all: false, missing: 'error', place } as const
    const configuration = permissive({ protected: [{ match, allow: [], place }] })
    const result = await apply(scene, plan, again, { configuration })
    expect(outcomesOf(result)['#1/isolated']).toMatch(/^refused/)
    expect(scene.service.posts).toStrictEqual([])
  })

  test('attempts are counted: where they are used up it keeps its outcome and says so', async () => {
    const { scene, plan } = await ended('Failed')
    const { retry } = permissive()
    const configuration = permissive({ retry: { ...retry, maxAttempts: 1 } })
    const result = await apply(scene, plan, again, { configuration })
    expect(outcomesOf(result)['#1/isolated']).toBe('failed (attempts-exhausted)')
    expect(result.outcomes[0]?.detail).toContain('`--retry ADDR --reason TEXT` allows one more')
    expect(scene.service.posts).toStrictEqual([])
  })
})

describe('a retry that fails', () => {
  test('is tried once more by the same command again, and not by a plain one', async () => {
    const { scene, plan, endAs } = await setScene()
    endAs['Isolate'] = 'Failed'
    expect((await apply(scene, plan)).exit.code).toBe(5)
    expect((await apply(scene, plan, again)).exit.code).toBe(5)
    expect(scene.service.posts).toHaveLength(4)
    expect((await apply(scene, plan, { runId: 'run-3' })).exit.code).toBe(5)
    expect(scene.service.posts).toHaveLength(4)
    endAs['Isolate'] = 'Succeeded'
    expect((await apply(scene, plan, { ...again, runId: 'run-4' })).exit.code).toBe(0)
    expect(scene.service.posts).toHaveLength(6)
  })

  test('before it was interrupted is not tried again by the same command, which goes on with the rest', async () => {
    const { scene, plan, endAs } = await setScene()
    endAs['Isolate'] = 'Failed'
    await apply(scene, plan)
    const interrupt = new AbortController()
    const run = start(scene, plan, { ...again, signal: interrupt.signal })
    await scene.clock.advance(3000)
    scene.service.end(scene.service.created[2] ?? '', 'Failed')
    await scene.clock.advance(4000)
    interrupt.abort()
    expect((await scene.clock.drive(run)).exit.name).toBe('signal')
    endAs['Isolate'] = 'Succeeded'
    const result = await apply(scene, plan, { ...again, runId: 'run-3' })
    expect(scene.service.posts).toHaveLength(4)
    expect(outcomesOf(result)['#1/isolated']).toBe('failed (failed)')
  })
})

test('what belongs to before the retry is written down before anything is sent', async () => {
  const { scene, plan } = await ended('Failed')
  await apply(scene, plan, again)
  const { entries } = scene.journal
  expect(entries.slice(0, 3).map(({ event }) => event)).toStrictEqual(['run-started', 'retry', 'intent'])
  const [retry] = [entries[1]?.['retries']].flat()
  expect(retry).toStrictEqual({ address: `${machineId(1)}/isolated`, request: 0, actionIds: [actionId(7)] })
})

test('where that cannot be written nothing is sent', async () => {
  const { scene, plan } = await ended('Failed')
  const journal = new MemoryJournal()
  const append = journal.append.bind(journal)
  journal.append = async entry => {
    if (entry.event === 'retry') throw new Error('the disk is full')
    await append(entry)
  }
  const result = await apply({ ...scene, journal }, plan, again)
  expect(result.exit.code).toBe(1)
  expect(scene.service.posts).toStrictEqual([])
})

test('an answer lost on the way is looked for among what came after the retry alone', async () => {
  const clock = clockAtNow()
  const endAs: Record<string, string> = { Isolate: 'Failed' }
  const service = new FakeService({
    clock,
    machines: [machine({ id: machineId(1) })],
    endAs,
    fault: ({ index }) => (index === 1 ? { kind: 'lost-before' } : undefined),
  })
  const plan = await planFor(service, [policyFor([1], isolated('full'))])
  const scene = sceneOf(clock, service)
  await apply(scene, plan)
  endAs['Isolate'] = 'Succeeded'
  const result = await apply(scene, plan, again)
  expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'succeeded' })
  expect(service.posts).toHaveLength(3)
  expect(service.created).toHaveLength(2)
})

describe('a retry that was killed', () => {
  /** The scene after a retry of two failed isolations whose journal lacks everything from an event on. */
  async function killedBefore(event: string, endAs: Record<string, string>) {
    const setting = await setScene()
    const { scene, plan } = setting
    setting.endAs['Isolate'] = 'Failed'
    await apply(scene, plan)
    Object.assign(setting.endAs, endAs)
    await apply(scene, plan, again)
    const { entries } = scene.journal
    const second = entries.findIndex(entry => entry['runId'] === 'run-2')
    const cut = entries.findIndex((entry, index) => index > second && entry.event === event)
    return { ...setting, scene: { ...scene, journal: new MemoryJournal(entries.slice(0, cut)) } }
  }

  test('once all of it had failed again is not begun anew by the same command', async () => {
    const { scene, plan } = await killedBefore('run-ended', { Isolate: 'Failed' })
    const result = await apply(scene, plan, { ...again, runId: 'run-3' })
    expect(result.summary).toStrictEqual({ failed: 2 })
    expect(scene.service.posts).toHaveLength(4)
  })

  test('once its actions are in the history is taken for the retry, also by a plain apply', async () => {
    const { scene, plan } = await killedBefore('intent', { Isolate: 'Succeeded' })
    const result = await apply(scene, plan, { runId: 'run-3' })
    expect(result.summary).toStrictEqual({ adopted: 2 })
    expect(scene.service.posts).toHaveLength(4)
  })
})
