import fc from 'fast-check'
import { comparePlans } from '../../src/analysis/compare/compare-plans.ts'
import type { ApplyResult, ChangeOutcome, Outcome } from '../../src/apply/result.ts'
import type {
  Blocked,
  Change,
  Drift,
  Guard,
  InFlight,
  Operation,
  Plan,
  PlanDiagnostic,
  PlanMachine,
  PolicyReference,
} from '../../src/plan/document/document.ts'
import type { FacetName } from '../../src/schema/policy.ts'

/** Strings that have broken terminals, Markdown or logs somewhere, mixed with any other string, lone surrogates too. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 24 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
    .map(units => String.fromCharCode(...units)),
  fc
    .array(
      fc.constantFrom(
        '\u001b[31m',
        '\u009b2J',
        '\r\n',
        '\u202e',
        '\u2066',
        '\u061c',
        '\u200b',
        '\ufeff',
        '\u{e0041}',
        '\u2028',
        '\ud800',
        '::set-output name=a::b',
        '##vso[task.setvariable]',
        '##[error]',
        '@everyone',
        '#12',
        '`',
        '|',
        '<img src=x onerror=alert(1)>',
        '](https://evil.example)',
        '-->',
        '\u0301\u0301\u0301\u0301\u0301',
        '日本語',
        'שלום',
        ' ',
        'fin-ws-014.contoso.com',
      ),
      { maxLength: 8 },
    )
    .map(parts => parts.join('')),
  fc.constant('x'.repeat(3000)),
  fc.constant('@'.repeat(3000)),
)

const time = fc.oneof(fc.constant('2026-11-22T18:03:11Z'), hostileText)
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null })
const count = fc.nat(100_000)

const FACETS: readonly FacetName[] = [
  'isolated',
  'restricted',
  'scanned',
  'collected',
  'quarantined',
  'liveResponse',
  'offboarded',
]
const OPERATIONS: readonly (readonly Operation[])[] = [
  ['impose'],
  ['lift'],
  ['run'],
  ['cancel'],
  ['lift', 'impose'],
  ['cancel', 'impose'],
  ['cancel', 'lift'],
]

const machine: fc.Arbitrary<PlanMachine> = fc.record({
  id: hostileText,
  dnsName: orNull(hostileText),
  osPlatform: orNull(hostileText),
  healthStatus: orNull(hostileText),
  lastSeen: orNull(time),
  rbacGroupName: orNull(hostileText),
})

const policy: fc.Arbitrary<PolicyReference> = fc
  .record({ name: hostileText, file: hostileText, line: count, column: count, expires: orNull(time) })
  .map(({ expires, ...rest }) => (expires === null ? rest : { ...rest, expires }))

const facet = fc.constantFrom(...FACETS)
const address = fc.tuple(hostileText, fc.oneof(facet, hostileText), hostileText).map(parts => parts.join('/'))
const notes = fc.array(fc.record({ code: hostileText, message: hostileText }), { maxLength: 2 })

const change: fc.Arbitrary<Change> = fc.record({
  address,
  machine,
  facet,
  operations: fc.constantFrom(...OPERATIONS),
  before: hostileText,
  after: hostileText,
  reason: hostileText,
  requests: fc.array(
    fc.record({
      type: fc.constant('Cancel' as const),
      actionId: hostileText,
      body: fc.record({ Comment: hostileText }),
    }),
    { maxLength: 2 },
  ),
  basis: fc.array(hostileText, { maxLength: 2 }),
  fingerprint: fc.constant('0123456789abcdef'),
  policy: orNull(policy),
  dependsOn: fc.array(address, { maxLength: 2 }),
  warnings: notes,
})

const inFlight: fc.Arbitrary<InFlight> = fc.record({
  address,
  machine,
  facet,
  actionId: hostileText,
  type: hostileText,
  status: hostileText,
  own: fc.boolean(),
  requestor: orNull(hostileText),
  since: time,
  awaited: fc.boolean(),
  warnings: notes,
})

const blocked: fc.Arbitrary<Blocked> = fc.record({
  address: fc.oneof(address, hostileText),
  machine: orNull(machine),
  facet: orNull(facet),
  code: hostileText,
  message: hostileText,
  wouldBe: fc.constantFrom(...OPERATIONS),
  before: orNull(hostileText),
  after: orNull(hostileText),
  policy: orNull(policy),
  basis: fc.constant([]),
})

const drift: fc.Arbitrary<Drift> = fc.record({
  address,
  machine,
  facet,
  kind: fc.constantFrom(
    'reverted',
    'held-by-other',
    'orphaned',
    'undeclared',
    'expired',
    'stuck',
    'failing',
    'missing',
    'due',
  ),
  expected: hostileText,
  actual: hostileText,
  actor: orNull(
    fc.record({
      class: fc.constantFrom('own', 'analyst', 'application', 'unknown'),
      requestor: orNull(hostileText),
      at: time,
      actionId: hostileText,
    }),
  ),
  policy: orNull(policy),
})

const guard: fc.Arbitrary<Guard> = fc.record({
  name: fc.constantFrom('maxMachines', 'maxShare', 'maxLifts', 'maxRuns'),
  limit: count,
  actual: count,
  status: fc.constantFrom('pass', 'fail', 'overridden'),
  message: hostileText,
})

const diagnostic: fc.Arbitrary<PlanDiagnostic> = fc.record({
  severity: fc.constantFrom('error', 'warning', 'info'),
  code: hostileText,
  message: hostileText,
  file: hostileText,
  line: count,
  column: count,
})

const barePlan: fc.Arbitrary<Plan> = fc.record({
  formatVersion: fc.constant('1.1'),
  toolVersion: hostileText,
  planId: hostileText,
  createdAt: time,
  expiresAt: time,
  nextLookAt: fc.option(time),
  target: fc.record({ endpoint: hostileText, tenantId: orNull(hostileText) }),
  source: fc.record({
    commit: orNull(hostileText),
    dirty: orNull(fc.boolean()),
    files: fc.dictionary(hostileText, hostileText, { maxKeys: 2 }),
  }),
  observed: fc.record({
    readAt: time,
    historyFrom: time,
    scope: fc.constantFrom('tenant', 'named'),
    machines: count,
    actions: count,
    complete: fc.boolean(),
    apiCalls: count,
  }),
  applyable: fc.boolean(),
  complete: fc.boolean(),
  errored: fc.boolean(),
  changes: fc.array(change, { maxLength: 5 }),
  inFlight: fc.array(inFlight, { maxLength: 3 }),
  blocked: fc.array(blocked, { maxLength: 3 }),
  drift: fc.array(drift, { maxLength: 5 }),
  guards: fc.array(guard, { maxLength: 3 }),
  diagnostics: fc.array(diagnostic, { maxLength: 3 }),
  estimate: fc.record({
    requests: count,
    submitSeconds: count,
    quota: fc.record({ perMinute: count, perHour: count }),
  }),
  summary: fc.record({
    impose: count,
    change: count,
    lift: count,
    run: count,
    cancel: count,
    inFlight: count,
    blocked: count,
    unchanged: count,
    assumed: count,
    renew: count,
  }),
})

/**
 * Plans of the right shape with anything at all in their texts, some compared with another; not plans that the planner
 * would make.
 */
