import type { Machine } from '../../src/posture/machine.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import type { Instant } from '../../src/schema/instant.ts'
import type { Fate } from './tenant.ts'

export type Hold = 'isolated' | 'restricted'

/** An action, and what only the service knows of it. */
export interface Entry {
  readonly action: MachineAction
  /** Whether a run of ours asked for it, here or before the model began. */
  readonly own: boolean
  /** The run that asked for it; null for what was there and for what others did. */
  readonly by: string | null
  readonly cancelledBy: 'us' | 'other' | null
  /** Lists have it from then on. */
  readonly listedFrom: Instant
  readonly fate: Fate
  readonly endsAt: Instant | null
  readonly endsAs: string
  /** Whether the service wrote down what it ended by itself. */
  readonly ofService?: true
}

/** One POST of a run as it reached the service, accepted or not. */
export interface Submission {
  readonly by: string
  readonly at: Instant
  /** `Cancel` for a cancel. */
  readonly type: string
  readonly machineId: string
  readonly comment: string
  readonly body: Readonly<Record<string, unknown>>
  /** The action that it created or cancelled; null where nothing was accepted. */
  readonly actionId: string | null
}

/** One read of a run that shows all there is of some machines. */
export interface Look {
  readonly by: string
  readonly askedAt: Instant
  /** When the service read what it answered. */
  readonly readAt: Instant
  /** Null for all of them. */
  readonly machineIds: readonly string[] | null
  /** The machines as they were listed, where the read lists them. */
  readonly machines: readonly Machine[] | null
}

/** A change of what is true on a device. */
export interface Turn {
  readonly at: Instant
  readonly machineId: string
  readonly hold: Hold
  readonly level: string
  readonly actionId: string
  /** Whether the service ended it by itself. */
  readonly isLapse?: true
  /** Whether somebody did it off the record, so that nobody can know of it at once. */
  readonly isOffRecord?: true
}

/** All that happened at the service. */
export interface Chronicle {
  readonly entries: readonly Entry[]
  readonly submissions: readonly Submission[]
  readonly looks: readonly Look[]
  readonly turns: readonly Turn[]
}

/** The hold that an action is about; undefined for those that hold nothing. */
export const HOLD_OF: Readonly<{ [type: string]: Hold }> = {
  Isolate: 'isolated',
  Unisolate: 'isolated',
  RestrictCodeExecution: 'restricted',
  UnrestrictCodeExecution: 'restricted',
}

/** The action that undoes another one. */
export const OPPOSITE: Readonly<{ [type: string]: string }> = {
  Isolate: 'Unisolate',
  Unisolate: 'Isolate',
  RestrictCodeExecution: 'UnrestrictCodeExecution',
  UnrestrictCodeExecution: 'RestrictCodeExecution',
}

const LEVELS: Readonly<{ [scope: string]: string }> = {
  Full: 'full',
  Selective: 'selective',
  UnManagedDevice: 'unmanaged',
}
const ENDED = new Set(['Succeeded', 'Failed', 'TimeOut', 'Cancelled'])
const MARKER = / \[holdfast policy=([a-z0-9-]+) plan=([0-9a-f]{8}) change=([0-9a-f]{8})\]$/

/** What a succeeded action leaves behind. */
export function levelOf({ type, scope }: Pick<MachineAction, 'type' | 'scope'>): string {
  if (type.startsWith('Un')) return 'none'
  return type === 'Isolate' ? (LEVELS[scope ?? ''] ?? 'unknown') : 'restricted'
}

/** Says whether an action is over. */
export function hasEnded({ status }: Pick<MachineAction, 'status'>): boolean {
  return ENDED.has(status)
}

/** Reads our marker at the end of a comment, by its own rule. */
export function markerIn(comment: string | null): { readonly plan: string; readonly change: string } | null {
  const match = MARKER.exec(comment ?? '')
  return match === null ? null : { plan: match[2] ?? '', change: match[3] ?? '' }
}

/** Says whether an action of the history before the model is ours. */
export function isOwnAction({ requestSource, requestorComment }: MachineAction): boolean {
  return requestSource !== 'Portal' && markerIn(requestorComment) !== null
}

/** Says whether a cancelled action of that history was cancelled by us. */
export function isOwnCancel({ cancellationComment }: MachineAction): boolean {
  return markerIn(cancellationComment) !== null
}

/** The history as it stood at a time: what was created later is not there, and what ended later is in flight. */
export function entriesAt({ entries }: Chronicle, at: Instant): readonly Entry[] {
  return entries
    .filter(({ action }) => action.creationDateTimeUtc <= at)
    .map(entry =>
      !hasEnded(entry.action) || entry.action.lastUpdateDateTimeUtc <= at
        ? entry
        : { ...entry, action: { ...entry.action, status: 'Pending' } },
    )
}

/** What was true on a device at a time. */
export function levelAt({ turns }: Chronicle, machineId: string, hold: Hold, at: Instant): string {
  const passed = turns.filter(turn => turn.machineId === machineId && turn.hold === hold && turn.at <= at)
  return passed.at(-1)?.level ?? 'none'
}

/** What anybody could know of a device at a time: what was done to it off the record left aside. */
export function knownAt(record: Chronicle, machineId: string, hold: Hold, at: Instant): string {
  const turns = record.turns.filter(({ isOffRecord }) => isOffRecord !== true)
  return levelAt({ ...record, turns }, machineId, hold, at)
}

/** The last read of a run that showed a machine, asked for no later than a time. */
export function lastLook(
  { looks }: Chronicle,
  by: string,
  machineId: string,
  until: Instant,
): Look | undefined {
  return looks.findLast(
    look =>
      look.by === by &&
      look.askedAt <= until &&
      (look.machineIds === null || look.machineIds.includes(machineId)),
  )
}
