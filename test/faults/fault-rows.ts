import { heldToken } from '../../src/defender/sign-in/held-token.ts'
import { pinIdentity } from '../../src/defender/sign-in/identity-pin.ts'
import { staticToken, type TokenSource } from '../../src/defender/token.ts'
import type { Emulator } from '../../src/emulator/emulator.ts'
import type { Behaviour, FaultRule } from '../../src/emulator/scenario-types.ts'
import { addMs } from '../../src/schema/instant.ts'
import { machineId } from '../support/build-core.ts'
import type { FakeClock } from '../support/fake-clock.ts'
import type { Point } from './points.ts'
import type { SceneChanges } from './scene.ts'

/** One fault of the matrix. */
export type FaultRow = { readonly name: string } & (
  | {
      /** A fault of single requests. */
      readonly kind: 'request'
      readonly fault: Partial<FaultRule>
    }
  | {
      /** Something that is so for the whole run; at the point the connection is reset as well, after acceptance. */
      readonly kind: 'service'
      readonly scene: SceneChanges
      readonly tokenOf?: (emulator: Emulator, clock: FakeClock) => TokenSource
      /** Modes of duplicates in which it is tried; all where it is missing. */
      readonly duplicates?: Behaviour['duplicates']
      /** Points that no run of it comes to. */
      readonly unreached?: readonly Point[]
      /** Why a second apply does not come to the declared end either. */
      readonly staysOpen?: string
    }
  | {
      /** The disk from the point on, until the next apply. */
      readonly kind: 'disk'
      readonly fate: 'disk-full' | 'read-only'
    }
  | {
      /** The process at the point. */
      readonly kind: 'kill'
      readonly after: 'journal kept' | 'journal torn' | 'journal lost'
    }
)

const BAD_STATUSES = [500, 502, 503, 504] as const

const skewed = (minutes: number): FaultRow => ({
  name: `service clock ${minutes > 0 ? 'ahead' : 'behind'} by ${Math.abs(minutes)} min`,
  kind: 'service',
  scene: { skewMs: minutes * 60_000 },
})

const dated = (minutes: number): FaultRow => ({
  name: `\`Date\` header ${minutes > 0 ? 'ahead' : 'behind'} by ${Math.abs(minutes)} min, stamps right`,
  kind: 'service',
  scene: { behaviour: { clockSkew: `${minutes}m` } },
})

/** A token of the emulator's own endpoint, acquired when it is asked for. */
async function acquire(emulator: Emulator, clock: FakeClock) {
  const answer = await emulator.handle({
    method: 'POST',
    url: '/tenant.example/oauth2/v2.0/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials&client_id=holdfast&client_secret=x&scope=https://api.securitycenter.microsoft.com/.default',
  })
  if (answer.kind !== 'response') throw new Error('no token')
  const body = JSON.parse(answer.body.toString()) as { access_token: string; expires_in: number }
  return { text: body.access_token, expiresAt: addMs(clock.now(), body.expires_in * 1000) }
}

/** A token that is had once and used to its end, as `HOLDFAST_TOKEN` is. */
function onceOnly(emulator: Emulator, clock: FakeClock): TokenSource {
  let held: Promise<TokenSource> | undefined
  return {
    async get(request) {
      held ??= acquire(emulator, clock).then(({ text }) => staticToken(text))
      return (await held).get(request)
    },
  }
}

/** Somebody else isolates a machine of ours while our first request is answered. */
const other = (settle: string): SceneChanges['events'] => [
  {
    afterRequests: 1,
    on: 'POST /**',
    action: {
      type: 'Isolate',
      machineId: machineId(7),
      status: 'Pending',
      scope: 'Full',
      requestor: 'Other App',
      requestorComment: 'INC-77 containment',
      requestSource: 'PublicApi',
      fate: { after: settle },
    },
  },
]

/** An analyst releases a machine right after our isolation of it was answered. */
const released = (settle: string): SceneChanges['events'] => [
  {
    afterRequests: 1,
    on: `POST /machines/${machineId(1)}/isolate`,
    action: {
      type: 'Unisolate',
      machineId: machineId(1),
      status: 'Pending',
      requestor: 'anna@contoso.com',
      requestSource: 'Portal',
      fate: { after: settle },
    },
  },
]

