import type { Evidence } from '../../src/posture/evidence.ts'
import type { Machine } from '../../src/posture/machine.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { addMs, type Instant } from '../../src/schema/instant.ts'
import { actionId } from '../support/build-core.ts'
import type { FakeClock } from '../support/fake-clock.ts'
import type { Chronicle, Entry, Hold, Look, Submission, Turn } from './record.ts'
import { HOLD_OF, hasEnded, isOwnAction, isOwnCancel, levelAt, levelOf } from './record.ts'

/** How the device ends an action, and how long it takes while the machine is there. */
export interface Fate {
  readonly afterMs: number
  readonly end: 'Succeeded' | 'Failed' | 'TimeOut'
}

/** How the service ends what is cancelled: in time, or too late to stop it. */
export interface CancelFate {
  readonly afterMs: number
  readonly tooLate: boolean
}

/** What the service does with a request for something that is in flight already. */
export type Duplicates = 'reject' | 'existing' | 'enqueue'

/** What is asked for, by us or by somebody else. */
export interface Wanted {
  readonly type: string
  readonly machineId: string
  readonly requestor: string
  readonly requestSource: 'PublicApi' | 'Portal'
  readonly comment: string | null
  readonly scope: string | null
  readonly sha1?: string
  readonly commands?: MachineAction['commands']
  readonly fate: Fate
  /** How long it is missing from lists. */
  readonly listedLateMs: number
  /** The run of ours that asked, where one did. */
  readonly by: string | null
}

/** What the service and the devices do beside what they are asked for. */
export interface Nature {
  /** Whether an isolation ends by itself, and whether the service writes that down, under its name or none. */
  readonly lapses: 'never' | 'silent' | 'written' | 'unnamed'
  /** How long after its time the service gets to it. */
  readonly lateMs?: number
  /** Whether devices report of their isolation, and people free them off the record. */
  readonly reports: boolean
}

export const STILL: Nature = { lapses: 'never', reports: false }

const HOUR = 3_600_000
const LASTS_MS = 7 * 24 * HOUR
/** What a device reports is shown so much later. */
const REPORT_LAG_MS = 600_000

const WELL: Fate = { afterMs: 10_000, end: 'Succeeded' }

/** What the service writes of itself. */
const BARE: Omit<
  MachineAction,
  'id' | 'type' | 'machineId' | 'creationDateTimeUtc' | 'lastUpdateDateTimeUtc'
> = {
  status: 'Succeeded',
  requestor: 'Microsoft Defender for Endpoint',
  requestorComment: null,
  requestSource: 'System',
  cancellationRequestor: null,
  cancellationComment: null,
  errorHResult: 0,
  scope: null,
  relatedFileInfo: null,
  commands: [],
}

/** The service gives up on a device that does not answer after 72 hours and 14 minutes. */
const GIVES_UP_MS = (72 * 60 + 14) * 60_000

/**
 * The service and the devices behind it, as small as they can be, and an exact record of all that happened.
 *
 * It shares no code with the planner, with the other fakes or with the emulator: what is true on a device is what the
 * actions that reached it made true, in the order in which they ended, whoever asked for them.
 */
export class Tenant {
  readonly clock: FakeClock
  readonly duplicates: Duplicates
  machines: readonly Machine[]
  readonly submissions: Submission[] = []
  readonly looks: Look[] = []
  readonly #turns: Turn[] = []
  readonly #entries = new Map<string, Entry>()
  readonly #nature: Nature
  /** When the isolation of a machine ends by itself. */
  readonly #ends = new Map<string, Instant>()
  #created = 0

