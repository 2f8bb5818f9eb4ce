import { actorOf } from '../../posture/actor.ts'
import { HOLD_PAIRS } from '../../posture/holds.ts'
import type { Machine } from '../../posture/machine.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { isOwn, type OwnNames } from '../../posture/marker.ts'
import type { Configuration, IsolationEffect } from '../../schema/configuration.ts'
import { addMs, formatInstant, type Instant } from '../../schema/instant.ts'
import type { Contributor } from '../claim/claim.ts'
import { digestText, fingerprintOfText } from '../document/digest.ts'
import type {
  Actor,
  Blocked,
  Change,
  Drift,
  InFlight,
  PlanMachine,
  PlannedRequest,
  PolicyReference,
} from '../document/document.ts'
import type { DecidedChange, DraftRequest } from '../judge/decision.ts'
import type { Item } from '../judge/item.ts'
import { silenceWarning } from '../judge/limits.ts'

/** Describes a machine as the plan document does. */
export function describeMachine(machine: Machine): PlanMachine {
  return {
    id: machine.id,
    dnsName: machine.computerDnsName,
    osPlatform: machine.osPlatform,
    healthStatus: machine.healthStatus,
    lastSeen: machine.lastSeen === null ? null : formatInstant(machine.lastSeen),
    rbacGroupName: machine.rbacGroupName,
  }
}

function referenceTo(lead: Contributor | null): PolicyReference | null {
  if (lead === null) return null
  const { policy, place } = lead
  const expires = policy.expires === undefined ? {} : { expires: formatInstant(policy.expires) }
  return { name: policy.name, file: place.file, line: place.line, column: place.column, ...expires }
}

function plannedRequest(draft: DraftRequest, comment: string): PlannedRequest {
  if (draft.type === 'Cancel') return { type: 'Cancel', actionId: draft.actionId, body: { Comment: comment } }
  const { type, body, machineId } = draft
  return { type, ...(machineId === undefined ? {} : { machineId }), body: { Comment: comment, ...body } }
}

/** A change, and the text that its digests are of. */
export interface WrittenChange {
  readonly address: string
  readonly change: Change
  readonly text: string
  /** Since when what a renewal repeats is over; null for every other change. */
  readonly endedAt: Instant | null
}

/** Writes an item's decided change. */
export function writeChange(item: Item, decision: DecidedChange): WrittenChange {
  const { address, machine, facet, basis } = item
  const { operations, before, after, reason, warnings } = decision
  const requests = decision.requests.map(draft => plannedRequest(draft, item.comment))
  const dependsOn = [...item.dependsOn].sort()
  const text = digestText({ address, operations, before, after, requests, dependsOn, basis })
  const change: Change = {
    address,
    machine: describeMachine(machine),
    facet,
    operations,
    before,
    after,
    reason,
    requests,
    basis,
    fingerprint: fingerprintOfText(text),
    policy: referenceTo(item.lead),
    dependsOn,
    warnings,
    ...(decision.until === undefined ? {} : { until: formatInstant(decision.until) }),
    ...(decision.renewal === undefined ? {} : { renews: decision.renewal.renews }),
  }
  return { address, change, text, endedAt: decision.renewal?.endedAt ?? null }
}

/** Writes an item that is blocked. */
export function writeBlocked(
  item: Item,
  block: Pick<Blocked, 'code' | 'message' | 'wouldBe' | 'before' | 'after'>,
): Blocked {
  return {
    address: item.address,
    machine: describeMachine(item.machine),
    facet: item.facet,
    code: block.code,
    message: block.message,
    wouldBe: block.wouldBe,
    before: block.before,
    after: block.after,
    policy: referenceTo(item.lead),
    basis: item.basis,
  }
}

/** Writes the actions in flight at an item's address. */
export function writeInFlight(
  item: Item,
  { name, effects }: Pick<Configuration, 'name' | 'effects'>,
  now: Instant,
): readonly InFlight[] {
  const effect = effects.isolated
  const { decision } = item
  const awaited = decision.kind === 'in-flight' ? decision.awaited : []
  const silence = item.facet in HOLD_PAIRS ? silenceWarning(item.machine, now) : undefined
  return item.inFlight.map(action => ({
    address: item.address,
    machine: describeMachine(item.machine),
    facet: item.facet,
    actionId: action.id,
    type: action.type,
    status: action.status,
    own: isOwn(action, name),
    requestor: action.requestor,
    since: formatInstant(action.creationDateTimeUtc),
    awaited: awaited.includes(action),
    warnings: silence !== undefined && awaited.includes(action) ? [silence] : [],
    ...untilOfFlight(action, effect),
  }))
}

/** An isolation ends by its time from its creation at the earliest, whatever the service counts from. */
function untilOfFlight(action: MachineAction, { lasts }: IsolationEffect): { readonly until?: string } {
  const { isolated } = HOLD_PAIRS
  if (lasts === undefined || action.type !== isolated.impose) return {}
  if (!isolated.endsByItself(isolated.levelOf(action))) return {}
  return { until: formatInstant(addMs(action.creationDateTimeUtc, lasts.ms)) }
}

function actorBehind(action: MachineAction, name: OwnNames, byService = false): Actor {
  return {
    class: actorOf(action, name, byService),
    requestor: action.requestor,
    at: formatInstant(action.lastUpdateDateTimeUtc),
    actionId: action.id,
  }
}

/** Writes what moved at an item's address; undefined where nothing did. */
export function writeDrift(item: Item, name: OwnNames): Drift | undefined {
  const { drift } = item
  if (drift === null) return undefined
  return {
    address: item.address,
    machine: describeMachine(item.machine),
    facet: item.facet,
    kind: drift.kind,
    expected: drift.expected,
    actual: drift.actual,
    actor: drift.by === null ? null : actorBehind(drift.by, name, drift.byService),
    policy: referenceTo(item.lead),
    ...(drift.ended == null ? {} : { ended: drift.ended.id }),
  }
}