/** Every fault of the matrix, in the order of the page. */
export const FAULT_ROWS: readonly FaultRow[] = [
  { name: 'reset before acceptance', kind: 'request', fault: { fault: 'reset-before' } },
  { name: 'reset after acceptance', kind: 'request', fault: { fault: 'reset-after' } },
  { name: 'time-out before acceptance', kind: 'request', fault: { fault: 'timeout' } },
  { name: 'time-out after acceptance', kind: 'request', fault: { fault: 'timeout-after' } },
  ...BAD_STATUSES.flatMap((status): readonly FaultRow[] => [
    { name: `${status}, HTML body`, kind: 'request', fault: { status, body: 'html' } },
    {
      name: `${status}, empty body, accepted`,
      kind: 'request',
      fault: { status, body: 'empty', accepted: true },
    },
  ]),
  { name: '429, `Retry-After: 20`', kind: 'request', fault: { status: 429, retryAfter: 20 } },
  { name: '429 without `Retry-After`', kind: 'request', fault: { status: 429 } },
  { name: '429, `Retry-After` of an hour', kind: 'request', fault: { status: 429, retryAfter: 3600 } },
  { name: '401', kind: 'request', fault: { status: 401 } },
  { name: '403', kind: 'request', fault: { status: 403 } },
  { name: '404', kind: 'request', fault: { status: 404 } },
  { name: 'cut body', kind: 'request', fault: { fault: 'cut-body' } },
  { name: 'invalid JSON', kind: 'request', fault: { fault: 'invalid-json' } },
  { name: 'a sign-in page instead of the answer', kind: 'request', fault: { fault: 'wrong-content' } },
  { name: 'a page that skips a row', kind: 'request', fault: { fault: 'skip-row' } },
  { name: 'a page that repeats a row', kind: 'request', fault: { fault: 'repeat-row' } },
  {
    name: 'token expires during the wait, renewed',
    kind: 'service',
    scene: { behaviour: { tokens: { enforce: true, lifetime: '2m' } } },
    tokenOf: (emulator, clock) => heldToken(() => acquire(emulator, clock), clock, pinIdentity()),
  },
  {
    name: 'token expires during the wait, none other to be had',
    kind: 'service',
    scene: { behaviour: { tokens: { enforce: true, lifetime: '2m' } } },
    tokenOf: onceOnly,
  },
  {
    name: 'fresh actions listed 12 s late',
    kind: 'service',
    scene: { behaviour: { visibility: { list: '12s', get: '12s' } } },
  },
  {
    name: 'fresh actions listed 60 s late, with `apply.lookup: 90s`',
    kind: 'service',
    scene: { behaviour: { visibility: { list: '60s', get: '60s' } }, lookupMs: 90_000 },
  },
  {
    name: '404 on a fresh id for 60 s',
    kind: 'service',
    scene: { behaviour: { visibility: { get: '60s' } } },
  },
  {
    name: 'another tool isolates first, duplicates rejected',
    kind: 'service',
    scene: { events: other('40s') },
    duplicates: 'reject',
  },
  {
    name: 'another tool isolates first, duplicates answered with its action',
    kind: 'service',
    unreached: ['look'],
    scene: { events: other('40s') },
    duplicates: 'existing',
  },
  {
    name: 'another tool isolates first, duplicates enqueued',
    kind: 'service',
    scene: { behaviour: { enqueuedFor: '10m' }, events: other('40s') },
    duplicates: 'enqueue',
  },
  {
    name: 'an analyst releases, and his release ends first',
    kind: 'service',
    scene: { events: released('3s') },
  },
  {
    name: 'an analyst releases, and his release ends last',
    kind: 'service',
    scene: { events: released('50s') },
    staysOpen: 'the analyst has the last word',
  },
  {
    name: 'completion out of order',
    kind: 'service',
    scene: {
      behaviour: {
        outcomes: [
          { type: 'Isolate', machine: machineId(1), after: '5m' },
          { type: 'RunAntiVirusScan', after: '4m' },
          { type: 'StopAndQuarantineFile', nth: 1, after: '3m' },
        ],
      },
    },
  },
  {
    name: 'actions that fail on the device',
    kind: 'service',
    scene: {
      behaviour: {
        outcomes: [
          { type: 'Isolate', first: 2, end: 'Failed' },
          { type: 'RunAntiVirusScan', end: 'TimeOut', after: '40s' },
        ],
      },
    },
    staysOpen: 'what failed is for the next plan',
  },
  {
    name: 'unknown words for Pending and InProgress',
    kind: 'service',
    scene: { behaviour: { statusWords: { Pending: 'Queued', InProgress: 'Dispatched' } } },
  },
  {
    name: 'an unknown word for Succeeded',
    kind: 'service',
    scene: { behaviour: { statusWords: { Succeeded: 'Accomplished' } } },
    staysOpen: 'what an unknown word means is not known',
  },
  skewed(10),
  skewed(-10),
  dated(10),
  dated(-10),
  { name: 'disk full', kind: 'disk', fate: 'disk-full' },
  { name: 'read-only journal', kind: 'disk', fate: 'read-only' },
  { name: 'kill -9', kind: 'kill', after: 'journal kept' },
  { name: 'kill -9, last journal line torn', kind: 'kill', after: 'journal torn' },
  { name: 'kill -9, journal lost', kind: 'kill', after: 'journal lost' },
]
