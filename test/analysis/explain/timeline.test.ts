import { describe, expect, test } from 'vitest'
import {
  type Timeline,
  type TimelineLane,
  timelineOf,
  timelinesOf,
} from '../../../src/analysis/explain/timeline.ts'
import { examinePosture } from '../../../src/plan/assemble/create-plan.ts'
import { unlistedMachine } from '../../../src/plan/assemble/unlisted-machine.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import type { Instant } from '../../../src/schema/instant.ts'
import {
  action,
  actionId,
  at,
  entry,
  HISTORY_FROM,
  isolated,
  machine,
  machineId,
  ownComment,
  placed,
  policy,
} from '../../support/build-core.ts'
import { type Given, inputOf } from '../../support/plan-of.ts'

function drawn(given: Given, since?: Instant, of = machine()): Timeline {
  return timelineOf(examinePosture(inputOf(given)), of, since)
}

/** Actions in the order given, a day apart from 2026-11-01 on, each ended at its creation. */
function daily(...list: readonly Partial<MachineAction>[]): readonly MachineAction[] {
  return list.map((over, index) =>
    action({ id: actionId(index + 1), creationDateTimeUtc: at(`2026-11-0${index + 1}`), ...over }),
  )
}

function lane(timeline: Timeline, facet: string): TimelineLane | undefined {
  return timeline.lanes.find(one => one.facet === facet)
}

function holds(...list: readonly Partial<MachineAction>[]): readonly string[] {
  const timeline = drawn({ policies: [], observed: { actions: daily(...list) } })
  return (lane(timeline, 'isolated') as TimelineLane).holds.map(
    ({ from, to, level, by, endedBy }) =>
      `${level} ${from.slice(8, 10)}-${to?.slice(8, 10) ?? ''} ${by.length} ${endedBy?.actionId.at(-1) ?? ''}`,
  )
}

const OFF = { type: 'Unisolate' } as const
const SELECTIVE = { scope: 'Selective' } as const
const CONTAINED = { scope: 'UnManagedDevice' } as const

describe('stretches of a hold', () => {
  test.each(
    Object.entries({
      'nothing holds without an action': [[], []],
      'an isolation ends by itself after its time, and nobody ended it': [[{}], ['full 01-08 1 ']],
      'what holds has no end': [[CONTAINED], ['unmanaged 01- 1 ']],
      'a lift ends it, and says who': [[{}, OFF], ['full 01-02 1 2']],
      'a second impose of the same level joins': [[{}, {}, OFF], ['full 01-03 2 3']],
      'another level begins another stretch': [
        [{}, SELECTIVE],
        ['full 01-02 1 2', 'selective 02-08 1 '],
      ],
      'a lift of nothing is no stretch': [[OFF, OFF], []],
      'it may be held again': [
        [{}, OFF, {}],
        ['full 01-02 1 2', 'full 03-10 1 '],
      ],
      'what failed or has not ended holds nothing': [
        [{ status: 'Failed' }, { status: 'Pending' }, { status: 'Cancelled' }],
        [],
      ],
      'an action without scope is unknown': [[{ scope: null }], ['unknown 01-08 1 ']],
    } as const),
  )('%s', (_rule, [list, want]) => {
    expect(holds(...list)).toStrictEqual(want)
  })

  test('begin where the first impose ended', () => {
    const late = action({ lastUpdateDateTimeUtc: at('2026-11-22T16:30:00Z') })
    expect(drawn({ observed: { actions: [late] } }).lanes[0]?.holds[0]?.from).toBe('2026-11-22T16:30:00Z')
  })

  test('name who asked, and for which policy', () => {
    const actions = daily({ requestorComment: ownComment() })
    expect(drawn({ observed: { actions } }).lanes[0]?.holds[0]?.by).toStrictEqual([
      {
        class: 'own',
        requestor: 'Other App',
        actionId: actionId(1),
        at: '2026-11-01T00:00:00Z',
        policy: 'contain',
      },
    ])
  })
})

describe('what is asked', () => {
  test('stands with its place, the level, and until when', () => {
    const policies = [
      policy({ name: 'b', expires: at('2026-12-01') }),
      policy({
        name: 'a',
        state: { ...isolated('selective'), scanned: placed({ scan: 'full', since: at('2026-11-20') }) },
      }),
    ]
    const timeline = drawn({ policies })
    const place = { file: 'policies/a.yaml', line: 1, column: 1 }
    expect(lane(timeline, 'isolated')?.declared).toStrictEqual([
      { policy: { name: 'a', ...place }, wants: 'selective', until: null, expired: false },
      {
        policy: { name: 'b', ...place, expires: '2026-12-01T00:00:00Z' },
        wants: 'full',
        until: '2026-12-01T00:00:00Z',
        expired: false,
      },
    ])
    expect(lane(timeline, 'scanned')?.declared).toMatchObject([{ wants: 'full since 2026-11-20' }])
  })

  test('stands also where it has expired, which is said', () => {
    const timeline = drawn({ policies: [policy({ expires: at('2026-11-01') })] })
    expect(lane(timeline, 'isolated')?.declared).toMatchObject([{ expired: true }])
  })

  test('is that of policies that reach the machine', () => {
    const other = policy({ machines: [entry({ fields: { tag: ['other'] } })] })
    expect(lane(drawn({ policies: [other] }), 'isolated')?.declared).toStrictEqual([])
  })
})