  constructor(
    clock: FakeClock,
    machines: readonly Machine[],
    history: readonly MachineAction[],
    duplicates: Duplicates,
    nature: Nature = STILL,
  ) {
    this.#nature = nature
    this.clock = clock
    this.machines = machines
    this.duplicates = duplicates
    const ordered = [...history].sort((a, b) => compare(orderOf(a), orderOf(b)))
    for (const action of ordered) {
      this.#lapse(action.lastUpdateDateTimeUtc)
      const own = isOwnAction(action)
      const cancelledBy = action.status === 'Cancelled' ? (isOwnCancel(action) ? 'us' : 'other') : null
      this.#entries.set(action.id, {
        action,
        own,
        by: null,
        cancelledBy,
        listedFrom: action.creationDateTimeUtc,
        endsAt: hasEnded(action) ? null : addMs(action.creationDateTimeUtc, GIVES_UP_MS),
        fate: WELL,
        endsAs: 'TimeOut',
      })
      this.#take(action)
    }
  }

  /** Everything there is now, listed or not, oldest end first. */
  get entries(): readonly Entry[] {
    this.#pass()
    return [...this.#entries.values()]
  }

  /** All that happened so far. */
  get record(): Chronicle {
    return {
      entries: this.entries,
      submissions: this.submissions,
      looks: this.looks,
      turns: this.#turns,
    }
  }

  /** The machines as they are listed: one that is there has just reported. */
  get inventory(): readonly Machine[] {
    const lastSeen = this.clock.now()
    return this.machines.map(one => (one.healthStatus === 'Active' ? { ...one, lastSeen } : one))
  }

  /** The actions that lists show now. */
  get listed(): readonly MachineAction[] {
    const now = this.clock.now()
    return this.entries.filter(({ listedFrom }) => listedFrom <= now).map(({ action }) => action)
  }

  /** What the devices reported of their isolation, last of all and before each turn; undefined where nobody hears them. */
  get reports(): readonly Evidence[] | undefined {
    if (!this.#nature.reports) return undefined
    const { record } = this
    const latest = addMs(this.clock.now(), -REPORT_LAG_MS)
    const there = this.machines.filter(({ healthStatus }) => healthStatus === 'Active')
    return there.flatMap(({ id: machineId }) => {
      const turns = record.turns.filter(turn => turn.machineId === machineId && turn.hold === 'isolated')
      const before = turns.map(({ at }) => addMs(at, -1)).filter(at => at < latest)
      return [...before, latest].map(at => {
        const level = levelAt({ ...record, turns }, machineId, 'isolated', at)
        return { machineId, at, isolated: level !== 'none' && level !== 'unmanaged' }
      })
    })
  }

  /** Somebody frees a device without any action, where devices can tell of it. */
  free(machineId: string): void {
    this.#pass()
    const now = this.clock.now()
    const level = levelAt(this.record, machineId, 'isolated', now)
    // Reports tell of isolation alone: nobody would learn of a containment that was ended so.
    if (!this.#nature.reports || level === 'none' || level === 'unmanaged') return
    this.#ends.delete(machineId)
    this.#turns.push({ ...freed(machineId, now), isOffRecord: true })
  }

  /** The action of a type that is in flight on a machine. */
  inFlight(machineId: string, type: string): MachineAction | undefined {
    return this.entries.find(
      ({ action }) => action.machineId === machineId && action.type === type && !hasEnded(action),
    )?.action
  }

  find(id: string): Entry | undefined {
    this.#pass()
    return this.#entries.get(id)
  }

  /** Accepts a request. */
  create(wanted: Wanted): MachineAction {
    this.#pass()
    const now = this.clock.now()
    this.#created += 1
    const action: MachineAction = {
      id: actionId(5000 + this.#created),
      type: wanted.type,
      status: 'Pending',
      machineId: wanted.machineId,
      requestor: wanted.requestor,
      requestorComment: wanted.comment,
      requestSource: wanted.requestSource,
      creationDateTimeUtc: now,
      lastUpdateDateTimeUtc: now,
      cancellationRequestor: null,
      cancellationComment: null,
      errorHResult: 0,
      scope: wanted.scope,
      relatedFileInfo:
        wanted.sha1 === undefined ? null : { fileIdentifier: wanted.sha1, fileIdentifierType: 'Sha1' },
      commands: wanted.commands ?? [],
    }
    const isThere = this.#isActive(wanted.machineId)
    this.#entries.set(action.id, {
      action,
      own: wanted.by !== null,
      by: wanted.by,
      cancelledBy: null,
      listedFrom: addMs(now, wanted.listedLateMs),
      fate: wanted.fate,
      endsAt: addMs(now, isThere ? wanted.fate.afterMs : GIVES_UP_MS),
      endsAs: isThere ? wanted.fate.end : 'TimeOut',
    })
    return action
  }

  /** Accepts a cancel; false where there is nothing in flight to cancel. */
  cancel(
    id: string,
    by: 'us' | 'other',
    comment: string | null,
    { afterMs, tooLate }: CancelFate,
  ): MachineAction | null {
    const entry = this.find(id)
    if (entry === undefined || hasEnded(entry.action)) return null
    const requestor = by === 'us' ? 'Holdfast App' : 'bob@contoso.com'
    const action = { ...entry.action, cancellationRequestor: requestor, cancellationComment: comment }
    const end = tooLate ? entry.fate.end : 'Cancelled'
    this.#entries.set(id, {
      ...entry,
      action,
      cancelledBy: tooLate ? null : by,
      endsAt: addMs(this.clock.now(), afterMs),
      endsAs: end,
    })
    return action
  }

  /** Lets the device report an end now, whatever was meant to happen. */
  end(id: string, status: Fate['end']): void {
    const entry = this.find(id)
    if (entry === undefined || hasEnded(entry.action)) return
    this.#entries.set(id, { ...entry, endsAt: this.clock.now(), endsAs: status })
    this.#pass()
  }

  /** Changes the facts of a machine; one that comes back takes what waits for it, one that leaves does not. */
  change(machineId: string, facts: Partial<Pick<Machine, 'machineTags' | 'healthStatus'>>): void {
    this.#pass()
    const wasActive = this.#isActive(machineId)
    this.machines = this.machines.map(one => (one.id === machineId ? { ...one, ...facts } : one))
    const isActive = this.#isActive(machineId)
    if (wasActive === isActive) return
    for (const [id, entry] of this.#entries) {
      const { action, endsAt, endsAs } = entry
      if (action.machineId !== machineId || hasEnded(action) || endsAt === null || endsAs === 'Cancelled')
        continue
      const ends = isActive
        ? { endsAt: addMs(this.clock.now(), entry.fate.afterMs), endsAs: entry.fate.end }
        : { endsAt: addMs(action.creationDateTimeUtc, GIVES_UP_MS), endsAs: 'TimeOut' as const }
      this.#entries.set(id, { ...entry, ...ends })
    }
  }

  #isActive(machineId: string): boolean {
    return this.machines.find(({ id }) => id === machineId)?.healthStatus === 'Active'
  }

  /** Ends what is due, in the order of the ends. */
  #pass(): void {
    const now = this.clock.now()
    const due = [...this.#entries.values()]
      .filter(({ action, endsAt }) => !hasEnded(action) && endsAt !== null && endsAt <= now)
      .sort((a, b) => compare(`${a.endsAt} ${orderOf(a.action)}`, `${b.endsAt} ${orderOf(b.action)}`))
    for (const entry of due) {
      const at = latest(entry.endsAt ?? now, entry.action.creationDateTimeUtc)
      this.#lapse(at)
      const action = { ...entry.action, status: entry.endsAs, lastUpdateDateTimeUtc: at }
      this.#entries.set(action.id, { ...entry, action })
      this.#take(action)
    }
    this.#lapse(now)
  }

  /** Ends what ends by itself until a time: seven days after the first isolation since the device was free. */
  #lapse(until: Instant): void {
    const { lapses, lateMs = 0 } = this.#nature
    for (const [machineId, time] of [...this.#ends].sort(([, a], [, b]) => compare(a, b))) {
      const at = addMs(time, lateMs)
      if (at > until) return
      this.#ends.delete(machineId)
      this.#turns.push({ ...freed(machineId, at), isLapse: true })
      if (lapses === 'written' || lapses === 'unnamed') this.#write(machineId, at)
    }
  }

  /** The service writes down what it ended. */
  #write(machineId: string, at: Instant): void {
    this.#created += 1
    const action: MachineAction = {
      ...BARE,
      requestor: this.#nature.lapses === 'unnamed' ? null : BARE.requestor,
      id: actionId(5000 + this.#created),
      type: 'Unisolate',
      machineId,
      creationDateTimeUtc: at,
      lastUpdateDateTimeUtc: at,
    }
    const ended = { own: false, by: null, cancelledBy: null, fate: WELL, endsAs: 'Succeeded' } as const
    this.#entries.set(action.id, { action, ...ended, listedFrom: at, endsAt: at, ofService: true })
  }

  /** Makes true on the device what a succeeded action says. */
  #take(action: MachineAction): void {
    const hold: Hold | undefined = HOLD_OF[action.type]
    const { lastUpdateDateTimeUtc: at, machineId } = action
    if (action.status === 'Succeeded' && action.type === 'Offboard') {
      this.#ends.delete(machineId)
      // An offboarded device is held by nothing of ours any more.
      this.#turns.push(freed(machineId, at), freed(machineId, at, 'restricted'))
    }
    if (action.status !== 'Succeeded' || hold === undefined) return
    const level = levelOf(action)
    this.#turns.push({ at, machineId, hold, level, actionId: action.id })
    if (hold !== 'isolated' || this.#nature.lapses === 'never') return
    if (level === 'none' || level === 'unmanaged') this.#ends.delete(machineId)
    else if (!this.#ends.has(machineId)) this.#ends.set(machineId, addMs(at, LASTS_MS))
  }
}

/** A device is free from a time on, and no action says so. */
function freed(machineId: string, at: Instant, hold: Hold = 'isolated'): Turn {
  return { at, machineId, hold, level: 'none', actionId: '' }
}

function orderOf({ lastUpdateDateTimeUtc, creationDateTimeUtc, id }: MachineAction): string {
  return `${lastUpdateDateTimeUtc} ${creationDateTimeUtc} ${id}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

function latest(a: Instant, b: Instant): Instant {
  return a > b ? a : b
}
