import { describe, expect, test } from 'vitest'
import { examinePosture, listUnchanged } from '../../../src/plan/assemble/create-plan.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import type { Policy } from '../../../src/schema/policy.ts'
import {
  action,
  actionId,
  at,
  entry,
  isolated,
  lasting,
  machine,
  machineId,
  ownComment,
  PLACE,
  placed,
  policy,
  STAYS,
} from '../../support/build-core.ts'
import { driftOf, type Given, inputOf, linesOf, planOf, saidIn } from '../../support/plan-of.ts'

const OWN = { requestorComment: ownComment() }
const YESTERDAY = at('2026-11-21T12:00:00Z')
const ownIsolate = action({ ...OWN, creationDateTimeUtc: YESTERDAY })
const foreignIsolate = action({
  id: actionId(2),
  creationDateTimeUtc: YESTERDAY,
  requestor: 'anna@contoso.com',
  requestSource: 'Portal',
})
const foreignUnisolate = action({
  id: actionId(3),
  type: 'Unisolate',
  requestor: 'anna@contoso.com',
  requestSource: 'Portal',
})
const EXPIRED = { expires: at('2026-11-22T18:00:00Z') }

const TRIAGE = (script: string) => ({ type: 'RunScript' as const, script })
const ALLOW = { quarantined: true, liveResponse: true, offboarded: true, scopeChange: false }
const OTHER = machine({ id: machineId(2), computerDnsName: 'b.contoso.com' })

interface Row extends Given {
  readonly lines?: readonly string[]
  readonly drift?: readonly string[]
  readonly said?: readonly string[]
}

function check(row: Row): void {
  const plan = planOf(row)
  expect({ lines: linesOf(plan), drift: driftOf(plan), said: saidIn(plan) }).toStrictEqual({
    lines: row.lines ?? [],
    drift: row.drift ?? [],
    said: row.said ?? [],
  })
}

describe('what is no longer declared', () => {
  test.each(
    Object.entries({
      'an own hold that no policy declares is orphaned and stays': {
        policies: [],
        observed: { actions: [ownIsolate] },
        drift: ['m1/isolated orphaned none/full by own'],
      },
      'only --prune lifts it': {
        policies: [],
        observed: { actions: [ownIsolate] },
        options: { prune: true },
        lines: ['m1/isolated lift full->none (orphaned)'],
        drift: ['m1/isolated orphaned none/full by own'],
      },
      '--prune cancels an own isolation that is still in flight': {
        policies: [],
        observed: { actions: [{ ...ownIsolate, status: 'Pending' }] },
        options: { prune: true },
        lines: ['m1/isolated cancel none->none (opposite-in-flight)'],
        drift: ['m1/isolated orphaned none/in flight by own'],
      },
      'a foreign hold that no policy declares is reported and never touched': {
        policies: [],
        observed: { actions: [foreignIsolate] },
        options: { prune: true },
        drift: ['m1/isolated undeclared none/full by analyst'],
      },
      'a foreign hold beneath an own one is not pruned': {
        policies: [],
        observed: { actions: [foreignIsolate, ownIsolate] },
        options: { prune: true },
        drift: ['m1/isolated undeclared none/full by analyst'],
      },
      'a plan that read named machines only claims nothing about orphans': {
        policies: [],
        observed: { actions: [ownIsolate], scope: 'named' },
        options: { prune: true },
      },
      'a prune waits for the isolation of somebody else that is in flight': {
        policies: [],
        observed: { actions: [ownIsolate, { ...foreignIsolate, status: 'Pending' }] },
        options: { prune: true },
        lines: ['! m1/isolated opposite-in-flight'],
        drift: ['m1/isolated orphaned none/full by own'],
      },
      'a machine that has a history and no record is not forgotten': {
        policies: [],
        observed: { machines: [], actions: [ownIsolate] },
        options: { prune: true },
        lines: ['m1/isolated lift full->none (orphaned)'],
        drift: ['m1/isolated orphaned none/full by own'],
      },
      'a pruned lift that somebody else cancelled is contested': {
        policies: [],
        observed: {
          actions: [
            ownIsolate,
            action({
              ...OWN,
              id: actionId(9),
              type: 'Unisolate',
              status: 'Cancelled',
              cancellationRequestor: 'anna',
              cancellationComment: 'no',
            }),
          ],
        },
        options: { prune: true },
        lines: ['! m1/isolated cancelled-by-other'],
        drift: ['m1/isolated orphaned none/full by own'],
      },
    } satisfies Record<string, Row>),
  )('%s', (_rule, row: Row) => check(row))
})

