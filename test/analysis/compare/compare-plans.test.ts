import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comparePlans } from '../../../src/analysis/compare/compare-plans.ts'
import type {
  Blocked,
  Change,
  ComparedItem,
  Drift,
  Guard,
  InFlight,
  Plan,
} from '../../../src/plan/document/document.ts'
import { readPlan, sealPlan } from '../../../src/plan/document/plan-file.ts'
import { arbitraryPlan } from '../../support/arbitrary-plan.ts'
import { machineId } from '../../support/build-core.ts'
import { change, plan, planMachine } from '../../support/build-plan.ts'
import { seededRuns } from '../../support/seeded-runs.ts'

const RUNS = seededRuns('properties of a comparison', 60)

const ORIGIN = { revision: 'origin/main', commit: '1a2b', policies: 1 }
const ADDRESS = `${machineId(1)}/isolated`
const POLICY = { name: 'contain', file: 'policies/a.yaml', line: 1, column: 1 }

const BLOCKED: Blocked = {
  address: ADDRESS,
  machine: planMachine(),
  facet: 'isolated',
  code: 'held-by-other',
  message: 'ask them.',
  wouldBe: ['lift'],
  before: 'full',
  after: 'none',
  policy: POLICY,
  basis: [],
}
const FLIGHT: InFlight = {
  address: ADDRESS,
  machine: planMachine(),
  facet: 'isolated',
  actionId: 'a1',
  type: 'Isolate',
  status: 'Pending',
  own: true,
  requestor: null,
  since: '2026-11-22T10:00:00Z',
  awaited: true,
  warnings: [],
}
const DRIFT: Drift = {
  address: ADDRESS,
  machine: planMachine(),
  facet: 'isolated',
  kind: 'missing',
  expected: 'full',
  actual: 'none',
  actor: null,
  policy: POLICY,
}

const changes = (...list: readonly Change[]): Plan => plan(list)
const told = (items: readonly ComparedItem[]): readonly string[] =>
  items.map(({ address, base, now, fields }) =>
    [address.slice(-10), base?.list ?? '-', now?.list ?? '-', ...fields].join(' '),
  )

/** What is added, removed and altered, shortened. */
function differences(base: Plan, now: Plan): Readonly<Record<string, readonly string[]>> {
  const { added, removed, altered } = comparePlans(base, now, ORIGIN)
  return { added: told(added), removed: told(removed), altered: told(altered) }
}

const NONE = { added: [], removed: [], altered: [] }

