import { describe, expect, test } from 'vitest'
import type { Change } from '../../../src/plan/document/document.ts'
import { recheckRefusals, refusalOf } from '../../../src/plan/judge/refusals.ts'
import type { Observation } from '../../../src/plan/select/observation.ts'
import type { Machine } from '../../../src/posture/machine.ts'
import type { Configuration } from '../../../src/schema/configuration.ts'
import {
  configuration,
  entry,
  machine,
  machineId,
  NOW,
  observation,
  PLACE,
} from '../../support/build-core.ts'
import { change, plan, planMachine } from '../../support/build-plan.ts'

const impose = change()
const lift = change({
  operations: ['lift'],
  before: 'full',
  after: 'none',
  requests: [{ type: 'Unisolate', body: { Comment: 'x' } }],
})
const chain = change({ operations: ['lift', 'impose'], before: 'selective', reason: 'other-scope' })
const onTwo = (one: Change): Change => ({
  ...one,
  machine: planMachine(2),
  address: `${machineId(2)}/isolated`,
})
const MERGED = machine({ id: machineId(2), mergedIntoMachineId: machineId(1), lastSeen: null })
const two = [machine(), machine({ id: machineId(2), computerDnsName: 'fin-ws-002.contoso.com' })]

function recheck(
  changes: readonly Change[],
  config: Partial<Configuration> = {},
  read: Partial<Observation> = {},
  exceed: Parameters<typeof recheckRefusals>[4] = [],
) {
  const { guards, refusals } = recheckRefusals(
    plan(changes),
    observation({ machines: two, ...read }),
    configuration(config),
    NOW,
    exceed,
  )
  return {
    guards: guards.map(({ name, actual, limit, status }) => `${name} ${actual}/${limit} ${status}`),
    refusals: [...refusals].map(([address, { code }]) => `${address.slice(-10)} ${code}`),
  }
}

test('a configuration that stands still refuses nothing', () => {
  expect(recheck([impose])).toStrictEqual({ guards: [], refusals: [] })
})

describe('a change is refused', () => {
  const guarded = { protected: [{ match: entry(), allow: [], place: PLACE }] }

  test.each<readonly [string, Change, Partial<Configuration>, readonly string[]]>([
    ['where its machine is protected by now', impose, guarded, ['1/isolated protected']],
    ['but not its release', lift, guarded, []],
    ['and not on another machine', onTwo(impose), guarded, []],
    [
      'where its facet is not allowed any more',
      change({ facet: 'offboarded', after: 'offboarded' }),
      {},
      ['offboarded not-allowed'],
    ],
    ['where the scope may not be changed any more', chain, {}, ['1/isolated scope-change']],
    ['but not where it may', chain, { allow: { ...configuration().allow, scopeChange: true } }, []],
  ])('%s', (_rule, one, config, want) => {
    expect(recheck([one], config).refusals).toStrictEqual(want)
  })

  test('where its machine has no record any more', () => {
    const result = recheckRefusals(plan([impose]), observation({ machines: [] }), configuration(), NOW, [])
    expect(result.refusals.get(impose.address)).toMatchObject({ code: 'machine-gone' })
    expect(result.refusals.get(impose.address)?.message).toContain('fin-ws-001.contoso.com')
    const nameless = change({ machine: { ...planMachine(), dnsName: null } })
    const unnamed = recheckRefusals(plan([nameless]), observation({ machines: [] }), configuration(), NOW, [])
    expect(unnamed.refusals.get(nameless.address)?.message).toContain(machineId(1))
  })

  test.each<[string, readonly Machine[], readonly string[]]>([
    ['is not, where that was merged into the machine', [two[0] as Machine, MERGED], []],
    ['is, where it is a machine of its own', two, ['1/isolated merge-unresolved']],
    ['is, where it is not there', [two[0] as Machine], ['1/isolated merge-unresolved']],
    ['is, where the machine itself is not there', [MERGED], ['1/isolated merge-unresolved']],
  ])('a release that goes to another record %s', (_rule, machines, want) => {
    const aimed = { type: 'Unisolate', machineId: machineId(2), body: { Comment: 'x' } } as const
    expect(recheck([{ ...lift, requests: [aimed] }], {}, { machines }).refusals).toStrictEqual(want)
    const nameless = { ...lift, requests: [aimed], machine: { ...planMachine(), dnsName: null } }
    expect(recheck([nameless], {}, { machines }).refusals).toStrictEqual(want)
  })

  test('where a record that was merged into its machine is protected', () => {
    const match = entry({ fields: { id: [machineId(2)] } })
    const config = { protected: [{ match, allow: [], place: PLACE }] }
    const machines = [two[0] as Machine, MERGED]
    expect(recheck([impose], config, { machines }).refusals).toStrictEqual(['1/isolated protected'])
    const refusal = refusalOf(impose, two[0], configuration(config), NOW, machines)
    expect(refusal).toMatchObject({ code: 'protected' })
    expect(refusalOf(impose, two[0], configuration(config), NOW)).toBeUndefined()
    expect(refusalOf(impose, undefined, configuration(), NOW)).toMatchObject({ code: 'machine-gone' })
  })

  test('but a release of such a machine is not', () => {
    expect(recheck([lift], {}, { machines: [] }).refusals).toStrictEqual([])
  })
})