describe('expired policies', () => {
  test.each(
    Object.entries({
      'an expired policy lifts its own holds': {
        policies: [policy(EXPIRED)],
        observed: { actions: [ownIsolate] },
        lines: ['m1/isolated lift full->none (expired)'],
        drift: ['m1/isolated expired none/full by own'],
      },
      'it leaves the hold of somebody else alone, whatever reassert says': {
        policies: [policy({ ...EXPIRED, reassert: true })],
        observed: { actions: [foreignIsolate] },
        drift: ['m1/isolated undeclared none/full by analyst'],
      },
      'onExpiry: report only reports': {
        policies: [policy({ ...EXPIRED, onExpiry: 'report' })],
        observed: { actions: [ownIsolate] },
        drift: ['m1/isolated expired none/full by own'],
      },
      'of two expired policies one that lifts leads': {
        policies: [policy({ ...EXPIRED, name: 'a', onExpiry: 'report' }), policy({ ...EXPIRED, name: 'b' })],
        observed: { actions: [ownIsolate] },
        lines: ['m1/isolated lift full->none (expired)'],
        drift: ['m1/isolated expired none/full by own'],
      },
      'it cancels its own isolation that is in flight still': {
        policies: [policy(EXPIRED)],
        observed: { actions: [{ ...ownIsolate, status: 'Pending' }] },
        lines: ['m1/isolated cancel none->none (opposite-in-flight)', '= m1/isolated Isolate (not awaited)'],
        drift: ['m1/isolated expired none/in flight by own'],
      },
      'it waits for the isolation of somebody else that is in flight': {
        policies: [policy(EXPIRED)],
        observed: { actions: [ownIsolate, { ...foreignIsolate, status: 'Pending' }] },
        lines: ['! m1/isolated opposite-in-flight', '= m1/isolated Isolate (not awaited)'],
        drift: ['m1/isolated expired none/full by own'],
      },
      'a live policy keeps what an expired one held': {
        policies: [policy({ ...EXPIRED, name: 'a' }), policy({ name: 'b' })],
        observed: { actions: [ownIsolate] },
        said: ['warning ends-with-theirs'],
      },
      'an expired release declares nothing': {
        policies: [policy({ ...EXPIRED, state: isolated('none') })],
        observed: { actions: [ownIsolate] },
        drift: ['m1/isolated orphaned none/full by own'],
      },
      'an expired policy runs nothing': {
        policies: [
          policy({
            ...EXPIRED,
            state: { scanned: placed({ scan: 'full' as const, since: at('2026-11-20') }) },
          }),
        ],
      },
      'an expired policy on a free machine does nothing': { policies: [policy(EXPIRED)] },
      'a name of an expired policy that is gone is a warning': {
        policies: [policy({ ...EXPIRED, machines: [entry({ fields: { id: [machineId(7)] } })] })],
        said: ['warning unresolved-machine', 'warning matches-nothing'].slice(0, 1),
      },
    } satisfies Record<string, Row>),
  )('%s', (_rule, row: Row) => check(row))
})

