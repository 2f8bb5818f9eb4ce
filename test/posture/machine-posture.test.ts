import { expect, test } from 'vitest'
import { indexHistory } from '../../src/posture/history.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { foldMachine, withoutRecord } from '../../src/posture/machine-posture.ts'
import { action, actionId, at, lens, machineId, ownComment } from '../support/build-core.ts'

const fold = (...actions: readonly Partial<MachineAction>[]): ReturnType<typeof foldMachine> =>
  foldMachine(
    indexHistory(actions.map((over, index) => action({ id: actionId(index + 1), ...over }))).of(machineId(1)),
    lens(),
  )
const TIME = (hour: number): ReturnType<typeof at> => at(`2026-11-22T${String(hour).padStart(2, '0')}:00:00Z`)

test('a hold is since the end of its first impose, and by everybody who asked for it', () => {
  const { isolated } = fold(
    { creationDateTimeUtc: TIME(8), requestor: 'maria@contoso.com', requestSource: 'Portal' },
    { creationDateTimeUtc: TIME(9), requestorComment: ownComment() },
  )
  expect(isolated).toMatchObject({ level: 'full', since: TIME(8), uncertainSince: null })
  expect(isolated.by.map(({ class: kind, policy }) => [kind, policy])).toStrictEqual([
    ['analyst', null],
    ['own', 'contain'],
  ])
})

test('a hold that was lifted is none, since never and by nobody', () => {
  const { isolated } = fold(
    { creationDateTimeUtc: TIME(8) },
    { creationDateTimeUtc: TIME(9), type: 'Unisolate' },
  )
  expect(isolated).toStrictEqual({
    level: 'none',
    since: null,
    by: [],
    until: null,
    lapsedAt: null,
    uncertainSince: null,
  })
})

test.each([
  ['Failed', actionId(2)],
  ['Cancelled', actionId(2)],
  ['TimeOut', undefined],
])('after a later %s the effect is uncertain: %s', (status, id) => {
  const { restricted } = fold(
    { creationDateTimeUtc: TIME(8), type: 'RestrictCodeExecution' },
    { creationDateTimeUtc: TIME(9), type: 'UnrestrictCodeExecution', status },
  )
  expect(restricted.level).toBe('restricted')
  expect(restricted.uncertainSince?.id).toBe(id)
})

test('of each kind of run the latest success counts; what has not ended is in flight', () => {
  const posture = fold(
    { creationDateTimeUtc: TIME(7), type: 'RunAntiVirusScan', scope: 'Full' },
    { creationDateTimeUtc: TIME(8), type: 'RunAntiVirusScan', scope: 'Quick' },
    { creationDateTimeUtc: TIME(9), type: 'RunAntiVirusScan', status: 'Failed' },
    { creationDateTimeUtc: TIME(10), type: 'LiveResponse', status: 'Dispatched' },
    { creationDateTimeUtc: TIME(11), type: 'Offboard', scope: null },
    { creationDateTimeUtc: TIME(12), type: 'Isolate' },
  )
  expect([...posture.lastRuns].map(([type, { scope }]) => [type, scope])).toStrictEqual([
    ['RunAntiVirusScan', 'Quick'],
    ['Offboard', null],
  ])
  expect(posture.inFlight.map(({ type }) => type)).toStrictEqual(['LiveResponse'])
  expect(posture.isSilent).toBe(false)
  expect(fold().isSilent).toBe(true)
})

test('machines of the history without a record are found, sorted', () => {
  const history = indexHistory(
    [3, 1, 2].map(number => action({ id: actionId(number), machineId: machineId(number) })),
  )
  expect(withoutRecord(history, new Set([machineId(2)]))).toStrictEqual([machineId(1), machineId(3)])
})
