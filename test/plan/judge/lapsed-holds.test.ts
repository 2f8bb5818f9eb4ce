import { describe, expect, test } from 'vitest'
import { createPlan } from '../../../src/plan/assemble/create-plan.ts'
import { renewalsIdOf } from '../../../src/plan/document/digest.ts'
import type { Plan } from '../../../src/plan/document/document.ts'
import { driftIdOf } from '../../../src/plan/document/drift-id.ts'
import { readPlan, sealPlan } from '../../../src/plan/document/plan-file.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { addMs } from '../../../src/schema/instant.ts'
import {
  action,
  actionId,
  configuration,
  entry,
  isolated,
  lasting,
  machine,
  machineId,
  NOW,
  ownComment,
  policy,
  STAYS,
} from '../../support/build-core.ts'
import { driftOf, type Given, inputOf, linesOf, planOf, saidIn } from '../../support/plan-of.ts'

const HOUR = 3_600_000
/** An isolation whose time was over so many hours ago. */
function ended(hours: number, over: Partial<MachineAction> = {}): MachineAction {
  return past(168 + hours, over)
}

/** An action that was created and ended so many hours ago. */
function past(hours: number, over: Partial<MachineAction> = {}): MachineAction {
  const time = addMs(NOW, -hours * HOUR)
  return action({ creationDateTimeUtc: time, lastUpdateDateTimeUtc: time, ...over })
}

const OURS = { requestorComment: ownComment() }
const SERVICE_LIFT = {
  id: actionId(50),
  type: 'Unisolate',
  requestor: null,
  requestorComment: null,
} as const
const ALL = [policy({ machines: [entry({ fields: {}, all: true })] })]
const FREE = [policy({ state: isolated('none') })]

function told(plan: Plan): readonly string[] {
  const codes = plan.changes.flatMap(({ warnings }) => warnings.map(({ code }) => code))
  return [...linesOf(plan), ...codes.map(code => `warned ${code}`)]
}

interface Row extends Given {
  readonly want: readonly string[]
  readonly drift?: readonly string[]
}

const RENEWED = 'm1/isolated impose none->full (renewed)'
const PLAIN = 'm1/isolated impose none->full (lapsed)'
const LAPSED = 'm1/isolated lapsed full/none by nobody'

describe('a hold past its time that its device still reports', () => {
  const seen = [{ machineId: machineId(1), at: addMs(NOW, -HOUR), isolated: true }]

  test.each([
    [[ended(20, OURS)], 'for as long as it is reported'],
    [[ended(20, OURS), past(100, { id: actionId(2), ...OURS })], 'until 2026-11-25 14:00Z'],
  ])('counts as held, for the time of a later isolation where there is one', (actions, end) => {
    const plan = planOf({ observed: { actions, evidence: seen } })
    expect(plan.changes).toStrictEqual([])
    const note = plan.diagnostics.find(({ code }) => code === 'observed-held')
    expect(note?.message).toContain(`it counts as held ${end}`)
  })
})

