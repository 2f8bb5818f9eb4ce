import type { Decision } from '../../plan/judge/decision.ts'
import type { Item } from '../../plan/judge/item.ts'
import { type Limits, limitOf } from '../../plan/judge/limits.ts'
import type { MachineHistory } from '../../posture/history.ts'
import type { HoldLens } from '../../posture/hold-lens.ts'
import type { Machine } from '../../posture/machine.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { isOwn, type OwnNames, parseMarker } from '../../posture/marker.ts'
import type { Instant } from '../../schema/instant.ts'
import type { FacetName } from '../../schema/policy.ts'

/** One machine on which a plan is to be undone. */
export interface UndoSubject {
  readonly machine: Machine
  readonly history: MachineHistory
  /** First 8 hex digits of the id of the plan to undo. */
  readonly plan: string
  /** The configuration's name, which own markers carry. */
  readonly name: OwnNames
  readonly now: Instant
  /** What holds are folded with. */
  readonly lens: HoldLens
  readonly limits: Limits
  /** Comment of the requests. */
  readonly comment: string
}

/** Says whether an action carries the marker of the plan to undo. */
export function isCarried(
  action: MachineAction,
  { name, plan }: Pick<UndoSubject, 'name' | 'plan'>,
): boolean {
  return isOwn(action, name) && parseMarker(action.requestorComment)?.plan === plan
}

/** What an item of an undo is beside what every one has. */
export interface UndoFinding {
  readonly address: string
  readonly facet: FacetName
  readonly decision: Decision
  readonly holds: string
  readonly basis: readonly string[]
  readonly inFlight: readonly MachineAction[]
}

/** Completes an item, and blocks a change that must not be sent. */
export function undoItem(finding: UndoFinding, { machine, limits, comment }: UndoSubject): Item {
  const { decision, facet } = finding
  const shared = {
    machine,
    lead: null,
    policies: [],
    drift: null,
    dependsOn: [],
    assumed: false,
    error: null,
  }
  const item: Item = { ...finding, ...shared, comment }
  if (decision.kind !== 'change') return item
  const releases = decision.after === 'none'
  const note = limitOf({ facet, machine, releases, offboarded: false, change: decision }, limits)
  if (note === undefined) return item
  const { operations: wouldBe, before, after } = decision
  return { ...item, decision: { kind: 'blocked', ...note, wouldBe, before, after } }
}
