import { describe, expect, test } from 'vitest'
import { decideHold, type HoldWish, isStronger, satisfiesLevel } from '../../../src/plan/judge/decide-hold.ts'
import type { Decision } from '../../../src/plan/judge/decision.ts'
import { foldHold } from '../../../src/posture/fold-hold.ts'
import { indexHistory } from '../../../src/posture/history.ts'
import { HOLD_PAIRS, type HoldName } from '../../../src/posture/holds.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { addMs, type Instant } from '../../../src/schema/instant.ts'
import { action, actionId, at, lens, machineId, NOW, ownComment, STAYS } from '../../support/build-core.ts'

const HOUR = 3_600_000

/** An action that succeeded a day before, by somebody else. */
const past = (scope: string | null, over: Partial<MachineAction> = {}): MachineAction =>
  action({ id: actionId(1), creationDateTimeUtc: addMs(NOW, -24 * HOUR), scope, ...over })

const full = past('Full')
const selective = past('Selective')
const unmanaged = past('UnManagedDevice')
const scopeless = past(null)
const released = past(null, {
  id: actionId(2),
  type: 'Unisolate',
  creationDateTimeUtc: addMs(NOW, -23 * HOUR),
})
const restricted = past(null, { type: 'RestrictCodeExecution' })

/** An action that ended after what holds was decided. */
const ended = (type: string, status: string): MachineAction =>
  action({ id: actionId(3), type, status, creationDateTimeUtc: addMs(NOW, -2 * HOUR) })

const flying = (id: number, type: string, over: Partial<MachineAction> = {}): MachineAction =>
  action({ id: actionId(id), type, status: 'Pending', creationDateTimeUtc: addMs(NOW, -HOUR), ...over })
const own = { requestorComment: ownComment() }

const ownIsolate = flying(10, 'Isolate', own)
const ownUnisolate = flying(11, 'Unisolate', own)
const foreignIsolate = flying(12, 'Isolate')
const foreignUnisolate = flying(13, 'Unisolate', { requestor: 'ana@contoso.com', requestSource: 'Portal' })

function decide(
  facet: HoldName,
  wish: Partial<HoldWish> & Pick<HoldWish, 'level'>,
  history: readonly MachineAction[],
  now: Instant = NOW,
): Decision {
  const posture = foldHold(
    indexHistory(history).of(machineId(1)),
    HOLD_PAIRS[facet],
    lens({ effect: STAYS, now }),
  )
  const silent = { declared: true, scopeChange: false, reassert: false, resubmit: false } as const
  return decideHold({ ...silent, liftReason: 'declared-released', ...wish }, posture, now)
}

/** A decision in one line: what is done and why, with its requests; or why not. */
function told(decision: Decision): string {
  switch (decision.kind) {
    case 'unchanged':
      return ['unchanged', ...decision.notes.map(({ code }) => code)].join(' ')
    case 'in-flight':
      return `awaits ${decision.awaited.map(({ id }) => Number.parseInt(id.slice(-2), 16)).join()}`
    case 'blocked':
      return `blocked ${decision.code} (would ${decision.wouldBe.join()}; ${decision.before} -> ${decision.after})`
    case 'change': {
      const requests = decision.requests.map(request =>
        request.type === 'Cancel'
          ? `Cancel ${Number.parseInt(request.actionId.slice(-2), 16)}`
          : [request.type, ...Object.values(request.body)].join(' '),
      )
      const warnings = decision.warnings.map(({ code }) => `, ${code}`).join('')
      return `${decision.operations.join()}: ${requests.join(', ')} (${decision.reason}; ${decision.before} -> ${decision.after}${warnings})`
    }
  }
}

interface Row {
  readonly wish: Partial<HoldWish> & Pick<HoldWish, 'level'>
  readonly history: readonly MachineAction[]
  readonly want: string
  readonly now?: Instant
  readonly facet?: HoldName
}

function check(rows: Readonly<Record<string, Row>>): void {
  test.each(Object.entries(rows))('%s', (_rule, { wish, history, want, now = NOW, facet = 'isolated' }) => {
    expect(told(decide(facet, wish, history, now))).toBe(want)
  })
}

