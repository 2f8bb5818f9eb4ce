import { describe, expect, test } from 'vitest'
import { createPlan } from '../../../src/plan/assemble/create-plan.ts'
import type { DraftRequest } from '../../../src/plan/judge/decision.ts'
import {
  restrictedNote,
  restrictedTagWarning,
  restrictionsOf,
} from '../../../src/plan/judge/restricted-device.ts'
import { NO_OPTIONS } from '../../../src/plan/select/plan-input.ts'
import type { RefusedCategory } from '../../../src/posture/device-restriction.ts'
import type { ActionType } from '../../../src/posture/methods.ts'
import {
  action,
  configuration,
  isolated,
  machine,
  machineId,
  NOW,
  observation,
  ownComment,
  policy,
} from '../../support/build-core.ts'

const request = (type: ActionType, body: object = {}): DraftRequest => ({ type, body: { ...body } })
const script = request('LiveResponse', { Commands: [{ type: 'RunScript', params: [] }] })
const file = request('LiveResponse', { Commands: [{ type: 'GetFile', params: [] }] })

test.each<[string, DraftRequest, readonly RefusedCategory[] | undefined, boolean]>([
  ['an isolation where advanced response is', request('Isolate'), ['AdvancedResponse'], true],
  ['a restriction where advanced response is', request('RestrictCodeExecution'), ['AdvancedResponse'], true],
  ['an isolation where another category is', request('Isolate'), ['BasicResponse', 'LiveResponse'], false],
  ['a scan where basic response is', request('RunAntiVirusScan'), ['BasicResponse'], true],
  ['a collection where basic response is', request('CollectInvestigationPackage'), ['BasicResponse'], true],
  ['a file where live response is', file, ['LiveResponse'], true],
  ['a file where another category is', file, ['BasicResponse'], false],
  ['a script where anything is: none ever runs there', script, ['BasicResponse'], true],
  ['whatever has a category where nobody knows what is', request('RunAntiVirusScan'), [], true],
  ['a quarantine, which belongs to no category', request('StopAndQuarantineFile'), [], false],
  ['an offboarding, which belongs to none', request('Offboard'), [], false],
  ['a cancel', { type: 'Cancel', actionId: 'x' }, [], false],
  ['anything of a full device', request('Isolate'), undefined, false],
])('refused is %s', (_what, draft, refuses, refused) => {
  const restrictions = restrictionsOf(refuses === undefined ? [] : [{ machineId: machineId(1), refuses }])
  const note = restrictedNote({ requests: [draft] }, machine(), restrictions)
  expect(note?.code).toBe(refused ? 'restricted-device' : undefined)
})

describe('the tag alone', () => {
  const tagged = machine({ machineTags: ['Restricted Security Operations'] })
  const warn = (draft: DraftRequest, known = false) =>
    restrictedTagWarning(
      { requests: [draft] },
      tagged,
      restrictionsOf(known ? [{ machineId: machineId(1), refuses: ['LiveResponse'] }] : undefined),
    )?.code

  test('warns of what belongs to a category', () => {
    expect(warn(request('Isolate'))).toBe('restricted-device')
    expect(warn(request('StopAndQuarantineFile'))).toBeUndefined()
  })

  test('says nothing where hunting shows what is refused', () => {
    expect(warn(request('Isolate'), true)).toBeUndefined()
  })

  test('that is another one says nothing', () => {
    expect(
      restrictedTagWarning(
        { requests: [request('Isolate')] },
        machine({ machineTags: ['x'] }),
        restrictionsOf(),
      ),
    ).toBeUndefined()
  })
})

describe('a plan', () => {
  const planned = (level: 'full' | 'none', restricted: boolean) =>
    createPlan({
      policies: [policy({ state: isolated(level) })],
      configuration: configuration(),
      observation: observation({
        actions: level === 'none' ? [action({ requestorComment: ownComment() })] : [],
        ...(restricted
          ? { restrictions: [{ machineId: machineId(1), refuses: ['AdvancedResponse' as const] }] }
          : {}),
      }),
      now: NOW,
      toolVersion: 'test',
      source: { commit: null, dirty: null, files: {} },
      diagnostics: [],
      options: NO_OPTIONS,
    })

  test('blocks what the device refuses', () => {
    expect(planned('full', true)).toMatchObject({ changes: [], blocked: [{ code: 'restricted-device' }] })
    expect(planned('full', false)).toMatchObject({ summary: { impose: 1 } })
  })

  test('holds no release back, and warns of it', () => {
    const { changes } = planned('none', true)
    expect(changes[0]?.warnings.map(({ code }) => code)).toStrictEqual(['restricted-device'])
  })
})
