import { describe, expect, test } from 'vitest'
import { exposuresOf, summarizeExposures } from '../../../src/analysis/simulate/exposure.ts'
import { indexMachines, resolvePolicies } from '../../../src/plan/select/resolve.ts'
import { indexHistory } from '../../../src/posture/history.ts'
import type { Machine } from '../../../src/posture/machine.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import type { Policy } from '../../../src/schema/policy.ts'
import {
  action,
  actionId,
  at,
  isolated,
  lens,
  machine,
  NOW,
  placed,
  policy,
  STAYS,
} from '../../support/build-core.ts'

const SPAN = { from: at('2026-11-01'), to: at('2026-11-11') }

/** Ended at its creation, on a day of November. */
function on(day: string, over: Partial<MachineAction> = {}): MachineAction {
  return action({ id: actionId(Number(day)), creationDateTimeUtc: at(`2026-11-${day}`), ...over })
}

function exposures(
  actions: readonly MachineAction[],
  policies: readonly Policy[] = [policy()],
  of: Machine = machine(),
) {
  const { matches } = resolvePolicies(policies, indexMachines([of]), NOW)
  return exposuresOf([of], matches, indexHistory(actions), lens({ effect: STAYS }), SPAN)
}

function told(...given: Parameters<typeof exposures>): readonly string[] {
  return exposures(...given).map(({ from, to, end, address }) => {
    return `${address.split('/')[1]} ${from.slice(8, 10)}-${to.slice(8, 10)} ${end}`
  })
}

const OFF = { type: 'Unisolate' } as const

test.each(
  Object.entries({
    'a machine that is never held is open': [told([]), ['isolated 01-11 open']],
    'a hold contains it': [told([on('04')]), ['isolated 01-04 contained']],
    'a hold from before leaves nothing': [told([action({ creationDateTimeUtc: at('2026-10-20') })]), []],
    'a hold at the very beginning leaves nothing': [told([on('01')]), []],
    'a release exposes it again': [
      told([on('02'), on('03', OFF), on('05')]),
      ['isolated 01-02 contained', 'isolated 03-05 contained'],
    ],
    'a release without another hold is open': [
      told([on('02'), on('03', OFF)]),
      ['isolated 01-02 contained', 'isolated 03-11 open'],
    ],
    'a hold that ended before does not contain': [
      told([
        action({ creationDateTimeUtc: at('2026-10-20') }),
        action({ id: actionId(99), ...OFF, creationDateTimeUtc: at('2026-10-21') }),
      ]),
      ['isolated 01-11 open'],
    ],
    'a hold of after does not either': [
      told([action({ creationDateTimeUtc: at('2026-11-20') })]),
      ['isolated 01-11 open'],
    ],
    'another level is no gap': [
      told([on('02'), on('03', { scope: 'Selective' })]),
      ['isolated 01-02 contained'],
    ],
    'what failed contains nothing': [told([on('02', { status: 'Failed' })]), ['isolated 01-11 open']],
    'a policy that expires asks no longer': [
      told([on('08')], [policy({ expires: at('2026-11-05') })]),
      ['isolated 01-05 expired'],
    ],
    'the latest expiry counts, and none is later than any': [
      told([], [policy({ expires: at('2026-11-05') }), policy({ name: 'b' })]),
      ['isolated 01-11 open'],
    ],
    'one that had expired before asked nothing': [told([], [policy({ expires: at('2026-10-05') })]), []],
    'a machine that was first seen later begins there': [
      told([], [policy()], machine({ firstSeen: at('2026-11-06') })),
      ['isolated 06-11 open'],
    ],
    'one that is not known begins at once': [
      told([], [policy()], machine({ firstSeen: null })),
      ['isolated 01-11 open'],
    ],
    'what is declared free exposes nothing': [told([], [policy({ state: isolated('none') })]), []],
    'each hold has its own': [
      told(
        [on('02')],
        [policy({ state: { ...isolated('full'), restricted: placed('restricted' as const) } })],
      ),
      ['isolated 01-02 contained', 'restricted 01-11 open'],
    ],
  }),
)('%s', (_rule, [have, want]) => {
  expect(have).toStrictEqual(want)
})

test('an exposure says how long it was, and when its end was asked for', () => {
  const held = action({
    creationDateTimeUtc: at('2026-11-02'),
    lastUpdateDateTimeUtc: at('2026-11-02T01:00:00Z'),
  })
  expect(exposures([held])).toStrictEqual([
    {
      address: `${machine().id}/isolated`,
      dnsName: 'fin-ws-001.contoso.com',
      from: '2026-11-01T00:00:00Z',
      to: '2026-11-02T01:00:00Z',
      end: 'contained',
      ms: 25 * 3_600_000,
      requestedAt: '2026-11-02T00:00:00Z',
    },
  ])
  expect(exposures([])[0]?.requestedAt).toBeNull()
})

describe('the summary', () => {
  const one = (ms: number, end: 'contained' | 'open' | 'expired' = 'contained') => {
    return { address: 'a', dnsName: null, from: '', to: '', end, ms, requestedAt: null }
  }

  test('is of what was contained; open ones are counted apart', () => {
    expect(
      summarizeExposures([one(30), one(10), one(20), one(99, 'open'), one(98, 'expired')]),
    ).toStrictEqual({
      contained: 3,
      open: 1,
      minMs: 10,
      medianMs: 20,
      maxMs: 30,
    })
  })

  test('of an even number has the lower middle for its median', () => {
    expect(summarizeExposures([one(1), one(2), one(3), one(4)]).medianMs).toBe(2)
  })

  test('of nothing has no times', () => {
    expect(summarizeExposures([])).toStrictEqual({
      contained: 0,
      open: 0,
      minMs: null,
      medianMs: null,
      maxMs: null,
    })
  })
})
