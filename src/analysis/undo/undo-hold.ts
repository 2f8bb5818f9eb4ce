import type { Note } from '../../plan/document/document.ts'
import { aimLift } from '../../plan/judge/aim-lift.ts'
import { attribute } from '../../plan/judge/attribution.ts'
import { decideHold, type HoldWish } from '../../plan/judge/decide-hold.ts'
import type { Decision } from '../../plan/judge/decision.ts'
import type { Item } from '../../plan/judge/item.ts'
import { pendingWarning } from '../../plan/judge/limits.ts'
import { foldHold, type HoldPosture, holdBasis, unprovenLapse } from '../../posture/fold-hold.ts'
import { HOLD_PAIRS, type HoldLevel, type HoldName } from '../../posture/holds.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { isOwn, type OwnNames } from '../../posture/marker.ts'
import { hasEnded } from '../../posture/status.ts'
import type { DirectedAction } from '../../posture/walk-hold.ts'
import { formatInstant, type Instant } from '../../schema/instant.ts'
import { isCarried, type UndoSubject, undoItem } from './undo-subject.ts'

/** What undoing a plan comes to at one hold of one machine: something to do, or only to say. */
export interface UndoneHold {
  readonly item: Item | null
  /** What people are told of a hold on which nothing can or need be undone any more. */
  readonly note: Note | null
}

/** One hold, seen from the plan to undo. */
interface Traced {
  readonly posture: HoldPosture
  /** Actions of the pair that the plan did not send. */
  readonly others: readonly MachineAction[]
  /** Actions of the plan that are in flight. */
  readonly open: readonly DirectedAction[]
  /** Creation of the plan's first action. */
  readonly began: Instant
  /** Whether an impose of the plan stands, beneath one of somebody else too. */
  readonly holds: boolean
}

/**
 * Undoes what a plan did to one hold: cancels what is in flight and lifts what holds. Null where it did nothing here.
 *
 * Left alone, and said so: what anybody touched since, and what was held before already, since lifting it would open
 * a machine that the plan found contained.
 */
export function undoHold(facet: HoldName, subject: UndoSubject): UndoneHold | null {
  const traced = trace(facet, subject)
  if (traced === null) return null
  const { posture, open, holds } = traced
  if (open.length === 0 && !holds) return { item: null, note: noteOf(traced, subject) }
  const decision = decide(traced, subject)
  const item = undoItem(
    {
      address: `${subject.machine.id}/${facet}`,
      facet,
      decision,
      holds: posture.level,
      basis: holdBasis(posture),
      inFlight: posture.inFlight.map(({ action }) => action),
    },
    subject,
  )
  return { item, note: null }
}

function trace(facet: HoldName, subject: UndoSubject): Traced | null {
  const pair = HOLD_PAIRS[facet]
  const ofPair = subject.history.filter(({ type }) => type === pair.impose || type === pair.lift)
  const carried = ofPair.filter(action => isCarried(action, subject))
  const [began] = carried.map(({ creationDateTimeUtc }) => creationDateTimeUtc).sort()
  if (began === undefined) return null
  const posture = foldHold(subject.history, pair, subject.lens)
  return {
    posture,
    others: ofPair.filter(action => !carried.includes(action)),
    open: posture.inFlight.filter(({ action }) => carried.includes(action)),
    began,
    holds: [...posture.imposes, ...(unprovenLapse(posture)?.imposes ?? [])].some(({ action }) =>
      carried.includes(action),
    ),
  }
}

/** A release of ours on its way is what undoing wants: awaited, and nobody's contradiction. */
function isOwnRelease(action: MachineAction, { pair }: HoldPosture, name: OwnNames): boolean {
  return action.type === pair.lift && !hasEnded(action) && isOwn(action, name)
}

function decide(traced: Traced, subject: UndoSubject): Decision {
  const { posture, others, open, began, holds } = traced
  const keeps = !holds && open.every(({ direction }) => direction === 'lift')
  const level = keeps ? posture.level : 'none'
  const touched = others.findLast(
    action =>
      (!hasEnded(action) || action.lastUpdateDateTimeUtc > began) &&
      !isOwnRelease(action, posture, subject.name),
  )
  if (touched !== undefined) return blocked('touched-since', touchedMessage(touched), traced, level)
  const before = foldHold(
    others.filter(action => action.lastUpdateDateTimeUtc <= began),
    posture.pair,
    { ...subject.lens, now: began },
  )
  if (level === 'none' && before.level !== 'none') {
    const { action } = before.imposes.at(-1) as DirectedAction
    return blocked('held-before', heldMessage(action), traced, level)
  }
  const wish: HoldWish = {
    level: level as HoldWish['level'],
    declared: false,
    scopeChange: false,
    reassert: true,
    resubmit: false,
    liftReason: 'undone',
  }
  const decision = decideHold(wish, posture, subject.now)
  if (decision.kind !== 'change') return decision
  const warning = pendingWarning(subject.machine, decision, subject.now)
  return aimLift(
    {
      ...decision,
      reason: 'undone',
      warnings: warning === undefined ? decision.warnings : [...decision.warnings, warning],
    },
    posture,
  )
}

function touchedMessage(action: MachineAction): string {
  return `${action.type} by ${attribute(action)} is ${action.status} and came after that plan, so the machine is left as it is; declare what it should be, or use the portal.`
}

function heldMessage(action: MachineAction): string {
  return `${action.type} by ${attribute(action)} held the machine before that plan, and lifting would leave it open; declare what it should be, then plan.`
}

function blocked(
  code: string,
  message: string,
  { posture, open, holds }: Traced,
  after: HoldLevel,
): Decision {
  const cancels = open.length > 0 ? (['cancel'] as const) : []
  const lifts = holds ? (['lift'] as const) : []
  return { kind: 'blocked', code, message, wouldBe: [...cancels, ...lifts], before: posture.level, after }
}

/** What is to be said where nothing of the plan holds or is in flight. */
function noteOf({ posture }: Traced, subject: UndoSubject): Note | null {
  const { decidedBy, lapsed } = posture
  if (decidedBy === null) return null
  if (lapsed !== null)
    return {
      code: 'already-undone',
      message: `the hold ended by itself at ${formatInstant(lapsed.at)}; the machine is left as it is.`,
    }
  const by = `${decidedBy.action.type} by ${attribute(decidedBy.action)}`
  if (!isCarried(decidedBy.action, subject)) {
    return { code: 'already-undone', message: `${by} came after that plan; the machine is left as it is.` }
  }
  return {
    code: 'not-undoable',
    message: `${by} released the machine, and undoing imposes nothing; declare the hold, then plan.`,
  }
}
