import { describe, expect, test } from 'vitest'
import { actorOf } from '../../src/posture/actor.ts'
import { evidenceLens } from '../../src/posture/evidence.ts'
import { foldHold, type HoldPosture, holdBasis, unprovenLapse } from '../../src/posture/fold-hold.ts'
import { indexHistory } from '../../src/posture/history.ts'
import { type HoldLens, lensOf } from '../../src/posture/hold-lens.ts'
import { HOLD_PAIRS } from '../../src/posture/holds.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { addMs, displayInstant, type Instant } from '../../src/schema/instant.ts'
import { defaultIsolationEffect } from '../../src/schema/read-effects.ts'
import { action, actionId, at, lasting, machineId, ownComment, STAYS } from '../support/build-core.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** When the first isolation of every row succeeded. */
const START = at('2026-11-01T12:00:00Z')
const END = addMs(START, 7 * DAY)

let count = 0
function done(hours: number, over: Partial<MachineAction> = {}): MachineAction {
  count += 1
  const time = addMs(START, hours * HOUR)
  return action({ id: actionId(count), creationDateTimeUtc: time, lastUpdateDateTimeUtc: time, ...over })
}

const OURS = { requestorComment: ownComment() }
const own = (hours: number, over: Partial<MachineAction> = {}) => done(hours, { ...OURS, ...over })
const ownLift = (hours: number) => own(hours, { type: 'Unisolate' })
const SERVICE = { type: 'Unisolate', requestor: 'Microsoft Defender', requestorComment: null } as const
const lift = (hours: number, over: Partial<MachineAction> = {}) => done(hours, { ...SERVICE, ...over })

interface Look {
  readonly actions: readonly MachineAction[]
  /** Hours after {@link START}. */
  readonly now: number
  readonly effect?: Partial<HoldLens['effect']>
  readonly level?: 'isolated' | 'restricted'
}

function foldAt({ actions, now, effect = {}, level = 'isolated' }: Look): HoldPosture {
  const lens = lensOf(actions, {
    name: undefined,
    effect: effect === STAYS ? STAYS : { ...defaultIsolationEffect(), ...effect },
    now: addMs(START, now * HOUR),
  })
  return foldHold(indexHistory(actions).of(machineId(1)), HOLD_PAIRS[level], lens)
}

/** How a hold stands, in short: `full until …`, `none`, `lapsed … by the service`. */
function told(look: Look): string {
  const posture = foldAt(look)
  const { level, until, lapsed } = posture
  if (lapsed !== null)
    return `${level}, ${lapsed.level} lapsed ${hoursOf(lapsed.at)}${lapsed.by === null ? '' : ' by the service'}`
  return until === null ? level : `${level} until ${hoursOf(until)}`
}

function hoursOf(time: Instant): string {
  const hours = [...Array(2000).keys()].find(hour => addMs(START, hour * HOUR) === time)
  return hours === undefined ? displayInstant(time) : `${hours} h`
}