describe('a declared hold that ended by itself', () => {
  const ROWS: Readonly<Record<string, Row>> = {
    'is renewed where it was ours and ended lately': {
      observed: { actions: [ended(23, OURS)] },
      want: [RENEWED],
      drift: [LAPSED],
    },
    'is renewed where the service wrote its lift down': {
      observed: { actions: [ended(23, OURS), past(23, SERVICE_LIFT)] },
      want: [RENEWED],
      drift: ['m1/isolated lapsed full/none by service'],
    },
    'is imposed plainly where it ended over `renewWithin` ago': {
      observed: { actions: [ended(25, OURS)] },
      want: [PLAIN],
      drift: [LAPSED],
    },
    'is renewed for a day after the last own try to renew it': {
      observed: {
        actions: [ended(80, OURS), past(23, { id: actionId(2), ...OURS, status: 'TimeOut' })],
      },
      want: [RENEWED],
      drift: [LAPSED],
    },
    'is not renewed for the try of somebody else': {
      observed: { actions: [ended(80, OURS), past(23, { id: actionId(2), status: 'TimeOut' })] },
      want: [PLAIN],
      drift: [LAPSED],
    },
    'waits for somebody to ask where it ended over `longFree` ago': {
      observed: { actions: [ended(169, OURS)] },
      want: ['! m1/isolated long-free'],
      drift: [LAPSED],
    },
    'is imposed where somebody asks for it': {
      observed: { actions: [ended(169, OURS)] },
      options: { resubmit: [machineId(1)], reason: 'INC-9' },
      want: [PLAIN],
      drift: [LAPSED],
    },
    'is imposed where the policy asks for it': {
      policies: [policy({ reassert: true })],
      observed: { actions: [ended(169, OURS)] },
      want: [PLAIN],
      drift: [LAPSED],
    },
    'is imposed as ours where it was another’s': {
      observed: { actions: [ended(1)] },
      want: [PLAIN, 'warned was-held-by-other'],
      drift: [LAPSED],
    },
    'is renewed where any of its imposes was ours': {
      observed: { actions: [ended(1), past(50, { id: actionId(2), ...OURS })] },
      want: [RENEWED],
      drift: [LAPSED],
    },
    'of a policy of another name is renewed': {
      policies: [policy({ name: 'renamed' })],
      observed: { actions: [ended(1, OURS)] },
      want: [RENEWED],
      drift: [LAPSED],
    },
    'is imposed plainly where more is declared': {
      observed: { actions: [ended(1, { ...OURS, scope: 'Selective' })] },
      want: [PLAIN],
      drift: [LAPSED],
    },
    'is renewed weaker where less is declared': {
      policies: [policy({ state: isolated('selective') })],
      observed: { actions: [ended(1, OURS)] },
      want: ['m1/isolated impose none->selective (renewed)'],
      drift: ['m1/isolated lapsed selective/none by nobody'],
    },
    'is none to renew where containment of an unmanaged device is declared': {
      policies: [policy({ state: isolated('unmanaged') })],
      observed: { machines: [machine({ onboardingStatus: 'CanBeOnboarded' })], actions: [ended(1, OURS)] },
      options: { targets: [machineId(1)] },
      want: ['m1/isolated impose none->unmanaged (lapsed)'],
      drift: ['m1/isolated lapsed unmanaged/none by nobody'],
    },
    'of an unknown scope is renewed as declared': {
      observed: { actions: [ended(1, { ...OURS, scope: null })] },
      want: [RENEWED],
      drift: [LAPSED],
    },
    'that somebody released after its end is theirs to decide': {
      observed: {
        actions: [ended(2, OURS), past(1, { id: actionId(2), type: 'Unisolate', requestSource: 'Portal' })],
      },
      want: ['! m1/isolated reverted-by-other'],
      drift: ['m1/isolated reverted full/none by analyst'],
    },
    'that somebody released just before the service swept is theirs as well': {
      observed: {
        actions: [
          ended(1, OURS),
          past(1.5, { id: actionId(2), type: 'Unisolate', requestor: 'ana@contoso.com' }),
          past(1, SERVICE_LIFT),
        ],
      },
      want: ['! m1/isolated reverted-by-other'],
      drift: ['m1/isolated reverted full/none by analyst'],
    },
    'that somebody wanted released in vain is theirs to decide': {
      observed: {
        actions: [
          ended(2, OURS),
          past(80, { id: actionId(2), type: 'Unisolate', status: 'Failed', requestor: 'ana@contoso.com' }),
        ],
      },
      want: ['! m1/isolated released-by-other'],
      drift: [LAPSED],
    },
    'is renewed where a failed lift was the service’s own': {
      observed: { actions: [ended(2, OURS), past(2, { ...SERVICE_LIFT, status: 'Failed' })] },
      want: [RENEWED, 'warned effect-uncertain'],
      drift: [LAPSED],
    },
    'is not sent again while a renewal is on its way': {
      observed: {
        actions: [ended(2, OURS), past(1, { id: actionId(2), ...OURS, status: 'Pending' })],
      },
      want: ['= m1/isolated Isolate'],
    },
    'ended with an offboarding, and is imposed plainly': {
      observed: { actions: [past(50, OURS), past(40, { id: actionId(2), type: 'Offboard' })] },
      want: ['m1/isolated impose none->full (not-isolated)', 'warned ended-by-offboard'],
      drift: ['m1/isolated reverted full/none by application'],
    },
    'does not end where isolation stays': {
      configuration: { effects: { isolated: STAYS } },
      observed: { actions: [ended(900, OURS)] },
      want: [],
    },
    'is not renewed shortly before its policy expires and lifts it': {
      policies: [policy({ expires: addMs(NOW, 29 * 60_000) })],
      observed: { actions: [ended(1, OURS)] },
      want: ['! m1/isolated expires-soon'],
      drift: [LAPSED],
    },
    'is renewed shortly before its policy expires and only reports it': {
      policies: [policy({ expires: addMs(NOW, 29 * 60_000), onExpiry: 'report' })],
      observed: { actions: [ended(1, OURS)] },
      want: [RENEWED],
      drift: [LAPSED],
    },
    'is renewed where another policy goes on': {
      policies: [policy({ expires: addMs(NOW, 29 * 60_000) }), policy({ name: 'other' })],
      observed: { actions: [ended(1, OURS)] },
      want: [RENEWED],
      drift: [LAPSED],
    },
    'is not renewed by time alone while the clocks differ': {
      observed: { actions: [ended(1, OURS)], clockSkewMs: -300_001 },
      want: ['! m1/isolated clocks-differ'],
      drift: [LAPSED],
    },
    'is renewed on the word of the service while the clocks differ': {
      observed: { actions: [ended(1, OURS), past(1, SERVICE_LIFT)], clockSkewMs: 300_001 },
      want: [RENEWED],
      drift: ['m1/isolated lapsed full/none by service'],
    },
    'is not renewed by time alone where the devices could not be asked': {
      observed: { actions: [ended(1, OURS)], evidenceUnread: '429.' },
      want: ['! m1/isolated evidence-unread'],
      drift: [LAPSED],
    },
    'still holds where the device says so': {
      observed: {
        actions: [ended(5, OURS)],
        evidence: [{ machineId: machineId(1), at: addMs(NOW, -HOUR), isolated: true }],
      },
      want: [],
    },
  }
  test.each(Object.entries(ROWS))('%s', (_rule, { want, drift = [], ...given }) => {
    const plan = planOf(given)
    expect({ told: told(plan), drift: driftOf(plan) }).toStrictEqual({ told: want, drift })
  })
})

