import { expect, test } from 'vitest'
import type { Change, SubmitRequest } from '../../../src/plan/document/document.ts'
import { exhaustedNow } from '../../../src/plan/judge/exhausted.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { addMs } from '../../../src/schema/instant.ts'
import { action, actionId, configuration, NOW, ownComment, placed, policy } from '../../support/build-core.ts'
import { change as buildChange } from '../../support/build-plan.ts'
import { planOf } from '../../support/plan-of.ts'

const HOUR = 3_600_000
const CONFIGURATION = configuration({ retry: { maxAttempts: 2, within: { text: '24h', ms: 24 * HOUR } } })
const SHA = '87662bc3d60e4200ceaf7aae249d1c343f4b83c9'
const OTHER_SHA = '97662bc3d60e4200ceaf7aae249d1c343f4b83c9'

function failed(number: number, over: Partial<MachineAction> = {}): MachineAction {
  const at = addMs(NOW, -number * HOUR)
  const times = { creationDateTimeUtc: at, lastUpdateDateTimeUtc: at }
  return action({ id: actionId(number), status: 'Failed', requestorComment: ownComment(), ...times, ...over })
}

function noteFor(change: Change, actions: readonly MachineAction[]) {
  const request = change.requests[0] as SubmitRequest
  return exhaustedNow(change, request, { configuration: CONFIGURATION, now: NOW, actions })
}

test.each<readonly [rule: string, actions: readonly MachineAction[], isExhausted: boolean]>([
  ['fewer failures than may be leave one more', [failed(1)], false],
  ['as many as may be leave none', [failed(2), failed(1, { status: 'TimeOut' })], true],
  ['what is older than the window does not count', [failed(25), failed(1)], false],
  ["others' do not count", [failed(2, { requestorComment: null }), failed(1)], false],
  [
    'what failed before the last success does not count',
    [failed(3), failed(2, { status: 'Succeeded' }), failed(1)],
    false,
  ],
])('%s', (_rule, actions, isExhausted) => {
  const note = noteFor(buildChange(), actions)
  expect(note?.code).toBe(isExhausted ? 'attempts-exhausted' : undefined)
})

test('the note names how many failed, how the last one did, the limit and the way out', () => {
  expect(noteFor(buildChange(), [failed(2), failed(1, { status: 'TimeOut' })])?.message).toBe(
    '2 own Isolate ended TimeOut within 24h (the limit is 2); look at the machine, then `--retry ADDR --reason TEXT` allows one more.',
  )
})

test('of runs only those about the same thing count', () => {
  const quarantined = [{ sha1: SHA, place: placed('full').place }]
  const plan = planOf({
    policies: [policy({ state: { quarantined } })],
    configuration: {
      allow: { quarantined: true, liveResponse: false, offboarded: false, scopeChange: false },
    },
  })
  const [change] = plan.changes
  if (change === undefined) throw new Error('nothing planned')
  const about = (number: number, sha1: string): MachineAction =>
    failed(number, {
      type: 'StopAndQuarantineFile',
      scope: null,
      relatedFileInfo: { fileIdentifier: sha1, fileIdentifierType: 'Sha1' },
    })
  expect(noteFor(change, [about(3, OTHER_SHA), about(2, SHA)])).toBeUndefined()
  expect(noteFor(change, [about(3, SHA), about(2, SHA)])?.code).toBe('attempts-exhausted')
})
