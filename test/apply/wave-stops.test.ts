import { describe, expect, test } from 'vitest'
import type { ApplyOptions } from '../../src/apply/apply-options.ts'
import type { ApplyResult } from '../../src/apply/result.ts'
import { apply, MemoryJournal, outcomesOf, start } from '../support/apply-harness.ts'
import { action, actionId, machineId, ownComment } from '../support/build-core.ts'
import {
  askedOf,
  inWaves,
  machines,
  type RolloutScene,
  refuse,
  rolloutScene,
} from '../support/rollout-scene.ts'

const MINUTE = 60_000

function applied({ scene, plan, configuration }: RolloutScene, over: Partial<ApplyOptions> = {}) {
  return apply(scene, plan, over, { configuration })
}
const statesOf = (result: ApplyResult): readonly string[] =>
  (result.rollout?.waves ?? []).map(
    ({ machines: size, state, failed, silent }) => `${size} ${state} ${failed}/${silent}`,
  )

/** Lets a machine fall silent a while after the run began. */
function fallSilent({ scene }: RolloutScene, number: number, over: { readonly isGone?: boolean } = {}): void {
  const { service } = scene
  service.machines = service.machines.flatMap(machine => {
    if (machine.id !== machineId(number)) return [machine]
    return over.isGone === true ? [] : [{ ...machine, healthStatus: 'ImpairedCommunication' }]
  })
}

