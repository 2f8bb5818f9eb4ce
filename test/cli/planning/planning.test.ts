import { expect, test } from 'vitest'
import { skewDiagnostics } from '../../../src/cli/planning/planning.ts'
import type { Observation } from '../../../src/plan/select/observation.ts'
import { parseInstant } from '../../../src/schema/instant.ts'

const NOW = parseInstant('2026-11-20')

function observed(clockSkewMs: number): Observation {
  if (NOW === undefined) throw new Error('no instant')
  return {
    target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
    readAt: NOW,
    clockSkewMs,
    historyFrom: NOW,
    scope: 'tenant',
    machines: [],
    actions: [],
    onboarded: null,
    failures: [],
    apiCalls: 2,
    roles: null,
  }
}

const MINUTE = 60_000

test.each([
  [0, undefined, ''],
  [5 * MINUTE, undefined, ''],
  [5 * MINUTE + 1, 'warning', 'ahead of'],
  [-6 * MINUTE, 'warning', '6m behind'],
  [60 * MINUTE, 'warning', '1h ahead of'],
  [60 * MINUTE + 1, 'error', 'ahead of'],
  [-25 * 60 * MINUTE, 'error', '1d 1h behind'],
])('a clock %i ms off is %s', (skew, severity, words) => {
  const [found] = skewDiagnostics(observed(skew))
  expect(found?.severity).toBe(severity)
  expect(found?.message ?? '').toContain(words)
})

test('an emulator on loopback that runs ahead is only warned of', () => {
  const target = { endpoint: 'http://127.0.0.1:8080', tenantId: null }
  expect(skewDiagnostics({ ...observed(25 * 60 * MINUTE), target })[0]?.severity).toBe('warning')
})
