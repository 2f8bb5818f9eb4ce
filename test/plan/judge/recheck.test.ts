import { describe, expect, test } from 'vitest'
import { createPlan } from '../../../src/plan/assemble/create-plan.ts'
import type { Change } from '../../../src/plan/document/document.ts'
import { markerOf } from '../../../src/plan/document/marker-of.ts'
import { holdsNow, type Recheck, recheckChange } from '../../../src/plan/judge/recheck.ts'
import { NO_OPTIONS, type PlanOptions } from '../../../src/plan/select/plan-input.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { appendMarker } from '../../../src/posture/marker.ts'
import { addMs, type Instant } from '../../../src/schema/instant.ts'
import type { DesiredState, Policy } from '../../../src/schema/policy.ts'
import {
  action,
  actionId,
  at,
  configuration,
  isolated,
  lasting,
  machineId,
  NOW,
  observation,
  ownComment,
  PLACE,
  placed,
  policy,
} from '../../support/build-core.ts'

const HOUR = 3_600_000
const CONFIGURATION = configuration({
  allow: { quarantined: true, liveResponse: true, offboarded: true, scopeChange: true },
})
const RESUBMIT = { resubmit: [machineId(1)], reason: 'freed by script' }

/** When the plan is looked at again. */
const LATER = addMs(NOW, HOUR)
const hoursAgo = (hours: number): Instant => addMs(NOW, -hours * HOUR)
const minutesOn = (minutes: number): Instant => addMs(NOW, minutes * 60_000)

interface Planned {
  readonly change: Change
  readonly planId: string
  readonly actions: readonly MachineAction[]
}

/** Plans a policy over a history and gives the one change of it at a facet. */
function planned(
  state: DesiredState | Partial<Policy>,
  actions: readonly MachineAction[] = [],
  options: Partial<PlanOptions> = {},
): Planned {
  const over =
    'state' in state || 'reassert' in state || 'expires' in state
      ? (state as Partial<Policy>)
      : { state: state as DesiredState }
  const plan = createPlan({
    policies: [policy(over)],
    configuration: CONFIGURATION,
    observation: observation({ actions }),
    now: NOW,
    toolVersion: '0.0.0',
    source: { commit: null, dirty: null, files: {} },
    diagnostics: [],
    options: { ...NO_OPTIONS, ...options },
  })
  const [change] = plan.changes
  if (change === undefined) throw new Error(`no change: ${JSON.stringify(plan.blocked)}`)
  return { change, planId: plan.planId, actions }
}

/** Looks at it again an hour later, with `more` having happened. */
function look({ change, planId, actions }: Planned, more: readonly MachineAction[]): Recheck {
  const ids = new Set(more.map(({ id }) => id))
  const all = [...actions.filter(({ id }) => !ids.has(id)), ...more]
  return recheckChange(change, { configuration: CONFIGURATION, planId, now: LATER, actions: all })
}

function holds({ change, planId, actions }: Planned, more: readonly MachineAction[]): boolean {
  const ids = new Set(more.map(({ id }) => id))
  const all = [...actions.filter(({ id }) => !ids.has(id)), ...more]
  return holdsNow(change, { configuration: CONFIGURATION, planId, now: LATER, actions: all })
}

/** An action of the plan itself, by its marker. */
function ofPlan(
  { change, planId }: Planned,
  id: number,
  type: string,
  over: Partial<MachineAction> = {},
): MachineAction {
  const requestorComment = appendMarker('INC-1', markerOf(planId, change, undefined))
  return action({ id: actionId(id), type, requestorComment, creationDateTimeUtc: minutesOn(id), ...over })
}

const foreign = (id: number, type: string, over: Partial<MachineAction> = {}): MachineAction =>
  action({ id: actionId(id), type, creationDateTimeUtc: minutesOn(id), ...over })
const own = { requestorComment: ownComment({ plan: '99999999' }) }

