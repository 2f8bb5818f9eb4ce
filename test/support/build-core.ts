import type { Observation } from '../../src/plan/select/observation.ts'
import type { HoldLens } from '../../src/posture/hold-lens.ts'
import type { Machine } from '../../src/posture/machine.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { appendMarker, type Marker } from '../../src/posture/marker.ts'
import type { Configuration } from '../../src/schema/configuration.ts'
import type { Place } from '../../src/schema/diagnostic.ts'
import { type Duration, parseDuration } from '../../src/schema/duration.ts'
import { type Instant, parseInstant } from '../../src/schema/instant.ts'
import type { DesiredState, MachineEntry, Placed, Policy } from '../../src/schema/policy.ts'
import { defaultIsolationEffect } from '../../src/schema/read-effects.ts'

/** Reads a time that the test knows to be one. */
export function at(text: string): Instant {
  const instant = parseInstant(text)
  if (instant === undefined) throw new Error(`no instant: ${text}`)
  return instant
}

/** Reads a duration that the test knows to be one. */
export function lasting(text: string): Duration {
  const duration = parseDuration(text)
  if (duration === undefined) throw new Error(`no duration: ${text}`)
  return duration
}

/** The service's clock in tests. */
export const NOW: Instant = at('2026-11-22T18:00:00Z')

/** 180 days before {@link NOW}. */
export const HISTORY_FROM: Instant = at('2026-05-26T18:00:00Z')

/** A machine id of 40 hex digits that ends in a number. */
export function machineId(number: number): string {
  return number.toString(16).padStart(40, '0')
}

/** An action id that ends in a number. */
export function actionId(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`
}

export const PLACE: Place = { file: 'policies/a.yaml', line: 1, column: 1 }

export function placed<T>(value: T, place: Place = PLACE): Placed<T> {
  return { value, place }
}

/** An Active, Onboarded Windows 11 machine that was seen an hour ago: number 1 unless `id` says otherwise. */
export function machine(over: Partial<Machine> = {}): Machine {
  return {
    id: machineId(1),
    computerDnsName: 'fin-ws-001.contoso.com',
    osPlatform: 'Windows11',
    version: '24H2',
    osBuild: 26100,
    agentVersion: '10.8760.26100.1',
    healthStatus: 'Active',
    onboardingStatus: 'Onboarded',
    riskScore: 'None',
    exposureLevel: 'Low',
    deviceValue: 'Normal',
    rbacGroupId: 0,
    rbacGroupName: null,
    aadDeviceId: null,
    mergedIntoMachineId: null,
    machineTags: [],
    firstSeen: at('2025-01-01'),
    lastSeen: at('2026-11-22T17:00:00Z'),
    ...over,
  }
}

export const MARKER: Marker = { policy: 'contain', plan: '0a1b2c3d', change: '4e5f6a7b' }

/** The comment of one of our own actions. */
export function ownComment(marker: Partial<Marker> = {}): string {
  return appendMarker('INC-1', { ...MARKER, ...marker })
}

/**
 * A foreign, succeeded Isolate (Full) of machine 1 by an application, created two hours before {@link NOW} and ended a
 * minute later. Give `creationDateTimeUtc` alone and it ended then; `requestorComment: ownComment()` makes it ours.
 */
export function action(over: Partial<MachineAction> = {}): MachineAction {
  const created = over.creationDateTimeUtc
  return {
    id: actionId(1),
    type: 'Isolate',
    status: 'Succeeded',
    machineId: machineId(1),
    requestor: 'Other App',
    requestorComment: 'because',
    requestSource: 'PublicApi',
    creationDateTimeUtc: at('2026-11-22T16:00:00Z'),
    lastUpdateDateTimeUtc: created ?? at('2026-11-22T16:01:00Z'),
    cancellationRequestor: null,
    cancellationComment: null,
    errorHResult: 0,
    scope: over.type === undefined || over.type === 'Isolate' ? 'Full' : null,
    relatedFileInfo: null,
    commands: [],
    ...over,
  }
}

/** An entry that names machine 1 by id, unless `fields` say otherwise. */
export function entry(over: Partial<MachineEntry> = {}): MachineEntry {
  return { fields: { id: [machineId(1)] }, all: false, missing: 'error', place: PLACE, ...over }
}

/** A policy `contain` that declares `state` (isolated: full unless given) of machine 1. */
export function policy(over: Partial<Policy> = {}): Policy {
  return {
    name: 'contain',
    reason: 'INC-1',
    machines: [entry()],
    except: [],
    state: isolated('full'),
    onExpiry: 'lift',
    liftAfter: [],
    reassert: false,
    place: PLACE,
    ...over,
  }
}

/** The state that declares only `isolated`. */
export function isolated(level: NonNullable<DesiredState['isolated']>['value']): DesiredState {
  return { isolated: placed(level) }
}

/** The defaults of docs/contract.md#configuration-defaults without a guard, and nothing allowed. */
export function configuration(over: Partial<Configuration> = {}): Configuration {
  return {
    cloud: 'commercial',
    policies: [],
    guards: {},
    effects: { isolated: defaultIsolationEffect() },
    protected: [],
    allow: { quarantined: false, liveResponse: false, offboarded: false, scopeChange: false },
    retry: { maxAttempts: 3, within: lasting('24h') },
    contested: { within: lasting('24h') },
    history: { lookback: lasting('180d') },
    evidence: { read: 'off', settle: lasting('2h'), fresh: lasting('24h'), api: 'graph' },
    apply: { timeout: lasting('30m'), pollInterval: lasting('5s'), lookup: lasting('15s') },
    ...over,
  }
}

/** The lens at {@link NOW}, of a configuration without a name: nobody asked for anything else, no device was asked. */
export function lens(over: Partial<HoldLens> = {}): HoldLens {
  return { name: undefined, effect: defaultIsolationEffect(), now: NOW, requestors: new Set(), ...over }
}

/** The effect of a tenant in which an isolation stays until it is lifted. */
export const STAYS: Configuration['effects']['isolated'] = {
  extends: false,
  renewWithin: lasting('24h'),
  longFree: lasting('7d'),
}

/** A complete read of a tenant that holds machine 1 and no action. */
export function observation(over: Partial<Observation> = {}): Observation {
  return {
    target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
    readAt: NOW,
    clockSkewMs: 0,
    historyFrom: HISTORY_FROM,
    scope: 'tenant',
    machines: [machine()],
    actions: [],
    onboarded: null,
    failures: [],
    apiCalls: 2,
    roles: null,
    ...over,
  }
}
