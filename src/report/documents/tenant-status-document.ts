import type { Target } from '../../plan/document/document.ts'
import type { FlightDocument, MachineDocument } from './machine-document.ts'
import type { LeaseDocument } from './status-document.ts'

/** Who holds something, so that machines with the same answer stand together. */
export interface HolderDocument {
  readonly class: MachineDocument['posture']['isolated']['by'][number]['class']
  /** Null of our own: its policy says more than the application that sent it. */
  readonly requestor: string | null
  readonly policy: string | null
}

/** One machine of a group. */
export interface GroupedMachine {
  readonly id: string
  readonly dnsName: string | null
  /** When the hold took effect, or the action was created. */
  readonly since: string
  /** When the hold ends by itself; null where it does not, and of actions. */
  readonly until: string | null
}

/** Machines that the same hold is on, for the same reason. */
export interface HeldGroup {
  readonly facet: 'isolated' | 'restricted'
  readonly level: string
  readonly by: readonly HolderDocument[]
  /** When a policy that is declared here lifts the hold: the latest `expires` among them; null where one has none. */
  readonly expires: string | null
  /** By name, then by id. */
  readonly machines: readonly GroupedMachine[]
}

/** Machines with the same action in flight, of the same hand. */
export interface FlightGroup extends Pick<FlightDocument, 'type' | 'scope' | 'status' | 'own'> {
  /** Null of our own. */
  readonly requestor: string | null
  readonly machines: readonly GroupedMachine[]
}

/** What keeps every apply from sending. */
export interface FreezeDocument {
  readonly owner: string
  readonly reason: string
  readonly until: string
  readonly renewals: boolean
}

/** The document of `status`. */
export interface TenantStatusDocument {
  readonly formatVersion: '1.0'
  readonly target: Target
  readonly readAt: string
  readonly historyFrom: string
  /** False where the service counts machines that it does not list. */
  readonly complete: boolean
  /** The part of a name that was asked for; null where all of the tenant was. */
  readonly part: string | null
  /** Isolated before restricted, most machines first. */
  readonly held: readonly HeldGroup[]
  /** Most machines first. */
  readonly inFlight: readonly FlightGroup[]
  /** Where a part was asked for: those that it finds with nothing on them. */
  readonly free: readonly Pick<GroupedMachine, 'id' | 'dnsName'>[]
  readonly freeze: FreezeDocument | null
  /** Who applies; null where nobody holds the lease, as while a run only awaits. */
  readonly lease: LeaseDocument | null
  readonly summary: {
    readonly isolated: number
    readonly restricted: number
    readonly inFlight: number
    /** Machines where a later action may have changed a hold in part. */
    readonly uncertain: number
  }
}