describe('a lift that waits for runs', () => {
  const scan = { scanned: placed({ scan: 'full' as const, since: at('2026-11-01') }) }
  const release: Policy = policy({ state: { ...isolated('none'), ...scan }, liftAfter: ['scanned'] })
  const scanned = action({
    id: actionId(5),
    type: 'RunAntiVirusScan',
    scope: 'Full',
    creationDateTimeUtc: at('2026-11-20'),
  })
  const later = {
    ...scanned,
    creationDateTimeUtc: at('2026-11-22T08:00:00Z'),
    lastUpdateDateTimeUtc: at('2026-11-22T08:05:00Z'),
  }

  test.each(
    Object.entries({
      'a run before the hold began does not count: it is planned again, and the lift depends on it': {
        policies: [release],
        observed: { actions: [ownIsolate, scanned] },
        lines: [
          'm1/isolated lift full->none (declared-released)',
          'm1/scanned run full 2026-11-20T00:00:00Z->full since 2026-11-21T12:00:00Z (not-run)',
        ],
        drift: [
          'm1/isolated missing none/full by own',
          'm1/scanned missing full since 2026-11-21T12:00:00Z/full 2026-11-20T00:00:00Z by application',
        ],
      },
      'a run since the hold began lets the lift go': {
        policies: [release],
        observed: { actions: [ownIsolate, later] },
        lines: ['m1/isolated lift full->none (declared-released)'],
        drift: ['m1/isolated missing none/full by own'],
      },
      'the lift waits for a run in flight': {
        policies: [release],
        observed: { actions: [ownIsolate, { ...later, status: 'Pending' }] },
        lines: ['m1/isolated lift full->none (declared-released)', '= m1/scanned RunAntiVirusScan'],
        drift: ['m1/isolated missing none/full by own'],
      },
      'a machine that is not held is scanned as declared': {
        policies: [release],
        observed: { actions: [scanned] },
      },
      'a since in the future does not let the lift go unscanned': {
        policies: [
          policy({
            state: {
              ...isolated('none'),
              scanned: placed({ scan: 'quick' as const, since: at('2027-01-01') }),
            },
            liftAfter: ['scanned'],
          }),
        ],
        observed: { actions: [ownIsolate] },
        lines: [
          'm1/isolated lift full->none (declared-released)',
          'm1/scanned run never->quick since 2026-11-21T12:00:00Z (not-run)',
        ],
        drift: [
          'm1/isolated missing none/full by own',
          'm1/scanned missing quick since 2026-11-21T12:00:00Z/never by nobody',
        ],
      },
      'a later since than the hold stays': {
        policies: [
          policy({
            state: {
              ...isolated('none'),
              scanned: placed({ scan: 'quick' as const, since: at('2026-11-22') }),
            },
            liftAfter: ['scanned'],
          }),
        ],
        observed: { actions: [ownIsolate] },
        lines: [
          'm1/isolated lift full->none (declared-released)',
          'm1/scanned run never->quick since 2026-11-22 (not-run)',
        ],
        drift: [
          'm1/isolated missing none/full by own',
          'm1/scanned missing quick since 2026-11-22/never by nobody',
        ],
      },
      'a blocked run blocks the lift': {
        policies: [release],
        configuration: { retry: { maxAttempts: 1, within: lasting('24h') } },
        observed: { actions: [ownIsolate, { ...later, ...OWN, status: 'Failed' }] },
        lines: ['! m1/isolated waits-for-run', '! m1/scanned attempts-exhausted'],
        drift: [
          'm1/isolated missing none/full by own',
          'm1/scanned failing full since 2026-11-21T12:00:00Z/never by own',
        ],
      },
      'an Inactive machine waits, run and lift': {
        policies: [release],
        observed: { machines: [machine({ healthStatus: 'Inactive' })], actions: [ownIsolate] },
        lines: ['! m1/isolated waiting-for-machine', '! m1/scanned waiting-for-machine'],
        drift: [
          'm1/isolated missing none/full by own',
          'm1/scanned missing full since 2026-11-21T12:00:00Z/never by nobody',
        ],
      },
      'an expired policy that waits for a full scan is not content with the quick one of a live policy': {
        policies: [
          policy({
            ...EXPIRED,
            state: {
              ...isolated('full'),
              scanned: placed({ scan: 'full' as const, since: at('2026-11-20') }),
            },
            liftAfter: ['scanned'],
          }),
          policy({
            name: 'scan',
            state: { scanned: placed({ scan: 'quick' as const, since: at('2026-11-22') }) },
          }),
        ],
        observed: { actions: [ownIsolate] },
        lines: [
          'm1/isolated lift full->none (expired)',
          'm1/scanned run never->full since 2026-11-22 (not-run)',
        ],
        drift: [
          'm1/isolated expired none/full by own',
          'm1/scanned missing full since 2026-11-22/never by nobody',
        ],
      },
      'an expired policy that waits for other commands under the name of a live policy is content with those':
        {
          policies: [
            policy({
              ...EXPIRED,
              state: {
                ...isolated('full'),
                liveResponse: [
                  { name: 'triage', commands: [TRIAGE('a.ps1')], since: at('2026-11-20'), place: PLACE },
                ],
              },
              liftAfter: ['liveResponse'],
            }),
            policy({
              name: 'triage',
              state: {
                liveResponse: [
                  { name: 'triage', commands: [TRIAGE('b.ps1')], since: at('2026-11-22'), place: PLACE },
                ],
              },
            }),
          ],
          observed: { actions: [ownIsolate] },
          lines: ['! m1/isolated waits-for-run', '! m1/liveResponse/triage not-allowed'],
          drift: [
            'm1/isolated expired none/full by own',
            'm1/liveResponse/triage missing run since 2026-11-22/never by nobody',
          ],
        },
      'an expired policy waits for the runs it names, and for nothing else': {
        policies: [
          policy({
            ...EXPIRED,
            state: {
              ...isolated('full'),
              scanned: placed({ scan: 'full' as const, within: lasting('7d') }),
              collected: placed({ within: lasting('7d') }),
            },
            liftAfter: ['scanned'],
          }),
        ],
        observed: { actions: [ownIsolate] },
        lines: [
          'm1/isolated lift full->none (expired)',
          'm1/scanned run never->full since 2026-11-21T12:00:00Z (not-run)',
        ],
        drift: [
          'm1/isolated expired none/full by own',
          'm1/scanned missing full since 2026-11-21T12:00:00Z/never by nobody',
        ],
      },
      'a lift may wait for a collection': {
        policies: [
          policy({
            state: { ...isolated('none'), collected: placed({ since: at('2026-11-01') }) },
            liftAfter: ['collected'],
          }),
        ],
        observed: { actions: [ownIsolate] },
        lines: [
          'm1/collected run never->collected since 2026-11-21T12:00:00Z (not-run)',
          'm1/isolated lift full->none (declared-released)',
        ],
        drift: [
          'm1/collected missing collected since 2026-11-21T12:00:00Z/never by nobody',
          'm1/isolated missing none/full by own',
        ],
      },
    } satisfies Record<string, Row>),
  )('%s', (_rule, row: Row) => check(row))

  test('the lift depends on the run and warns that a scan proves acceptance only', () => {
    const [lift] = planOf({ policies: [release], observed: { actions: [ownIsolate] } }).changes
    expect(lift?.dependsOn).toStrictEqual([`${machineId(1)}/scanned`])
    expect(lift?.warnings.map(({ code }) => code)).toStrictEqual(['scan-proves-acceptance-only'])
  })

  test('a lift that waits for a collection alone does not warn of scans', () => {
    const state = { ...isolated('none'), collected: placed({ since: at('2026-11-01') }) }
    const plan = planOf({
      policies: [policy({ state, liftAfter: ['collected'] })],
      observed: { actions: [ownIsolate] },
    })
    expect(plan.changes.find(({ facet }) => facet === 'isolated')?.warnings).toStrictEqual([])
  })
})