describe('failures', () => {
  test('that reach the limit stop everything, and the result says where and what to do', async () => {
    const set = await rolloutScene(6, { fault: refuse(1) })
    const result = await applied(set)
    expect(askedOf(set.scene)).toStrictEqual([1])
    expect(result.exit).toStrictEqual({ code: 5, name: 'partial' })
    expect(result.summary).toStrictEqual({ failed: 1, 'not-attempted': 5 })
    expect(outcomesOf(result)['#2/isolated']).toBe('not-attempted (wave-stopped)')
    expect(statesOf(result)).toStrictEqual(['1 stopped 1/0', '2 not-started 0/0', '3 not-started 0/0'])
    const message =
      'Wave 1 of 3 stopped the apply: 1 of 1 machine failed (ws-1), the limit is 1 (50%). Look at these machines. Then plan again: the new plan holds only what is left, and goes in waves of its own; or send again what failed of this one with --retry-failed. To send the rest at once without stop rules: --no-waves --reason TEXT.'
    expect(result.diagnostics).toStrictEqual([{ severity: 'error', code: 'wave-stopped', message }])
    expect(result.outcomes.find(({ code }) => code === 'wave-stopped')?.detail).toBe(message)
    expect(set.scene.journal.entries.find(({ event }) => event === 'wave-stopped')).toMatchObject({
      wave: 1,
      of: 3,
      rule: 'failed',
      machines: 1,
      limit: 1,
    })
  })

  test.each([
    ['below the limit go on', [2], { succeeded: 9, failed: 1 }],
    ['at the limit stop', [2, 3], { succeeded: 3, failed: 2, 'not-attempted': 5 }],
    ['above it stop', [2, 3, 4], { succeeded: 2, failed: 3, 'not-attempted': 5 }],
  ])('%s', async (_rule, failing, summary) => {
    const rollout = { waves: [machines(1), machines(4)], stopWhen: { failed: machines(2) } }
    const set = await rolloutScene(10, { rollout, fault: refuse(...failing) })
    expect((await applied(set)).summary).toStrictEqual(summary)
  })

  test.each([
    ['Failed', 'failed'],
    ['TimeOut', 'timed-out'],
    ['Cancelled', 'cancelled'],
  ])('count an action that ended %s', async (endsAs, outcome) => {
    const set = await rolloutScene(3, { endAs: { Isolate: endsAs } })
    expect((await applied(set)).summary).toStrictEqual({ [outcome]: 1, 'not-attempted': 2 })
  })

  test('count a request without an answer or a trace', async () => {
    const set = await rolloutScene(3, { fault: () => ({ kind: 'lost-before' }) })
    expect((await applied(set)).summary).toStrictEqual({ uncertain: 1, 'not-attempted': 2 })
  })

  test('of earlier waves do not count in later ones', async () => {
    const rollout = { waves: [machines(3), machines(3)], stopWhen: { failed: machines(2) } }
    const set = await rolloutScene(9, { rollout, fault: refuse(1, 4, 7) })
    const result = await applied(set)
    expect(result.summary).toStrictEqual({ succeeded: 6, failed: 3 })
    expect(statesOf(result)).toStrictEqual(['3 ended 1/0', '3 ended 1/0', '3 ended 1/0'])
  })

  test('stop within a wave: what is out is answered, and nothing more is sent', async () => {
    const rollout = { waves: [machines(1)], stopWhen: { failed: machines(2) } }
    const set = await rolloutScene(200, { rollout, fault: refuse(2, 3), latencyMs: 500 })
    const result = await applied(set)
    // Eight requests are out at once; between the first failure and the second one more may leave.
    expect(set.scene.service.posts.length).toBeLessThanOrEqual(10)
    expect(result.summary['failed']).toBe(2)
    expect(result.summary['succeeded']).toBe(set.scene.service.posts.length - 2)
    expect(statesOf(result)).toStrictEqual(['1 ended 0/0', '199 stopped 2/0'])
  })

  test('of a wave with nothing left to send stop nothing', async () => {
    const set = await rolloutScene(3, { rollout: { waves: [machines(1)] }, fault: refuse(2, 3) })
    const result = await applied(set)
    expect(result.diagnostics).toStrictEqual([])
    expect(statesOf(result)).toStrictEqual(['1 ended 0/0', '2 ended 2/0'])
  })

  test('without a rule stop nothing', async () => {
    const set = await rolloutScene(3, {
      rollout: { waves: [machines(1)], stopWhen: { silent: machines(1) } },
      fault: refuse(1),
    })
    expect((await applied(set)).summary).toStrictEqual({ failed: 1, succeeded: 2 })
  })

  test('name at most five machines', async () => {
    const rollout = { waves: [machines(7)], stopWhen: { failed: machines(7) } }
    const set = await rolloutScene(8, { rollout, fault: refuse(1, 2, 3, 4, 5, 6, 7) })
    const [diagnostic] = (await applied(set)).diagnostics
    expect(diagnostic?.message).toContain(
      '7 of 7 machines failed (ws-1, ws-2, ws-3, ws-4, ws-5 and 2 more), the limit is 7. ',
    )
  })

  test('wait for what is in flight before the run ends', async () => {
    const set = await rolloutScene(9, {
      rollout: { waves: [machines(3)], stopWhen: { failed: machines(1) } },
      fault: refuse(2),
      settleMs: { Isolate: 3 * MINUTE },
    })
    const result = await applied(set)
    expect(result.summary).toStrictEqual({ succeeded: 2, failed: 1, 'not-attempted': 6 })
  })
})

describe('a chain that a stop finds open', () => {
  test('is closed all the same', async () => {
    const set = await rolloutScene(4, {
      rollout: { waves: [machines(2)], stopWhen: { failed: machines(1) } },
      settleMs: { Unisolate: MINUTE },
      fault: refuse(2),
      actions: [action({ scope: 'Selective', requestorComment: ownComment() })],
    })
    const result = await applied(set)
    expect(set.scene.service.posts.map(({ type }) => type).sort()).toStrictEqual([
      'Isolate',
      'Isolate',
      'Unisolate',
    ])
    expect(outcomesOf(result)).toStrictEqual({
      '#1/isolated': 'succeeded',
      '#2/isolated': 'failed (Forbidden)',
      '#3/isolated': 'not-attempted (wave-stopped)',
      '#4/isolated': 'not-attempted (wave-stopped)',
    })
    expect(result.chainOpen).toStrictEqual([])
  })
})

