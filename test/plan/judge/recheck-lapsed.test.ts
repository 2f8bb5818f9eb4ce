import { describe, expect, test } from 'vitest'
import type { Change } from '../../../src/plan/document/document.ts'
import { type Recheck, recheckChange } from '../../../src/plan/judge/recheck.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import type { Configuration } from '../../../src/schema/configuration.ts'
import { addMs, type Instant } from '../../../src/schema/instant.ts'
import {
  action,
  actionId,
  configuration,
  isolated,
  lasting,
  NOW,
  ownComment,
  policy,
} from '../../support/build-core.ts'
import { type Given, planOf } from '../../support/plan-of.ts'

const HOUR = 3_600_000

/** An action of ours so many hours before {@link NOW}. */
function past(hours: number, over: Partial<MachineAction> = {}): MachineAction {
  const time = addMs(NOW, -hours * HOUR)
  return action({
    creationDateTimeUtc: time,
    lastUpdateDateTimeUtc: time,
    requestorComment: ownComment(),
    ...over,
  })
}

/** Plans at {@link NOW} and looks at the only change again later, with `more` having happened. */
function lookAgain(given: Given, later: Instant, more: readonly MachineAction[] = []): Recheck {
  const plan = planOf(given)
  const settings: Configuration = configuration(given.configuration)
  const { planId, renewalsId } = plan
  const actions = [...(given.observed?.actions ?? []), ...more]
  return recheckChange(plan.changes[0] as Change, {
    configuration: settings,
    planId,
    renewalsId,
    now: later,
    actions,
  })
}

describe('a change whose hold ended by itself since', () => {
  const FREE = [policy({ state: isolated('none') })]
  const HELD = { policies: FREE, observed: { actions: [past(167)] } }

  test('is refused alone: the rest of its plan is not stale for that', () => {
    const later = lookAgain(HELD, addMs(NOW, 2 * HOUR))
    expect(later).toMatchObject({ kind: 'moved', alone: true })
    expect((later as { message: string }).message).toContain('ended by itself at 2026-11-22T19:00:00Z')
  })

  test('stands until then', () => {
    expect(lookAgain(HELD, addMs(NOW, HOUR / 2))).toStrictEqual({ kind: 'unmoved' })
  })

  test('is satisfied where the service has written its lift', () => {
    const lift = past(-1, { id: actionId(9), type: 'Unisolate', requestor: null, requestorComment: null })
    expect(lookAgain(HELD, addMs(NOW, 2 * HOUR), [lift]).kind).toBe('satisfied')
  })
})

describe('a renewal', () => {
  const LAPSED = { observed: { actions: [past(169)] } }

  test('stands while nothing happens', () => {
    expect(lookAgain(LAPSED, addMs(NOW, HOUR))).toStrictEqual({ kind: 'unmoved' })
  })

  test('is refused alone where somebody released the machine since', () => {
    const lift = past(-0.5, {
      id: actionId(9),
      type: 'Unisolate',
      requestorComment: null,
      requestSource: 'Portal',
    })
    expect(lookAgain(LAPSED, addMs(NOW, HOUR), [lift])).toMatchObject({ kind: 'moved', alone: true })
  })

  test('is refused alone where somebody is about to release it', () => {
    const lift = past(-0.5, {
      id: actionId(9),
      type: 'Unisolate',
      requestorComment: null,
      requestSource: 'Portal',
      status: 'Pending',
    })
    expect(lookAgain(LAPSED, addMs(NOW, HOUR), [lift])).toMatchObject({ kind: 'moved', alone: true })
  })

  test('before the end stands although the hold does', () => {
    const effect = { ...configuration().effects.isolated, extends: true, renewBefore: lasting('12h') }
    const given = { configuration: { effects: { isolated: effect } }, observed: { actions: [past(160)] } }
    expect(lookAgain(given, addMs(NOW, HOUR))).toStrictEqual({ kind: 'unmoved' })
  })
})