describe('order on one machine', () => {
  const files = ['b', 'a'].map(letter => ({ sha1: letter.repeat(40), place: PLACE }))

  test('runs of one type wait for each other', () => {
    const plan = planOf({
      policies: [policy({ state: { quarantined: files } })],
      configuration: { allow: ALLOW },
    })
    expect(plan.changes.map(({ dependsOn }) => dependsOn)).toStrictEqual([
      [],
      [`${machineId(1)}/quarantined/${'a'.repeat(40)}`],
    ])
  })

  test('a run waits for one of its type that is in flight and would not satisfy it', () => {
    const quick = action({ type: 'RunAntiVirusScan', scope: 'Quick', status: 'Pending' })
    const state = { scanned: placed({ scan: 'full' as const, since: at('2026-11-20') }) }
    const plan = planOf({ policies: [policy({ state })], observed: { actions: [quick] } })
    expect(plan.changes[0]?.dependsOn).toStrictEqual([`${machineId(1)}/scanned`])
    expect(plan.inFlight.map(({ awaited }) => awaited)).toStrictEqual([false])
  })

  test('offboarding waits for everything else on the machine', () => {
    const state = {
      offboarded: placed(true as const),
      scanned: placed({ scan: 'quick' as const, since: at('2026-11-22T10:00:00Z') }),
      collected: placed({ since: at('2026-11-20') }),
    }
    const pending = action({ type: 'CollectInvestigationPackage', status: 'Pending' })
    const plan = planOf({
      policies: [policy({ state })],
      configuration: { allow: ALLOW },
      observed: { actions: [pending] },
    })
    expect(plan.changes.find(({ facet }) => facet === 'offboarded')?.dependsOn).toStrictEqual([
      `${machineId(1)}/collected`,
      `${machineId(1)}/scanned`,
    ])
  })

  test.each(
    Object.entries({
      'offboarding is blocked while a hold is effective': {
        policies: [policy({ state: { offboarded: placed(true as const), ...isolated('none') } })],
        observed: { actions: [ownIsolate] },
        lines: ['m1/isolated lift full->none (declared-released)', '! m1/offboarded held'],
        drift: ['m1/isolated missing none/full by own', 'm1/offboarded missing offboarded/never by nobody'],
      },
      'offboarding is blocked while a hold is declared': {
        policies: [policy({ state: { offboarded: placed(true as const), ...isolated('full') } })],
        lines: ['m1/isolated impose none->full (not-isolated)', '! m1/offboarded held'],
        drift: [
          'm1/isolated missing full/none by nobody',
          'm1/offboarded missing offboarded/never by nobody',
        ],
      },
      'an offboarded machine stays offboarded': {
        policies: [policy({ state: { offboarded: placed(true as const) } })],
        observed: { actions: [action({ type: 'Offboard' })] },
      },
      'an offboarded machine takes nothing else': {
        policies: [policy()],
        observed: { actions: [action({ type: 'Offboard' })] },
        lines: ['! m1/isolated not-onboarded'],
        drift: ['m1/isolated missing full/none by nobody'],
      },
      'a machine that reports again is not offboarded again': {
        policies: [policy({ state: { offboarded: placed(true as const) } })],
        observed: { actions: [action({ type: 'Offboard', creationDateTimeUtc: at('2026-11-01') })] },
        lines: ['! m1/offboarded re-onboarded'],
        drift: ['m1/offboarded missing offboarded/offboarded 2026-11-01T00:00:00Z by application'],
      },
    } satisfies Record<string, Row>),
  )('%s', (_rule, row: Row) => check({ ...row, configuration: { allow: ALLOW } }))
})

