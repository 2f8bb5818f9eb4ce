import { describe, expect, test } from 'vitest'
import { describeEnd, endOf } from '../../src/apply/action-end.ts'
import { APPLY_CODES, explain } from '../../src/apply/codes.ts'
import { exitOf } from '../../src/apply/exit-code.ts'
import { itemOfChange, requestAt } from '../../src/apply/item.ts'
import { KnownActions } from '../../src/apply/known-actions.ts'
import { messageOf } from '../../src/apply/message-of.ts'
import { rankOf } from '../../src/apply/order.ts'
import { pathOf, quotaOfPath } from '../../src/apply/paths.ts'
import { reduceItem } from '../../src/apply/reduce-item.ts'
import type { Change } from '../../src/plan/document/document.ts'
import { action, actionId, at, lens, machine, machineId } from '../support/build-core.ts'
import { change } from '../support/build-plan.ts'

describe('the exit', () => {
  const done = { overall: null, outcomes: [], chainOpen: [] } as const

  test.each(
    Object.entries({
      'is 0 with nothing to say': [{}, 0, 'ok'],
      'is 0 when all went well': [{ outcomes: ['succeeded', 'adopted', 'unchanged'] }, 0, 'ok'],
      'is 1 after an error': [{ overall: 'error', outcomes: ['failed'] }, 1, 'error'],
      'is 3 for a stale plan': [{ overall: 'stale', outcomes: ['refused'] }, 3, 'stale'],
      'is 4 when refused as a whole': [{ overall: 'refused', outcomes: ['refused'] }, 4, 'refused'],
      'is 7 when locked': [{ overall: 'locked', outcomes: ['failed'] }, 7, 'locked'],
      'is a signal when interrupted': [{ overall: 'signal', outcomes: ['pending'] }, 128, 'signal'],
      'is 5 for a failed one': [{ outcomes: ['succeeded', 'failed'] }, 5, 'partial'],
      'is 5 for one that timed out': [{ outcomes: ['timed-out'] }, 5, 'partial'],
      'is 5 for a cancelled one': [{ outcomes: ['cancelled'] }, 5, 'partial'],
      'is 5 for a refused one': [{ outcomes: ['refused'] }, 5, 'partial'],
      'is 5 before 6': [{ outcomes: ['pending', 'failed'] }, 5, 'partial'],
      'is 5 for a machine that a chain left open': [
        { outcomes: ['pending'], chainOpen: ['ws-1'] },
        5,
        'partial',
      ],
      'is 6 for a pending one': [{ outcomes: ['succeeded', 'pending'] }, 6, 'pending'],
      'is 6 for an uncertain one': [{ outcomes: ['uncertain'] }, 6, 'pending'],
      'is 6 for one not attempted': [{ outcomes: ['not-attempted'] }, 6, 'pending'],
    } as const),
  )('%s', (_rule, [over, code, name]) => {
    const { outcomes = [], ...rest } = over as { outcomes?: readonly ['failed']; overall?: 'error' }
    const input = { ...done, ...rest, outcomes: outcomes.map(outcome => ({ outcome, code: null })) }
    expect(exitOf(input)).toStrictEqual({ code, name })
  })

  test('is not touched by a run that waits for its machine', () => {
    const outcomes = [{ outcome: 'refused', code: 'waiting-for-machine' }] as const
    expect(exitOf({ ...done, outcomes })).toStrictEqual({ code: 0, name: 'ok' })
  })
})

describe('the order of sending', () => {
  test.each<[string, Pick<Change, 'facet' | 'after' | 'renews'>, boolean, number]>([
    ['a machine that a chain left open', { facet: 'isolated', after: 'full' }, true, 0],
    ['isolation', { facet: 'isolated', after: 'selective' }, false, 1],
    ['restriction', { facet: 'restricted', after: 'restricted' }, false, 1],
    ['renewal', { facet: 'isolated', after: 'full', renews: actionId(1) }, false, 2],
    ['collection', { facet: 'collected', after: 'collected' }, false, 3],
    ['live response', { facet: 'liveResponse', after: 'run' }, false, 3],
    ['quarantine', { facet: 'quarantined', after: 'quarantined' }, false, 4],
    ['scan', { facet: 'scanned', after: 'quick' }, false, 4],
    ['lift', { facet: 'restricted', after: 'none' }, false, 5],
    ['offboarding', { facet: 'offboarded', after: 'offboarded' }, false, 6],
  ])('%s', (_kind, over, opened, rank) => {
    expect(rankOf(change(over), opened)).toBe(rank)
  })
})