const held = action({ id: actionId(100), ...own, creationDateTimeUtc: hoursAgo(48) })
const heldSelective = { ...held, scope: 'Selective' }
const ownUnisolate = action({
  id: actionId(101),
  type: 'Unisolate',
  status: 'Pending',
  ...own,
  creationDateTimeUtc: hoursAgo(1),
})
const ownIsolate = action({ id: actionId(102), status: 'Pending', ...own, creationDateTimeUtc: hoursAgo(1) })

describe('an impose', () => {
  const impose = planned(isolated('full'))

  test('is sent where nothing happened', () => {
    expect(look(impose, [])).toStrictEqual({ kind: 'unmoved' })
  })

  test('does not care for other pairs, machines and types', () => {
    const noise = [
      foreign(1, 'RestrictCodeExecution'),
      foreign(2, 'Isolate', { machineId: machineId(2) }),
      foreign(3, 'RequestSample'),
    ]
    expect(look(impose, noise)).toStrictEqual({ kind: 'unmoved' })
  })

  test('is satisfied by another', () => {
    expect(look(impose, [foreign(1, 'Isolate')])).toStrictEqual({ kind: 'satisfied', actionId: actionId(1) })
  })

  test('is satisfied by another plan of ours', () => {
    expect(look(impose, [foreign(1, 'Isolate', own)]).kind).toBe('satisfied')
  })

  test('is satisfied by an isolation without a scope', () => {
    expect(look(impose, [foreign(1, 'Isolate', { scope: null })]).kind).toBe('satisfied')
  })

  test('awaits what another has in flight toward it', () => {
    const flight = foreign(1, 'Isolate', { status: 'InProgress' })
    expect(look(impose, [flight])).toStrictEqual({ kind: 'in-flight', action: flight })
  })

  test('has moved where the opposite is in flight, whoever sent it', () => {
    const theirs = look(impose, [foreign(1, 'Unisolate', { status: 'Pending' })])
    expect(theirs).toMatchObject({ kind: 'moved', message: expect.stringContaining('Other App') })
    expect(look(impose, [foreign(1, 'Unisolate', { status: 'Pending', ...own })]).kind).toBe('moved')
  })

  test('has moved where the opposite ended', () => {
    expect(look(impose, [foreign(1, 'Unisolate')])).toStrictEqual({
      kind: 'moved',
      message: `Unisolate by Other App through PublicApi at 2026-11-22T18:01:00Z (action ${actionId(1)}) came after the plan was made (Succeeded); plan again.`,
    })
  })

  test.each(['Failed', 'TimeOut', 'Cancelled'])('has moved where another %s', status => {
    expect(look(impose, [foreign(1, 'Isolate', { status })]).kind).toBe('moved')
  })

  test('has moved where another scope holds', () => {
    expect(look(impose, [foreign(1, 'Isolate', { scope: 'Selective' })])).toMatchObject({
      kind: 'moved',
      message: expect.stringContaining('scopeChange'),
    })
  })

  test('of less is satisfied by more', () => {
    expect(look(planned(isolated('selective')), [foreign(1, 'Isolate')]).kind).toBe('satisfied')
  })

  test('after a release rests on it, and has moved where it is not there any more', () => {
    const again = planned(isolated('full'), [held, { ...ownUnisolate, status: 'Succeeded' }])
    expect(look(again, []).kind).toBe('unmoved')
    expect(look({ ...again, actions: [held] }, []).kind).toBe('satisfied')
    expect(look({ ...again, actions: [] }, [])).toStrictEqual({
      kind: 'moved',
      message: `the history that ${machineId(1)}/isolated rests on is not there any more; plan again.`,
    })
  })

  test('names nobody for what is gone, although older actions are left', () => {
    const released = { ...ownUnisolate, status: 'Succeeded' }
    const old = action({ id: actionId(99), type: 'Unisolate', creationDateTimeUtc: hoursAgo(99), ...own })
    const again = planned(isolated('full'), [old, held, released])
    expect(look({ ...again, actions: [old] }, [])).toMatchObject({
      message: expect.stringContaining('not there any more'),
    })
  })

  test('is looked at by each action’s latest reading, each once', () => {
    const early = foreign(1, 'Isolate', { status: 'Pending' })
    expect(
      look(impose, [{ ...early, status: 'Succeeded', lastUpdateDateTimeUtc: minutesOn(9) }, early]).kind,
    ).toBe('satisfied')
  })
})

