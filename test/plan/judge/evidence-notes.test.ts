import { describe, expect, test } from 'vitest'
import { evidenceDiagnostics } from '../../../src/plan/judge/evidence-notes.ts'
import { lensFor } from '../../../src/plan/select/plan-lens.ts'
import type { Evidence } from '../../../src/posture/evidence.ts'
import { indexHistory } from '../../../src/posture/history.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import type { Instant } from '../../../src/schema/instant.ts'
import { action, at, configuration, machine, machineId, observation } from '../../support/build-core.ts'

const NOW = at('2026-11-20T10:00:00Z')

function report(day: string, isolated: boolean, number = 1): Evidence {
  return { machineId: machineId(number), at: at(day), isolated }
}

function isolate(day: string, over: Partial<MachineAction> = {}): MachineAction {
  const when: Instant = at(day)
  return action({ id: day, scope: 'Full', creationDateTimeUtc: when, lastUpdateDateTimeUtc: when, ...over })
}

function told(
  actions: readonly MachineAction[],
  evidence: readonly Evidence[] | undefined,
): readonly string[] {
  const look = observation({
    machines: [machine({ id: machineId(1), computerDnsName: 'ws-1' })],
    actions,
    scope: 'tenant',
    readAt: NOW,
    ...(evidence === undefined ? {} : { evidence }),
  })
  const history = indexHistory(actions)
  const lens = lensFor(look, configuration(), NOW, history)
  return evidenceDiagnostics(look, history, lens).map(({ code, message }) => `${code} ${message}`)
}

test('nothing is said where nobody was asked', () => {
  expect(told([isolate('2026-11-19')], undefined)).toStrictEqual([])
})

const HELD = isolate('2026-11-19T10:00:00Z')

describe('of each isolation', () => {
  test.each<readonly [string, readonly MachineAction[], readonly Evidence[], string]>([
    ['is confirmed', [HELD], [report('2026-11-20T09:00:00Z', true)], '1 confirmed by their devices'],
    ['is denied', [HELD], [report('2026-11-20T09:00:00Z', false)], '0 confirmed by their devices, 1 denied'],
    [
      'has a report that is too young',
      [HELD],
      [report('2026-11-19T11:00:00Z', true)],
      '0 confirmed by their devices, 1 without a report that counts',
    ],
    ['has no report', [HELD], [], '0 confirmed by their devices, 1 without a report that counts'],
    [
      'has one that is too old',
      [isolate('2026-11-15')],
      [report('2026-11-16', true)],
      '0 confirmed by their devices, 1 without a report that counts',
    ],
    [
      'holds on after its time',
      [isolate('2026-11-10')],
      [report('2026-11-20T09:00:00Z', true)],
      '1 confirmed by their devices',
    ],
    [
      'has ended',
      [isolate('2026-11-10')],
      [report('2026-11-20T09:00:00Z', false)],
      '0 confirmed by their devices',
    ],
    [
      'is of a device that is contained',
      [isolate('2026-11-15', { scope: 'UnManagedDevice' })],
      [],
      '0 confirmed by their devices',
    ],
    [
      'is on its way out',
      [HELD, isolate('2026-11-20', { type: 'Unisolate', status: 'Pending' })],
      [report('2026-11-20T09:00:00Z', true)],
      '0 confirmed by their devices',
    ],
  ])('that %s', (_what, actions, evidence, want) => {
    expect(told(actions, evidence)).toStrictEqual([`evidence-read isolations: ${want}.`])
  })
})

describe('a device that reports to be isolated although no action isolates it', () => {
  test.each<readonly [string, readonly MachineAction[], readonly Evidence[], boolean]>([
    ['without any history', [], [report('2026-11-20T09:00:00Z', true)], true],
    [
      'after a release',
      [HELD, isolate('2026-11-19T12:00:00Z', { type: 'Unisolate', requestSource: 'Portal' })],
      [report('2026-11-20T09:00:00Z', true)],
      true,
    ],
    [
      'too soon after a release',
      [HELD, isolate('2026-11-20T08:00:00Z', { type: 'Unisolate', requestSource: 'Portal' })],
      [report('2026-11-20T09:00:00Z', true)],
      false,
    ],
    ['too long ago', [], [report('2026-11-18', true)], false],
    [
      'and says later that it is not',
      [],
      [report('2026-11-20T08:00:00Z', true), report('2026-11-20T09:00:00Z', false)],
      false,
    ],
    ['in the future of a replay', [], [report('2026-11-21', true)], false],
  ])('is warned of: %s', (_what, actions, evidence, isTold) => {
    const warned = told(actions, evidence).filter(text => text.startsWith('isolated-off-record'))
    expect(warned).toHaveLength(isTold ? 1 : 0)
    if (isTold) expect(warned[0]).toContain('ws-1: the device reported at 2026-11-20T09:00:00Z')
  })

  test('by its id where its record was not read', () => {
    const [warned] = told([], [report('2026-11-20T09:00:00Z', true, 2)])
    expect(warned).toContain(`${machineId(2)}: the device reported`)
  })
})
