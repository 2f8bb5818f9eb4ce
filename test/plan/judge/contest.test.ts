import { describe, expect, test } from 'vitest'
import type { Operation } from '../../../src/plan/document/document.ts'
import {
  type ContestRules,
  contestHold,
  contestRun,
  foreignImpose,
  isReverted,
} from '../../../src/plan/judge/contest.ts'
import { foldHold, type HoldPosture } from '../../../src/posture/fold-hold.ts'
import { foldRun } from '../../../src/posture/fold-run.ts'
import { indexHistory } from '../../../src/posture/history.ts'
import { HOLD_PAIRS, type HoldLevel } from '../../../src/posture/holds.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { addMs, type Instant } from '../../../src/schema/instant.ts'
import { action, actionId, lens, machineId, NOW, ownComment, STAYS } from '../../support/build-core.ts'

const DAY = 86_400_000
const rules: ContestRules = { now: NOW, withinMs: DAY, name: undefined }
const daysAgo = (days: number): Instant => addMs(NOW, -days * DAY)

/** Actions that ended one day after the other, the last of them `last` days ago. */
function history(last: number, ...actions: readonly Partial<MachineAction>[]): HoldPosture {
  const dated = actions.map((over, at) =>
    action({ id: actionId(at + 1), creationDateTimeUtc: daysAgo(last + actions.length - 1 - at), ...over }),
  )
  return foldHold(indexHistory(dated).of(machineId(1)), HOLD_PAIRS.isolated, lens({ effect: STAYS }))
}

const own = { requestorComment: ownComment() }
const ownIsolate = { type: 'Isolate', ...own }
const ownUnisolate = { type: 'Unisolate', ...own }
const isolate = { type: 'Isolate' }
const unisolate = { type: 'Unisolate', requestor: 'ana@contoso.com', requestSource: 'Portal' }
const cancelledByOther = { status: 'Cancelled', cancellationRequestor: 'bob', cancellationComment: 'no' }
const cancelledByUs = { status: 'Cancelled', cancellationComment: ownComment({ plan: '99999999' }) }

interface Row {
  readonly operations: readonly Operation[]
  readonly level: HoldLevel
  readonly posture: HoldPosture
  readonly want: string | undefined
}

function check(rows: Readonly<Record<string, Row>>): void {
  test.each(Object.entries(rows))('%s', (_rule, { operations, level, posture, want }) => {
    expect(contestHold(operations, level, posture, rules)?.code).toBe(want)
  })
}

describe('held-by-other', () => {
  check({
    'lifting a foreign hold is contested': {
      operations: ['lift'],
      level: 'none',
      posture: history(100, isolate),
      want: 'held-by-other',
    },
    'lifting an own hold is not': {
      operations: ['lift'],
      level: 'none',
      posture: history(100, ownIsolate),
      want: undefined,
    },
    'a foreign hold beneath an own one is contested': {
      operations: ['lift'],
      level: 'none',
      posture: history(100, isolate, ownIsolate),
      want: 'held-by-other',
    },
    'a foreign hold above an own one is contested': {
      operations: ['lift'],
      level: 'none',
      posture: history(100, ownIsolate, isolate),
      want: 'held-by-other',
    },
    'a foreign hold before the last lift is history': {
      operations: ['lift'],
      level: 'none',
      posture: history(100, isolate, unisolate, ownIsolate),
      want: undefined,
    },
    'a foreign hold is not forgotten by a lift that failed': {
      operations: ['lift'],
      level: 'none',
      posture: history(100, isolate, { ...ownUnisolate, status: 'Failed' }),
      want: 'held-by-other',
    },
    'a foreign hold that did not succeed never held': {
      operations: ['lift'],
      level: 'none',
      posture: history(100, ownIsolate, { ...isolate, status: 'TimeOut' }),
      want: undefined,
    },
    'a chain lifts it as well': {
      operations: ['lift', 'impose'],
      level: 'full',
      posture: history(100, { ...isolate, scope: 'Selective' }),
      want: 'held-by-other',
    },
    'a cancel and a lift lift it as well': {
      operations: ['cancel', 'lift'],
      level: 'none',
      posture: history(100, isolate),
      want: 'held-by-other',
    },
    'it is named before what else is contested': {
      operations: ['lift'],
      level: 'none',
      posture: history(0.5, ownUnisolate, isolate),
      want: 'held-by-other',
    },
  })
})