test('a machine that an earlier run left open is closed before any wave', async () => {
  let isDown = true
  const set = await rolloutScene(4, {
    settleMs: { Isolate: MINUTE },
    fault: ({ type }) => (isDown && type === 'Isolate' ? { kind: 'lost-before' } : undefined),
    actions: [action({ machineId: machineId(4), scope: 'Selective', requestorComment: ownComment() })],
  })
  const left = await applied(set, { noWaves: true, reason: 'INC-1' })
  expect(left.chainOpen).toStrictEqual(['ws-4'])
  isDown = false
  const { service } = set.scene
  const posts = service.posts.length
  const again = await applied(set, { runId: 'run-2' })
  expect(again.exit.code).toBe(0)
  const sent = service.posts.slice(posts).map(({ machineId: id }) => Number.parseInt(id, 16))
  expect(sent.slice(0, 2).toSorted()).toStrictEqual([1, 4])
})

describe('machines that fall silent', () => {
  async function silenced(number: number, over: Parameters<typeof fallSilent>[2] = {}) {
    const set = await rolloutScene(6, { settleMs: { Isolate: MINUTE } })
    const { scene, plan, configuration } = set
    const run = start(scene, plan, {}, { configuration })
    await scene.clock.advance(30_000)
    fallSilent(set, number, over)
    return { set, result: await scene.clock.drive(run) }
  }

  test.each([
    ['do not report any more', {}],
    ['are not listed any more', { isGone: true }],
  ])('stop the next wave where they %s', async (_how, over) => {
    const { set, result } = await silenced(1, over)
    expect(askedOf(set.scene)).toStrictEqual([1])
    expect(result.exit).toStrictEqual({ code: 6, name: 'pending' })
    expect(statesOf(result)).toStrictEqual(['1 stopped 0/1', '2 not-started 0/0', '3 not-started 0/0'])
    expect(result.diagnostics[0]?.message).toContain(
      '1 of 1 machine fell silent (ws-1), the limit is 1 (50%)',
    )
  })

  test('are only looked for in the wave that has ended', async () => {
    const { set, result } = await silenced(6)
    expect(statesOf(result).slice(0, 2)).toStrictEqual(['1 ended 0/0', '2 ended 0/0'])
    expect(askedOf(set.scene)).toStrictEqual([1, 2, 3, 4, 5, 6])
  })

  test.each([
    ['below the limit go on', [1], '4 ended 0/1'],
    ['at the limit stop', [1, 2], '4 stopped 0/2'],
  ])('%s', async (_rule, numbers, state) => {
    const rollout = { waves: [machines(4)], stopWhen: { silent: machines(2) } }
    const set = await rolloutScene(6, { rollout, settleMs: { Isolate: MINUTE } })
    const run = start(set.scene, set.plan, {}, { configuration: set.configuration })
    await set.scene.clock.advance(30_000)
    for (const number of numbers) fallSilent(set, number)
    expect(statesOf(await set.scene.clock.drive(run))[0]).toBe(state)
  })

  test('before anything was sent to them are not counted', async () => {
    const set = await rolloutScene(3)
    const { scene, plan, configuration } = set
    fallSilent(set, 1)
    const run = start(scene, plan, {}, { configuration })
    await scene.clock.advance(30_000)
    scene.service.end(scene.service.created[0] ?? '', 'Succeeded')
    expect((await scene.clock.drive(run)).summary).toStrictEqual({ succeeded: 3 })
  })

  test('are those too that give no answer in time: below the limit the next wave goes on without them', async () => {
    const rollout = { waves: [machines(4)], stopWhen: { silent: machines(2) } }
    const set = await rolloutScene(6, { rollout, settleMs: { Isolate: MINUTE } })
    const { scene, plan, configuration } = set
    const run = start(scene, plan, {}, { configuration })
    await scene.clock.advance(30_000)
    const [asleep] = scene.service.actions.filter(({ machineId: id }) => id === machineId(2))
    if (asleep !== undefined) scene.service.put(asleep)
    const result = await scene.clock.drive(run)
    expect(askedOf(scene)).toStrictEqual([1, 2, 3, 4, 5, 6])
    expect(statesOf(result)).toStrictEqual(['4 ended 0/1', '2 ended 0/0'])
    expect(outcomesOf(result)['#2/isolated']).toBe('pending (deadline)')
    expect(result.summary).toStrictEqual({ succeeded: 5, pending: 1 })
  })

  test('are those too that give no answer in time: at the limit they stop it', async () => {
    const set = await rolloutScene(3, { settleMs: { Isolate: 40 * MINUTE } })
    const result = await applied(set)
    expect(statesOf(result)).toStrictEqual(['1 stopped 0/1', '2 not-started 0/0'])
    expect(outcomesOf(result)).toStrictEqual({
      '#1/isolated': 'pending (deadline)',
      '#2/isolated': 'not-attempted (wave-stopped)',
      '#3/isolated': 'not-attempted (wave-stopped)',
    })
    expect(result.exit.code).toBe(6)
  })

  test('are not counted where nobody waits for them', async () => {
    const rollout = { waves: [machines(2)], stopWhen: { silent: machines(1) } }
    const set = await rolloutScene(3, { rollout, stale: [2, 3], settleMs: { Isolate: MINUTE } })
    const { scene, plan, configuration } = set
    const run = start(scene, plan, {}, { configuration })
    await scene.clock.advance(30_000)
    fallSilent(set, 2)
    expect(statesOf(await scene.clock.drive(run))[0]).toBe('2 ended 0/0')
  })

  test('may be looked for beyond the deadline of their wave', async () => {
    const set = await rolloutScene(3, { settleMs: { Isolate: 29 * MINUTE } })
    const { service, clock } = set.scene
    const list = service.listMachines.bind(service)
    let calls = 0
    service.listMachines = async ids => {
      calls += 1
      if (calls === 1) await clock.sleep(5 * MINUTE)
      return list(ids)
    }
    expect((await applied(set)).summary).toStrictEqual({ succeeded: 3 })
  })

  test('are read in one call a wave', async () => {
    const set = await rolloutScene(60, { rollout: {} })
    const asked: number[] = []
    const list = set.scene.service.listMachines.bind(set.scene.service)
    set.scene.service.listMachines = ids => {
      asked.push(ids.length)
      return list(ids)
    }
    await applied(set)
    expect(asked).toStrictEqual([1, 6])
  })

  test('are not looked for without a rule', async () => {
    const set = await rolloutScene(3, {
      rollout: { waves: [machines(1)], stopWhen: { failed: machines(1) } },
    })
    set.scene.service.listMachines = () => Promise.reject(new Error('not asked for'))
    expect((await applied(set)).summary).toStrictEqual({ succeeded: 3 })
  })

  test('that cannot be read stop submitting: unknown is not "all is well"', async () => {
    const set = await rolloutScene(3)
    let calls = 0
    set.scene.service.listMachines = async () => {
      calls += 1
      return null
    }
    const result = await applied(set)
    expect(calls).toBe(3)
    expect(result).toMatchObject({ exit: { code: 1 }, diagnostics: [{ code: 'look-failed' }] })
    expect(result.diagnostics[0]?.message).toContain('The machines of wave 1 of 2 could not be read')
    expect(outcomesOf(result)['#2/isolated']).toBe('not-attempted (stopped)')
  })

  test('that can be read at the second try are no trouble', async () => {
    const set = await rolloutScene(3)
    const list = set.scene.service.listMachines.bind(set.scene.service)
    let calls = 0
    set.scene.service.listMachines = async ids => {
      calls += 1
      return calls === 1 ? null : list(ids)
    }
    expect((await applied(set)).summary).toStrictEqual({ succeeded: 3 })
  })

  test('after an earlier run changed them count as well', async () => {
    const set = await rolloutScene(3, { settleMs: { Isolate: 40 * MINUTE } })
    await applied(set)
    fallSilent(set, 1)
    const again = await applied(set, { runId: 'run-2' })
    expect(statesOf(again)[0]).toBe('1 stopped 0/1')
  })
})

