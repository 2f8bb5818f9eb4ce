import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPlan } from '../../src/plan/assemble/create-plan.ts'
import type { Plan } from '../../src/plan/document/document.ts'
import { NO_OPTIONS } from '../../src/plan/select/plan-input.ts'
import type { Evidence } from '../../src/posture/evidence.ts'
import type { Machine } from '../../src/posture/machine.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { addMs, type Instant } from '../../src/schema/instant.ts'
import type { Policy } from '../../src/schema/policy.ts'
import { anyHistory, anyMachines, anyPolicies } from '../support/arbitrary-core.ts'
import {
  action,
  configuration,
  machine,
  machineId,
  NOW,
  observation,
  ownComment,
  policy,
} from '../support/build-core.ts'
import { ModelService } from '../support/model-service.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const RUNS = seededRuns('properties of evidence', 300)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const WEEK = 168

interface World {
  readonly policies: readonly Policy[]
  readonly machines: readonly Machine[]
  readonly actions: readonly MachineAction[]
}

const anyWorld: fc.Arbitrary<World> = fc.record({
  policies: anyPolicies,
  machines: anyMachines,
  actions: anyHistory,
})

function planOf(world: World, now: Instant, evidence?: readonly Evidence[]): Plan {
  const { machines, actions, policies } = world
  return createPlan({
    policies,
    configuration: configuration(),
    observation: observation({
      machines,
      actions,
      readAt: now,
      ...(evidence === undefined ? {} : { evidence }),
    }),
    now,
    toolVersion: '0.0.0',
    source: { commit: null, dirty: null, files: {} },
    diagnostics: [],
    options: { ...NO_OPTIONS, keepGoing: true },
  })
}

const whatOf = ({ planId, changes, blocked, drift }: Plan): unknown => ({ planId, changes, blocked, drift })

test('reports that say what the history says change nothing', () => {
  fc.assert(
    fc.property(anyWorld, world => {
      const service = new ModelService(world.actions, NOW, () => 'Succeeded')
      const reports = service.reports(addMs(NOW, -MINUTE))
      expect(whatOf(planOf(world, NOW, reports))).toStrictEqual(whatOf(planOf(world, NOW)))
    }),
    RUNS,
  )
})

const anyReports: fc.Arbitrary<readonly Evidence[]> = fc
  .array(
    fc.record({
      number: fc.integer({ min: 1, max: 5 }),
      hours: fc.integer({ min: 0, max: 200 }),
      isolated: fc.boolean(),
    }),
    {
      maxLength: 12,
    },
  )
  .map(list =>
    list.map(({ number, hours, isolated }) => ({
      machineId: machineId(number),
      at: addMs(NOW, -hours * HOUR),
      isolated,
    })),
  )

test('the order of reports changes no byte of a plan', () => {
  fc.assert(
    fc.property(anyWorld, anyReports, fc.integer({ min: 0, max: 300 }), (world, reports, hours) => {
      const now = addMs(NOW, hours * HOUR)
      const turned = [...reports].reverse()
      expect(JSON.stringify(planOf(world, now, turned))).toBe(JSON.stringify(planOf(world, now, reports)))
    }),
    RUNS,
  )
})

test('whatever devices report, what is in flight is left alone and nothing outside the policies changes', () => {
  fc.assert(
    fc.property(anyWorld, anyReports, (world, reports) => {
      const [plain, observed] = [planOf(world, NOW), planOf(world, NOW, reports)]
      expect(observed.inFlight).toStrictEqual(plain.inFlight)
      const restricted = (plan: Plan): unknown => plan.changes.filter(({ facet }) => facet === 'restricted')
      expect(restricted(observed)).toStrictEqual(restricted(plain))
      const reached = new Set(planOf({ ...world, actions: [] }, NOW).changes.map(({ machine: { id } }) => id))
      const open = new Set(plain.changes.map(({ machine: { id } }) => id))
      for (const { machine: changed, operations } of observed.changes)
        if (!operations.includes('lift')) expect(reached.has(changed.id) || open.has(changed.id)).toBe(true)
    }),
    RUNS,
  )
})

/** One machine that we isolated at the hour 0, declared full, looked at after so many hours. */
function lookAt(hour: number, ...rows: readonly (readonly [hour: number, isolated: boolean])[]): Plan {
  const start = addMs(NOW, -hour * HOUR)
  const actions = [
    action({
      scope: 'Full',
      requestorComment: ownComment(),
      requestSource: 'PublicApi',
      creationDateTimeUtc: start,
      lastUpdateDateTimeUtc: start,
    }),
  ]
  const reports = rows.map(([at, isolated]) => ({
    machineId: machineId(1),
    at: addMs(start, at * HOUR),
    isolated,
  }))
  return planOf({ policies: [policy()], machines: [machine()], actions }, NOW, reports)
}

const anyHourHeld = fc.double({ min: 2.01, max: WEEK - 0.01, noNaN: true })
const anyHourAfter = fc.double({ min: 0.1, max: 23, noNaN: true })

test('a device that somebody freed off the record is never isolated by a renewal', () => {
  fc.assert(
    fc.property(anyHourHeld, anyHourAfter, fc.boolean(), (denied, after, wasHeard) => {
      const held: readonly (readonly [number, boolean])[] = wasHeard ? [[denied / 2, true]] : []
      const { changes } = lookAt(WEEK + after, ...held, [denied, false], [WEEK + after - 0.05, false])
      expect(changes.map(({ renews }) => renews)).toStrictEqual([undefined])
      expect(changes[0]?.warnings.map(({ code }) => code)).toContain('released-off-record')
    }),
    RUNS,
  )
})

test('one that held to its end and is free after it is renewed', () => {
  fc.assert(
    fc.property(anyHourHeld, anyHourAfter, (held, after) => {
      const { changes } = lookAt(WEEK + after, [held, true], [WEEK + after - 0.05, false])
      expect(changes.map(({ renews }) => renews)).toStrictEqual([expect.any(String)])
    }),
    RUNS,
  )
})

test('nothing is sent while a device says that it holds, its time over or not', () => {
  fc.assert(
    fc.property(fc.double({ min: 2.1, max: 1000, noNaN: true }), hour => {
      fc.pre(hour < WEEK || hour > WEEK + 2.1)
      expect(lookAt(hour, [hour - 0.05, true])).toMatchObject({ changes: [], blocked: [] })
    }),
    RUNS,
  )
})