describe('a hold that ended by itself and is not declared', () => {
  const ROWS: Readonly<Record<string, Row>> = {
    'is released to be sure where all of it was ours': {
      policies: FREE,
      observed: { actions: [ended(500, OURS)] },
      want: ['m1/isolated lift none->none (declared-released)', 'warned may-have-lapsed'],
      drift: ['m1/isolated missing none/lapsed by own'],
    },
    'is left where the service says that it ended': {
      policies: FREE,
      observed: { actions: [ended(5, OURS), past(5, SERVICE_LIFT)] },
      want: [],
    },
    'is left where the device says that it is free': {
      policies: FREE,
      observed: {
        actions: [ended(5, OURS)],
        evidence: [{ machineId: machineId(1), at: addMs(NOW, -HOUR), isolated: false }],
      },
      want: [],
    },
    'is left where it was not all ours': {
      policies: FREE,
      observed: { actions: [ended(5, OURS), past(50, { id: actionId(2) })] },
      want: [],
    },
    'is released where its policy has expired': {
      policies: [policy({ expires: addMs(NOW, -HOUR) })],
      observed: { actions: [ended(5, OURS)] },
      want: ['m1/isolated lift none->none (expired)', 'warned may-have-lapsed'],
      drift: ['m1/isolated expired none/lapsed by own'],
    },
    'is told where no policy speaks of it': {
      policies: [],
      observed: { actions: [ended(5, OURS)] },
      want: [],
      drift: ['m1/isolated orphaned none/lapsed by own'],
    },
    'is released with --prune where no policy speaks of it': {
      policies: [],
      options: { prune: true },
      observed: { actions: [ended(5, OURS)] },
      want: ['m1/isolated lift none->none (orphaned)', 'warned may-have-lapsed'],
      drift: ['m1/isolated orphaned none/lapsed by own'],
    },
    'is nothing to tell of where another’s has ended': {
      policies: [],
      observed: { actions: [ended(5)] },
      want: [],
    },
    'waits for what `liftAfter` asks since it began': {
      policies: [
        policy({
          state: {
            ...isolated('none'),
            scanned: { value: { scan: 'quick' }, place: ALL[0]?.place as never },
          },
          liftAfter: ['scanned'],
        }),
      ],
      observed: { actions: [ended(5, OURS)] },
      want: [
        'm1/isolated lift none->none (declared-released)',
        `m1/scanned run never->quick since ${addMs(NOW, -173 * HOUR).slice(0, 19)}Z (not-run)`,
        'warned may-have-lapsed',
        'warned scan-proves-acceptance-only',
      ],
      drift: [
        'm1/isolated missing none/lapsed by own',
        'm1/scanned missing quick since 2026-11-15T13:00:00Z/never by nobody',
      ],
    },
  }
  test.each(Object.entries(ROWS))('%s', (_rule, { want, drift = [], ...given }) => {
    const plan = planOf(given)
    expect({ told: told(plan), drift: driftOf(plan) }).toStrictEqual({ told: want, drift })
  })

  test('another’s that reached its time is only told of where the machine is declared free', () => {
    expect(saidIn(planOf({ policies: FREE, observed: { actions: [ended(5)] } }))).toStrictEqual([
      'info may-have-lapsed',
    ])
  })
})