describe('drift', () => {
  const hourAgo = at('2026-11-22T17:00:00Z')
  const scan = policy({ state: { scanned: placed({ scan: 'quick' as const, within: lasting('12h') }) } })
  const release = policy({ state: isolated('none') })
  const old = at('2026-11-18T00:00:00Z')

  test.each(
    Object.entries({
      'reverted: ours, ended by another': {
        observed: { actions: [ownIsolate, foreignUnisolate] },
        lines: ['! m1/isolated reverted-by-other'],
        drift: ['m1/isolated reverted full/none by analyst'],
      },
      'reverted is over once it is reasserted': {
        policies: [policy({ reassert: true })],
        observed: { actions: [ownIsolate, foreignUnisolate] },
        lines: ['m1/isolated impose none->full (not-isolated)'],
        drift: ['m1/isolated reverted full/none by analyst'],
      },
      'held-by-other: a declared release against a foreign hold': {
        policies: [release],
        observed: { actions: [foreignIsolate] },
        lines: ['! m1/isolated held-by-other'],
        drift: ['m1/isolated held-by-other none/full by analyst'],
      },
      'failing: our own action does not get through': {
        observed: { actions: [{ ...ownIsolate, status: 'TimeOut', lastUpdateDateTimeUtc: hourAgo }] },
        lines: ['m1/isolated impose none->full (not-isolated)'],
        drift: ['m1/isolated failing full/none by own'],
      },
      'failing: a release as well': {
        policies: [release],
        observed: {
          actions: [ownIsolate, action({ ...OWN, id: actionId(7), type: 'Unisolate', status: 'TimeOut' })],
        },
        lines: ['m1/isolated lift full->none (declared-released)'],
        drift: ['m1/isolated failing none/full by own'],
      },
      'stuck: in flight for over 72 h': {
        observed: {
          actions: [action({ status: 'Pending', creationDateTimeUtc: at('2026-11-19T12:00:00Z') })],
        },
        lines: ['= m1/isolated Isolate'],
        drift: ['m1/isolated stuck full/none by application'],
      },
      'stuck: a run as well': {
        policies: [scan],
        observed: {
          actions: [action({ type: 'RunAntiVirusScan', status: 'Pending', creationDateTimeUtc: old })],
        },
        lines: ['! m1/scanned stuck-in-flight', '= m1/scanned RunAntiVirusScan (not awaited)'],
        drift: ['m1/scanned stuck quick within 12h/never by application'],
      },
      'due: a rolling run went stale by time alone': {
        policies: [scan],
        observed: {
          actions: [action({ type: 'RunAntiVirusScan', scope: 'Quick', creationDateTimeUtc: old })],
        },
        lines: ['m1/scanned run quick 2026-11-18T00:00:00Z->quick within 12h (due)'],
        drift: ['m1/scanned due quick within 12h/quick 2026-11-18T00:00:00Z by application'],
      },
      'in flight alone is no drift': {
        observed: { actions: [action({ status: 'Pending' })] },
        lines: ['= m1/isolated Isolate'],
      },
      'a cancel alone is no drift: what is declared still holds': {
        observed: {
          actions: [ownIsolate, action({ ...OWN, id: actionId(7), type: 'Unisolate', status: 'Pending' })],
        },
        lines: [
          'm1/isolated cancel full->full (opposite-in-flight)',
          '= m1/isolated Unisolate (not awaited)',
        ],
      },
    } satisfies Record<string, Row>),
  )('%s', (_rule, row: Row) => check(row))
})

