import type { Coverage } from '../../src/analysis/explain/coverage.ts'
import type {
  Blocked,
  Change,
  Drift,
  InFlight,
  Plan,
  PlanMachine,
  PolicyReference,
} from '../../src/plan/document/document.ts'
import { type DriftDocument, driftDocument } from '../../src/report/documents/drift-document.ts'

export const FINANCE: PolicyReference = {
  name: 'contain-finance',
  file: 'policies/contain-finance.yaml',
  line: 12,
  column: 3,
  expires: '2026-12-01T06:00:00Z',
}

/** A machine named `name`, with an id made of its number. */
export function machine(number: number, name: string | null = `fin-ws-${number}.contoso.com`): PlanMachine {
  return {
    id: number.toString(16).padStart(40, '0'),
    dnsName: name,
    osPlatform: 'Windows11',
    healthStatus: 'Active',
    lastSeen: '2026-11-22T17:00:00Z',
    rbacGroupName: null,
  }
}

export const FULL: Change = {
  address: `${machine(14).id}/isolated`,
  machine: machine(14, 'fin-ws-014.contoso.com'),
  facet: 'isolated',
  operations: ['impose'],
  before: 'none',
  after: 'full',
  reason: 'not-isolated',
  requests: [{ type: 'Isolate', body: { Comment: 'INC-4211', IsolationType: 'Full' } }],
  basis: [],
  fingerprint: '0123456789abcdef',
  policy: FINANCE,
  dependsOn: [],
  warnings: [],
}

export const SCAN: Change = {
  ...FULL,
  address: `${machine(14).id}/scanned`,
  facet: 'scanned',
  operations: ['run'],
  before: 'never',
  after: 'full since 2026-11-20',
  reason: 'not-run',
  requests: [{ type: 'RunAntiVirusScan', body: { Comment: 'INC-4211', ScanType: 'Full' } }],
}

/** The isolation of another machine. */
export function isolation(number: number, change: Partial<Change> = {}): Change {
  const target = machine(number)
  return { ...FULL, address: `${target.id}/isolated`, machine: target, ...change }
}

export function inFlight(number: number, flight: Partial<InFlight> = {}): InFlight {
  const target = machine(number)
  return {
    address: `${target.id}/isolated`,
    machine: target,
    facet: 'isolated',
    actionId: 'a0000000-0000-4000-8000-000000000001',
    type: 'Isolate',
    status: 'Pending',
    own: true,
    requestor: 'Holdfast',
    since: '2026-11-22T10:00:00Z',
    awaited: true,
    warnings: [],
    ...flight,
  }
}

export function blocked(number: number, item: Partial<Blocked> = {}): Blocked {
  const target = machine(number)
  return {
    address: `${target.id}/isolated`,
    machine: target,
    facet: 'isolated',
    code: 'held-by-other',
    message:
      'alice@contoso.com isolated it on 2026-11-20 10:02Z; to lift it all the same, use `--reassert ADDR --reason TEXT`.',
    wouldBe: ['lift'],
    before: 'full',
    after: 'none',
    policy: FINANCE,
    basis: [],
    ...item,
  }
}

export function drift(number: number, item: Partial<Drift> = {}): Drift {
  const target = machine(number)
  return {
    address: `${target.id}/isolated`,
    machine: target,
    facet: 'isolated',
    kind: 'orphaned',
    expected: 'none',
    actual: 'full',
    actor: {
      class: 'analyst',
      requestor: 'alice@contoso.com',
      at: '2026-11-21T10:02:00Z',
      actionId: 'a0000000-0000-4000-8000-000000000002',
    },
    policy: null,
    ...item,
  }
}

/** A plan that does nothing, changed by what is given. */
export function plan(change: Partial<Plan> = {}): Plan {
  return {
    formatVersion: '1.1',
    toolVersion: '0.1.0',
    planId: `sha256:${'ab'.repeat(32)}`,
    createdAt: '2026-11-22T18:03:12Z',
    expiresAt: '2026-11-23T18:03:12Z',
    nextLookAt: null,
    target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
    source: { commit: null, dirty: null, files: {} },
    observed: {
      readAt: '2026-11-22T18:03:11Z',
      historyFrom: '2026-05-26T18:03:11Z',
      scope: 'tenant',
      machines: 1214,
      actions: 8801,
      complete: true,
      apiCalls: 4,
    },
    applyable: true,
    complete: true,
    errored: false,
    changes: [],
    inFlight: [],
    blocked: [],
    drift: [],
    guards: [],
    diagnostics: [],
    estimate: { requests: 0, submitSeconds: 0, quota: { perMinute: 100, perHour: 1500 } },
    summary: {
      impose: 0,
      change: 0,
      lift: 0,
      run: 0,
      cancel: 0,
      inFlight: 0,
      blocked: 0,
      unchanged: 1204,
      assumed: 0,
      renew: 0,
    },
    ...change,
  }
}

/** 37 of 41 held machines are declared. */
export const COVERAGE: Coverage = {
  machines: { held: 41, declared: 37 },
  holds: { held: 45, declared: 40 },
  share: 0.9024,
}

/** The drift document of a plan, with {@link COVERAGE}. */
export function drifted(change: Partial<Plan> = {}): DriftDocument {
  return driftDocument(plan(change), COVERAGE)
}