describe('one thing in two plans', () => {
  test.each(
    Object.entries({
      'only now is added': [changes(), changes(change()), { ...NONE, added: ['1/isolated - changes'] }],
      'only at the base is removed': [
        changes(change()),
        changes(),
        { ...NONE, removed: ['1/isolated changes -'] },
      ],
      'the same in both is neither': [changes(change()), changes(change()), NONE],
      'another value is altered': [
        changes(change()),
        changes(change({ after: 'selective' })),
        { ...NONE, altered: ['1/isolated changes changes after'] },
      ],
      'a change that became blocked is altered': [
        changes(change()),
        plan([], { blocked: [BLOCKED] }),
        { ...NONE, altered: ['1/isolated changes blocked list'] },
      ],
      'an expiry that moved is altered': [
        changes(change()),
        changes(change({ policy: { ...POLICY, expires: '2026-12-01T00:00:00Z' } })),
        { ...NONE, altered: ['1/isolated changes changes policy'] },
      ],
      'a new warning is altered': [
        changes(change()),
        changes(change({ warnings: [{ code: 'will-stay-pending', message: 'm' }] })),
        { ...NONE, altered: ['1/isolated changes changes warnings'] },
      ],
      'another policy of the same wish is altered': [
        changes(change({ policy: null })),
        changes(change()),
        { ...NONE, altered: ['1/isolated changes changes policy'] },
      ],
      'a policy that moved in its file is the same': [
        changes(change()),
        changes(change({ policy: { ...POLICY, file: 'policies/b.yaml', line: 9, column: 3 } })),
        NONE,
      ],
      'a warning in other words is the same': [
        changes(change({ warnings: [{ code: 'w', message: 'a' }] })),
        changes(change({ warnings: [{ code: 'w', message: 'b' }] })),
        NONE,
      ],
      'a block in other words is the same': [
        plan([], { blocked: [BLOCKED] }),
        plan([], { blocked: [{ ...BLOCKED, message: 'ask her.' }] }),
        NONE,
      ],
      'a block for another reason is altered': [
        plan([], { blocked: [BLOCKED] }),
        plan([], { blocked: [{ ...BLOCKED, code: 'not-allowed' }] }),
        { ...NONE, altered: ['1/isolated blocked blocked code'] },
      ],
      'of two blocks at one address only the new one is added': [
        plan([], { blocked: [BLOCKED] }),
        plan([], { blocked: [BLOCKED, { ...BLOCKED, code: 'not-allowed' }] }),
        { ...NONE, added: ['1/isolated - blocked'] },
      ],
      'an action that is now awaited is altered': [
        plan([], { inFlight: [{ ...FLIGHT, awaited: false }] }),
        plan([], { inFlight: [FLIGHT] }),
        { ...NONE, altered: ['1/isolated inFlight inFlight awaited'] },
      ],
      'two actions in flight are two things': [
        plan([], { inFlight: [FLIGHT] }),
        plan([], { inFlight: [{ ...FLIGHT, actionId: 'a2' }] }),
        { ...NONE, added: ['1/isolated - inFlight'], removed: ['1/isolated inFlight -'] },
      ],
      'drift is told by the new change that answers it': [
        plan([]),
        plan([change()], { drift: [DRIFT] }),
        { ...NONE, added: ['1/isolated - changes'] },
      ],
      'a hold whose release is dropped, and which is now orphaned, is told twice': [
        changes(change({ operations: ['lift'], before: 'full', after: 'none' })),
        plan([], { drift: [{ ...DRIFT, kind: 'orphaned' }] }),
        { ...NONE, added: ['1/isolated - drift'], removed: ['1/isolated changes -'] },
      ],
      'drift that went with its change is not told apart from it': [
        plan([change()], { drift: [DRIFT] }),
        plan([]),
        { ...NONE, removed: ['1/isolated changes -'] },
      ],
    } satisfies Record<string, readonly [Plan, Plan, ReturnType<typeof differences>]>),
  )('%s', (_rule, [base, now, want]) => expect(differences(base, now)).toStrictEqual(want))

  test('both sides are whole items, sorted by address', () => {
    const [first, second] = [change(), change({ machine: planMachine(2) })]
    const { added } = comparePlans(changes(), changes(second, first), ORIGIN)
    expect(added).toStrictEqual(
      [first, second].map(item => ({
        address: item.address,
        base: null,
        now: { list: 'changes', item },
        fields: [],
      })),
    )
  })
})

