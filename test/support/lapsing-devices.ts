import type { Plan } from '../../src/plan/document/document.ts'
import type { Evidence } from '../../src/posture/evidence.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { appendMarker } from '../../src/posture/marker.ts'
import { addMs, type Instant } from '../../src/schema/instant.ts'
import { action, actionId, machineId } from './build-core.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
export const DAY: number = 24 * HOUR
const WEEK = 7 * DAY

/** What the service leaves in the history where it ends an isolation by itself. */
export type Mode = 'system' | 'nobody' | 'silent'

/** What happens to one device beside that; each at its own time. */
export interface Fate {
  readonly mode: Mode
  /** How long after its time the service gets to it. */
  readonly sweepMs: number
  /** Somebody releases it, on the record, so long after the beginning; absent: nobody does. */
  readonly releasedAfter?: number
  /** Who does: a person by name, one through the portal, or an application that also asks for scans. */
  readonly releasedBy?: 'person' | 'portal' | 'playbook'
  /** Somebody isolates it a second time. */
  readonly isolatedAgainAfter?: number
  /** Somebody frees it with a script, so that no action tells of it. */
  readonly scriptAfter?: number
  readonly offlineFrom?: number
  readonly offlineTo?: number
  readonly offboardedAfter?: number
}

/** One device, as it really is. */
export interface Device {
  readonly id: string
  readonly fate: Fate
  /** When the service will end the isolation; null where it is free. */
  endsAt: Instant | null
  freeSince: Instant | null
  readonly happened: Set<string>
  /** The latest release by somebody; nothing may isolate it after that. */
  releasedAt: Instant | null
  freedByScriptAt: Instant | null
}

/**
 * A tenant of devices whose isolation ends by itself, and the history that the service keeps of it. Time goes on by
 * {@link Tenant.advance}; what a plan asks for is done by {@link Tenant.apply}.
 */
export class LapsingTenant {
  readonly devices: readonly Device[]
  readonly actions: MachineAction[] = []
  /** What the planner must never do, one sentence each. */
  readonly wrongs: string[] = []
  /** How often an isolation was sent while the device was held still. */
  readonly early: string[] = []
  /** How long each device was free after the service ended its isolation, until it was isolated again. */
  readonly exposures: { readonly id: string; readonly ms: number }[] = []
  /** Devices whose report of being freed by a script was there to be read before their time was over. */
  readonly reported = new Set<string>()
  /** When the latest isolation of each device succeeded. */
  readonly lastIsolated = new Map<string, Instant>()
  readonly #pending = new Map<string, Set<number>>()
  readonly #lapsed = new Map<string, Instant>()
  #count = 0
  #changes = 0

  constructor(fates: readonly Fate[], start: Instant) {
    this.devices = fates.map((fate, index) => ({
      id: machineId(index + 1),
      fate,
      endsAt: null,
      freeSince: start,
      happened: new Set(),
      releasedAt: null,
      freedByScriptAt: null,
    }))
  }

  /** Moves whenever the history does. */
  get version(): number {
    return this.#changes
  }

  isOnline({ fate }: Device, now: Instant, start: Instant): boolean {
    const { offlineFrom, offlineTo } = fate
    return (
      offlineFrom === undefined ||
      offlineTo === undefined ||
      now < addMs(start, offlineFrom) ||
      now >= addMs(start, offlineTo)
    )
  }

  /** Lets everything happen that is due by a time. */
  advance(now: Instant, start: Instant): void {
    for (const device of this.devices) {
      this.#settle(device, now, start)
      this.#lapse(device, now)
      this.#others(device, now, start)
    }
  }

  /** Sends what a plan asks for. */
  apply(plan: Plan, now: Instant): void {
    for (const change of plan.changes) {
      const device = this.devices.find(({ id }) => id === change.machine.id)
      if (device === undefined) continue
      if (device.releasedAt !== null) this.wrongs.push(`isolated after a release: ${device.id} at ${now}`)
      if (device.freeSince === null) this.early.push(`${device.id} at ${now} (${change.reason})`)
      if (device.freedByScriptAt !== null && change.renews !== undefined && this.#isKnownFree(device))
        this.wrongs.push(`renewed what was freed off the record: ${device.id} at ${now}`)
      const comment = appendMarker('INC-1', { policy: 'contain', plan: '0a1b2c3d', change: '4e5f6071' })
      this.#write(device.id, now, { status: 'Pending', requestorComment: comment, requestor: 'Holdfast' })
    }
  }

  /** Whether the device said in time that somebody freed it. */
  #isKnownFree({ id, fate }: Device): boolean {
    return this.reported.has(id) && fate.scriptAfter !== undefined
  }