describe('guards are counted again', () => {
  test('with the limits of now', () => {
    expect(recheck([impose], { guards: { maxMachines: 0 } }).guards).toStrictEqual(['maxMachines 1/0 fail'])
  })

  test('overridden by name', () => {
    expect(recheck([impose], { guards: { maxMachines: 0 } }, {}, ['maxMachines']).guards).toStrictEqual([
      'maxMachines 1/0 overridden',
    ])
  })

  test('without what is refused', () => {
    const config = {
      guards: { maxMachines: 1 },
      protected: [{ match: entry(), allow: [], place: PLACE }],
    }
    expect(recheck([impose, onTwo(impose)], config).guards).toStrictEqual(['maxMachines 1/1 pass'])
  })

  const share = { guards: { maxShare: { text: '50%', ratio: 0.5 } } }

  test('on the share of all machines that were read', () => {
    expect(recheck([impose], share).guards).toStrictEqual(['maxShare 1/1 pass'])
    const unready = [machine(), machine({ id: machineId(2), onboardingStatus: 'CanBeOnboarded' })]
    expect(recheck([impose, onTwo(impose)], share, { machines: unready }).guards).toStrictEqual([
      'maxShare 2/1 fail',
    ])
  })

  test('on the share of the number that was asked for', () => {
    expect(recheck([impose], share, { scope: 'named', onboarded: 10 }).guards).toStrictEqual([
      'maxShare 1/5 pass',
    ])
  })

  test('and an unknown number fails, for unknown is never none', () => {
    expect(recheck([impose], share, { scope: 'named' }).guards).toStrictEqual(['maxShare 1/0 fail'])
  })
})

describe('too many lifts', () => {
  const lifts = [lift, onTwo(lift)]

  test('are refused, each, and nothing else is', () => {
    const scan = change({ facet: 'scanned', operations: ['run'], after: 'quick' })
    expect(recheck([...lifts, scan], { guards: { maxLifts: 1 } })).toStrictEqual({
      guards: ['maxLifts 2/1 fail'],
      refusals: ['1/isolated over-max-lifts', '2/isolated over-max-lifts'],
    })
  })

  test('go through where they are within the limit, or overridden', () => {
    expect(recheck(lifts, { guards: { maxLifts: 2 } })).toStrictEqual({
      guards: ['maxLifts 2/2 pass'],
      refusals: [],
    })
    expect(recheck(lifts, { guards: { maxLifts: 1 } }, {}, ['maxLifts'])).toStrictEqual({
      guards: ['maxLifts 2/1 overridden'],
      refusals: [],
    })
  })

  test('so are live responses on too many machines', () => {
    const run = { ...lift, facet: 'liveResponse', operations: ['run'], after: 'x' } as const
    const live = [run, onTwo(run)]
    const allow = { quarantined: false, liveResponse: true, offboarded: false, scopeChange: false }
    expect(recheck(live, { guards: { maxLiveResponses: 1 }, allow })).toStrictEqual({
      guards: ['maxLiveResponses 2/1 fail'],
      refusals: ['1/isolated over-max-live-responses', '2/isolated over-max-live-responses'],
    })
  })

  test('say the limit and the way out', () => {
    const config = configuration({ guards: { maxLifts: 1 } })
    const { refusals } = recheckRefusals(plan(lifts), observation({ machines: two }), config, NOW, [])
    expect(refusals.get(lift.address)?.message).toMatch(/2 lifts, the limit is 1: .*--dangerous-exceed-guard/)
  })
})