describe('status words', () => {
  test.each([
    ['Succeeded', 'succeeded'],
    ['Failed', 'failed'],
    ['TimeOut', 'timed-out'],
    ['Cancelled', 'cancelled'],
    ['Canceled', 'cancelled'],
    ['Pending', null],
    ['InProgress', null],
    ['Whatever', null],
  ])('%s', (status, end) => {
    expect(endOf(status)).toBe(end)
  })

  const aborted = { errorHResult: -2_147_467_260 }
  const command = {
    index: 0,
    commandStatus: 'Failed',
    errors: ['file not found'],
    type: 'GetFile',
    params: [],
  }

  test.each(
    Object.entries({
      'a cancel names who cancelled': [
        { status: 'Cancelled', cancellationRequestor: 'a@b.c' },
        'cancelled by a@b.c',
      ],
      'a cancel by nobody is by somebody': [{ status: 'Cancelled' }, 'cancelled by somebody'],
      'a failure has its code in hexadecimal': [
        { status: 'Failed', ...aborted },
        'failed on the device (0x80004004)',
      ],
      'a failure has the first error of its commands': [
        { status: 'Failed', commands: [command] },
        'failed on the device: file not found',
      ],
      'a time-out has its code': [{ status: 'TimeOut', errorHResult: -2_145_844_840 }, '(0x80190198)'],
    } as const),
  )('%s', (_rule, [over, text]) => {
    expect(describeEnd(action(over))).toContain(text)
  })
})

describe('of two readings of an action', () => {
  const pending = action({ status: 'Pending' })
  const later = at('2026-11-22T16:05:00Z')

  test.each(
    Object.entries({
      'the later one counts': [
        pending,
        action({ status: 'InProgress', lastUpdateDateTimeUtc: later }),
        'InProgress',
      ],
      'an older one does not count': [
        action({ status: 'InProgress', lastUpdateDateTimeUtc: later }),
        pending,
        'InProgress',
      ],
      'an end counts before everything': [
        action(),
        action({ status: 'Pending', lastUpdateDateTimeUtc: later }),
        'Succeeded',
      ],
      'an end counts even with an older stamp': [
        action({ status: 'Pending', lastUpdateDateTimeUtc: later }),
        action(),
        'Succeeded',
      ],
      'the same stamp read again counts': [pending, action({ status: 'InProgress' }), 'InProgress'],
    } as const),
  )('%s', (_rule, [first, second, status]) => {
    const known = new KnownActions([machine()], [first], lens())
    known.merge([second])
    expect(known.get(actionId(1))?.status).toBe(status)
    expect(known.of(machineId(1))).toHaveLength(1)
  })

  test('what was never read is not known', () => {
    const known = new KnownActions([machine()], [], lens())
    expect(known.of(machineId(1))).toStrictEqual([])
    expect(known.machine(machineId(2))).toBeUndefined()
    expect(known.lookedAt(machineId(1))).toBeUndefined()
  })
})

test('every type of request has its path and every path its quota', () => {
  expect(pathOf('Isolate')).toBe('isolate')
  expect(pathOf('Cancel')).toBe('cancel')
  expect(quotaOfPath('runliveresponse')).toMatchObject({ perMinute: 10, concurrent: 50 })
  expect(quotaOfPath('cancel')).toMatchObject({ perMinute: 100, perHour: 1500 })
  expect(quotaOfPath('of another version')).toMatchObject({ perMinute: 100, perHour: 1500 })
})

test.each(Object.entries(APPLY_CODES))(
  '%s says what it means and the way out',
  (code, { meaning, wayOut }) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(meaning).toMatch(/^[A-Z].*\.$/)
    expect(wayOut).toMatch(/^[A-Z].*\.$/)
    expect(explain(code as 'moved')).toBe(`${meaning} ${wayOut}`)
    expect(explain(code as 'moved', 'This happened.')).toBe(`This happened. ${wayOut}`)
  },
)

test('a plan whose change has no request is a defect that is named', () => {
  const empty = change({ requests: [] })
  expect(() => requestAt(empty, 0)).toThrow(new RangeError(`${empty.address} has no request 0`))
})

test('the words of an error are those of its message, or its own', () => {
  expect(messageOf(new Error('EIO'))).toBe('EIO')
  expect(messageOf('EIO')).toBe('EIO')
})

test('an item that has ended stays as it is, whatever arrives late', () => {
  const ended = reduceItem(itemOfChange(change()), { kind: 'ended', outcome: 'refused', code: 'moved' })
  expect(reduceItem(ended, { kind: 'seen', action: action() })).toBe(ended)
})