  /** What devices that can be reached report, as of an hour ago at most. */
  evidence(now: Instant, start: Instant): readonly Evidence[] {
    const at = addMs(now, -HOUR / 2)
    return this.devices
      .filter(device => this.isOnline(device, at, start))
      .map(device => ({
        machineId: device.id,
        at,
        isolated: device.freeSince === null || device.freeSince > at,
      }))
  }

  #settle(device: Device, now: Instant, start: Instant): void {
    for (const index of this.#pending.get(device.id) ?? []) {
      const each = this.actions[index] as MachineAction
      if (!this.isOnline(device, now, start) || addMs(each.creationDateTimeUtc, MINUTE) > now) continue
      const came = addMs(each.creationDateTimeUtc, MINUTE)
      const back = device.fate.offlineTo === undefined ? came : addMs(start, device.fate.offlineTo)
      const at = came < back && addMs(each.creationDateTimeUtc, 5 * MINUTE) < now ? back : came
      this.actions[index] = { ...each, status: 'Succeeded', lastUpdateDateTimeUtc: at }
      this.#pending.get(device.id)?.delete(index)
      this.#changes += 1
      this.lastIsolated.set(device.id, at)
      this.#isolate(device, at)
    }
  }

  #isolate(device: Device, at: Instant): void {
    const lapsed = this.#lapsed.get(device.id)
    if (device.freeSince !== null && lapsed !== undefined) {
      this.exposures.push({ id: device.id, ms: Date.parse(at) - Date.parse(lapsed) })
      this.#lapsed.delete(device.id)
    }
    // A second isolation does not move the end.
    device.endsAt ??= addMs(at, WEEK)
    device.freeSince = null
    device.freedByScriptAt = null
    this.reported.delete(device.id)
  }

  #free(device: Device, at: Instant): void {
    device.endsAt = null
    device.freeSince ??= at
  }

  #lapse(device: Device, now: Instant): void {
    const { endsAt, fate } = device
    if (endsAt === null) return
    const swept = addMs(endsAt, fate.sweepMs)
    if (swept > now) return
    this.#lapsed.set(device.id, swept)
    this.#free(device, swept)
    if (fate.mode === 'silent') return
    const requestor = fate.mode === 'system' ? 'Microsoft Defender for Endpoint' : null
    this.#write(device.id, swept, { type: 'Unisolate', scope: null, requestor, requestorComment: null })
  }

  #others(device: Device, now: Instant, start: Instant): void {
    const { fate } = device
    const once = (what: string, after: number | undefined): Instant | undefined => {
      if (after === undefined || device.happened.has(what) || addMs(start, after) > now) return undefined
      device.happened.add(what)
      return addMs(start, after)
    }
    const again = once('again', fate.isolatedAgainAfter)
    if (again !== undefined && device.freeSince === null) {
      this.#write(device.id, again, { requestor: 'ana@contoso.com', requestSource: 'Portal' })
      this.lastIsolated.set(device.id, again)
    }
    const script = once('script', fate.scriptAfter)
    if (script !== undefined && device.freeSince === null) {
      device.freedByScriptAt = script
      this.#free(device, script)
    }
    const offboarded = once('offboard', fate.offboardedAfter)
    if (offboarded !== undefined) {
      this.#free(device, offboarded)
      this.#write(device.id, offboarded, { type: 'Offboard', scope: null, requestor: 'ana@contoso.com' })
    }
    // One that crosses an isolation on its way is another matter: which of the two ends last decides.
    if ((this.#pending.get(device.id)?.size ?? 0) > 0) return
    if (once('release', fate.releasedAfter) === undefined) return
    // It may have waited for one to end, so that it happens now and not at its own time.
    const released = now
    device.releasedAt = released
    // Nobody of them asks for anything else but the playbook: what tells each from the service is another thing.
    const who = device.id.slice(-4)
    const by = {
      person: { requestor: `p${who}@contoso.com`, requestSource: 'PublicApi' },
      portal: { requestor: `Somebody ${who}`, requestSource: 'Portal' },
      playbook: { requestor: 'Playbook', requestSource: 'PublicApi' },
    }[fate.releasedBy ?? 'person']
    if (fate.releasedBy === 'playbook')
      this.#write(device.id, addMs(released, -MINUTE), { type: 'RunAntiVirusScan', scope: 'Quick', ...by })
    this.#free(device, released)
    this.#write(device.id, released, { type: 'Unisolate', scope: null, requestorComment: 'all clear', ...by })
  }

  #write(id: string, at: Instant, over: Partial<MachineAction>): void {
    if (over.status === 'Pending')
      this.#pending.set(id, (this.#pending.get(id) ?? new Set()).add(this.actions.length))
    this.#count += 1
    this.#changes += 1
    this.actions.push(
      action({
        id: actionId(this.#count),
        machineId: id,
        creationDateTimeUtc: at,
        lastUpdateDateTimeUtc: at,
        ...over,
      }),
    )
  }
}