describe('lanes', () => {
  test('are both holds, and every facet that an action or a policy speaks of', () => {
    const actions = daily({ type: 'Offboard' }, { type: 'SomethingNew' })
    const policies = [policy({ state: { collected: placed({ since: at('2026-11-20') }) } })]
    expect(drawn({ policies, observed: { actions } }).lanes.map(({ facet }) => facet)).toStrictEqual([
      'isolated',
      'restricted',
      'collected',
      'offboarded',
    ])
  })

  test('hold each action with its end, by creation, then id', () => {
    const actions = [
      action({ id: actionId(3), status: 'Pending', creationDateTimeUtc: at('2026-11-03') }),
      action({ id: actionId(2), ...OFF, creationDateTimeUtc: at('2026-11-03') }),
      action({
        id: actionId(1),
        creationDateTimeUtc: at('2026-11-02'),
        lastUpdateDateTimeUtc: at('2026-11-09'),
      }),
    ]
    const marks = lane(drawn({ observed: { actions } }), 'isolated')?.marks
    expect(
      marks?.map(({ createdAt, endedAt, effect, by }) => [
        by.actionId.at(-1),
        effect,
        createdAt.slice(8, 10),
        endedAt?.slice(8, 10) ?? null,
      ]),
    ).toStrictEqual([
      ['1', 'impose', '02', '09'],
      ['2', 'lift', '03', '03'],
      ['3', 'impose', '03', null],
    ])
  })
})

describe('the stretch of time', () => {
  test('begins shortly before the first action, whichever ended first', () => {
    const actions = [
      action({ creationDateTimeUtc: at('2026-11-02'), lastUpdateDateTimeUtc: at('2026-11-09') }),
      action({ id: actionId(2), creationDateTimeUtc: at('2026-11-03') }),
    ]
    expect(drawn({ observed: { actions } }).from).toBe('2026-11-01T23:00:00Z')
  })

  test('is a month and an hour where nothing is known', () => {
    expect(drawn({})).toMatchObject({ from: '2026-10-23T17:00:00Z', to: '2026-11-22T18:00:00Z' })
  })

  test('never begins before the history', () => {
    const actions = [action({ creationDateTimeUtc: HISTORY_FROM })]
    expect(drawn({ observed: { actions } }).from).toBe('2026-05-26T18:00:00Z')
  })

  test('begins where it was asked to: what ended before is left out, what began before keeps its beginning', () => {
    const actions = daily({}, OFF, {}, { type: 'RestrictCodeExecution' })
    const timeline = drawn({ observed: { actions } }, at('2026-11-03T12:00:00Z'))
    expect(timeline.from).toBe('2026-11-03T12:00:00Z')
    expect(lane(timeline, 'isolated')).toMatchObject({ holds: [{ from: '2026-11-03T00:00:00Z' }], marks: [] })
    expect(lane(timeline, 'restricted')?.marks).toHaveLength(1)
  })

  test('keeps what is in flight, however old', () => {
    const actions = daily({ status: 'Pending' })
    expect(lane(drawn({ observed: { actions } }, at('2026-11-20')), 'isolated')?.marks).toHaveLength(1)
  })
})

test.each([
  ['older than the history', at('2025-01-01'), false],
  ['younger', at('2026-11-01'), true],
])('a machine %s is said to be so', (_what, firstSeen, wholeLife) => {
  expect(drawn({}, undefined, machine({ firstSeen })).wholeLife).toBe(wholeLife)
})

test('a machine of which only the history is left has a timeline', () => {
  const actions = [action({ machineId: machineId(9) })]
  const timeline = drawn({ observed: { actions } }, undefined, unlistedMachine(machineId(9)))
  expect(timeline.machine).toMatchObject({ id: machineId(9), dnsName: null })
  expect(lane(timeline, 'isolated')?.holds).toHaveLength(1)
})

test('many machines have the timelines that each would have alone; an id without a record has none', () => {
  const [one, two] = [machine(), machine({ id: machineId(2) })]
  const given = {
    observed: { machines: [one, two], actions: [action(), action({ machineId: machineId(2) })] },
  }
  const findings = examinePosture(inputOf(given))
  expect(timelinesOf(findings, new Set([machineId(2), machineId(9)]))).toStrictEqual(
    new Map([[machineId(2), timelineOf(findings, two)]]),
  )
})
