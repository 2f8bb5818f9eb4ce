import { expect, test } from 'vitest'
import { ACTION_METHODS, CANCEL_QUOTA, methodOf, TERMINAL_STATUSES } from '../../src/posture/methods.ts'

test('the table holds the service’s nine methods as its pages spell them', () => {
  const rows = ACTION_METHODS.map(({ type, path, bodyKeys, facet, effect, permission }) =>
    [type, path, bodyKeys.join(), facet, effect, permission].join(' '),
  )
  expect(rows).toStrictEqual([
    'Isolate isolate IsolationType isolated impose Machine.Isolate',
    'Unisolate unisolate  isolated lift Machine.Isolate',
    'RestrictCodeExecution restrictCodeExecution  restricted impose Machine.RestrictExecution',
    'UnrestrictCodeExecution unrestrictCodeExecution  restricted lift Machine.RestrictExecution',
    'RunAntiVirusScan runAntiVirusScan ScanType scanned run Machine.Scan',
    'CollectInvestigationPackage collectInvestigationPackage  collected run Machine.CollectForensics',
    'StopAndQuarantineFile StopAndQuarantineFile Sha1 quarantined run Machine.StopAndQuarantine',
    'LiveResponse runliveresponse Commands liveResponse run Machine.LiveResponse',
    'Offboard offboard  offboarded run Machine.Offboard',
  ])
})

test('a path takes 100 calls a minute and 1500 an hour, a live response 10 and 50 at once', () => {
  const usual = { perMinute: 100, perHour: 1500 }
  for (const { type, quota } of ACTION_METHODS)
    expect(quota).toStrictEqual(
      type === 'LiveResponse' ? { perMinute: 10, perHour: 1500, concurrent: 50 } : usual,
    )
  expect(CANCEL_QUOTA).toStrictEqual(usual)
})

test('a row is found by the exact type', () => {
  expect(methodOf('Isolate')?.path).toBe('isolate')
  expect(methodOf('isolate')).toBeUndefined()
})

test('four status words end an action', () => {
  expect([...TERMINAL_STATUSES].sort()).toStrictEqual(['Cancelled', 'Failed', 'Succeeded', 'TimeOut'])
})