describe('beside the items', () => {
  const guard = (over: Partial<Guard>): Guard => ({
    name: 'maxLifts',
    limit: 20,
    actual: 3,
    status: 'pass',
    ...over,
  })

  test('a guard differs by limit or status, not by its count', () => {
    const base = plan([], {
      guards: [
        guard({}),
        guard({ name: 'maxRuns' }),
        guard({ name: 'maxMachines' }),
        guard({ name: 'maxShare' }),
      ],
    })
    const now = plan([], {
      guards: [
        guard({ limit: 200 }),
        guard({ name: 'maxRuns', actual: 4 }),
        guard({ name: 'maxMachines', status: 'fail' }),
      ],
    })
    expect(comparePlans(base, now, ORIGIN).guards).toStrictEqual([
      { name: 'maxLifts', base: base.guards[0], now: now.guards[0] },
      { name: 'maxMachines', base: base.guards[2], now: now.guards[2] },
      { name: 'maxShare', base: base.guards[3], now: null },
    ])
    expect(comparePlans(now, base, ORIGIN).guards.at(-1)).toStrictEqual({
      name: 'maxShare',
      base: null,
      now: base.guards[3],
    })
  })

  test('a diagnostic is the same wherever it stands', () => {
    const diagnostic = {
      severity: 'warning',
      code: 'w',
      message: 'm',
      file: 'a.yaml',
      line: 1,
      column: 1,
    } as const
    const other = { ...diagnostic, code: 'x' }
    const base = plan([], { diagnostics: [diagnostic] })
    const now = plan([], { diagnostics: [{ ...diagnostic, line: 7 }, other] })
    expect(comparePlans(base, now, ORIGIN).diagnostics).toStrictEqual({ added: [other], removed: [] })
    expect(comparePlans(now, base, ORIGIN).diagnostics).toStrictEqual({ added: [], removed: [other] })
  })

  test('what is needed anyway is counted, by list', () => {
    const both = plan([change()], { blocked: [{ ...BLOCKED, address: 'x/scanned' }], drift: [DRIFT] })
    const now = { ...both, inFlight: [FLIGHT] }
    expect(comparePlans(both, now, ORIGIN).anyway).toStrictEqual({
      changes: 1,
      blocked: 1,
      inFlight: 0,
      drift: 1,
    })
  })

  test('the base says where it is from and how far its plan can be believed', () => {
    const base = plan([], { complete: false, errored: true })
    expect(comparePlans(base, plan([]), ORIGIN).base).toStrictEqual({
      ...ORIGIN,
      planId: base.planId,
      complete: false,
      errored: true,
    })
  })
})

describe('for every plan', () => {
  test('against itself nothing differs', () => {
    fc.assert(
      fc.property(arbitraryPlan, each => {
        const compared = comparePlans(each, each, ORIGIN)
        expect(compared).toMatchObject({ ...NONE, guards: [], diagnostics: { added: [], removed: [] } })
        const { changes, blocked, inFlight, drift } = each
        const { anyway } = compared
        expect(Object.values(anyway)).toStrictEqual(
          [changes, blocked, inFlight, drift].map(({ length }) => length),
        )
      }),
      RUNS,
    )
  })

  test('against nothing declared everything is new, the other way round nothing is left', () => {
    fc.assert(
      fc.property(arbitraryPlan, each => {
        const nothing = plan([])
        const whole = [...each.changes, ...each.blocked, ...each.inFlight]
          .map(({ address }) => address)
          .sort()
        const forward = comparePlans(nothing, each, ORIGIN)
        const addressesOf = (items: readonly ComparedItem[]): readonly string[] =>
          items
            .filter(({ base, now }) => (now ?? base)?.list !== 'drift')
            .map(({ address }) => address)
            .sort()
        expect(addressesOf(forward.added)).toStrictEqual(whole)
        expect(forward).toMatchObject({ removed: [], altered: [] })
        expect(addressesOf(comparePlans(each, nothing, ORIGIN).removed)).toStrictEqual(whole)
        const drifted = new Set([
          ...whole,
          ...addressesOf([]),
          ...forward.added.map(({ address }) => address),
        ])
        expect(each.drift.filter(({ address }) => !drifted.has(address))).toStrictEqual([])
      }),
      RUNS,
    )
  })
})

test('a saved plan keeps its comparison, and its id is not of it', () => {
  const base = plan([change({ after: 'selective' })], { blocked: [{ ...BLOCKED, address: 'x/isolated' }] })
  const now = plan([change()], { inFlight: [FLIGHT], drift: [{ ...DRIFT, address: 'y/isolated' }] })
  const compared: Plan = { ...now, comparison: comparePlans(base, now, ORIGIN) }
  expect(compared.planId).toBe(now.planId)
  expect(readPlan(JSON.stringify(sealPlan(compared)))).toStrictEqual({ plan: sealPlan(compared) })
})