describe('nothing in flight', () => {
  check({
    'none as declared is left alone': { wish: { level: 'none' }, history: [], want: 'unchanged' },
    'a hold as declared is left alone': { wish: { level: 'full' }, history: [full], want: 'unchanged' },
    'selective as declared is left alone': {
      wish: { level: 'selective' },
      history: [selective],
      want: 'unchanged',
    },
    'unmanaged as declared is left alone': {
      wish: { level: 'unmanaged' },
      history: [unmanaged],
      want: 'unchanged',
    },
    'a restriction as declared is left alone': {
      facet: 'restricted',
      wish: { level: 'restricted' },
      history: [restricted],
      want: 'unchanged',
    },
    'full on nothing is imposed': {
      wish: { level: 'full' },
      history: [],
      want: 'impose: Isolate Full (not-isolated; none -> full)',
    },
    'selective on nothing is imposed': {
      wish: { level: 'selective' },
      history: [],
      want: 'impose: Isolate Selective (not-isolated; none -> selective)',
    },
    'unmanaged on nothing is imposed by the service’s word': {
      wish: { level: 'unmanaged' },
      history: [],
      want: 'impose: Isolate UnManagedDevice (not-isolated; none -> unmanaged)',
    },
    'a restriction on nothing is imposed': {
      facet: 'restricted',
      wish: { level: 'restricted' },
      history: [],
      want: 'impose: RestrictCodeExecution (not-restricted; none -> restricted)',
    },
    'a hold that was released is imposed again': {
      wish: { level: 'full' },
      history: [full, released],
      want: 'impose: Isolate Full (not-isolated; none -> full)',
    },
    'a hold against a declared release is lifted': {
      wish: { level: 'none' },
      history: [full],
      want: 'lift: Unisolate (declared-released; full -> none)',
    },
    'a hold of an expired policy is lifted for that reason': {
      wish: { level: 'none', declared: false, liftReason: 'expired' },
      history: [selective],
      want: 'lift: Unisolate (expired; selective -> none)',
    },
    'a restriction against a declared release is lifted': {
      facet: 'restricted',
      wish: { level: 'none' },
      history: [restricted],
      want: 'lift: UnrestrictCodeExecution (declared-released; restricted -> none)',
    },
    'a hold stronger than declared is left alone': {
      wish: { level: 'selective' },
      history: [full],
      want: 'unchanged stronger-than-declared',
    },
    'a hold stronger than declared is changed where the configuration allows it': {
      wish: { level: 'selective', scopeChange: true },
      history: [full],
      want: 'lift,impose: Unisolate, Isolate Selective (other-scope; full -> selective)',
    },
    'a weaker hold is blocked': {
      wish: { level: 'full' },
      history: [selective],
      want: 'blocked scope-change (would lift,impose; selective -> full)',
    },
    'a weaker hold is changed by a chain where the configuration allows it': {
      wish: { level: 'full', scopeChange: true },
      history: [selective],
      want: 'lift,impose: Unisolate, Isolate Full (other-scope; selective -> full)',
    },
    'unmanaged is another scope than full': {
      wish: { level: 'full' },
      history: [unmanaged],
      want: 'blocked scope-change (would lift,impose; unmanaged -> full)',
    },
    'full is another scope than unmanaged': {
      wish: { level: 'unmanaged', scopeChange: true },
      history: [full],
      want: 'lift,impose: Unisolate, Isolate UnManagedDevice (other-scope; full -> unmanaged)',
    },
    'selective is another scope than unmanaged': {
      wish: { level: 'unmanaged' },
      history: [selective],
      want: 'blocked scope-change (would lift,impose; selective -> unmanaged)',
    },
  })
})