describe('what a device denies', () => {
  const denied = (hours: number) => ({
    machineId: machineId(1),
    at: addMs(NOW, -hours * HOUR),
    isolated: false,
  })

  test('is imposed plainly, never renewed, and told as lost', () => {
    const plan = planOf({ observed: { actions: [past(50, OURS)], evidence: [denied(1)] } })
    expect(told(plan)).toStrictEqual(['m1/isolated impose none->full (lost)', 'warned released-off-record'])
    expect(driftOf(plan)).toStrictEqual(['m1/isolated lost full/none by nobody'])
    expect(plan.drift[0]?.ended).toBe(actionId(1))
  })

  test('is not imposed twice within `retry.within`', () => {
    const again = past(5, { id: actionId(2), ...OURS })
    const given = { observed: { actions: [past(50, OURS), again], evidence: [denied(1)] } }
    expect(linesOf(planOf(given))).toStrictEqual(['! m1/isolated evidence-disagrees'])
    const options = { resubmit: [machineId(1)], reason: 'INC-9' }
    expect(linesOf(planOf({ ...given, options }))).toStrictEqual(['m1/isolated impose none->full (lost)'])
    const old = past(25, { id: actionId(2), ...OURS })
    expect(
      linesOf(planOf({ observed: { actions: [past(50, OURS), old], evidence: [denied(1)] } })),
    ).toStrictEqual(['m1/isolated impose none->full (lost)'])
  })
})

describe('what a plan says of ends to come', () => {
  const warned = (given: Given) => saidIn(planOf(given))

  test('a hold that no policy which declares it carries ends with that of others', () => {
    expect(warned({ observed: { actions: [past(5)] } })).toStrictEqual(['warning ends-with-theirs'])
    expect(warned({ observed: { actions: [past(5, OURS)] } })).toStrictEqual([])
    const other = { requestorComment: ownComment({ policy: 'other' }) }
    expect(warned({ observed: { actions: [past(5, other)] } })).toStrictEqual(['warning ends-with-theirs'])
    expect(
      warned({ configuration: { effects: { isolated: STAYS } }, observed: { actions: [past(5)] } }),
    ).toStrictEqual([])
  })

  test('the configuration’s name stands before the policy of the marker', () => {
    const named = { requestorComment: ownComment({ policy: 'soc/contain' }) }
    expect(warned({ configuration: { name: 'soc' }, observed: { actions: [past(5, named)] } })).toStrictEqual(
      [],
    )
  })

  test('a hold that was over an hour on its way has an uncertain end', () => {
    const slow = past(5, { ...OURS, creationDateTimeUtc: addMs(NOW, -7 * HOUR) })
    expect(warned({ observed: { actions: [slow] } })).toStrictEqual(['warning until-uncertain'])
  })

  test('a lapse is unproven until one was seen in the tenant', () => {
    expect(warned({ observed: { actions: [ended(5, OURS)] } })).toStrictEqual(['warning lapse-unproven'])
    const elsewhere = [
      past(200, { id: actionId(8), machineId: machineId(2) }),
      past(32, { ...SERVICE_LIFT, machineId: machineId(2) }),
    ]
    expect(warned({ observed: { actions: [ended(5, OURS), ...elsewhere] } })).toStrictEqual([])
    const seen = [{ machineId: machineId(1), at: addMs(NOW, -HOUR), isolated: false }]
    expect(warned({ observed: { actions: [ended(5, OURS)], evidence: seen } })).toStrictEqual([
      'info evidence-read',
    ])
    const two = planOf({
      policies: ALL,
      observed: {
        machines: [machine(), machine({ id: machineId(2) })],
        actions: [ended(5, OURS), ended(5, { id: actionId(2), machineId: machineId(2), ...OURS })],
      },
    })
    expect(two.diagnostics[0]?.message).toContain('2 isolations are taken')
  })

  test('how many wait for somebody to ask is told in one line', () => {
    const one = { observed: { actions: [ended(400, OURS)] } }
    expect(warned(one)).toStrictEqual(['warning lapse-unproven', 'warning long-free'])
    const two = planOf({
      policies: ALL,
      observed: {
        machines: [machine(), machine({ id: machineId(2) })],
        actions: [ended(400, OURS), ended(400, { id: actionId(2), machineId: machineId(2), ...OURS })],
      },
    })
    expect(two.diagnostics.map(({ message }) => message.slice(0, 14))).toStrictEqual([
      '2 isolations a',
      '2 machines are',
    ])
  })

  test('an isolation to come says until when at the earliest', () => {
    expect(planOf({}).changes[0]?.until).toBe('2026-11-29T18:00:00Z')
    const stays = planOf({ configuration: { effects: { isolated: STAYS } } })
    expect(stays.changes[0]).not.toHaveProperty('until')
    expect(
      planOf({
        policies: [policy({ state: { restricted: { value: 'restricted', place: ALL[0]?.place as never } } })],
      }).changes[0],
    ).not.toHaveProperty('until')
  })

  test('what is in flight says so too, where it is an isolation', () => {
    const flying = (over: Partial<MachineAction>) =>
      planOf({ observed: { actions: [past(1, { status: 'Pending', ...over })] } }).inFlight[0]
    expect(flying({})?.until).toBe('2026-11-29T17:00:00Z')
    expect(flying({ scope: 'UnManagedDevice' })).not.toHaveProperty('until')
    expect(flying({ type: 'Unisolate' })).not.toHaveProperty('until')
  })

  test('a service that lifts at the first end shows that `extends` is wrong', () => {
    const plan = planOf({
      configuration: { effects: { isolated: { ...configuration().effects.isolated, extends: true } } },
      observed: {
        actions: [ended(2, OURS), past(100, { id: actionId(2), ...OURS }), past(2, SERVICE_LIFT)],
      },
    })
    expect(told(plan)).toStrictEqual([RENEWED, 'warned extends-wrong'])
  })
})

