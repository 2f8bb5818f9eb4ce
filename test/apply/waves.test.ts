import { describe, expect, test } from 'vitest'
import type { ApplyOptions } from '../../src/apply/apply-options.ts'
import type { ApplyResult } from '../../src/apply/result.ts'
import { msBetween } from '../../src/schema/instant.ts'
import { apply, outcomesOf, start } from '../support/apply-harness.ts'
import { at, machineId, placed } from '../support/build-core.ts'
import {
  askedOf,
  IN_THREE,
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
/** When the n-th machine was first asked, in ms since the first one was. */
const askedAt = ({ scene }: RolloutScene): readonly number[] =>
  scene.service.posts.map(({ at }) => msBetween(scene.service.posts[0]?.at ?? at, at))

describe('a wave', () => {
  test('starts when every awaited action of the one before has ended', async () => {
    const set = await rolloutScene(6, { settleMs: { Isolate: MINUTE } })
    const result = await applied(set)
    expect(result).toMatchObject({ exit: { code: 0 }, summary: { succeeded: 6 } })
    expect(askedOf(set.scene)).toStrictEqual([1, 2, 3, 4, 5, 6])
    const [first, second, third, fourth] = askedAt(set)
    expect(first).toBe(0)
    expect(second).toBeGreaterThanOrEqual(MINUTE)
    expect((third ?? 0) - (second ?? 0)).toBeLessThan(1000)
    expect((fourth ?? 0) - (third ?? 0)).toBeGreaterThanOrEqual(MINUTE)
    expect(statesOf(result)).toStrictEqual(['1 ended 0/0', '2 ended 0/0', '3 ended 0/0'])
    expect(result.rollout?.stopWhen).toStrictEqual({ failed: '50%', silent: '50%' })
  })

  test('has all changes of its machines', async () => {
    const state = {
      isolated: placed('full' as const),
      scanned: placed({ scan: 'quick' as const, since: at('2026-11-20') }),
    }
    const set = await rolloutScene(3, { state, settleMs: { RunAntiVirusScan: 2 * MINUTE } })
    await applied(set)
    const posts = set.scene.service.posts.map(
      ({ machineId: id, type }) => `${Number.parseInt(id, 16)} ${type}`,
    )
    expect(posts.slice(0, 2)).toStrictEqual(['1 Isolate', '1 RunAntiVirusScan'])
    expect(askedAt(set)[2]).toBeGreaterThanOrEqual(2 * MINUTE)
  })

  test('is not held up by a hold that nobody waits for, which is no failure', async () => {
    const rollout = {
      waves: [machines(2), machines(1)],
      stopWhen: { failed: machines(1), silent: machines(1) },
    }
    const set = await rolloutScene(4, { silent: [1, 2, 3], rollout })
    const result = await applied(set)
    expect(askedOf(set.scene)).toStrictEqual([1, 4, 2, 3])
    expect(outcomesOf(result)['#4/isolated']).toBe('succeeded')
    expect(result.summary).toStrictEqual({ succeeded: 1, pending: 3 })
    expect(statesOf(result)).toStrictEqual(['2 ended 0/0', '1 ended 0/0', '1 ended 0/0'])
  })

  test('may take longer than submitting may stall, and its wait is not that of the next one', async () => {
    const set = await rolloutScene(2, {
      rollout: { waves: [machines(1)] },
      settleMs: { Isolate: 70 * MINUTE },
    })
    const result = await applied(set, { timeoutMs: 80 * MINUTE })
    expect(result.summary).toStrictEqual({ succeeded: 2 })
  })

  test('that has not ended at the deadline leaves the others where no rule judges it, and the same command goes on', async () => {
    const rollout = { waves: [machines(1)], stopWhen: { failed: machines(1) } }
    const set = await rolloutScene(3, { rollout, settleMs: { Isolate: 40 * MINUTE } })
    const result = await applied(set)
    expect(result.exit.code).toBe(6)
    expect(outcomesOf(result)).toStrictEqual({
      '#1/isolated': 'pending (deadline)',
      '#2/isolated': 'not-attempted (wave-waiting)',
      '#3/isolated': 'not-attempted (wave-waiting)',
    })
    expect(statesOf(result)).toStrictEqual(['1 open 0/0', '2 not-started 0/0'])
    const again = await applied(set, { runId: 'run-2', timeoutMs: 90 * MINUTE })
    expect(again.summary).toStrictEqual({ adopted: 1, succeeded: 2 })
  })

  test('waits for nobody who had fallen silent before the run began', async () => {
    const set = await rolloutScene(2, {
      rollout: { waves: [machines(1)], stopWhen: { silent: machines(1) } },
    })
    const { service } = set.scene
    service.machines = service.machines.map(machine =>
      machine.id === machineId(1) ? { ...machine, healthStatus: 'Inactive' } : machine,
    )
    const result = await applied(set)
    expect(askedAt(set)[1]).toBeLessThan(MINUTE)
    expect(statesOf(result)[0]).toBe('1 ended 0/0')
    expect(result.summary).toStrictEqual({ pending: 1, succeeded: 1 })
  })

  test('is waited for without the lease, and the next one takes it again and looks anew', async () => {
    const set = await rolloutScene(2, {
      rollout: { waves: [machines(1)] },
      settleMs: { Isolate: 5 * MINUTE },
    })
    const { scene, plan, configuration } = set
    const run = start(scene, plan, {}, { configuration })
    await scene.clock.advance(2 * MINUTE)
    expect(scene.lease.isHeld).toBe(false)
    const looks = scene.service.lists.filter(({ kind }) => kind === 'machines').length
    await scene.clock.drive(run)
    expect(scene.lease.acquired).toBe(2)
    expect(scene.service.lists.filter(({ kind }) => kind === 'machines').length).toBeGreaterThan(looks)
  })

  test('tells which it is, as it goes on', async () => {
    const set = await rolloutScene(4)
    const seen: string[] = []
    await apply(
      set.scene,
      set.plan,
      {},
      {
        configuration: set.configuration,
        onProgress: ({ wave }) => {
          seen.push(`${wave?.number} of ${wave?.of}: ${wave?.machines}`)
        },
      },
    )
    expect([...new Set(seen)]).toStrictEqual(['1 of 3: 1', '2 of 3: 2', '3 of 3: 1'])
  })

  test('opens with a line in the journal', async () => {
    const set = await rolloutScene(3)
    await applied(set)
    const { entries } = set.scene.journal
    expect(entries[0]).toMatchObject({ event: 'run-started', waves: [1, 2] })
    expect(entries.filter(({ event }) => event === 'wave-opened')).toMatchObject([
      { wave: 2, of: 2, machines: 2 },
    ])
  })
})

describe('a plan without waves', () => {
  test('says nothing of waves', async () => {
    const set = await rolloutScene(3, { rollout: { waves: [] } })
    const result = await applied(set)
    expect(result.rollout).toBeUndefined()
    expect(set.scene.journal.entries[0]).not.toHaveProperty('waves')
  })

  test('stops within the one wave where its configuration has a rule', async () => {
    const set = await rolloutScene(60, {
      rollout: { waves: [], stopWhen: { failed: machines(3) } },
      fault: refuse(1, 2, 3),
      latencyMs: 400,
    })
    const result = await applied(set)
    expect(set.scene.service.posts.length).toBeLessThan(20)
    expect(result.summary['failed']).toBe(3)
    expect(statesOf(result)).toStrictEqual(['60 stopped 3/0'])
  })
})

describe('--no-wait', () => {
  test('is refused where there are waves, before anything is read', async () => {
    const set = await rolloutScene(3)
    const result = await applied(set, { noWait: true })
    expect(result).toMatchObject({
      exit: { code: 1 },
      diagnostics: [{ code: 'waves-need-wait' }],
      summary: { 'not-attempted': 3 },
    })
    expect(set.scene.service.posts).toStrictEqual([])
  })

  test.each([
    ['without waves', { waves: [] }, {}],
    ['with waves that are skipped', IN_THREE, { noWaves: true, reason: 'INC-1' }],
  ])('goes %s', async (_how, rollout, over) => {
    const result = await applied(await rolloutScene(3, { rollout }), { noWait: true, ...over })
    expect(result.summary).toStrictEqual({ pending: 3 })
  })
})

describe('--no-waves', () => {
  test('sends everything at once, and leaves what it skipped and why in journal and result', async () => {
    const set = await rolloutScene(4, { settleMs: { Isolate: MINUTE } })
    const result = await applied(set, { noWaves: true, reason: 'it spreads by the minute' })
    expect(Math.max(...askedAt(set))).toBeLessThan(1000)
    expect(result).toMatchObject({ skippedWaves: [1, 2, 1], reason: 'it spreads by the minute' })
    expect(result.rollout).toBeUndefined()
    expect(set.scene.journal.entries[0]).toMatchObject({
      skippedWaves: [1, 2, 1],
      reason: 'it spreads by the minute',
    })
  })

  test('stops at nothing', async () => {
    const set = await rolloutScene(4, { fault: refuse(1, 2, 3) })
    const result = await applied(set, { noWaves: true, reason: 'INC-1' })
    expect(result.summary).toStrictEqual({ failed: 3, succeeded: 1 })
  })

  test('that had nothing to skip says nothing', async () => {
    const set = await rolloutScene(4, { rollout: { waves: [] } })
    expect(await applied(set, { noWaves: true, reason: 'INC-1' })).not.toHaveProperty('skippedWaves')
  })
})

test('a share of the default rules counts the machines of its wave', async () => {
  const set = await rolloutScene(60, { rollout: {}, fault: refuse(2, 3) })
  const result = await applied(set)
  // A fifth of the six machines of the second wave is two.
  expect(statesOf(result)).toStrictEqual(['1 ended 0/0', '6 stopped 2/0', '53 not-started 0/0'])
  const one = await rolloutScene(60, { rollout: {}, fault: refuse(2) })
  expect((await applied(one)).summary).toStrictEqual({ succeeded: 59, failed: 1 })
})