describe('an isolation without a scope', () => {
  check({
    'satisfies full, and warns': {
      wish: { level: 'full' },
      history: [scopeless],
      want: 'unchanged scope-unknown',
    },
    'satisfies selective': {
      wish: { level: 'selective' },
      history: [scopeless],
      want: 'unchanged scope-unknown',
    },
    'satisfies unmanaged': {
      wish: { level: 'unmanaged' },
      history: [scopeless],
      want: 'unchanged scope-unknown',
    },
    'is never changed for its scope': {
      wish: { level: 'selective', scopeChange: true },
      history: [scopeless],
      want: 'unchanged scope-unknown',
    },
    'is lifted by a declared release': {
      wish: { level: 'none' },
      history: [scopeless],
      want: 'lift: Unisolate (declared-released; unknown -> none)',
    },
  })
})

describe('an effect that is uncertain', () => {
  check({
    'a newer Failed release warns': {
      wish: { level: 'full' },
      history: [full, ended('Unisolate', 'Failed')],
      want: 'unchanged effect-uncertain',
    },
    'a newer Cancelled isolation warns': {
      wish: { level: 'full' },
      history: [full, ended('Isolate', 'Cancelled')],
      want: 'unchanged effect-uncertain',
    },
    'a newer TimeOut does not': {
      wish: { level: 'full' },
      history: [full, ended('Unisolate', 'TimeOut')],
      want: 'unchanged',
    },
    'an older Failed does not': {
      wish: { level: 'full' },
      history: [{ ...ended('Unisolate', 'Failed'), lastUpdateDateTimeUtc: at('2026-11-20') }, full],
      want: 'unchanged',
    },
    'a change carries the warning': {
      wish: { level: 'full' },
      history: [ended('Isolate', 'Failed')],
      want: 'impose: Isolate Full (not-isolated; none -> full, effect-uncertain)',
    },
    'a declared release lifts after a Failed isolation': {
      wish: { level: 'none' },
      history: [ended('Isolate', 'Failed')],
      want: 'lift: Unisolate (effect-uncertain; none -> none, effect-uncertain)',
    },
    'a declared release lifts after a Cancelled isolation': {
      wish: { level: 'none' },
      history: [full, released, ended('Isolate', 'Cancelled')],
      want: 'lift: Unisolate (effect-uncertain; none -> none, effect-uncertain)',
    },
    'a declared release lifts although the lift itself failed before': {
      wish: { level: 'none' },
      history: [
        ended('Isolate', 'Failed'),
        { ...ended('Unisolate', 'Failed'), id: actionId(4), lastUpdateDateTimeUtc: NOW },
      ],
      want: 'lift: Unisolate (effect-uncertain; none -> none, effect-uncertain)',
    },
    'a release that nobody declares does not': {
      wish: { level: 'none', declared: false },
      history: [ended('Isolate', 'Failed')],
      want: 'unchanged effect-uncertain',
    },
    'a declared release does not lift after a TimeOut': {
      wish: { level: 'none' },
      history: [ended('Isolate', 'TimeOut')],
      want: 'unchanged',
    },
    'a Failed release alone leaves nothing to lift': {
      wish: { level: 'none' },
      history: [ended('Unisolate', 'Failed')],
      want: 'unchanged effect-uncertain',
    },
    'a lift for it that is in flight is awaited': {
      wish: { level: 'none' },
      history: [ended('Isolate', 'Failed'), ownUnisolate],
      want: 'awaits 11',
    },
  })
})