export const arbitraryPlan: fc.Arbitrary<Plan> = fc
  .record({
    plan: barePlan,
    base: orNull(barePlan),
    origin: fc.record({ revision: hostileText, commit: hostileText, policies: fc.nat(2) }),
  })
  .map(({ plan, base, origin }) =>
    base === null ? plan : { ...plan, comparison: comparePlans(base, plan, origin) },
  )

const outcomeWord: fc.Arbitrary<Outcome> = fc.constantFrom(
  'succeeded',
  'failed',
  'timed-out',
  'cancelled',
  'pending',
  'uncertain',
  'adopted',
  'unchanged',
  'refused',
  'not-attempted',
)

const outcome: fc.Arbitrary<ChangeOutcome> = fc.record({
  address,
  dnsName: orNull(hostileText),
  type: orNull(hostileText),
  outcome: outcomeWord,
  actionId: orNull(hostileText),
  status: orNull(hostileText),
  code: orNull(hostileText),
  detail: orNull(hostileText),
  submittedAt: orNull(time),
  endedAt: orNull(time),
})

/** Results of the right shape with anything at all in their texts. */
export const arbitraryResult: fc.Arbitrary<ApplyResult> = fc.record({
  formatVersion: fc.constant('1.0'),
  planId: hostileText,
  startedAt: time,
  finishedAt: time,
  exit: fc.constantFrom<ApplyResult['exit']>(
    { code: 0, name: 'ok' },
    { code: 5, name: 'partial' },
    { code: 3, name: 'stale' },
    { code: 130, name: 'signal' },
  ),
  outcomes: fc.array(outcome, { maxLength: 5 }),
  summary: fc.dictionary(outcomeWord, count),
  notContained: fc.array(hostileText, { maxLength: 2 }),
  chainOpen: fc.array(hostileText, { maxLength: 2 }),
  moved: fc.array(fc.record({ address, message: hostileText }), { maxLength: 2 }),
  diagnostics: fc.array(diagnostic, { maxLength: 2 }),
  reason: hostileText,
  overriddenGuards: fc.array(hostileText, { maxLength: 2 }),
})