describe('actions of this plan never count as moved', () => {
  const impose = planned(isolated('full'))

  test.each(['Pending', 'Succeeded', 'Failed', 'TimeOut', 'Cancelled'])('its own action %s', status => {
    expect(look(impose, [ofPlan(impose, 1, 'Isolate', { status })])).toStrictEqual({ kind: 'unmoved' })
  })

  test('but one through the portal with the marker pasted is somebody else’s', () => {
    const pasted = ofPlan(impose, 1, 'Unisolate', { requestSource: 'Portal' })
    expect(look(impose, [pasted]).kind).toBe('moved')
  })

  test('nor one of another configuration', () => {
    const named = { ...CONFIGURATION, name: 'soc' }
    const actions = [ofPlan(impose, 1, 'Unisolate')]
    const { change, planId } = impose
    expect(recheckChange(change, { configuration: named, planId, now: LATER, actions }).kind).toBe('moved')
  })
})

describe('a lift', () => {
  const lift = planned(isolated('none'), [held])

  test('is sent where what it rests on stands still', () => {
    expect(look(lift, []).kind).toBe('unmoved')
  })

  test('is satisfied by another', () => {
    expect(look(lift, [foreign(1, 'Unisolate')])).toStrictEqual({ kind: 'satisfied', actionId: actionId(1) })
  })

  test('has moved where another isolated since, even with the same scope', () => {
    expect(look(lift, [foreign(1, 'Isolate')]).kind).toBe('moved')
  })

  test('awaits another’s release', () => {
    expect(look(lift, [foreign(1, 'Unisolate', { status: 'Pending' })]).kind).toBe('in-flight')
  })

  test('that another did, with an isolation after it that failed, is not satisfied for sure', () => {
    expect(look(lift, [foreign(1, 'Unisolate'), foreign(2, 'Isolate', { status: 'Failed' })]).kind).toBe(
      'moved',
    )
  })

  test('for an uncertain effect is sent, and satisfied by another', () => {
    const failed = action({ id: actionId(103), status: 'Failed', creationDateTimeUtc: hoursAgo(2) })
    const uncertain = planned(isolated('none'), [failed])
    expect(uncertain.change.reason).toBe('effect-uncertain')
    expect(look(uncertain, []).kind).toBe('unmoved')
    expect(look(uncertain, [foreign(1, 'Unisolate')]).kind).toBe('satisfied')
    expect(look(uncertain, [foreign(1, 'Isolate', { status: 'Pending' })]).kind).toBe('moved')
  })

  test('of an expired policy is sent, and satisfied by another', () => {
    const expired = planned({ expires: hoursAgo(1) }, [held])
    expect(expired.change.reason).toBe('expired')
    expect(look(expired, []).kind).toBe('unmoved')
    expect(look(expired, [foreign(1, 'Unisolate'), foreign(2, 'Isolate', { status: 'Failed' })]).kind).toBe(
      'satisfied',
    )
  })
})

describe('a chain', () => {
  const chain = planned(isolated('full'), [heldSelective])
  const lifted = ofPlan(chain, 1, 'Unisolate')

  test('is sent where what it rests on stands still', () => {
    expect(chain.change.operations).toStrictEqual(['lift', 'impose'])
    expect(look(chain, []).kind).toBe('unmoved')
  })

  test('goes on after its own first half', () => {
    expect(look(chain, [{ ...lifted, status: 'Pending' }]).kind).toBe('unmoved')
    expect(look(chain, [lifted]).kind).toBe('unmoved')
  })

  test('is satisfied by another after its first half', () => {
    expect(look(chain, [lifted, foreign(2, 'Isolate')])).toStrictEqual({
      kind: 'satisfied',
      actionId: actionId(2),
    })
  })

  test('goes on where its first half undid what another did in between', () => {
    expect(
      look(chain, [foreign(2, 'Isolate'), { ...lifted, lastUpdateDateTimeUtc: minutesOn(3) }]).kind,
    ).toBe('unmoved')
  })

  test('awaits another’s isolation after its first half', () => {
    expect(look(chain, [lifted, foreign(2, 'Isolate', { status: 'Pending' })]).kind).toBe('in-flight')
  })

  test('has moved where another released', () => {
    expect(look(chain, [foreign(1, 'Unisolate')]).kind).toBe('moved')
  })

  test('down to less is not satisfied by what holds', () => {
    const weaken = planned(isolated('selective'), [held])
    expect(weaken.change.reason).toBe('other-scope')
    expect(look(weaken, []).kind).toBe('unmoved')
  })
})

