import { describe, expect, test } from 'vitest'
import type { Claim } from '../../../src/plan/claim/claim.ts'
import { type Composition, composeClaims } from '../../../src/plan/claim/compose.ts'
import { indexMachines } from '../../../src/plan/select/resolve.ts'
import type { Policy } from '../../../src/schema/policy.ts'
import { at, isolated, machine, machineId, NOW, PLACE, placed, policy } from '../../support/build-core.ts'

const PLACES = { a: PLACE, b: { ...PLACE, line: 2 }, c: { ...PLACE, line: 3 } } as const

/** Claims on machine 1 of policies a, b, c that name it, or that a selector brought to it. */
function compose(policies: readonly Partial<Policy>[], named = true): Composition {
  const matches = policies.map((over, index) => ({
    policy: policy({ name: 'abc'.charAt(index), ...over }),
    machines: new Map([[machineId(1), named]]),
  }))
  return composeClaims(matches, indexMachines([machine()]), NOW)
}

function claimOf(policies: readonly Partial<Policy>[], named = true): Claim | undefined {
  return compose(policies, named).claims.get(machineId(1))?.[0]
}

const hold = (level: 'full' | 'selective' | 'none', reassert = false, where: 'a' | 'b' | 'c' = 'a') => ({
  state: { isolated: placed(level, PLACES[where]) },
  reassert,
})
const scan = (type: 'quick' | 'full', reassert = false) => ({
  state: { scanned: placed({ scan: type, since: at('2026-11-20') }) },
  reassert,
})
const respond = (script: string) => ({
  state: {
    liveResponse: [
      {
        name: 'x',
        commands: [{ type: 'RunScript' as const, script }],
        place: PLACE,
        since: at('2026-11-20'),
      },
    ],
  },
})

describe('a claim may undo what others did', () => {
  test.each<readonly [string, readonly Partial<Policy>[], boolean]>([
    ['where no policy says so: no', [hold('full'), hold('full')], false],
    ['where one of two equal holds says so: yes', [hold('full'), hold('full', true)], true],
    ['where the weaker hold alone says so: no', [hold('full'), hold('selective', true)], false],
    ['where no scan says so: no', [scan('quick'), scan('full')], false],
    ['where one of two scans says so: yes', [scan('quick', true), scan('full')], true],
    ['where policies contradict each other: no', [hold('full', true), hold('none', true)], false],
    [
      'where the policies have expired: no',
      [
        { ...hold('full', true), expires: NOW },
        { ...hold('full', true), expires: NOW },
      ],
      false,
    ],
  ])('%s', (_rule, policies, reassert) => {
    expect(claimOf(policies)?.reassert).toBe(reassert)
  })
})

test('of three scans the first full one by name leads', () => {
  expect(claimOf([scan('quick'), scan('full'), scan('full')])?.lead.policy.name).toBe('b')
  expect(claimOf([scan('full'), scan('quick'), scan('quick')])?.lead.policy.name).toBe('a')
})

test('each pair of strengths is told once, with the place of the stronger', () => {
  const { diagnostics } = compose([
    hold('full', false, 'a'),
    hold('selective', false, 'b'),
    hold('selective', false, 'c'),
  ])
  expect(diagnostics).toStrictEqual(
    (['b', 'c'] as const).map(weak => ({
      severity: 'info',
      code: 'joined-to-stronger',
      message: `policy ${weak} asks for isolated selective where a asks for full; the stronger is planned.`,
      place: PLACES[weak],
      related: [{ message: 'a asks for full', place: PLACES.a }],
    })),
  )
})

test('of expired policies the first that lifts leads, and all but releases are behind it', () => {
  const claim = claimOf([
    { ...hold('full'), expires: NOW, onExpiry: 'report' },
    { ...hold('full'), expires: NOW, onExpiry: 'lift' },
    { ...hold('none'), expires: NOW },
  ])
  expect(claim?.kind).toBe('expired')
  expect(claim?.lead?.policy.name).toBe('b')
  expect(claim?.contributors.map(({ policy: { name } }) => name)).toStrictEqual(['a', 'b'])
})

test('a policy without an end does not expire', () => {
  expect(claimOf([{ state: isolated('full') }])?.kind).toBe('hold')
})

test.each([
  [true, true],
  [false, false],
])(
  'live responses that contradict each other are an error where both name the machine: %s',
  (named, isError) => {
    expect(claimOf([respond('a.ps1'), respond('b.ps1')], named)).toMatchObject({ kind: 'conflict', isError })
  },
)