describe('the end of a hold', () => {
  const ROWS: Readonly<Record<string, Look & { readonly want: string }>> = {
    'an isolation holds until seven days after its last update': {
      actions: [own(0)],
      now: 1,
      want: 'full until 168 h',
    },
    'it counts from the last update, not from the creation': {
      actions: [own(3, { creationDateTimeUtc: START })],
      now: 4,
      want: 'full until 171 h',
    },
    'at that instant it has lapsed': { actions: [own(0)], now: 168, want: 'none, full lapsed 168 h' },
    'a selective one lapses as well': {
      actions: [own(0, { scope: 'Selective' })],
      now: 200,
      want: 'none, selective lapsed 168 h',
    },
    'one of an unknown scope lapses as well': {
      actions: [own(0, { scope: null })],
      now: 200,
      want: 'none, unknown lapsed 168 h',
    },
    'containment of an unmanaged device never ends by itself': {
      actions: [own(0, { scope: 'UnManagedDevice' })],
      now: 900,
      want: 'unmanaged',
    },
    'a restriction never ends by itself': {
      actions: [own(0, { type: 'RestrictCodeExecution', scope: null })],
      level: 'restricted',
      now: 900,
      want: 'restricted',
    },
    'where isolation stays nothing lapses': {
      actions: [own(0)],
      now: 900,
      effect: STAYS,
      want: 'full',
    },
    'that of somebody else lapses as well': { actions: [done(0)], now: 200, want: 'none, full lapsed 168 h' },
    'a later isolation does not move the end': {
      actions: [own(0), own(100)],
      now: 101,
      want: 'full until 168 h',
    },
    'a later isolation moves it where the configuration says so': {
      actions: [own(0), own(100)],
      now: 200,
      effect: { extends: true },
      want: 'full until 268 h',
    },
    'what succeeds at the end or later begins a hold of its own': {
      actions: [own(0), own(168)],
      now: 200,
      want: 'full until 336 h',
    },
    'what was sent before the end and succeeds after it begins one as well': {
      actions: [own(0), own(170, { creationDateTimeUtc: addMs(END, -HOUR) })],
      now: 200,
      want: 'full until 338 h',
    },
    'an end that was lifted before is a lift': { actions: [own(0), ownLift(50)], now: 200, want: 'none' },
    'a lift after the end is the end of it all': {
      actions: [own(0), ownLift(170)],
      now: 200,
      want: 'none',
    },
    'an offboarding ends a hold as a lift does': {
      actions: [own(0), done(20, { type: 'Offboard' })],
      now: 21,
      want: 'none',
    },
    'an offboarding after the end is newer than the lapse': {
      actions: [own(0), done(170, { type: 'Offboard' })],
      now: 171,
      want: 'none',
    },
    'a failed offboarding ends nothing': {
      actions: [own(0), done(20, { type: 'Offboard', status: 'Failed' })],
      now: 21,
      want: 'full until 168 h',
    },
  }
  test.each(Object.entries(ROWS))('%s', (_rule, row) => {
    expect(told(row)).toBe(row.want)
  })

  test('the basis does not move by time alone', () => {
    const actions = [own(0)]
    expect(holdBasis(foldAt({ actions, now: 1 }))).toStrictEqual(holdBasis(foldAt({ actions, now: 300 })))
  })

  test('the offboarding that ended a hold is told', () => {
    const offboard = done(20, { type: 'Offboard' })
    expect(foldAt({ actions: [own(0), offboard], now: 30 }).offboarded).toBe(offboard)
    expect(foldAt({ actions: [own(0), offboard, own(40), ownLift(50)], now: 60 }).offboarded).toBeNull()
  })

  test('an end that could come earlier is told where creation and last update lie over an hour apart', () => {
    const slow = (hours: number) => [own(hours, { creationDateTimeUtc: START })]
    expect(foldAt({ actions: slow(1), now: 4 }).couldEndAt).toBeNull()
    expect(foldAt({ actions: slow(1.1), now: 4 }).couldEndAt).toBe(END)
    expect(foldAt({ actions: slow(3), now: 4, effect: STAYS }).couldEndAt).toBeNull()
  })
})