describe('a cancel', () => {
  const cancel = planned(isolated('full'), [held, ownUnisolate])
  const byUs = {
    cancellationComment: appendMarker('INC-1', markerOf(cancel.planId, cancel.change, undefined)),
  }

  test('is sent while what it cancels is in flight', () => {
    expect(cancel.change.operations).toStrictEqual(['cancel'])
    expect(look(cancel, []).kind).toBe('unmoved')
  })

  test('counts as not yet done once this plan did it', () => {
    expect(look(cancel, [{ ...ownUnisolate, status: 'Cancelled', ...byUs }]).kind).toBe('unmoved')
  })

  test('is satisfied once it ended by itself', () => {
    expect(look(cancel, [{ ...ownUnisolate, status: 'TimeOut' }]).kind).toBe('satisfied')
  })

  test('has moved where it took effect before', () => {
    expect(look(cancel, [{ ...ownUnisolate, status: 'Succeeded' }]).kind).toBe('moved')
  })

  test('has moved where another is in flight beside it', () => {
    const second = foreign(1, 'Unisolate', { status: 'Pending' })
    expect(look(cancel, [second])).toMatchObject({
      kind: 'moved',
      message: expect.stringContaining(actionId(1)),
    })
  })

  test('has moved where another one took the place of what it cancels', () => {
    const { change, planId } = cancel
    const actions = [held, { ...ownUnisolate, id: actionId(1) }]
    const verdict = recheckChange(change, { configuration: CONFIGURATION, planId, now: LATER, actions })
    expect(verdict.kind).toBe('moved')
  })

  test('of a foreign one, reasserted, is sent', () => {
    const theirs = { ...ownUnisolate, requestorComment: 'why' }
    const reasserted = planned({ state: isolated('full'), reassert: true }, [held, theirs])
    expect(look(reasserted, []).kind).toBe('unmoved')
    expect(look(reasserted, [{ ...theirs, status: 'Failed' }]).kind).toBe('satisfied')
  })

  test('before an impose goes on after it was done', () => {
    const both = planned(isolated('full'), [ownUnisolate])
    const done = { cancellationComment: appendMarker('x', markerOf(both.planId, both.change, undefined)) }
    expect(both.change.operations).toStrictEqual(['cancel', 'impose'])
    expect(look(both, []).kind).toBe('unmoved')
    expect(look(both, [{ ...ownUnisolate, status: 'Cancelled', ...done }]).kind).toBe('unmoved')
    expect(look(both, [{ ...ownUnisolate, status: 'Cancelled' }]).kind).toBe('moved')
  })

  test('of what nobody declares is sent', () => {
    const expired = planned({ expires: hoursAgo(1) }, [ownIsolate])
    expect(expired.change.operations).toStrictEqual(['cancel'])
    expect(look(expired, []).kind).toBe('unmoved')
    expect(look(expired, [{ ...ownIsolate, status: 'TimeOut' }]).kind).toBe('satisfied')
  })

  test('where more than declared holds keeps what holds', () => {
    const strict = { ...CONFIGURATION, allow: { ...CONFIGURATION.allow, scopeChange: false } }
    const { change, planId } = cancel
    const actions = [held, ownUnisolate]
    expect(recheckChange(change, { configuration: strict, planId, now: LATER, actions }).kind).toBe('unmoved')
  })
})

