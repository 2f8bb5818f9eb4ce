import { expect, test } from 'vitest'
import { hasEnded, hasFailed, hasSucceeded } from '../../src/posture/status.ts'
import { action } from '../support/build-core.ts'

test.each([
  { status: 'Pending', ended: false, succeeded: false, failed: false },
  { status: 'InProgress', ended: false, succeeded: false, failed: false },
  { status: 'Succeeded', ended: true, succeeded: true, failed: false },
  { status: 'Failed', ended: true, succeeded: false, failed: true },
  { status: 'TimeOut', ended: true, succeeded: false, failed: true },
  { status: 'Cancelled', ended: true, succeeded: false, failed: false },
  { status: 'NeverSeenBefore', ended: false, succeeded: false, failed: false },
])(
  '$status ended: $ended, succeeded: $succeeded, failed: $failed',
  ({ status, ended, succeeded, failed }) => {
    const one = action({ status })
    expect([hasEnded(one), hasSucceeded(one), hasFailed(one)]).toStrictEqual([ended, succeeded, failed])
  },
)
