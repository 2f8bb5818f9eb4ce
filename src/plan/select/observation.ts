import type { DeviceRestriction } from '../../posture/device-restriction.ts'
import type { Evidence } from '../../posture/evidence.ts'
import type { Machine } from '../../posture/machine.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Target } from '../document/document.ts'
import { isSelectable } from './match.ts'

/** What has to be read from the service before a plan can be made. Values are lower case, sorted, without repeats. */
export interface Need {
  /** All machines and actions of the tenant, or only the named machines and their actions. */
  readonly scope: 'tenant' | 'named'
  readonly ids: readonly string[]
  readonly dnsNames: readonly string[]
  /** Start of the look-back: actions created before it are not read. */
  readonly historyFrom: Instant
  /** Whether the number of onboarded machines is needed (maxShare) although not all are read. */
  readonly countOnboarded: boolean
  /** Whether somebody vouches that an empty list of machines is right although the history names some. */
  readonly acceptEmpty?: boolean
}

/** A read that failed for good. */
export interface ReadFailure {
  readonly code: string
  readonly message: string
  /** The list of which rows came, and always lacked the same ones. */
  readonly lacking?: string
}

/** What was read, once, for everything that follows. */
export interface Observation {
  readonly target: Target
  /** The service's clock at its first answer. */
  readonly readAt: Instant
  /** The service's clock at its first answer minus ours: over 5 minutes either way warns, over an hour is an error. */
  readonly clockSkewMs: number
  readonly historyFrom: Instant
  readonly scope: 'tenant' | 'named'
  readonly machines: readonly Machine[]
  readonly actions: readonly MachineAction[]
  /** Onboarded, unmerged machines of the tenant; null where it was neither asked nor read. */
  readonly onboarded: number | null
  /** Reads that failed for good: nothing may be concluded from what they would have shown. Empty when complete. */
  readonly failures: readonly ReadFailure[]
  /** What reading had to leave out although it did not fail, such as an action that names no machine. */
  readonly diagnostics?: readonly Diagnostic[]
  /** Whether the list of machines is empty on somebody's word: then nothing is lifted. */
  readonly acceptedEmpty?: boolean
  /** What devices report of their isolation; absent where nobody asked them. */
  readonly evidence?: readonly Evidence[]
  /** Why they could not be asked although they may be: then nothing rests on the time alone. Absent where that is not so. */
  readonly evidenceUnread?: string
  /** What devices refuse, as far as hunting shows; absent where nobody asked it. */
  readonly restrictions?: readonly DeviceRestriction[]
  readonly apiCalls: number
  /** The token's application permissions, null where they cannot be read from it. */
  readonly roles: readonly string[] | null
}

/** The observation as it is for a shorter look-back: actions created before it were never read. */
export function shortenHistory(observation: Observation, historyFrom: Instant): Observation {
  if (historyFrom <= observation.historyFrom) return observation
  const actions = observation.actions.filter(action => action.creationDateTimeUtc >= historyFrom)
  return { ...observation, historyFrom, actions }
}

/** Onboarded, unmerged machines of the tenant: as counted by the service, or from the list where all were read. */
export function countOnboarded(observation: Observation): number | null {
  if (observation.onboarded !== null || observation.scope === 'named') return observation.onboarded
  return observation.machines.filter(isSelectable).length
}
