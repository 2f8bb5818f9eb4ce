import { fingerprintOf, planIdOf } from '../../src/plan/document/digest.ts'
import type { Change, Plan, PlanMachine } from '../../src/plan/document/document.ts'
import { machineId } from './build-core.ts'

/** Machine `number` as a plan describes it. */
export function planMachine(number = 1): PlanMachine {
  return {
    id: machineId(number),
    dnsName: `fin-ws-${String(number).padStart(3, '0')}.contoso.com`,
    osPlatform: 'Windows11',
    healthStatus: 'Active',
    lastSeen: '2026-11-22T17:00:00Z',
    rbacGroupName: null,
  }
}

/** The impose of a full isolation of machine 1, its fingerprint that of its content. */
export function change(over: Partial<Change> = {}): Change {
  const bare: Change = {
    address: `${over.machine?.id ?? machineId(1)}/${over.facet ?? 'isolated'}`,
    machine: planMachine(),
    facet: 'isolated',
    operations: ['impose'],
    before: 'none',
    after: 'full',
    reason: 'not-isolated',
    requests: [{ type: 'Isolate', body: { Comment: 'INC-1', IsolationType: 'Full' } }],
    basis: [],
    fingerprint: '',
    policy: { name: 'contain', file: 'policies/a.yaml', line: 1, column: 1 },
    dependsOn: [],
    warnings: [],
    ...over,
  }
  return { ...bare, fingerprint: over.fingerprint ?? fingerprintOf(bare) }
}

/** A plan of `changes`, its id that of its content. */
export function plan(changes: readonly Change[], over: Partial<Plan> = {}): Plan {
  const target = over.target ?? { endpoint: 'https://api.security.microsoft.com', tenantId: null }
  return {
    formatVersion: '1.1',
    toolVersion: '0.0.0',
    planId: planIdOf(target, changes),
    createdAt: '2026-11-22T18:00:00Z',
    expiresAt: '2026-11-23T18:00:00Z',
    nextLookAt: null,
    target,
    source: { commit: null, dirty: null, files: {} },
    observed: {
      readAt: '2026-11-22T18:00:00Z',
      historyFrom: '2026-05-26T18:00:00Z',
      scope: 'tenant',
      machines: 1,
      actions: 0,
      complete: true,
      apiCalls: 2,
    },
    applyable: true,
    complete: true,
    errored: false,
    changes,
    inFlight: [],
    blocked: [],
    drift: [],
    guards: [],
    diagnostics: [],
    estimate: { requests: 1, submitSeconds: 1, quota: { perMinute: 100, perHour: 1500 } },
    summary: {
      impose: 1,
      change: 0,
      lift: 0,
      run: 0,
      cancel: 0,
      inFlight: 0,
      blocked: 0,
      unchanged: 0,
      assumed: 0,
      renew: 0,
    },
    ...over,
  }
}