describe('reverted-by-other', () => {
  check({
    'a foreign lift of an own hold is contested for ever': {
      operations: ['impose'],
      level: 'full',
      posture: history(100, ownIsolate, unisolate),
      want: 'reverted-by-other',
    },
    'a foreign lift of a foreign hold is contested while it is young': {
      operations: ['impose'],
      level: 'full',
      posture: history(0.99, isolate, unisolate),
      want: 'reverted-by-other',
    },
    'at exactly `contested.within` it is not young any more': {
      operations: ['impose'],
      level: 'full',
      posture: history(1, isolate, unisolate),
      want: undefined,
    },
    'a young foreign lift alone is contested': {
      operations: ['impose'],
      level: 'full',
      posture: history(0.5, unisolate),
      want: 'reverted-by-other',
    },
    'an own lift is not contested': {
      operations: ['impose'],
      level: 'full',
      posture: history(0.5, ownIsolate, ownUnisolate),
      want: undefined,
    },
    'an old foreign lift after an own lift reverted nothing of ours': {
      operations: ['impose'],
      level: 'full',
      posture: history(100, ownIsolate, ownUnisolate, isolate, unisolate),
      want: undefined,
    },
    'the latest own success counts although foreign ones came between': {
      operations: ['impose'],
      level: 'full',
      posture: history(100, ownIsolate, unisolate, isolate, unisolate),
      want: 'reverted-by-other',
    },
    'the own success may be of any policy': {
      operations: ['impose'],
      level: 'full',
      posture: history(100, { ...isolate, requestorComment: ownComment({ policy: 'other' }) }, unisolate),
      want: 'reverted-by-other',
    },
    'an own action that did not succeed was not reverted': {
      operations: ['impose'],
      level: 'full',
      posture: history(100, { ...ownIsolate, status: 'Failed' }, unisolate),
      want: undefined,
    },
    'a foreign action toward the declaration reverts nothing': {
      operations: ['lift'],
      level: 'none',
      posture: history(0.5, ownIsolate, unisolate, { ...ownIsolate, status: 'Failed' }),
      want: undefined,
    },
    'nothing in the history contests nothing': {
      operations: ['impose'],
      level: 'full',
      posture: history(0),
      want: undefined,
    },
  })
})

describe('cancelled-by-other', () => {
  check({
    'sending again what somebody else cancelled is contested': {
      operations: ['impose'],
      level: 'full',
      posture: history(100, { ...ownIsolate, ...cancelledByOther }),
      want: 'cancelled-by-other',
    },
    'a cancel without a comment is somebody else’s': {
      operations: ['impose'],
      level: 'full',
      posture: history(100, { ...ownIsolate, status: 'Cancelled' }),
      want: 'cancelled-by-other',
    },
    'our own cancel is not': {
      operations: ['impose'],
      level: 'full',
      posture: history(100, { ...ownIsolate, ...cancelledByUs }),
      want: undefined,
    },
    'a foreign action that was cancelled is theirs': {
      operations: ['impose'],
      level: 'full',
      posture: history(100, { ...isolate, ...cancelledByOther }),
      want: undefined,
    },
    'a cancelled action of the other direction is not sent again': {
      operations: ['impose'],
      level: 'full',
      posture: history(100, { ...ownUnisolate, ...cancelledByOther }),
      want: undefined,
    },
    'a cancelled lift is': {
      operations: ['lift'],
      level: 'none',
      posture: history(100, ownIsolate, { ...ownUnisolate, ...cancelledByOther }),
      want: 'cancelled-by-other',
    },
    'the cancelled first half of a chain is': {
      operations: ['lift', 'impose'],
      level: 'full',
      posture: history(100, ownIsolate, { ...ownUnisolate, ...cancelledByOther }),
      want: 'cancelled-by-other',
    },
    'a cancel before the latest success is history': {
      operations: ['impose'],
      level: 'full',
      posture: history(100, { ...ownIsolate, ...cancelledByOther }, ownIsolate, ownUnisolate),
      want: undefined,
    },
    'a Failed action was not cancelled': {
      operations: ['impose'],
      level: 'full',
      posture: history(100, { ...ownIsolate, ...cancelledByOther, status: 'Failed' }),
      want: undefined,
    },
  })
})