describe('flags', () => {
  const two = { machines: [machine(), OTHER] }
  const policies = [
    policy({ name: 'a', machines: [entry({ fields: {}, all: true })] }),
    policy({ name: 'b', state: { restricted: placed('restricted' as const) } }),
  ]
  const A = 'm1/isolated impose none->full (not-isolated)'
  const B = 'm2/isolated impose none->full (not-isolated)'
  const R = 'm1/restricted impose none->restricted (not-restricted)'
  const release = policy({
    state: { ...isolated('none'), scanned: placed({ scan: 'full' as const, since: at('2026-11-22') }) },
    liftAfter: ['scanned'],
  })

  test.each([
    ['without targets everything is chosen', {}, [A, R, B]],
    ['--target by id', { targets: [machineId(2)] }, [B]],
    ['--target by name', { targets: ['fin-ws-001.contoso.com'] }, [A, R]],
    ['--target by policy', { targets: ['policy:b'] }, [R]],
    ['--target by facet', { targets: [`${machineId(1)}/isolated`] }, [A]],
    ['several --target add up', { targets: ['policy:b', 'b.contoso.com'] }, [R, B]],
    ['--exclude keeps out', { excludes: ['policy:a'] }, [R]],
    ['--exclude is stronger than --target', { targets: ['policy:a'], excludes: [machineId(2)] }, [A]],
    ['paths choose policies', { chosen: ['b'] }, [R]],
  ])('%s', (_rule, options, lines) => {
    expect(linesOf(planOf({ policies, observed: two, options }))).toStrictEqual(lines)
  })

  test('what depends on an excluded change goes with it', () => {
    const plan = planOf({
      policies: [release],
      observed: { actions: [ownIsolate] },
      options: { excludes: [`${machineId(1)}/scanned`] },
    })
    expect(linesOf(plan)).toStrictEqual([])
  })

  test.each(['targets', 'excludes', 'reassert', 'retry', 'resubmit'] as const)(
    'an address of %s that names nothing known is an error',
    flag => {
      for (const text of ['nobody.contoso.com', 'policy:nobody', 'x/nothing']) {
        const plan = planOf({ options: { [flag]: [text] } })
        expect({ said: saidIn(plan), applyable: plan.applyable }).toStrictEqual({
          said: ['error unknown-address'],
          applyable: false,
        })
      }
    },
  )

  test('--reassert lets a contested change through, and the reason goes with it', () => {
    const actions = [ownIsolate, foreignUnisolate]
    const plan = planOf({
      observed: { actions },
      options: { reassert: ['policy:contain'], reason: 'anna agrees' },
    })
    expect(plan.changes[0]?.requests[0]?.body.Comment).toBe('INC-1; anna agrees')
  })

  test('--retry allows one more attempt', () => {
    const actions = [1, 2, 3].map(number => action({ ...OWN, id: actionId(number), status: 'Failed' }))
    expect(linesOf(planOf({ observed: { actions } }))).toStrictEqual(['! m1/isolated attempts-exhausted'])
    expect(planOf({ observed: { actions }, options: { retry: [machineId(1)] } }).changes).toHaveLength(1)
  })

  test('a first half of a chain that keeps failing is exhausted as well', () => {
    const failed = [5, 6, 7].map(number =>
      action({ ...OWN, id: actionId(number), type: 'Unisolate', status: 'TimeOut' }),
    )
    const plan = planOf({
      policies: [policy({ state: isolated('selective') })],
      configuration: { allow: { ...ALLOW, scopeChange: true } },
      observed: { actions: [ownIsolate, ...failed] },
    })
    expect(linesOf(plan)).toStrictEqual(['! m1/isolated attempts-exhausted'])
  })

  test('--resubmit sends what the history says already holds', () => {
    const plan = planOf({
      observed: { actions: [ownIsolate] },
      options: { resubmit: [machineId(1)], reason: 'freed by hand' },
    })
    expect(linesOf(plan)).toStrictEqual(['m1/isolated impose full->full (resubmitted)'])
  })

  test('--keep-going turns an unresolved name into a blocked item per facet', () => {
    const state = { ...isolated('full'), restricted: placed('restricted' as const) }
    const gone = entry({ fields: { id: [machineId(9)] } })
    const given = {
      policies: [policy({ state, machines: [entry(), gone] }), policy({ name: 'other', machines: [gone] })],
    }
    expect(saidIn(planOf(given))).toStrictEqual(['error unresolved-machine', 'error unresolved-machine'])
    const plan = planOf({ ...given, options: { keepGoing: true } })
    expect(plan.errored).toBe(false)
    expect(linesOf(plan).slice(2)).toStrictEqual([
      '! m9/isolated unresolved-machine',
      '! m9/restricted unresolved-machine',
    ])
    expect(plan.blocked[0]?.policy?.name).toBe('contain')
  })

  test('--keep-going blocks a whole policy where its except cannot be trusted', () => {
    const doubtful = policy({
      name: 'doubtful',
      except: [entry({ fields: { dnsName: ['typo.contoso.com'] } })],
    })
    const fine = policy({ name: 'fine', state: { restricted: placed('restricted' as const) } })
    const plan = planOf({ policies: [doubtful, fine], options: { keepGoing: true } })
    expect(linesOf(plan)).toStrictEqual([R, '! m1/isolated unresolved-machine'])
  })

  test('--as-of in the past replays the history', () => {
    const given = {
      observed: { actions: [ownIsolate, foreignUnisolate] },
      options: { asOf: at('2026-11-21T13:00:00Z') },
    }
    const plan = planOf(given)
    expect({ lines: linesOf(plan), asOf: plan.asOf, applyable: plan.applyable }).toStrictEqual({
      lines: [],
      asOf: '2026-11-21T13:00:00Z',
      applyable: false,
    })
    expect(plan.summary.unchanged).toBe(1)
  })

  test('--as-of in the future shows what expiries will do, and nothing in flight grows old', () => {
    const observed = { actions: [ownIsolate], machines: [machine(), OTHER] }
    const given = { policies: [policy({ expires: at('2026-12-01') })], observed }
    expect(linesOf(planOf(given))).toStrictEqual([])
    expect(linesOf(planOf({ ...given, options: { asOf: at('2026-12-01') } }))).toStrictEqual([
      'm1/isolated lift none->none (expired)',
    ])
    const pending = {
      ...given,
      observed: { actions: [action({ status: 'Pending' })] },
      options: { asOf: at('2026-11-30') },
    }
    expect(linesOf(planOf(pending))).toStrictEqual(['= m1/isolated Isolate'])
  })

  test('--as-of in the future takes no machine for silent that reports now', () => {
    const recent = [entry({ fields: {}, lastSeenWithin: { text: '7d', ms: 604_800_000 } })]
    const options = { asOf: at('2027-01-01') }
    const plan = planOf({ policies: [policy({ machines: recent })], options })
    expect(plan.changes.map(({ warnings }) => warnings)).toStrictEqual([[]])
    const pending = planOf({ observed: { actions: [action({ status: 'Pending' })] }, options })
    expect(pending.inFlight.map(({ warnings }) => warnings)).toStrictEqual([[]])
  })
})