describe('in flight toward the declaration', () => {
  check({
    'is awaited, nothing is submitted': { wish: { level: 'full' }, history: [ownIsolate], want: 'awaits 10' },
    'is awaited whoever sent it': { wish: { level: 'full' }, history: [foreignIsolate], want: 'awaits 12' },
    'with a status never seen before is awaited': {
      wish: { level: 'full' },
      history: [{ ...foreignIsolate, status: 'Dispatched' }],
      want: 'awaits 12',
    },
    'several of them are all awaited': {
      wish: { level: 'full' },
      history: [ownIsolate, foreignIsolate],
      want: 'awaits 10,12',
    },
    'a release is awaited': { wish: { level: 'none' }, history: [full, foreignUnisolate], want: 'awaits 13' },
    'stronger than declared is awaited': {
      wish: { level: 'selective' },
      history: [ownIsolate],
      want: 'awaits 10',
    },
    'without a scope yet is awaited': {
      wish: { level: 'full' },
      history: [{ ...ownIsolate, scope: null }],
      want: 'awaits 10',
    },
    'weaker than declared is awaited, and is another scope in the next plan': {
      wish: { level: 'full', scopeChange: true },
      history: [{ ...ownIsolate, scope: 'Selective' }],
      want: 'awaits 10',
    },
    'over another scope is awaited': {
      wish: { level: 'full' },
      history: [selective, foreignIsolate],
      want: 'awaits 12',
    },
    'a duplicate of what holds is listed, not awaited': {
      wish: { level: 'full' },
      history: [full, foreignIsolate],
      want: 'unchanged',
    },
    'a duplicate of a release is listed, not awaited': {
      wish: { level: 'none' },
      history: [foreignUnisolate],
      want: 'unchanged',
    },
  })
})

describe('in flight against the declaration', () => {
  check({
    'all own, and the declared hold holds: cancelled': {
      wish: { level: 'full' },
      history: [full, ownUnisolate],
      want: 'cancel: Cancel 11 (opposite-in-flight; full -> full)',
    },
    'all own, and the hold has no scope: cancelled': {
      wish: { level: 'full' },
      history: [scopeless, ownUnisolate],
      want: 'cancel: Cancel 11 (opposite-in-flight; unknown -> unknown)',
    },
    'all own, and more than declared holds: cancelled': {
      wish: { level: 'selective' },
      history: [full, ownUnisolate],
      want: 'cancel: Cancel 11 (opposite-in-flight; full -> full)',
    },
    'all own, and nothing holds as declared: cancelled': {
      wish: { level: 'none' },
      history: [ownIsolate],
      want: 'cancel: Cancel 10 (opposite-in-flight; none -> none)',
    },
    'all own, and nothing holds as nobody declares: cancelled': {
      wish: { level: 'none', declared: false },
      history: [ownIsolate],
      want: 'cancel: Cancel 10 (opposite-in-flight; none -> none)',
    },
    'all own, and the hold is missing: cancelled, then imposed': {
      wish: { level: 'full' },
      history: [ownUnisolate],
      want: 'cancel,impose: Cancel 11, Isolate Full (not-isolated; none -> full)',
    },
    'all own, and the hold is there: cancelled, then lifted': {
      wish: { level: 'none' },
      history: [full, ownIsolate],
      want: 'cancel,lift: Cancel 10, Unisolate (declared-released; full -> none)',
    },
    'all own, and an effect is uncertain: cancelled, then lifted': {
      wish: { level: 'none' },
      history: [ended('Isolate', 'Failed'), ownIsolate],
      want: 'cancel,lift: Cancel 10, Unisolate (effect-uncertain; none -> none, effect-uncertain)',
    },
    'all own, and another scope holds: blocked for the scope': {
      wish: { level: 'full' },
      history: [selective, ownUnisolate],
      want: 'blocked scope-change (would cancel,lift,impose; selective -> full)',
    },
    'all own, and another scope holds that may be changed': {
      wish: { level: 'full', scopeChange: true },
      history: [selective, ownUnisolate],
      want: 'cancel,lift,impose: Cancel 11, Unisolate, Isolate Full (other-scope; selective -> full)',
    },
    'several own are all cancelled': {
      wish: { level: 'full' },
      history: [full, ownUnisolate, { ...ownUnisolate, id: actionId(20) }],
      want: 'cancel: Cancel 11, Cancel 20 (opposite-in-flight; full -> full)',
    },
    'one foreign blocks what holds': {
      wish: { level: 'full' },
      history: [full, foreignUnisolate],
      want: 'blocked opposite-in-flight (would cancel; full -> full)',
    },
    'one foreign blocks what is missing': {
      wish: { level: 'full' },
      history: [foreignUnisolate],
      want: 'blocked opposite-in-flight (would cancel,impose; none -> full)',
    },
    'one foreign blocks a release': {
      wish: { level: 'none' },
      history: [full, foreignIsolate],
      want: 'blocked opposite-in-flight (would cancel,lift; full -> none)',
    },
    'one foreign beside an own one blocks': {
      wish: { level: 'full' },
      history: [full, ownUnisolate, foreignUnisolate],
      want: 'blocked opposite-in-flight (would cancel; full -> full)',
    },
    'reasserted, a foreign one is cancelled like an own one': {
      wish: { level: 'full', reassert: true },
      history: [full, foreignUnisolate],
      want: 'cancel: Cancel 13 (opposite-in-flight; full -> full)',
    },
    'reasserted, a foreign one is cancelled before the impose': {
      wish: { level: 'full', reassert: true },
      history: [foreignUnisolate],
      want: 'cancel,impose: Cancel 13, Isolate Full (not-isolated; none -> full)',
    },
    'reasserted, both owners’ are cancelled': {
      wish: { level: 'none', reassert: true },
      history: [full, ownIsolate, foreignIsolate],
      want: 'cancel,lift: Cancel 10, Cancel 12, Unisolate (declared-released; full -> none)',
    },
    'of the other pair is another facet': {
      wish: { level: 'full' },
      history: [full, flying(14, 'UnrestrictCodeExecution')],
      want: 'unchanged',
    },
  })
})