describe('a resubmission', () => {
  const again = planned(isolated('full'), [held], RESUBMIT)

  test('is sent although it holds', () => {
    expect(again.change.reason).toBe('resubmitted')
    expect(look(again, []).kind).toBe('unmoved')
  })

  test('is not sent beside another’s', () => {
    expect(look(again, [foreign(1, 'Isolate', { status: 'Pending' })]).kind).toBe('satisfied')
  })

  test('has moved where another isolated since', () => {
    expect(look(again, [foreign(1, 'Isolate')]).kind).toBe('moved')
  })
})

describe('a restriction', () => {
  const restrict = planned({ restricted: placed('restricted') })

  test('follows the same table with its own pair', () => {
    expect(look(restrict, []).kind).toBe('unmoved')
    expect(look(restrict, [foreign(1, 'Isolate')]).kind).toBe('unmoved')
    expect(look(restrict, [foreign(1, 'RestrictCodeExecution')]).kind).toBe('satisfied')
  })
})

const since = at('2026-11-20')
const quick: DesiredState = { scanned: placed({ scan: 'quick', since }) }
const full: DesiredState = { scanned: placed({ scan: 'full', since }) }
const scan = (id: number, over: Partial<MachineAction> = {}): MachineAction =>
  foreign(id, 'RunAntiVirusScan', { scope: 'Quick', ...over })

describe('a run', () => {
  const run = planned(quick)

  test('is sent where nothing happened', () => {
    expect(look(run, [])).toStrictEqual({ kind: 'unmoved' })
  })

  test('is satisfied by another', () => {
    expect(look(run, [scan(1)])).toStrictEqual({ kind: 'satisfied', actionId: actionId(1) })
  })

  test('names the latest of several that satisfy', () => {
    const old = scan(-60, { id: actionId(9), creationDateTimeUtc: hoursAgo(500) })
    expect(look(planned(quick, [old]), [scan(1), scan(2)])).toStrictEqual({
      kind: 'satisfied',
      actionId: actionId(2),
    })
  })

  test('awaits what another has in flight and would satisfy', () => {
    const flight = scan(1, { status: 'Pending' })
    expect(look(run, [flight])).toStrictEqual({ kind: 'in-flight', action: flight })
  })

  test('has moved where another tried and failed', () => {
    expect(look(run, [scan(1, { status: 'Failed' })]).kind).toBe('moved')
  })

  test('does not count what this plan did', () => {
    expect(look(run, [ofPlan(run, 1, 'RunAntiVirusScan', { scope: 'Quick' })]).kind).toBe('unmoved')
  })

  test('has moved where another began one that would not satisfy', () => {
    const strong = planned(full)
    expect(look(strong, [scan(1, { status: 'Pending' })])).toStrictEqual({
      kind: 'moved',
      message: `RunAntiVirusScan by Other App through PublicApi at 2026-11-22T18:01:00Z (action ${actionId(1)}) is Pending on the machine; plan again once it has ended.`,
    })
    expect(look(strong, [scan(1)]).kind).toBe('moved')
  })

  test('that was planned to wait for what is in flight still waits', () => {
    const weak = scan(-5, { id: actionId(1), status: 'Pending' })
    const waiting = planned(full, [weak])
    expect(waiting.change.dependsOn).toStrictEqual([waiting.change.address])
    expect(look(waiting, []).kind).toBe('unmoved')
  })

  test('counts a rolling wish from the second look', () => {
    const rolling = planned({ scanned: placed({ scan: 'quick', within: lasting('7d') }) })
    expect(rolling.change.after).toBe('quick within 7d')
    const created = addMs(LATER, -7 * 24 * HOUR)
    expect(look(rolling, [scan(1, { creationDateTimeUtc: created })]).kind).toBe('satisfied')
    expect(look(rolling, [scan(1, { creationDateTimeUtc: addMs(created, -1) })]).kind).toBe('moved')
  })

  test('that is resubmitted is sent although it was done', () => {
    const again = planned(quick, [scan(-60)], RESUBMIT)
    expect(again.change.reason).toBe('resubmitted')
    expect(look(again, []).kind).toBe('unmoved')
    expect(look(again, [scan(1)]).kind).toBe('moved')
  })

  test('of a file looks at that file alone', () => {
    const sha1 = '87662bc3d60e4200ceaf7aae249d1c343f4b83c9'
    const quarantine = planned({ quarantined: [{ sha1, place: PLACE }] })
    const file = (fileIdentifier: string) =>
      foreign(1, 'StopAndQuarantineFile', { relatedFileInfo: { fileIdentifier, fileIdentifierType: 'Sha1' } })
    expect(look(quarantine, [file('f'.repeat(40))]).kind).toBe('unmoved')
    expect(look(quarantine, [file(sha1.toUpperCase())]).kind).toBe('satisfied')
  })

  test('of commands looks at those commands alone', () => {
    const script = { type: 'RunScript', script: 'a.ps1' } as const
    const triage = planned({ liveResponse: [{ name: 'triage', commands: [script], since, place: PLACE }] })
    const ran = (value: string) =>
      foreign(1, 'LiveResponse', {
        commands: [
          {
            index: 0,
            commandStatus: 'Completed',
            errors: [],
            type: 'RunScript',
            params: [{ key: 'ScriptName', value }],
          },
        ],
      })
    expect(look(triage, [ran('b.ps1')]).kind).toBe('unmoved')
    expect(look(triage, [ran('a.ps1')]).kind).toBe('satisfied')
  })

  test('without its request is a defect', () => {
    const broken: Change = { ...run.change, requests: [] }
    expect(() => look({ ...run, change: broken }, [])).toThrow('scanned holds no request of its facet')
  })
})