describe('renewing before the end', () => {
  const effect = { ...configuration().effects.isolated, extends: true, renewBefore: lasting('12h') }
  const early = (hours: number, over: Partial<MachineAction> = OURS, given: Given = {}) =>
    linesOf(
      planOf({
        configuration: { effects: { isolated: effect } },
        observed: { actions: [past(hours, over)] },
        ...given,
      }),
    )

  test('repeats an own hold so long before it ends', () => {
    expect(early(155)).toStrictEqual([])
    expect(early(156)).toStrictEqual(['m1/isolated impose full->full (renewed)'])
  })

  test('repeats no hold of others, none of another strength, and none while something is in flight', () => {
    expect(early(160, {})).toStrictEqual([])
    expect(early(160, OURS, { policies: [policy({ state: isolated('selective') })] })).toStrictEqual([])
    const flying = past(1, { id: actionId(2), status: 'Pending', ...OURS })
    expect(early(160, OURS, { observed: { actions: [past(160, OURS), flying] } })).toStrictEqual([
      '= m1/isolated Isolate (not awaited)',
    ])
  })

  test('is a renewal of the impose that holds', () => {
    const plan = planOf({
      configuration: { effects: { isolated: effect } },
      observed: { actions: [past(160, OURS)] },
    })
    expect(plan.changes[0]?.renews).toBe(actionId(1))
    expect(plan.summary).toMatchObject({ renew: 1, impose: 0 })
  })

  test('waits where the policy expires soon', () => {
    expect(early(160, OURS, { policies: [policy({ expires: addMs(NOW, 60_000) })] })).toStrictEqual([
      '! m1/isolated expires-soon',
    ])
  })
})