test('under a configuration name only its own cancels are ours', () => {
  const mine = { requestorComment: ownComment({ policy: 'soc/contain' }) }
  const posture = (cancel: Partial<MachineAction>): HoldPosture =>
    foldHold(
      [action({ ...mine, status: 'Cancelled', ...cancel })],
      HOLD_PAIRS.isolated,
      lens({ name: 'soc' }),
    )
  const named = { ...rules, name: 'soc' }
  const theirs = { cancellationComment: ownComment({ policy: 'us/contain' }) }
  const ours = { cancellationComment: ownComment({ policy: 'soc/contain' }) }
  expect(contestHold(['impose'], 'full', posture(theirs), named)?.code).toBe('cancelled-by-other')
  expect(contestHold(['impose'], 'full', posture(ours), named)).toBeUndefined()
})

test('a contest names who, by which channel, when, and the way out', () => {
  const reverted = contestHold(['impose'], 'full', history(0.5, ownIsolate, unisolate), rules)
  expect(reverted?.message).toContain(
    `Unisolate by ana@contoso.com through Portal at 2026-11-22T06:00:00Z (action ${actionId(2)})`,
  )
  const held = contestHold(['lift'], 'none', history(0.5, isolate), rules)
  expect(held?.message).toContain(`Isolate by Other App through PublicApi`)
  const cancelled = contestHold(
    ['impose'],
    'full',
    history(0.5, { ...ownIsolate, ...cancelledByOther }),
    rules,
  )
  expect(cancelled?.message).toContain('our Isolate was cancelled by bob at 2026-11-22T06:00:00Z')
  const twice = history(
    0.5,
    { ...ownIsolate, ...cancelledByOther },
    { ...ownIsolate, ...cancelledByOther, cancellationRequestor: 'eve' },
  )
  expect(contestHold(['impose'], 'full', twice, rules)?.message).toContain('cancelled by eve')
  for (const note of [reverted, held, cancelled])
    expect(note?.message).toMatch(/--reassert ADDR.*reassert: true/)
})

test('the foreign impose that holds is the latest one', () => {
  expect(foreignImpose(history(1, isolate, isolate, ownIsolate))?.action.id).toBe(actionId(2))
  expect(foreignImpose(history(1, ownIsolate))).toBeUndefined()
})

test('a release that somebody undid is reverted as well', () => {
  expect(isReverted('none', history(100, ownUnisolate, isolate))).toBe(true)
  expect(isReverted('none', history(100, ownIsolate, isolate))).toBe(false)
  expect(isReverted('none', history(100))).toBe(false)
  expect(isReverted('full', history(100, ownIsolate, isolate))).toBe(false)
})

describe('a run', () => {
  const scans = (...overs: readonly Partial<MachineAction>[]) =>
    foldRun(
      overs.map((over, at) =>
        action({
          id: actionId(at + 1),
          type: 'RunAntiVirusScan',
          creationDateTimeUtc: daysAgo(overs.length - at),
          ...over,
        }),
      ),
      'RunAntiVirusScan',
      () => true,
    )

  test('that somebody else cancelled is contested', () => {
    expect(contestRun(scans({ ...own, ...cancelledByOther }), undefined, rules)?.code).toBe(
      'cancelled-by-other',
    )
  })

  test('that we cancelled is not', () => {
    expect(contestRun(scans({ ...own, ...cancelledByUs }), undefined, rules)).toBeUndefined()
  })

  test('that was cancelled before the time the wish starts at is history', () => {
    const posture = scans({ ...own, ...cancelledByOther })
    expect(contestRun(posture, daysAgo(1), rules)?.code).toBe('cancelled-by-other')
    expect(contestRun(posture, addMs(daysAgo(1), 1), rules)).toBeUndefined()
  })

  test('that succeeded since is not contested', () => {
    expect(contestRun(scans({ ...own, ...cancelledByOther }, own), undefined, rules)).toBeUndefined()
  })
})
