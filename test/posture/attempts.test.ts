import { expect, test } from 'vitest'
import { failedAttempts } from '../../src/posture/attempts.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { action, actionId, ownComment } from '../support/build-core.ts'

const own = (id: number, over: Partial<MachineAction> = {}): MachineAction =>
  action({ id: actionId(id), requestorComment: ownComment(), status: 'Failed', ...over })

test.each(
  Object.entries({
    'own Failed and TimeOut count': { history: [own(1), own(2, { status: 'TimeOut' })], want: [1, 2] },
    'Cancelled is nobody’s failure': { history: [own(1, { status: 'Cancelled' })], want: [] },
    'what is in flight has not failed': { history: [own(1, { status: 'Pending' })], want: [] },
    'foreign failures do not count': { history: [action({ id: actionId(1), status: 'Failed' })], want: [] },
    'the other direction does not count': { history: [own(1, { type: 'Unisolate' })], want: [] },
    'a success forgives what failed before it': {
      history: [own(1), own(2, { status: 'Succeeded' }), own(3)],
      want: [3],
    },
    'a foreign success toward the same forgives too': {
      history: [own(1), action({ id: actionId(2) })],
      want: [],
    },
    'a success of the other direction forgives nothing': {
      history: [own(1), own(2, { type: 'Unisolate', status: 'Succeeded' })],
      want: [1],
    },
  }),
)('%s', (_rule, { history, want }) => {
  expect(failedAttempts(history, 'Isolate', undefined).map(({ id }) => id)).toStrictEqual(want.map(actionId))
})

test('only what is about the same thing counts, as a failure and as a success', () => {
  const file = (id: number, fileIdentifier: string, status: string): MachineAction =>
    own(id, {
      type: 'StopAndQuarantineFile',
      status,
      relatedFileInfo: { fileIdentifier, fileIdentifierType: 'Sha1' },
    })
  const history = [file(1, 'a', 'Failed'), file(2, 'b', 'Failed'), file(3, 'b', 'Succeeded')]
  const aboutA = (one: MachineAction): boolean => one.relatedFileInfo?.fileIdentifier === 'a'
  expect(failedAttempts(history, 'StopAndQuarantineFile', undefined, aboutA)).toStrictEqual([history[0]])
})