describe('in flight in both directions', () => {
  check({
    'blocks what is missing': {
      wish: { level: 'full' },
      history: [ownIsolate, ownUnisolate],
      want: 'blocked contradictory-in-flight (would cancel,impose; none -> full)',
    },
    'blocks what holds': {
      wish: { level: 'full' },
      history: [full, ownIsolate, foreignUnisolate],
      want: 'blocked contradictory-in-flight (would cancel; full -> full)',
    },
    'blocks a release': {
      wish: { level: 'none' },
      history: [ownIsolate, ownUnisolate],
      want: 'blocked contradictory-in-flight (would cancel; none -> none)',
    },
    'blocks although reasserted': {
      wish: { level: 'full', reassert: true },
      history: [ownIsolate, foreignUnisolate],
      want: 'blocked contradictory-in-flight (would cancel,impose; none -> full)',
    },
  })
})

describe('in flight for over 96 h', () => {
  const later = (id: number): Instant => addMs(NOW, -HOUR + 96 * HOUR + id)
  check({
    'exactly 96 h is not over it': {
      wish: { level: 'full' },
      history: [ownIsolate],
      now: later(0),
      want: 'awaits 10',
    },
    'toward what is missing blocks': {
      wish: { level: 'full' },
      history: [ownIsolate],
      now: later(1),
      want: 'blocked stuck-in-flight (would impose; none -> full)',
    },
    'toward what holds blocks': {
      wish: { level: 'full' },
      history: [full, ownIsolate],
      now: later(1),
      want: 'blocked stuck-in-flight (would ; full -> full)',
    },
    'against what holds blocks, own or not': {
      wish: { level: 'full', reassert: true },
      history: [full, ownUnisolate],
      now: later(1),
      want: 'blocked stuck-in-flight (would cancel; full -> full)',
    },
    'in both directions blocks for that reason': {
      wish: { level: 'none' },
      history: [full, ownIsolate, foreignUnisolate],
      now: later(1),
      want: 'blocked stuck-in-flight (would cancel,lift; full -> none)',
    },
    'one of several is enough': {
      wish: { level: 'full' },
      history: [{ ...ownIsolate, creationDateTimeUtc: addMs(NOW, -97 * HOUR) }, foreignIsolate],
      want: 'blocked stuck-in-flight (would impose; none -> full)',
    },
  })
})