describe('renewals in the document', () => {
  const many = (count: number): Given => ({
    policies: ALL,
    observed: {
      machines: [...Array(count).keys()].map(number => machine({ id: machineId(number + 1) })),
      actions: [...Array(count).keys()].map(number =>
        ended(number + 1, { id: actionId(number + 1), machineId: machineId(number + 1), ...OURS }),
      ),
    },
  })

  test('are no part of the plan’s id, and have one of their own', () => {
    const [none, some] = [planOf({ policies: [] }), planOf({ observed: { actions: [ended(1, OURS)] } })]
    expect(some.planId).toBe(none.planId)
    expect(some.renewalsId).toBe(renewalsIdOf(some.target, some.changes))
    expect(none).not.toHaveProperty('renewalsId')
    expect(some.changes[0]?.renews).toBe(actionId(1))
    expect(some.summary).toMatchObject({ renew: 1, impose: 0 })
  })

  test('that ended at the same moment are blocked by address', () => {
    const actions = [1, 2, 3].map(number =>
      ended(1, { id: actionId(number), machineId: machineId(number), ...OURS }),
    )
    const guards = { maxRenewals: 1 }
    const given = many(3)
    const plan = planOf({ ...given, observed: { ...given.observed, actions }, configuration: { guards } })
    expect(linesOf(plan)).toStrictEqual([
      'm1/isolated impose none->full (renewed)',
      '! m2/isolated over-max-renewals',
      '! m3/isolated over-max-renewals',
    ])
  })

  test('count towards `maxRenewals` alone; over it those that ended longest ago are blocked', () => {
    const guards = { maxMachines: 0, maxRenewals: 2 }
    const plan = planOf({ ...many(4), configuration: { guards } })
    expect(linesOf(plan)).toStrictEqual([
      'm1/isolated impose none->full (renewed)',
      'm2/isolated impose none->full (renewed)',
      '! m3/isolated over-max-renewals',
      '! m4/isolated over-max-renewals',
    ])
    expect(plan.guards).toMatchObject([
      { name: 'maxMachines', actual: 0, status: 'pass' },
      { name: 'maxRenewals', limit: 2, actual: 4, status: 'fail' },
    ])
    expect(plan.applyable).toBe(true)
    const options = { exceedGuards: ['maxRenewals'], reason: 'INC-9' } as const
    expect(planOf({ ...many(4), configuration: { guards }, options }).summary).toMatchObject({ renew: 4 })
  })

  test('a saved plan is believed only with the id of its renewals', () => {
    const plan = planOf({ observed: { actions: [ended(1, OURS)] } })
    expect(readPlan(JSON.stringify(sealPlan(plan)))).toHaveProperty('plan')
    const { renewalsId: _gone, ...bare } = plan
    expect(readPlan(JSON.stringify(sealPlan(bare)))).toMatchObject({ code: 'plan-tampered' })
  })

  test('a finding about a lapse is the same once the service has written its lift down', () => {
    const [silent, written] = [
      planOf({ observed: { actions: [ended(1, OURS)] } }),
      planOf({ observed: { actions: [ended(1, OURS), past(1, SERVICE_LIFT)] } }),
    ].map(plan => driftIdOf(plan.target, plan.drift[0] as Plan['drift'][number]))
    expect(silent).toBe(written)
  })

  test('alone they are all that is planned, with what takes back those whose policy has expired', () => {
    const given: Given = {
      policies: [
        policy({ machines: [1, 2, 3].map(number => entry({ fields: { id: [machineId(number)] } })) }),
        policy({
          name: 'over',
          expires: addMs(NOW, -HOUR),
          machines: [4, 5].map(number => entry({ fields: { id: [machineId(number)] } })),
        }),
      ],
      options: { renewals: true },
      observed: {
        machines: [1, 2, 3, 4, 5].map(number => machine({ id: machineId(number) })),
        actions: [
          ended(1, { id: actionId(1), machineId: machineId(1), ...OURS, scope: 'Selective' }),
          ended(400, { id: actionId(2), machineId: machineId(2), ...OURS }),
          past(400, { id: actionId(4), machineId: machineId(4), ...OURS }),
          past(230, { id: actionId(5), machineId: machineId(4), ...OURS }),
          past(62, { id: actionId(6), machineId: machineId(4), ...OURS }),
          past(62, { id: actionId(7), machineId: machineId(5), ...OURS }),
        ],
      },
    }
    // Of what ended at the weaker level, nothing of what is merely free (3) or long free (2), nor of a first hold (5).
    expect(linesOf(planOf(given))).toStrictEqual([
      'm1/isolated impose none->selective (renewed)',
      'm4/isolated lift full->none (expired)',
    ])
  })
})

test('equal input gives equal bytes also where holds have ended', () => {
  const input = inputOf({
    policies: ALL,
    observed: {
      actions: [
        ended(1, OURS),
        past(1, SERVICE_LIFT),
        past(30, { id: actionId(9), type: 'RunAntiVirusScan' }),
      ],
    },
  })
  const turned = {
    ...input,
    observation: { ...input.observation, actions: input.observation.actions.toReversed() },
  }
  expect(JSON.stringify(createPlan(turned))).toBe(JSON.stringify(createPlan(input)))
})
