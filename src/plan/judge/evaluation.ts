import type { MachineHistory } from '../../posture/history.ts'
import type { HoldLens } from '../../posture/hold-lens.ts'
import type { Machine } from '../../posture/machine.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import type { OwnNames } from '../../posture/marker.ts'
import { addMs, type Instant } from '../../schema/instant.ts'
import type { Claim, Contributor } from '../claim/claim.ts'
import type { Note } from '../document/document.ts'
import { type Addressed, type AddressPattern, matchesAddress } from '../select/address.ts'
import type { Matcher } from '../select/match.ts'
import { unconfirmedNote } from './confirm-by-name.ts'
import type { ContestRules } from './contest.ts'
import type { DecidedChange, Decision } from './decision.ts'
import { exhaustedNote } from './exhausted.ts'
import { type LimitedChange, type Limits, limitOf } from './limits.ts'
import { unknownOnboardingNote } from './onboarding-unknown.ts'
import { platformWarning } from './platform-hints.ts'
import type { PromisedEnds } from './promised-end.ts'
import { restrictedNote, restrictedTagWarning } from './restricted-device.ts'
import type { Unprunable } from './unprunable.ts'

/** What the evaluation of every machine shares. */
export interface EvaluationContext {
  readonly limits: Limits
  readonly contest: ContestRules
  /** What holds are folded with besides their history. */
  readonly lens: HoldLens
  /** The time planned for. */
  readonly now: Instant
  /** The time up to which the history tells: the age of what is in flight counts until then. */
  readonly observedAt: Instant
  readonly historyFrom: Instant
  readonly name: OwnNames
  readonly reassert: readonly AddressPattern[]
  readonly retry: readonly AddressPattern[]
  readonly resubmit: readonly AddressPattern[]
  /** The `--reason` that goes with those three. */
  readonly reason: string | undefined
  readonly prune: boolean
  /** Only renewals are planned, and what takes them back. */
  readonly renewalsAlone: boolean
  /** Somebody asks for these holds right now. */
  readonly askedNow: boolean
  /** Why no renewal may rest on the time alone in this look; null where it may. */
  readonly noInference: Note | null
  /** Why a hold that nobody seems to declare is not pruned all the same. */
  readonly unprunable: Unprunable
  /** Expired policies whose own holds end wherever they are. */
  readonly promised: PromisedEnds
  /** Names of other configurations whose holds are theirs. */
  readonly sisters: ReadonlySet<string>
  readonly keepGoing: boolean
  /** Says of a machine whether a hold must name it. */
  readonly mustBeNamed: Matcher
  /** Whether holds that no policy speaks of may be judged: all of the tenant was read. */
  readonly wholeTenant: boolean
}

/** One machine under evaluation. */
export interface Subject {
  readonly machine: Machine
  readonly history: MachineHistory
  readonly offboarded: boolean
  readonly context: EvaluationContext
}

/** An action in flight for longer than this is reported as drift (docs/contract.md#drift-kinds). */
export const STUCK_DRIFT_MS: number = 72 * 3_600_000

/** Finds an action that is in flight for over 72 h. */
export function findStuck(inFlight: readonly MachineAction[], now: Instant): MachineAction | undefined {
  return inFlight.find(action => addMs(action.creationDateTimeUtc, STUCK_DRIFT_MS) < now)
}

/** A claim as address patterns see it. */
export function addressedOf(claim: Claim): Addressed {
  return {
    address: claim.address,
    machine: claim.machine,
    policies: claim.contributors.map(({ policy }) => policy.name),
  }
}

/** Says whether any pattern chooses an item. */
export function isChosen(patterns: readonly AddressPattern[], item: Addressed): boolean {
  return patterns.some(pattern => matchesAddress(pattern, item))
}

/** The comment of a claim's requests: the policy's reason, and the user's where a flag let it through. */
export function commentOf(lead: Contributor, item: Addressed, context: EvaluationContext): string {
  const flagged = [context.reassert, context.retry, context.resubmit].some(patterns =>
    isChosen(patterns, item),
  )
  return flagged && context.reason !== undefined && context.reason !== lead.policy.reason
    ? `${lead.policy.reason}; ${context.reason}`
    : lead.policy.reason
}

/** What a change is checked for after it was decided. */
export interface ChangeCheck {
  readonly item: Addressed
  readonly facet: LimitedChange['facet']
  readonly releases: boolean
  readonly isAbout?: (action: MachineAction) => boolean
  /** Whether a policy names the machine, and not only a selector reaches it; absent where it does not matter. */
  readonly named?: boolean
  /** Why the change is contested, where it is. */
  readonly contested: Note | undefined
}

/** Blocks a decided change where a limit, another person or too many failures stand in its way. */
export function checkChange(change: DecidedChange, check: ChangeCheck, subject: Subject): Decision {
  const { machine, offboarded, context } = subject
  const note =
    limitOf({ facet: check.facet, machine, releases: check.releases, offboarded, change }, context.limits) ??
    unknownOnboardingNote(machine, check.named ?? true, check.releases) ??
    unconfirmedNote(change, machine, check.named ?? true, context.mustBeNamed) ??
    (check.contested !== undefined && !isChosen(context.reassert, check.item)
      ? check.contested
      : undefined) ??
    exhausted(change, check, subject)
  if (note === undefined) return doubted(change, machine, context.limits)
  return { kind: 'blocked', ...note, wouldBe: change.operations, before: change.before, after: change.after }
}

function doubted(
  change: DecidedChange,
  machine: Machine,
  { restrictions = new Map() }: Limits,
): DecidedChange {
  const doubts = [
    platformWarning(machine, change),
    // What is known to be refused is blocked, except where it releases.
    restrictedNote(change, machine, restrictions) ?? restrictedTagWarning(change, machine, restrictions),
  ].filter(doubt => doubt !== undefined)
  return doubts.length === 0 ? change : { ...change, warnings: [...change.warnings, ...doubts] }
}

function exhausted(
  change: DecidedChange,
  check: ChangeCheck,
  { history, context }: Subject,
): Note | undefined {
  if (isChosen(context.retry, check.item)) return undefined
  const { retry } = context.limits.configuration
  const rules = { retry, now: context.now, name: context.name }
  for (const { type } of change.requests) {
    const note = exhaustedNote(history, type, rules, check.isAbout)
    if (note !== undefined) return note
  }
  return undefined
}