describe('a resubmission', () => {
  check({
    'imposes what the history says holds': {
      wish: { level: 'full', resubmit: true },
      history: [full],
      want: 'impose: Isolate Full (resubmitted; full -> full)',
    },
    'lifts what the history says is free': {
      wish: { level: 'none', resubmit: true },
      history: [full, released],
      want: 'lift: Unisolate (resubmitted; none -> none)',
    },
    'is not sent while the same is in flight': {
      wish: { level: 'full', resubmit: true },
      history: [full, foreignIsolate],
      want: 'unchanged',
    },
    'gives way to what has to be done anyway': {
      wish: { level: 'full', resubmit: true },
      history: [],
      want: 'impose: Isolate Full (not-isolated; none -> full)',
    },
    'gives way to what is in flight against it': {
      wish: { level: 'full', resubmit: true },
      history: [full, ownUnisolate],
      want: 'cancel: Cancel 11 (opposite-in-flight; full -> full)',
    },
  })
})

test('the messages of blocks name who, what and the way out', () => {
  const message = (decision: Decision): string => (decision.kind === 'blocked' ? decision.message : '')
  const foreign = message(decide('isolated', { level: 'full' }, [full, foreignUnisolate]))
  expect(foreign).toContain(`ana@contoso.com through Portal at 2026-11-22T17:00:00Z (action ${actionId(13)})`)
  expect(foreign).toContain('--reassert')
  const both = message(decide('isolated', { level: 'full' }, [ownIsolate, foreignUnisolate]))
  expect(both).toContain(actionId(10))
  expect(both).toContain(actionId(13))
  const stuck = message(
    decide('isolated', { level: 'full' }, [{ ...ownIsolate, creationDateTimeUtc: at('2026-11-18') }]),
  )
  expect(stuck).toContain(`holdfast actions cancel ${actionId(10)}`)
  expect(stuck).toContain('2026-11-18T00:00:00Z')
  expect(message(decide('isolated', { level: 'full' }, [selective]))).toContain('scopeChange: true')
})

test('of several stuck, foreign or failed actions the message names one for good', () => {
  const message = (decision: Decision): string => (decision.kind === 'blocked' ? decision.message : '')
  const old = { creationDateTimeUtc: at('2026-11-01') }
  const stuck = [
    { ...ownIsolate, ...old, lastUpdateDateTimeUtc: at('2026-11-01') },
    { ...foreignIsolate, ...old, lastUpdateDateTimeUtc: at('2026-11-02') },
  ]
  expect(message(decide('isolated', { level: 'full' }, stuck))).toContain(`cancel ${actionId(10)}`)
  const foreign = [full, foreignUnisolate, { ...foreignUnisolate, id: actionId(14) }]
  expect(message(decide('isolated', { level: 'full' }, foreign))).toContain(actionId(13))
  const decision = decide('isolated', { level: 'full' }, [
    ended('Isolate', 'Failed'),
    { ...ended('Isolate', 'Cancelled'), id: actionId(4) },
  ])
  expect(decision.kind === 'change' ? decision.warnings[0]?.message : '').toContain(actionId(4))
})

test('the notes say which action they are about', () => {
  const notes = (decision: Decision): string =>
    decision.kind === 'unchanged' ? decision.notes.map(note => note.message).join() : ''
  expect(notes(decide('isolated', { level: 'full' }, [scopeless]))).toContain(actionId(1))
  expect(notes(decide('isolated', { level: 'full' }, [full, ended('Unisolate', 'Failed')]))).toContain(
    'Unisolate ended Failed',
  )
  expect(notes(decide('isolated', { level: 'selective' }, [full]))).toContain('allow.scopeChange')
})

test('a change of a hold never waits for the same type: the pair is judged whole', () => {
  expect(decide('isolated', { level: 'full' }, [])).toMatchObject({ waitsForInFlight: false })
})

test.each([
  ['full', 'full', true],
  ['full', 'selective', false],
  ['unknown', 'selective', true],
  ['unknown', 'none', false],
  ['none', 'none', true],
] as const)('%s satisfies %s: %s', (have, want, satisfies) => {
  expect(satisfiesLevel(have, want)).toBe(satisfies)
})

test.each([
  ['full', 'selective', true],
  ['selective', 'full', false],
  ['full', 'unmanaged', false],
  ['unmanaged', 'selective', false],
  ['full', 'none', false],
] as const)('%s is stronger than %s: %s', (have, want, stronger) => {
  expect(isStronger(have, want)).toBe(stronger)
})
