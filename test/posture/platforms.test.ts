import { describe, expect, test } from 'vitest'
import type { ActionType } from '../../src/posture/methods.ts'
import { PLATFORM_RULES, platformFamily, unsupportedReason } from '../../src/posture/platforms.ts'

test.each([
  ['Windows11', 'windows'],
  ['WindowsServer2012R2', 'windows'],
  ['macOS', 'macos'],
  ['iOS', 'mobile'],
  ['Android', 'mobile'],
  ['Linux', 'linux'],
  ['Ubuntu', 'linux'],
  ['RedHatEnterpriseLinux', 'linux'],
  ['Rocky', 'linux'],
  ['Toaster', 'unknown'],
  ['', 'unknown'],
  [null, 'unknown'],
])('%s is of the family %s', (osPlatform, family) => {
  expect(platformFamily(osPlatform)).toBe(family)
})

/** What the service's documents say of Windows, Linux, macOS, a telephone and a platform that nobody knows. */
const TABLE: readonly (readonly [ActionType, string | null, string])[] = [
  ['Isolate', 'Full', 'yes yes yes no yes'],
  ['Isolate', 'Selective', 'yes no yes no yes'],
  ['Isolate', 'UnManagedDevice', 'yes yes yes yes yes'],
  ['Unisolate', null, 'yes yes yes yes yes'],
  ['RestrictCodeExecution', null, 'yes no no no yes'],
  ['UnrestrictCodeExecution', null, 'yes yes yes yes yes'],
  ['RunAntiVirusScan', null, 'yes yes yes no yes'],
  ['CollectInvestigationPackage', null, 'yes yes yes no yes'],
  ['StopAndQuarantineFile', null, 'yes no no no yes'],
  ['LiveResponse', null, 'yes yes yes no yes'],
  ['Offboard', null, 'yes no no no yes'],
]

describe('which platform can do what', () => {
  test.each(TABLE)('%s %s: %s', (type, scope, want) => {
    const can = ['Windows10', 'Linux', 'macOS', 'Android', 'Toaster'].map(platform =>
      unsupportedReason(type, scope, platform) === undefined ? 'yes' : 'no',
    )
    expect(can.join(' ')).toBe(want)
  })
})

test('every rule says what is needed', () => {
  for (const { reason } of PLATFORM_RULES) expect(reason).toContain('needs')
})
