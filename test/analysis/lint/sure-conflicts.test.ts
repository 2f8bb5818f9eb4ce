import { describe, expect, test } from 'vitest'
import { findSureConflicts } from '../../../src/analysis/lint/sure-conflicts.ts'
import type { Place } from '../../../src/schema/diagnostic.ts'
import type { LiveResponseWish, MachineEntry, Policy } from '../../../src/schema/policy.ts'
import { entry, isolated, PLACE, placed, policy } from '../../support/build-core.ts'

const line = (number: number): Place => ({ ...PLACE, line: number })
const ID = 'a'.repeat(40)
const named = (...dnsName: readonly string[]): MachineEntry => entry({ fields: { dnsName } })
const byId = (...id: readonly string[]): MachineEntry => entry({ fields: { id } })
const listed = (...names: readonly string[]): MachineEntry => {
  const { fields: _none, ...rest } = entry({})
  const machines = names.map((name, at) => ({ name, place: { ...line(at + 1), file: 'l.txt' } }))
  return { ...rest, fields: {}, list: { path: 'l.txt', machines } }
}
const respond = (script: string): LiveResponseWish =>
  ({ name: 'triage', since: '2026-11-20', commands: [{ type: 'RunScript', script }], place: PLACE }) as never

const hold = (over: Partial<Policy> = {}): Policy =>
  policy({ name: 'a', machines: [named('ws-1.x')], state: isolated('full'), ...over })
const release = (over: Partial<Policy> = {}): Policy =>
  policy({ name: 'b', machines: [named('ws-1.x')], state: isolated('none'), ...over })

function facetsOf(first: Policy, second: Policy): readonly string[] {
  return findSureConflicts([first, second]).map(
    ({ message }) => / on ([\w ]+?) of /.exec(message)?.[1] ?? message,
  )
}

describe('two policies that both name a machine', () => {
  test('and contradict each other are an error that names both places', () => {
    const found = findSureConflicts([
      release({ machines: [entry({ fields: { dnsName: ['ws-1.x'] }, place: line(12) })] }),
      hold({ machines: [entry({ fields: { dnsName: ['ws-1.x'] }, place: line(2) })] }),
    ])
    expect(found).toStrictEqual([
      {
        severity: 'error',
        code: 'conflicting-policies',
        message:
          'the policies a and b contradict each other on isolated of ws-1.x, which both name: take it out of one of them, or add it to its `except`',
        place: line(12),
        related: [{ message: 'a names it here', place: line(2) }],
      },
    ])
  })

  test('are told once, however many machines', () => {
    const names = ['ws-1.x', 'ws-2.x', 'ws-3.x', 'ws-4.x', 'ws-5.x']
    const [found, ...others] = findSureConflicts([
      hold({ machines: [listed(...names)] }),
      release({ machines: [named(...names)] }),
    ])
    expect(others).toStrictEqual([])
    expect(found?.message).toContain('of ws-1.x, ws-2.x, ws-3.x and 2 more,')
  })

  test.each<readonly [rule: string, first: Policy, second: Policy, facets: readonly string[]]>([
    ['by a list and a name', hold({ machines: [listed('ws-1.x')] }), release(), ['isolated']],
    [
      'named twice in one of them',
      hold({ machines: [named('ws-1.x'), listed('ws-1.x')] }),
      release(),
      ['isolated'],
    ],
    ['by id', hold({ machines: [byId(ID)] }), release({ machines: [listed(ID)] }), ['isolated']],
    ['unmanaged joins with nothing', hold(), release({ state: isolated('unmanaged') }), ['isolated']],
    [
      'on two holds',
      hold({ state: { ...isolated('full'), restricted: placed('restricted') } }),
      release({ state: { ...isolated('none'), restricted: placed('none') } }),
      ['isolated and restricted'],
    ],
    [
      'a live response of one name with other commands',
      hold({ state: { liveResponse: [respond('a.ps1')] } }),
      release({ state: { liveResponse: [respond('b.ps1')] } }),
      ['liveResponse'],
    ],
    ['the stronger counts, so that is none', hold(), release({ state: isolated('selective') }), []],
    ['other facets are none', hold(), release({ state: { restricted: placed('none') } }), []],
    ['other machines are none', hold(), release({ machines: [named('ws-2.x')] }), []],
    ['an exception by name', hold({ except: [named('ws-1.x')] }), release(), []],
    ['an exception of another machine', hold({ except: [named('ws-2.x')] }), release(), ['isolated']],
  ])('%s', (_rule, first, second, facets) => {
    expect(facetsOf(first, second)).toStrictEqual(facets)
  })
})

describe('what only the tenant could tell is not sure', () => {
  test.each<readonly [rule: string, first: Policy]>([
    [
      'a name beside a selector',
      hold({ machines: [entry({ fields: { dnsName: ['ws-1.x'], tag: ['t'] } })] }),
    ],
    ['a selector alone', hold({ machines: [entry({ fields: { tag: ['t'] } })] })],
    ['a machine that may be gone', hold({ machines: [{ ...named('ws-1.x'), missing: 'warn' }] })],
    ['an exception by a selector', hold({ except: [entry({ fields: { tag: ['t'] } })] })],
    ['an exception by id of what is named by name', hold({ except: [byId(ID)] })],
  ])('%s', (_rule, first) => {
    expect(facetsOf(first, release())).toStrictEqual([])
    expect(facetsOf(release(), { ...first, name: 'c' })).toStrictEqual([])
  })
})