describe('guards', () => {
  const fleet = [1, 2, 3].map(number => machine({ id: machineId(number), computerDnsName: null }))
  const all = [entry({ fields: {}, all: true })]
  const observed = { machines: fleet }
  const lifted = {
    machines: fleet,
    actions: [1, 2, 3].map(number => ({ ...ownIsolate, id: actionId(number), machineId: machineId(number) })),
  }

  test.each([
    ['maxMachines at its limit', { maxMachines: 3 }, 'pass', true],
    ['maxMachines over its limit', { maxMachines: 2 }, 'fail', false],
    ['maxShare rounds up', { maxShare: { text: '67%', ratio: 0.67 } }, 'pass', true],
    ['maxShare over its limit', { maxShare: { text: '66%', ratio: 0.66 } }, 'fail', false],
    ['maxShare below', { maxShare: { text: '50%', ratio: 0.5 } }, 'fail', false],
  ])('%s', (_rule, guards, status, applyable) => {
    const plan = planOf({ policies: [policy({ machines: all })], configuration: { guards }, observed })
    expect({ status: plan.guards[0]?.status, applyable: plan.applyable }).toStrictEqual({ status, applyable })
  })

  test('maxRuns counts scans and collections', () => {
    const state = {
      scanned: placed({ scan: 'quick' as const, since: at('2026-11-20') }),
      collected: placed({ since: at('2026-11-20') }),
    }
    const given = { policies: [policy({ machines: all, state })], observed }
    expect(planOf({ ...given, configuration: { guards: { maxRuns: 6 } } }).guards[0]).toMatchObject({
      actual: 6,
      status: 'pass',
    })
    expect(planOf({ ...given, configuration: { guards: { maxRuns: 5 } } }).applyable).toBe(false)
  })

  test('a share of machines that could not be counted is an error', () => {
    const guards = { maxShare: { text: '10%', ratio: 0.1 } }
    const plan = planOf({ configuration: { guards }, observed: { scope: 'named', onboarded: null } })
    expect({ said: saidIn(plan), applyable: plan.applyable }).toStrictEqual({
      said: ['error share-unknown'],
      applyable: false,
    })
  })

  test('a share is taken of what was counted', () => {
    const guards = { maxShare: { text: '10%', ratio: 0.1 } }
    const plan = planOf({ configuration: { guards }, observed: { scope: 'named', onboarded: 100 } })
    expect(plan.guards[0]).toMatchObject({ limit: 10, actual: 1, status: 'pass' })
  })

  test('too many lifts are blocked alone', () => {
    const state = { ...isolated('none'), restricted: placed('restricted' as const) }
    const given = { policies: [policy({ machines: all, state })], observed: lifted }
    const plan = planOf({ ...given, configuration: { guards: { maxLifts: 2 } } })
    expect(plan.blocked.map(({ code }) => code)).toStrictEqual([
      'over-max-lifts',
      'over-max-lifts',
      'over-max-lifts',
    ])
    expect(plan.changes.map(({ facet }) => facet)).toStrictEqual(['restricted', 'restricted', 'restricted'])
    expect({ applyable: plan.applyable, guard: plan.guards[0]?.status }).toStrictEqual({
      applyable: true,
      guard: 'fail',
    })
    expect(planOf({ ...given, configuration: { guards: { maxLifts: 3 } } }).blocked).toStrictEqual([])
  })

  test('a guard that the user exceeds by name is overridden', () => {
    const plan = planOf({
      policies: [policy({ machines: all, state: isolated('none') })],
      observed: lifted,
      configuration: { guards: { maxLifts: 2, maxMachines: 2 } },
      options: { exceedGuards: ['maxLifts', 'maxMachines'] },
    })
    expect(plan.guards.map(({ status }) => status)).toStrictEqual(['overridden', 'overridden'])
    expect({ applyable: plan.applyable, changes: plan.changes.length }).toStrictEqual({
      applyable: true,
      changes: 3,
    })
  })
})