describe('what holds now', () => {
  const impose = planned(isolated('full'))
  const lift = planned(isolated('none'), [held])
  const weaken = planned(isolated('selective'), [held])

  test.each<readonly [string, Planned, readonly MachineAction[], boolean]>([
    ['an impose that succeeded holds, whoever sent it', impose, [foreign(1, 'Isolate')], true],
    ['one of this plan holds as well', impose, [ofPlan(impose, 1, 'Isolate')], true],
    [
      'one that was undone since does not',
      impose,
      [ofPlan(impose, 1, 'Isolate'), foreign(2, 'Unisolate')],
      false,
    ],
    ['one that is in flight does not', impose, [foreign(1, 'Isolate', { status: 'Pending' })], false],
    [
      'one that completed before an older release did does not',
      impose,
      [
        foreign(3, 'Isolate', { lastUpdateDateTimeUtc: minutesOn(4) }),
        foreign(1, 'Unisolate', { lastUpdateDateTimeUtc: minutesOn(5) }),
      ],
      false,
    ],
    ['another scope does not', impose, [foreign(1, 'Isolate', { scope: 'Selective' })], false],
    ['more than was wanted does', planned(isolated('selective')), [foreign(1, 'Isolate')], true],
    ['more than was wanted does not where the scope was to change', weaken, [], false],
    [
      'the other scope does then',
      weaken,
      [ofPlan(weaken, 1, 'Unisolate'), ofPlan(weaken, 2, 'Isolate', { scope: 'Selective' })],
      true,
    ],
    ['a lift that succeeded holds', lift, [ofPlan(lift, 1, 'Unisolate')], true],
    ['a lift that failed does not', lift, [ofPlan(lift, 1, 'Unisolate', { status: 'Failed' })], false],
    [
      'a cancel holds while the level stands',
      planned(isolated('full'), [held, ownUnisolate]),
      [{ ...ownUnisolate, status: 'Cancelled' }],
      true,
    ],
    [
      'a cancel of what took effect does not',
      planned(isolated('full'), [held, ownUnisolate]),
      [{ ...ownUnisolate, status: 'Succeeded' }],
      false,
    ],
    ['a run that succeeded holds', planned(quick), [scan(1)], true],
    ['a run that is in flight does not', planned(quick), [scan(1, { status: 'Pending' })], false],
    ['a resubmitted run holds', planned(quick, [scan(-60)], RESUBMIT), [], true],
  ])('%s', (_rule, change, more, want) => {
    expect(holds(change, more)).toBe(want)
  })

  test('readings of one action count once, the latest', () => {
    const pending = foreign(1, 'Isolate', { status: 'Pending' })
    expect(holds(impose, [{ ...pending, status: 'Succeeded' }, pending])).toBe(true)
  })
})
