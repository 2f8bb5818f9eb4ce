import { expect, test } from 'vitest'
import type { JournalEntry } from '../../src/apply/ports.ts'
import {
  isRestrictedRefusal,
  RESTRICTED_DEVICE,
  refusedTooOften,
} from '../../src/apply/restricted-refusal.ts'
import { configuration, NOW } from '../support/build-core.ts'
import { change } from '../support/build-plan.ts'

test.each<[string, number, string, string, string, boolean]>([
  ['403 DisallowedOperation', 403, 'DisallowedOperation', 'x', 'Isolate', true],
  [
    'a code that nobody knows, which names the operation',
    400,
    'Refused',
    'This operation is not allowed',
    'Isolate',
    true,
  ],
  ['a code that nobody knows, which names nothing', 400, 'Refused', 'no', 'Isolate', false],
  ['a lack of roles', 403, 'Forbidden', 'operation', 'Isolate', false],
  ['a platform that cannot', 400, 'OsPlatformNotSupported', 'operation', 'Isolate', false],
  [
    'a group without automation level',
    403,
    'DisallowedOperation',
    'has no automation level assigned',
    'LiveResponse',
    false,
  ],
  ['an unknown machine', 404, 'DisallowedOperation', 'x', 'Isolate', false],
  [
    'a quarantine, which belongs to no category',
    403,
    'DisallowedOperation',
    'x',
    'StopAndQuarantineFile',
    false,
  ],
  ['a cancel', 403, 'DisallowedOperation', 'x', 'Cancel', false],
])('%s', (_what, status, code, message, type, restricted) => {
  expect(isRestrictedRefusal({ kind: 'rejected', status, code, message }, type)).toBe(restricted)
})

const refusal = (over: Partial<Record<string, unknown>> = {}): JournalEntry =>
  ({ event: 'answer', at: NOW, address: change().address, code: RESTRICTED_DEVICE, ...over }) as JournalEntry

test.each<[string, readonly JournalEntry[], boolean]>([
  ['as often as an action may fail is not asked again', [refusal(), refusal(), refusal()], true],
  ['less often is asked again', [refusal(), refusal()], false],
  ['longer ago is asked again', [refusal(), refusal(), refusal({ at: '2026-11-21T17:59:59Z' })], false],
  ['of another change counts for that', [refusal(), refusal(), refusal({ address: 'x/isolated' })], false],
  ['for another reason counts for nothing', [refusal(), refusal(), refusal({ code: 'Forbidden' })], false],
  ['is an answer and no intent', [refusal(), refusal(), refusal({ event: 'intent' })], false],
  ['at a time that cannot be read counts', [refusal(), refusal(), refusal({ at: 'soon' })], true],
])('what a device refused %s', (_rule, entries, exhausted) => {
  const note = refusedTooOften(change(), entries, configuration().retry, NOW)
  expect(note?.code).toBe(exhausted ? 'attempts-exhausted' : undefined)
})