describe('the same command after a stop', () => {
  test('comes to the same stop while the first wave is as it is, and sends nothing', async () => {
    const set = await rolloutScene(4, { endAs: { Isolate: 'Failed' } })
    await applied(set)
    const posts = set.scene.service.posts.length
    const again = await applied(set, { runId: 'run-2' })
    expect(set.scene.service.posts).toHaveLength(posts)
    expect(again.exit.code).toBe(5)
    expect(again.diagnostics[0]?.code).toBe('wave-stopped')
  })

  test('sends a request again that the service had refused', async () => {
    let isRefused = true
    const set = await rolloutScene(4, {
      fault: post => (isRefused ? refuse(1)(post) : undefined),
    })
    await applied(set)
    isRefused = false
    expect((await applied(set, { runId: 'run-2' })).summary).toStrictEqual({ succeeded: 4 })
  })

  test('goes on wave by wave with --retry-failed, once the machines are mended', async () => {
    const endAs: Record<string, string> = { Isolate: 'Failed' }
    const set = await rolloutScene(4, { endAs })
    await applied(set)
    endAs['Isolate'] = 'Succeeded'
    const again = await applied(set, { runId: 'run-2', retryFailed: true })
    expect(again.summary).toStrictEqual({ succeeded: 4 })
    expect(statesOf(again)).toStrictEqual(['1 ended 0/0', '2 ended 0/0', '1 ended 0/0'])
    expect(askedOf(set.scene)).toStrictEqual([1, 2, 3, 4])
  })

  test('comes to the same stop with --retry-failed while they are not', async () => {
    const set = await rolloutScene(4, { endAs: { Isolate: 'Failed' } })
    await applied(set)
    const again = await applied(set, { runId: 'run-2', retryFailed: true })
    expect(askedOf(set.scene)).toStrictEqual([1])
    expect(set.scene.service.posts).toHaveLength(2)
    expect(statesOf(again)[0]).toBe('1 stopped 1/0')
  })

  test('goes on at once with --no-waves', async () => {
    const set = await rolloutScene(4, { endAs: { Isolate: 'Failed' } })
    await applied(set)
    const again = await applied(set, { runId: 'run-2', noWaves: true, reason: 'INC-1' })
    expect(again.summary['not-attempted']).toBeUndefined()
    expect(askedOf(set.scene)).toStrictEqual([1, 2, 3, 4])
  })

  test('counts what a lost journal leaves to the history', async () => {
    const set = await rolloutScene(4)
    await applied(set)
    const scene = { ...set.scene, journal: new MemoryJournal() }
    const again = await applied({ ...set, scene }, { runId: 'run-2' })
    expect(again.summary).toStrictEqual({ adopted: 4 })
    expect(statesOf(again)).toStrictEqual(['1 ended 0/0', '2 ended 0/0', '1 ended 0/0'])
  })
})

test('an action of somebody else that the plan awaits does not hold up a wave that its machine is not in', async () => {
  const set = await rolloutScene(4, {
    settleMs: { Isolate: 1000 },
    actions: [action({ id: actionId(9), machineId: machineId(4), status: 'Pending' })],
  })
  const { scene, plan } = set
  expect(plan.inFlight).toHaveLength(1)
  const run = start(scene, plan, {}, { configuration: inWaves({ waves: [machines(1)] }) })
  await scene.clock.advance(5 * MINUTE)
  expect(askedOf(scene)).toStrictEqual([1, 2, 3])
  scene.service.end(actionId(9), 'Succeeded')
  expect((await scene.clock.drive(run)).summary).toStrictEqual({ succeeded: 3, adopted: 1 })
})
