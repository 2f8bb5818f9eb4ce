import type { Target } from '../../plan/document/document.ts'
import type { Machine } from '../../posture/machine.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import type { HeldPosture, MachinePosture, PostureActor, RunType } from '../../posture/machine-posture.ts'
import { isOwn, type OwnNames } from '../../posture/marker.ts'
import { formatInstant, type Instant } from '../../schema/instant.ts'
import { compareText } from '../words/words.ts'

/** Who asked for something, in documents. */
export interface ActorDocument extends Omit<PostureActor, 'at'> {
  readonly at: string
}

/** A hold, in documents. */
export interface HeldDocument {
  readonly level: string
  readonly since: string | null
  /** When it ends by itself; null where nothing holds or it stays until it is lifted. */
  readonly until: string | null
  /** When the hold before ended by itself; null where that is not so. */
  readonly lapsedAt: string | null
  readonly by: readonly ActorDocument[]
  /** A later action that ended without success and may have taken effect in part. */
  readonly uncertain: { readonly actionId: string; readonly type: string; readonly status: string } | null
}

/** A run that succeeded, in documents. */
export interface RunDocument {
  readonly type: RunType
  readonly scope: string | null
  readonly actionId: string
  readonly at: string
}

/** An action that has not ended, in documents. */
export interface FlightDocument {
  readonly actionId: string
  readonly type: string
  readonly scope: string | null
  readonly status: string
  readonly own: boolean
  readonly requestor: string | null
  readonly since: string
}

/** One machine, its record and its posture, in documents. */
export interface MachineDocument {
  readonly id: string
  readonly dnsName: string | null
  /** False where only the history knows the machine: its record is gone, or may not be seen. */
  readonly hasRecord: boolean
  readonly osPlatform: string | null
  readonly version: string | null
  readonly agentVersion: string | null
  readonly healthStatus: string | null
  readonly onboardingStatus: string | null
  readonly riskScore: string | null
  readonly exposureLevel: string | null
  readonly deviceValue: string | null
  readonly rbacGroupName: string | null
  readonly aadDeviceId: string | null
  readonly mergedIntoMachineId: string | null
  readonly tags: readonly string[]
  readonly firstSeen: string | null
  readonly lastSeen: string | null
  readonly posture: {
    readonly isolated: HeldDocument
    readonly restricted: HeldDocument
    readonly inFlight: readonly FlightDocument[]
    /** The latest success of each kind of run. */
    readonly runs: readonly RunDocument[]
    /** True where the look-back holds no action of the machine, so that "nothing holds" is assumed. */
    readonly assumed: boolean
  }
}

/** The document of `machines list` and `machines show`. */
export interface MachinesDocument {
  readonly formatVersion: '1.0'
  readonly target: Target
  readonly readAt: string
  readonly historyFrom: string
  /** `tenant` where all machines were read, so that what is not here is not so. */
  readonly scope: 'tenant' | 'named'
  /** False where the service counts machines that it does not list. */
  readonly complete: boolean
  readonly machines: readonly MachineDocument[]
  readonly summary: {
    readonly machines: number
    readonly isolated: number
    readonly restricted: number
    readonly inFlight: number
    /** Machines where a later action may have changed a hold in part. */
    readonly uncertain: number
    /** Records that were read and not chosen. */
    readonly leftOut: number
  }
}

function time(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant)
}

/** Writes who asked for something. */
export function actorDocument(actor: PostureActor): ActorDocument {
  return { ...actor, at: formatInstant(actor.at) }
}

function heldDocument({ level, since, by, until, lapsedAt, uncertainSince }: HeldPosture): HeldDocument {
  return {
    level,
    since: time(since),
    by: by.map(actorDocument),
    until: time(until),
    lapsedAt: time(lapsedAt),
    uncertain:
      uncertainSince === null
        ? null
        : { actionId: uncertainSince.id, type: uncertainSince.type, status: uncertainSince.status },
  }
}

function flightDocument(action: MachineAction, name: OwnNames): FlightDocument {
  return {
    actionId: action.id,
    type: action.type,
    scope: action.scope,
    status: action.status,
    own: isOwn(action, name),
    requestor: action.requestor,
    since: formatInstant(action.creationDateTimeUtc),
  }
}

/**
 * Writes one machine.
 *
 * @param machine - Its record; an id alone where the service lists none.
 * @param name - The configuration's name, which decides whose markers are ours.
 */
export function machineDocument(
  machine: Machine | string,
  posture: MachinePosture,
  name: OwnNames,
): MachineDocument {
  const record = typeof machine === 'string' ? undefined : machine
  return {
    id: typeof machine === 'string' ? machine : machine.id,
    dnsName: record?.computerDnsName ?? null,
    hasRecord: record !== undefined,
    osPlatform: record?.osPlatform ?? null,
    version: record?.version ?? null,
    agentVersion: record?.agentVersion ?? null,
    healthStatus: record?.healthStatus ?? null,
    onboardingStatus: record?.onboardingStatus ?? null,
    riskScore: record?.riskScore ?? null,
    exposureLevel: record?.exposureLevel ?? null,
    deviceValue: record?.deviceValue ?? null,
    rbacGroupName: record?.rbacGroupName ?? null,
    aadDeviceId: record?.aadDeviceId ?? null,
    mergedIntoMachineId: record?.mergedIntoMachineId ?? null,
    tags: record?.machineTags ?? [],
    firstSeen: time(record?.firstSeen ?? null),
    lastSeen: time(record?.lastSeen ?? null),
    posture: {
      isolated: heldDocument(posture.isolated),
      restricted: heldDocument(posture.restricted),
      inFlight: posture.inFlight.map(action => flightDocument(action, name)),
      runs: [...posture.lastRuns].map(([type, action]) => ({
        type,
        scope: action.scope,
        actionId: action.id,
        at: formatInstant(action.creationDateTimeUtc),
      })),
      assumed: posture.isSilent,
    },
  }
}

/** Says whether a hold is in effect. */
export function isHeld({ level }: HeldDocument): boolean {
  return level !== 'none'
}

/** Orders machines as people look for them: by name whatever its case, then by id. */
export function byName(
  a: Pick<MachineDocument, 'id' | 'dnsName'>,
  b: Pick<MachineDocument, 'id' | 'dnsName'>,
): number {
  return (
    compareText(a.dnsName?.toLowerCase() ?? '', b.dnsName?.toLowerCase() ?? '') || compareText(a.id, b.id)
  )
}

/** Counts what a list of machines shows. */
export function summarizeMachines(
  machines: readonly MachineDocument[],
  leftOut: number,
): MachinesDocument['summary'] {
  const count = (test: (posture: MachineDocument['posture']) => boolean): number =>
    machines.filter(({ posture }) => test(posture)).length
  return {
    machines: machines.length,
    isolated: count(({ isolated }) => isHeld(isolated)),
    restricted: count(({ restricted }) => isHeld(restricted)),
    inFlight: count(({ inFlight }) => inFlight.length > 0),
    uncertain: count(({ isolated, restricted }) =>
      [isolated, restricted].some(held => held.uncertain !== null),
    ),
    leftOut,
  }
}