describe('the document', () => {
  test('what is unchanged is listed on request, with what holds', () => {
    const collect = { collected: placed({ since: at('2026-11-20') }) }
    const findings = examinePosture(
      inputOf({
        policies: [
          policy({ state: { ...isolated('full'), ...collect, restricted: placed('restricted' as const) } }),
        ],
        observed: {
          actions: [
            ownIsolate,
            action({ id: actionId(4), type: 'CollectInvestigationPackage', creationDateTimeUtc: YESTERDAY }),
          ],
        },
      }),
    )
    expect(listUnchanged(findings)).toStrictEqual([
      {
        address: `${machineId(1)}/collected`,
        dnsName: 'fin-ws-001.contoso.com',
        value: 'collected 2026-11-21T12:00:00Z',
      },
      { address: `${machineId(1)}/isolated`, dnsName: 'fin-ws-001.contoso.com', value: 'full' },
    ])
  })

  test('a read that failed is unknown: nothing is planned, nothing is drift, nothing can be applied', () => {
    const failures = [{ code: 'read-failed', message: 'the list of actions could not be read' }]
    const plan = planOf({ observed: { failures, actions: [foreignIsolate] } })
    expect({ ...plan.summary, drift: plan.drift.length }).toMatchObject({ impose: 0, unchanged: 0, drift: 0 })
    expect({
      complete: plan.complete,
      applyable: plan.applyable,
      observed: plan.observed.complete,
      said: saidIn(plan),
    }).toStrictEqual({
      complete: false,
      applyable: false,
      observed: false,
      said: ['error read-failed'],
    })
  })

  test('what reading the declaration found is in the plan, with its place', () => {
    const diagnostics = [
      { severity: 'error' as const, code: 'unknown-key', message: 'what is this', place: PLACE },
    ]
    const plan = planOf({ diagnostics })
    expect(plan.diagnostics).toStrictEqual([
      {
        severity: 'error',
        code: 'unknown-key',
        message: 'what is this',
        file: 'policies/a.yaml',
        line: 1,
        column: 1,
      },
    ])
    expect(plan.applyable).toBe(false)
  })

  test('notes about what stays as it is name the machine and the place', () => {
    const plan = planOf({ observed: { actions: [{ ...ownIsolate, scope: null }] } })
    expect(plan.diagnostics[0]).toMatchObject({
      severity: 'warning',
      code: 'scope-unknown',
      file: 'policies/a.yaml',
    })
    expect(plan.diagnostics[0]?.message).toContain('fin-ws-001.contoso.com: ')
  })

  test('a machine without a name is named by its id', () => {
    const plan = planOf({
      policies: [policy({ state: isolated('selective') })],
      observed: { machines: [machine({ computerDnsName: null })], actions: [ownIsolate] },
    })
    expect(saidIn(plan)).toStrictEqual(['info stronger-than-declared'])
    expect(plan.diagnostics[0]?.message).toContain(`${machineId(1)}: `)
  })

  test('actions of unknown types are counted, not judged', () => {
    expect(saidIn(planOf({ observed: { actions: [action({ type: 'Teleport' })] } }))).toStrictEqual([
      'info unknown-action-type',
    ])
  })

  test.each([
    ['a day from now', {}, '2026-11-23T18:00:00Z'],
    ['at the next expiry that is sooner', { expires: at('2026-11-22T20:00:00Z') }, '2026-11-22T20:00:00Z'],
    ['not at a later expiry', { expires: at('2027-01-01') }, '2026-11-23T18:00:00Z'],
    ['not at an expiry that is over', { expires: at('2026-11-01') }, '2026-11-23T18:00:00Z'],
  ])('a plan expires %s', (_rule, over, expiresAt) => {
    expect(planOf({ policies: [policy(over)] }).expiresAt).toBe(expiresAt)
  })

  test('holds that rest on no action of a look-back that the machine is older than are counted as assumed', () => {
    const young = machine({ id: machineId(2), firstSeen: at('2026-11-01') })
    const plan = planOf({
      policies: [policy({ state: isolated('none'), machines: [entry({ fields: {}, all: true })] })],
      observed: { machines: [machine(), young] },
    })
    expect(plan.summary).toMatchObject({ unchanged: 2, assumed: 1 })
  })

  test('an own hold of over 150 days warns that it is about to be forgotten', () => {
    const old = {
      ...ownIsolate,
      creationDateTimeUtc: at('2026-06-01'),
      lastUpdateDateTimeUtc: at('2026-06-01'),
    }
    const stays = { effects: { isolated: STAYS } }
    const said = (action: MachineAction) =>
      saidIn(planOf({ configuration: stays, observed: { actions: [action] } }))
    expect(said(old)).toStrictEqual(['warning leaves-lookback'])
    expect(said({ ...old, requestorComment: null })).toStrictEqual([])
  })

  test('the counts of the summary', () => {
    const plan = planOf({
      policies: [
        policy({
          state: {
            ...isolated('selective'),
            restricted: placed('none' as const),
            scanned: placed({ scan: 'quick' as const, since: at('2026-11-20') }),
          },
        }),
      ],
      configuration: { allow: { ...ALLOW, scopeChange: true } },
      observed: {
        actions: [
          ownIsolate,
          action({ ...OWN, id: actionId(8), type: 'RestrictCodeExecution', scope: null }),
        ],
      },
    })
    expect(plan.summary).toStrictEqual({
      impose: 0,
      change: 1,
      lift: 1,
      run: 1,
      cancel: 0,
      inFlight: 0,
      blocked: 0,
      unchanged: 0,
      assumed: 0,
      renew: 0,
    })
    expect(plan.estimate).toStrictEqual({
      requests: 4,
      submitSeconds: 1,
      quota: { perMinute: 100, perHour: 1500 },
    })
  })

  test('nobody waits for what is in flight to a machine that is not there to take it', () => {
    const actions = [action({ status: 'Pending' })]
    const codes = (over: Parameters<typeof machine>[0]) =>
      planOf({ observed: { actions, machines: [machine(over)] } }).inFlight.flatMap(({ warnings }) =>
        warnings.map(({ code }) => code),
      )
    expect(codes({})).toStrictEqual([])
    expect(codes({ healthStatus: 'Inactive' })).toStrictEqual(['will-stay-pending'])
    expect(codes({ lastSeen: at('2026-11-20T17:59:59Z') })).toStrictEqual(['will-stay-pending'])
  })

  test('a machine that is not Active gets its hold with a warning', () => {
    const observed = { machines: [machine({ healthStatus: 'Inactive' })] }
    expect(planOf({ observed }).changes[0]?.warnings.map(({ code }) => code)).toStrictEqual([
      'will-stay-pending',
    ])
  })
})

test('a plan does not move when what is in flight is updated in another order', () => {
  const flights = (first: string, second: string) =>
    [
      action({
        ...OWN,
        id: actionId(11),
        type: 'Unisolate',
        status: 'Pending',
        lastUpdateDateTimeUtc: at(first),
      }),
      action({
        ...OWN,
        id: actionId(12),
        type: 'Unisolate',
        status: 'Pending',
        lastUpdateDateTimeUtc: at(second),
      }),
    ] as const
  const planId = (first: string, second: string) =>
    planOf({ observed: { actions: [ownIsolate, ...flights(first, second)] } }).planId
  expect(planId('2026-11-22T17:00:00Z', '2026-11-22T17:01:00Z')).toBe(
    planId('2026-11-22T17:01:00Z', '2026-11-22T17:00:00Z'),
  )
})
