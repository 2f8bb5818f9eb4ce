import { describe, expect, test } from 'vitest'
import { lintMachines } from '../../../src/analysis/lint/lint-machines.ts'
import { lintPairs } from '../../../src/analysis/lint/lint-pairs.ts'
import type { Diagnostic, Place } from '../../../src/schema/diagnostic.ts'
import type { Policy } from '../../../src/schema/policy.ts'
import {
  configuration,
  entry,
  isolated,
  lasting,
  machine,
  machineId,
  NOW,
  PLACE,
  placed,
  policy,
} from '../../support/build-core.ts'

const line = (number: number): Place => ({ ...PLACE, line: number })
const named = (number: number, ...dnsName: readonly string[]) =>
  entry({ fields: { dnsName }, place: line(number) })
const tagged = (number: number, tag: string) => entry({ fields: { tag: [tag] }, place: line(number) })
const SCAN = { scanned: placed({ scan: 'quick', within: lasting('7d') } as const) }

const a = (over: Partial<Policy> = {}): Policy =>
  policy({ name: 'a', machines: [tagged(2, 'x')], place: line(1), ...over })
const b = (over: Partial<Policy> = {}): Policy =>
  policy({ name: 'b', machines: [tagged(12, 'x')], place: line(11), ...over })

function told(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ code, place }) => `${code} ${place?.line}`)
}

describe('whatever the tenant holds', () => {
  test.each<readonly [rule: string, second: Partial<Policy>, found: readonly string[]]>([
    [
      'two that declare the same facet for the same machines are told at the second',
      {},
      ['overlapping-policies 12'],
    ],
    ['of different strength too', { state: isolated('selective') }, ['overlapping-policies 12']],
    ['a release against a hold contradicts', { state: isolated('none') }, ['contradicting-policies 12']],
    ['so does unmanaged', { state: isolated('unmanaged') }, ['contradicting-policies 12']],
    ['other facets do not meet', { state: SCAN }, []],
    ['other machines do not meet', { machines: [tagged(12, 'y')] }, []],
    ['what is excepted does not meet', { except: [tagged(13, 'x')] }, []],
    [
      'an exception of other machines does not help',
      { except: [tagged(13, 'y')] },
      ['overlapping-policies 12'],
    ],
    [
      'a later entry meets as well',
      { machines: [tagged(12, 'y'), tagged(13, 'x')] },
      ['overlapping-policies 13'],
    ],
  ])('%s', (_rule, second, found) => {
    expect(told(lintPairs([a(), b(second)]))).toStrictEqual(found)
  })

  test('the order of the policies changes nothing', () => {
    expect(lintPairs([b(), a()])).toStrictEqual(lintPairs([a(), b()]))
  })

  test('an exception of the first, or of the narrow entry alone, helps as well', () => {
    expect(lintPairs([a({ except: [tagged(3, 'x')] }), b()])).toStrictEqual([])
    const narrow = entry({ fields: { tag: ['x'], osPlatform: ['Linux'] }, place: line(12) })
    const linux = entry({ fields: { osPlatform: ['Linux'] } })
    expect(lintPairs([a({ except: [linux] }), b({ machines: [narrow] })])).toStrictEqual([])
    expect(lintPairs([a({ machines: [narrow], except: [linux] }), b()])).toStrictEqual([])
  })

  test('the message names both, the facets and the way out', () => {
    const state = { ...isolated('full'), ...SCAN }
    expect(lintPairs([a({ state }), b({ state })])).toMatchObject([
      {
        message:
          'the policies a and b both declare isolated, scanned for the same machines; the stronger counts, so say it in one of the two.',
        related: [{ message: 'a reaches them here', place: line(2) }],
      },
    ])
    const both = { isolated: placed('none' as const), restricted: placed('none' as const) }
    const holds = { isolated: placed('full' as const), restricted: placed('restricted' as const) }
    expect(lintPairs([a({ state: holds }), b({ state: both })])[0]?.message).toBe(
      'the policies a and b contradict each other on isolated and restricted of the same machines; take them out of one of the two with `except`.',
    )
  })
})

describe('as the tenant is', () => {
  const fleet = [1, 2, 3, 4, 5].map(number =>
    machine({ id: machineId(number), computerDnsName: `ws-${number}`, machineTags: ['x'] }),
  )
  const online = (policies: readonly Policy[], config = {}, machines = fleet) =>
    lintMachines(policies, configuration(config), machines, NOW)

  test('a name that nobody has is told, also where the entry says `missing: warn` and where the policy has expired', () => {
    const gone = { ...named(2, 'ws-1', 'gone'), missing: 'warn' as const }
    expect(told(online([a({ machines: [gone] })]))).toStrictEqual(['unresolved-machine 2'])
    expect(told(online([a({ machines: [gone], expires: NOW })]))).toStrictEqual(['unresolved-machine 2'])
  })

  test('a selector that reaches nothing is told', () => {
    expect(told(online([a({ machines: [tagged(2, 'none')] })]))).toStrictEqual(['matches-nothing 2'])
  })

  test('an exception that takes nothing away is told, and one that does is not', () => {
    expect(told(online([a({ except: [tagged(3, 'none'), named(4, 'ws-1')] })]))).toStrictEqual([
      'except-takes-nothing 3',
    ])
    const elsewhere = machine({ id: machineId(9), machineTags: ['y'] })
    expect(told(online([a({ except: [tagged(3, 'y')] })], {}, [...fleet, elsewhere]))).toStrictEqual([
      'except-takes-nothing 3',
    ])
  })

  test('an entry of the configuration that matches nothing is told: nothing is spared for it', () => {
    const config = {
      protected: [{ match: tagged(21, 'none'), allow: [], place: PLACE }],
      confirmByName: [tagged(22, 'none'), tagged(24, 'x')],
      risks: [{ name: 'hosts', match: tagged(23, 'none') }],
    }
    expect(told(online([], config))).toStrictEqual([
      'protects-nothing 21',
      'matches-nothing 22',
      'matches-nothing 23',
    ])
    expect(online([])).toStrictEqual([])
  })

  test('policies that reach the same machines by different ways are told with some of their names', () => {
    const [found] = online([a(), b({ machines: [entry({ fields: { osPlatform: ['Windows11'] } })] })])
    expect(found?.code).toBe('overlapping-policies')
    expect(found?.message).toContain('for ws-1, ws-2, ws-3 and 2 more;')
    const [nameless] = online([a(), b()], {}, [machine({ computerDnsName: null, machineTags: ['x'] })])
    expect(nameless?.message).toContain(`for ${machineId(1)};`)
  })

  test('those that meet nowhere are not, nor one that has expired', () => {
    expect(online([a(), b({ machines: [named(12, 'ws-1')], except: [named(13, 'ws-1')] })])).toStrictEqual([])
    expect(online([a({ expires: NOW }), b()])).toStrictEqual([])
  })

  test('a contradiction is told before it blocks anything', () => {
    expect(told(online([a(), b({ machines: [named(12, 'ws-1')], state: isolated('none') })]))).toStrictEqual([
      'contradicting-policies 11',
    ])
  })
})