describe('the service’s own lift', () => {
  const ROWS: Readonly<Record<string, Look & { readonly want: string }>> = {
    'ends a hold that the time would have ended': {
      actions: [own(0), lift(168.5)],
      now: 170,
      want: 'none, full lapsed 168 h by the service',
    },
    'ends it earlier where it comes earlier': {
      actions: [own(0), lift(167.5)],
      now: 167.6,
      want: 'none, full lapsed 2026-11-08 11:30Z by the service',
    },
    'may be by nobody': {
      actions: [own(0), lift(168, { requestor: '  ' })],
      now: 170,
      want: 'none, full lapsed 168 h by the service',
    },
    'may count from the creation of the isolation': {
      actions: [own(10, { creationDateTimeUtc: START }), lift(168)],
      now: 170,
      want: 'none, full lapsed 168 h by the service',
    },
    'is none over an hour before its time': { actions: [own(0), lift(166.9)], now: 170, want: 'none' },
    'is none over an hour after its time': { actions: [own(0), lift(169.1)], now: 170, want: 'none' },
    'is none through the portal': {
      actions: [own(0), lift(168, { requestSource: 'Portal' })],
      now: 170,
      want: 'none',
    },
    'is none by a user': {
      actions: [own(0), lift(168, { requestor: 'Maria.Lopez@contoso.com' })],
      now: 170,
      want: 'none',
    },
    'is none by a user of a domain': {
      actions: [own(0), lift(168, { requestor: 'CONTOSO\\maria' })],
      now: 170,
      want: 'none',
    },
    'is none with a marker of Holdfast, of whatever name': {
      actions: [own(0), lift(168, { requestorComment: ownComment({ policy: 'other/contain' }) })],
      now: 170,
      want: 'none',
    },
    'is none by who asked for anything else': {
      actions: [own(0), lift(168), done(20, { type: 'RunAntiVirusScan', requestor: 'MICROSOFT defender ' })],
      now: 170,
      want: 'none',
    },
    'is none by who also lifted at another time': {
      actions: [own(0), lift(20), own(30), lift(198)],
      now: 199,
      want: 'none',
    },
    'is one still where the same one lifts another hold in time': {
      actions: [own(0), lift(168), own(168.5), lift(336.5)],
      now: 337,
      want: 'none, full lapsed 2026-11-15 12:30Z by the service',
    },
    'ends a renewal of that hour as well': {
      actions: [own(0), own(168.2), lift(168.8)],
      now: 169,
      want: 'none, full lapsed 2026-11-08 12:48Z by the service',
    },
    'ends also the second renewal of that hour': {
      actions: [own(0), own(168.1), lift(168.3), own(168.4), lift(168.8)],
      now: 169,
      want: 'none, full lapsed 2026-11-08 12:48Z by the service',
    },
    'ends nothing that came after it': {
      actions: [own(0), lift(168.1), own(168.2)],
      now: 169,
      want: 'full until 2026-11-15 12:12Z',
    },
    'counts only once it has succeeded': {
      actions: [own(0), lift(167.5, { status: 'Pending' })],
      now: 167.6,
      want: 'full until 168 h',
    },
    'does not hide that somebody lifted before it': {
      actions: [own(0), lift(150, { requestor: 'ana@contoso.com' }), lift(168)],
      now: 169,
      want: 'none',
    },
  }
  test.each(Object.entries(ROWS))('%s', (_rule, row) => expect(told(row)).toBe(row.want))

  test('where isolation stays there is none', () => {
    const posture = foldAt({ actions: [own(0), lift(168)], now: 170, effect: STAYS })
    expect(posture.lapsed).toBe(null)
    expect(posture.level).toBe('none')
  })

  test('is told from an application’s by its actor class', () => {
    const [mine, theirs] = [own(0), lift(168)]
    const { serviceLifts } = foldAt({ actions: [mine, theirs], now: 170 })
    expect(serviceLifts).toStrictEqual([theirs])
    expect(actorOf(theirs, undefined, true)).toBe('service')
    expect(actorOf(theirs, undefined)).toBe('application')
    expect(actorOf(mine, undefined, true)).toBe('own')
  })

  test('shows that a later isolation does not move the end after all', () => {
    const actions = [own(0), own(100), lift(168.5)]
    const posture = foldAt({ actions, now: 170, effect: { extends: true } })
    expect(posture.isExtensionWrong).toBe(true)
    expect(posture.lapsed?.at).toBe(END)
    const early = foldAt({ actions: [own(0), own(100), lift(167.5)], now: 170, effect: { extends: true } })
    expect(early.lapsed?.at).toBe(addMs(START, 167.5 * HOUR))
  })

  test('at the moved end shows nothing of the kind', () => {
    const actions = [own(0), own(100), lift(268)]
    const posture = foldAt({ actions, now: 270, effect: { extends: true } })
    expect(posture.isExtensionWrong).toBe(false)
    expect(posture.lapsed?.at).toBe(addMs(START, 268 * HOUR))
  })
})

describe('a renewal', () => {
  const beganAt = (now: number, ...actions: readonly MachineAction[]) => foldAt({ actions, now }).began

  test('goes on with its hold: that began with the first isolation before all renewals', () => {
    expect(beganAt(400, own(0), own(169), own(337.5))).toBe(START)
  })

  test('is one only within `renewWithin` after the end', () => {
    expect(beganAt(200, own(0), own(193))).not.toBe(START)
    expect(beganAt(200, own(0), own(192))).toBe(START)
  })

  test('is none by somebody else, nor of a hold of somebody else', () => {
    expect(beganAt(200, own(0), done(169))).not.toBe(START)
    expect(beganAt(200, done(0), own(169))).not.toBe(START)
  })

  test('is none after a lift', () => {
    expect(beganAt(200, own(0), ownLift(169), own(170))).not.toBe(START)
  })

  test('that has lapsed itself began where its hold began', () => {
    expect(beganAt(400, own(0), own(169))).toBe(START)
    expect(beganAt(400, own(0), own(169), ownLift(390))).toBeNull()
  })

  test('what lies beneath a lapse counts no more', () => {
    expect(
      foldAt({ actions: [done(0), own(169)], now: 170 }).imposes.map(({ own: ours }) => ours),
    ).toStrictEqual([true])
  })
})

