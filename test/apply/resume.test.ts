import { describe, expect, test } from 'vitest'
import { type Trace, traceKey } from '../../src/apply/read-journal.ts'
import { standingOf } from '../../src/apply/resume.ts'
import type { Change } from '../../src/plan/document/document.ts'
import { appendMarker } from '../../src/posture/marker.ts'
import { action, actionId, at, machineId } from '../support/build-core.ts'
import { change } from '../support/build-plan.ts'

const KEY = { plan: '0a1b2c3d', change: '4e5f6a7b' }
const OURS = appendMarker('INC-1', { policy: 'contain', ...KEY })
const OTHER = appendMarker('INC-1', { policy: 'contain', plan: KEY.plan, change: 'ffffffff' })
const ADDRESS = `${machineId(1)}/isolated`

function changeOf(requests: Change['requests']): Change {
  return change({ requests, fingerprint: '4e5f6a7b00000000' })
}

const ISOLATE = { type: 'Isolate', body: { Comment: 'INC-1', IsolationType: 'Full' } } as const
const LIFT = { type: 'Unisolate', body: { Comment: 'INC-1' } } as const
const CANCEL = { type: 'Cancel', actionId: actionId(3), body: { Comment: 'INC-1' } } as const
const single = changeOf([ISOLATE])
const chain = changeOf([LIFT, ISOLATE])
const cancelling = changeOf([CANCEL, ISOLATE])
const own = action({ requestorComment: OURS })
const at0 = at('2026-11-22T17:00:00Z')
const since = at('2026-11-22T17:30:00Z')

function traced(request: number, trace: Trace): ReadonlyMap<string, Trace> {
  return new Map([[traceKey(ADDRESS, request), trace]])
}

const NONE: ReadonlyMap<string, Trace> = new Map()

describe('a change stands', () => {
  test.each(
    Object.entries({
      'at its beginning where nothing carries its marker': [
        single,
        [action(), action({ id: actionId(2), requestorComment: OTHER })],
        NONE,
        { kind: 'unsent' },
      ],
      'at its beginning where its marker came through the portal': [
        single,
        [action({ requestorComment: OURS, requestSource: 'Portal' })],
        NONE,
        { kind: 'unsent' },
      ],
      'at its beginning where its marker is on another type': [
        single,
        [action({ type: 'Unisolate', requestorComment: OURS })],
        NONE,
        { kind: 'unsent' },
      ],
      'at the action with its marker': [
        single,
        [own],
        NONE,
        { kind: 'sent', step: 0, actionId: own.id, action: own },
      ],
      'at the succeeded one of several': [
        single,
        [
          action({ id: actionId(5), requestorComment: OURS, status: 'Failed' }),
          action({ id: actionId(6), requestorComment: OURS, status: 'Pending' }),
          own,
        ],
        NONE,
        { kind: 'sent', step: 0, actionId: own.id, action: own },
      ],
      'at the latest of several alike': [
        single,
        [own, action({ id: actionId(6), requestorComment: OURS, creationDateTimeUtc: at0 })],
        NONE,
        {
          kind: 'sent',
          step: 0,
          actionId: actionId(6),
          action: action({ id: actionId(6), requestorComment: OURS, creationDateTimeUtc: at0 }),
        },
      ],
      'at what the journal has where it is not listed yet': [
        single,
        [],
        traced(0, { actionId: actionId(9), acceptedAt: since, unansweredAt: null }),
        { kind: 'sent', step: 0, actionId: actionId(9), action: null },
      ],
      'unlisted where the journal has had it for over ten minutes and no list has it': [
        single,
        [],
        traced(0, { actionId: actionId(9), acceptedAt: at('2026-11-22T17:29:59Z'), unansweredAt: null }),
        { kind: 'unlisted', step: 0, since: at('2026-11-22T17:29:59Z') },
      ],
      'at a listed action however long the journal has had it': [
        single,
        [action({ id: actionId(9) })],
        traced(0, { actionId: actionId(9), acceptedAt: at0, unansweredAt: null }),
        { kind: 'sent', step: 0, actionId: actionId(9), action: action({ id: actionId(9) }) },
      ],
      'at what the journal has where its marker was lost': [
        single,
        [action({ id: actionId(9) })],
        traced(0, { actionId: actionId(9), acceptedAt: since, unansweredAt: null }),
        { kind: 'sent', step: 0, actionId: actionId(9), action: action({ id: actionId(9) }) },
      ],
      'unanswered where the journal has an intent without an answer': [
        single,
        [],
        traced(0, { actionId: null, acceptedAt: null, unansweredAt: since }),
        { kind: 'unanswered', step: 0, since },
      ],
      'at its beginning where the journal has a refusal': [
        single,
        [],
        traced(0, { actionId: null, acceptedAt: null, unansweredAt: null }),
        { kind: 'unsent' },
      ],
      'at the furthest request of a chain': [
        chain,
        [action({ id: actionId(4), type: 'Unisolate', requestorComment: OURS }), own],
        NONE,
        { kind: 'sent', step: 1, actionId: own.id, action: own },
      ],
      'at the action that carries its cancellation': [
        cancelling,
        [action({ id: actionId(3), type: 'Unisolate', status: 'Pending', cancellationComment: OURS })],
        NONE,
        {
          kind: 'sent',
          step: 0,
          actionId: actionId(3),
          action: action({
            id: actionId(3),
            type: 'Unisolate',
            status: 'Pending',
            cancellationComment: OURS,
          }),
        },
      ],
      'at its beginning where somebody else cancelled the action': [
        cancelling,
        [action({ id: actionId(3), type: 'Unisolate', status: 'Cancelled', cancellationComment: 'no' })],
        NONE,
        { kind: 'unsent' },
      ],
    } as const),
  )('%s', (_rule, [planned, actions, traces, want]) => {
    expect(standingOf(planned, KEY, actions, traces, at('2026-11-22T17:40:00Z'))).toStrictEqual(want)
  })
})
