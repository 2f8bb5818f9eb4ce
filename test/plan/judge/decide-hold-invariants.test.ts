import { expect, test } from 'vitest'
import { decideHold } from '../../../src/plan/judge/decide-hold.ts'
import { foldHold } from '../../../src/posture/fold-hold.ts'
import { indexHistory } from '../../../src/posture/history.ts'
import { HOLD_PAIRS } from '../../../src/posture/holds.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { addMs } from '../../../src/schema/instant.ts'
import { action, actionId, lens, machineId, NOW, ownComment } from '../../support/build-core.ts'

const HELD = [undefined, 'Full', 'Selective', 'UnManagedDevice', null] as const
const DESIRED = ['none', 'full', 'selective', 'unmanaged'] as const
const BOOLEANS = [false, true] as const

const flight = (id: number, type: string, own: boolean): MachineAction =>
  action({
    id: actionId(id),
    type,
    status: 'Pending',
    creationDateTimeUtc: addMs(NOW, -60_000),
    ...(own ? { requestorComment: ownComment() } : {}),
  })

const FLIGHTS = [
  flight(10, 'Isolate', true),
  flight(11, 'Isolate', false),
  flight(12, 'Unisolate', true),
  flight(13, 'Unisolate', false),
]

/** Every way to choose among the four flights. */
const FLYING = Array.from({ length: 16 }, (_, bits) => FLIGHTS.filter((_one, at) => (bits >> at) % 2 === 1))

test('whatever is held, wanted and in flight, nothing is sent beside what is in flight, nor what already holds', () => {
  let seen = 0
  for (const held of HELD)
    for (const level of DESIRED)
      for (const inFlight of FLYING)
        for (const scopeChange of BOOLEANS)
          for (const reassert of BOOLEANS) {
            const past =
              held === undefined ? [] : [action({ scope: held, creationDateTimeUtc: addMs(NOW, -3_600_000) })]
            const history = indexHistory([...past, ...inFlight]).of(machineId(1))
            const posture = foldHold(history, HOLD_PAIRS.isolated, lens())
            const wish = {
              level,
              declared: true,
              scopeChange,
              reassert,
              resubmit: false,
              liftReason: 'declared-released',
            } as const
            const decision = decideHold(wish, posture, NOW)
            seen += 1
            if (decision.kind === 'in-flight') {
              expect(decision.awaited).toStrictEqual(inFlight)
              continue
            }
            if (decision.kind !== 'change') continue
            const cancelled = decision.requests.flatMap(one => (one.type === 'Cancel' ? [one.actionId] : []))
            const sent = decision.requests.slice(cancelled.length).map(({ type }) => type)
            expect(cancelled).toStrictEqual(inFlight.map(({ id }) => id))
            expect(inFlight.some(({ type }) => type === (level === 'none' ? 'Unisolate' : 'Isolate'))).toBe(
              false,
            )
            expect(reassert || inFlight.every(({ requestorComment }) => requestorComment !== 'because')).toBe(
              true,
            )
            expect(sent.length === 0 || decision.before !== decision.after).toBe(true)
            expect(sent.length < 2 || scopeChange).toBe(true)
            expect(sent).not.toContain('Cancel')
          }
  expect(seen).toBe(1280)
})