describe('a lapse that only the time tells', () => {
  test('is unproven where all of it was ours', () => {
    expect(unprovenLapse(foldAt({ actions: [own(0)], now: 170 }))?.at).toBe(END)
    expect(unprovenLapse(foldAt({ actions: [own(0), done(20)], now: 170 }))).toBeNull()
    expect(unprovenLapse(foldAt({ actions: [own(0), lift(168)], now: 170 }))).toBeNull()
    expect(unprovenLapse(foldAt({ actions: [own(0)], now: 1 }))).toBeNull()
  })
})

describe('what devices report', () => {
  const fold = (
    now: number,
    actions: readonly MachineAction[],
    ...rows: readonly (readonly [number, boolean])[]
  ) => {
    const reports = rows.map(([hours, isolated]) => {
      return { machineId: machineId(1), at: addMs(START, hours * HOUR), isolated }
    })
    const evidence = evidenceLens(reports, { settle: lasting('2h'), fresh: lasting('24h') })
    const lens = {
      name: undefined,
      effect: { ...defaultIsolationEffect(), renewWithin: lasting('24h') },
      now: addMs(START, now * HOUR),
      requestors: new Set<string>(),
      evidence,
    }
    const posture = foldHold(indexHistory(actions).of(machineId(1)), HOLD_PAIRS.isolated, lens)
    const { level, lapsed, observed, until } = posture
    const end = until === null ? '' : ` until ${hoursOf(until)}`
    return `${level}${end}${lapsed === null ? '' : lapsed.isObserved ? ' seen lapsed' : ' lapsed'}${observed === null ? '' : ` ${observed.kind}`}`
  }

  test.each<[string, string, ...Parameters<typeof fold>]>([
    ['none say nothing', 'full until 168 h', 5, [own(0)]],
    ['held, as the history says, is nothing new', 'full until 168 h', 5, [own(0)], [3, true]],
    ['free before the end is lost', 'none lost', 5, [own(0)], [3, false]],
    ['too soon after the isolation counts for nothing', 'full until 168 h', 5, [own(0)], [2, false]],
    ['too old counts for nothing while the time runs', 'full until 168 h', 30, [own(0)], [3, false]],
    ['once lost it stays lost after its end, however old', 'none lost', 900, [own(0)], [3, false]],
    ['held since is not lost', 'none lapsed', 900, [own(0)], [3, false], [50, true]],
    ['free before its end and held after it holds', 'full held', 172, [own(0)], [160, false], [171, true]],
    ['free before its end and after it stays lost', 'none lost', 172, [own(0)], [160, false], [171, false]],
    [
      'held before its end and free after it has lapsed',
      'none seen lapsed',
      172,
      [own(0)],
      [160, true],
      [171, false],
    ],
    [
      'free before its end stays lost where the service lifts it then',
      'none lost',
      172,
      [own(0), lift(168)],
      [160, false],
    ],
    ['free before the isolation says nothing of it', 'none lapsed', 180, [own(10)], [3, false]],
    [
      'soon after a failed attempt speaks of nothing',
      'none lapsed',
      172,
      [own(0), own(150, { status: 'Failed' })],
      [151, false],
    ],
    ['still held after the end holds', 'full held', 172, [own(0)], [171, true]],
    ['held within the settling of the end does not', 'none lapsed', 172, [own(0)], [170, true]],
    ['held long ago does not', 'none lapsed', 200, [own(0)], [171, true]],
    ['free after the end proves the lapse', 'none seen lapsed', 172, [own(0)], [171, false]],
    ['of two at one instant the one that says free counts', 'none lost', 5, [own(0)], [3, false], [3, true]],
    ['of the future counts for nothing', 'full until 168 h', 5, [own(0)], [6, false]],
    [
      'a later isolation is shown to hold on, for its own time',
      'full until 268 h held',
      172,
      [own(0), own(100)],
      [171, true],
    ],
    [
      'newer than a failed attempt must be settled too',
      'full until 168 h',
      12,
      [own(0), own(10, { status: 'Failed' })],
      [11, false],
    ],
    ['nothing of containment', 'unmanaged', 5, [own(0, { scope: 'UnManagedDevice' })], [3, false]],
    ['nothing of a machine without a history', 'none', 5, [], [3, true]],
  ])('%s', (_rule, want, ...given) => expect(fold(...given)).toBe(want))
})
