import { failedAttempts } from '../../posture/attempts.ts'
import { foldHold, type HoldPosture, holdBasis, unprovenLapse } from '../../posture/fold-hold.ts'
import { HOLD_PAIRS, type HoldLevel, type HoldName, type HoldPair } from '../../posture/holds.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import type { DirectedAction } from '../../posture/walk-hold.ts'
import { addMs, formatInstant } from '../../schema/instant.ts'
import type { ExpiredClaim, HoldClaim } from '../claim/claim.ts'
import type { Note } from '../document/document.ts'
import { aimLift } from './aim-lift.ts'
import { contestHold, foreignImpose, isReverted, latestSuccess } from './contest.ts'
import { decideHold, type HoldWish } from './decide-hold.ts'
import type { DecidedChange, Decision } from './decision.ts'
import {
  addressedOf,
  checkChange,
  commentOf,
  type EvaluationContext,
  findStuck,
  isChosen,
  type Subject,
} from './evaluation.ts'
import type { DriftFinding, Item } from './item.ts'
import {
  disagreement,
  earlyRenewal,
  expiresSoon,
  judgeLapse,
  levelToPlan,
  type Renewal,
} from './judge-lapse.ts'
import { endedWarnings, endingNotes, mayHaveLapsed, observedNotes } from './lapse-notes.ts'
import { lastImpose } from './last-impose.ts'
import { pendingWarning } from './limits.ts'
import { isOfSisters } from './sisters.ts'

/** An own hold this old is about to leave what the service remembers (docs/contract.md#look-back). */
const LEAVING_MS = 150 * 86_400_000

/** What the item of a hold is, before it is tied to the machine's other items. */
export interface HoldItem extends Item {
  readonly posture: HoldPosture
}

/** Says whether an item is of a hold. */
export function isHoldItem(item: Item): item is HoldItem {
  return 'posture' in item
}

/** Judges a hold that live policies declare. */
export function evaluateHold(claim: HoldClaim, subject: Subject): HoldItem {
  const { context } = subject
  const posture = foldHold(subject.history, HOLD_PAIRS[claim.facet], context.lens)
  const item = itemOf(claim, subject, posture)
  const early = earlyRenewal(claim, posture, context)
  const wish: HoldWish = {
    level: levelToPlan(claim, posture, context),
    declared: true,
    scopeChange: context.limits.configuration.allow.scopeChange,
    reassert: claim.reassert || isChosen(context.reassert, item),
    resubmit: isChosen(context.resubmit, item) || early !== null,
    liftReason: 'declared-released',
  }
  const bare = decideHold(wish, posture, context.observedAt)
  const raw = repeated(bare, early, wish, claim, posture, context)
  const contested =
    raw.kind === 'change' && !claim.reassert ? contestOf(raw, claim.level, posture, subject) : undefined
  const decision = finish(raw, { ...item, named: claim.named }, wish.level, contested, subject)
  const isRenewal = raw.kind === 'change' ? raw.renewal !== undefined : isRenewing(raw, bare, posture)
  return {
    ...item,
    ofRenewals: isRenewal,
    decision: noteEnding(decision, claim, posture),
    drift: declaredDrift(claim, bare, posture, subject),
    comment: commentOf(claim.lead, item, context),
  }
}

/** What an impose repeats, and why one that the history alone allows is not sent: for holds that ended unasked. */
function repeated(
  bare: Decision,
  early: Renewal | null,
  wish: HoldWish,
  claim: HoldClaim,
  posture: HoldPosture,
  context: EvaluationContext,
): Decision {
  if (bare.kind !== 'change' || wish.level === 'none') return bare
  const isAsked = wish.resubmit || wish.reassert || context.askedNow
  const warned = { ...bare, warnings: [...bare.warnings, ...endedWarnings(posture)] }
  if (early !== null) return blockedBy(expiresSoon(claim, context), renewing(warned, early))
  if (posture.lapsed === null || bare.operations.join() !== 'impose')
    return blockedBy(wish.resubmit ? null : disagreement(bare, posture, context), warned)
  const { renewal, blocked, warnings } = judgeLapse(
    posture.lapsed,
    wish.level,
    posture,
    claim,
    isAsked,
    context,
  )
  const change = { ...warned, warnings: [...warned.warnings, ...warnings] }
  return blockedBy(blocked, renewal === null ? change : renewing(change, renewal))
}

/** A renewal that is in flight, or one that is not sent since it has to wait. */
function isRenewing(raw: Decision, bare: Decision, { lapsed, inFlight }: HoldPosture): boolean {
  if (lapsed?.imposes.some(({ own }) => own) !== true) return false
  if (raw.kind === 'in-flight') return inFlight.some(({ own, direction }) => own && direction === 'impose')
  return raw.kind === 'blocked' && bare.kind === 'change' && RENEWAL_BLOCKS.has(raw.code)
}

/** What stops a renewal, and nothing else. */
const RENEWAL_BLOCKS: ReadonlySet<string> = new Set(['evidence-unread', 'clocks-differ', 'expires-soon'])

function renewing(change: DecidedChange, renewal: Renewal): DecidedChange {
  return { ...change, reason: 'renewed', renewal }
}

function blockedBy(note: Note | null, change: DecidedChange): Decision {
  const { operations, before, after } = change
  return note === null ? change : { kind: 'blocked', ...note, wouldBe: operations, before, after }
}

/** Says of a hold that is as declared how it ends, and of a free machine that it may hold still. */
function noteEnding(decision: Decision, claim: HoldClaim, posture: HoldPosture): Decision {
  if (decision.kind !== 'unchanged') return decision
  const lapsed = claim.level === 'none' ? mayHaveLapsed(posture) : []
  const seen = [...observedNotes(posture), ...endingNotes(claim, posture), ...lapsed]
  return { ...decision, notes: [...decision.notes, ...seen] }
}

/** Judges a hold that only expired policies declared: own ones are lifted, those of others are left alone. */
export function evaluateExpired(claim: ExpiredClaim, subject: Subject): HoldItem {
  const { context } = subject
  const posture = foldHold(subject.history, HOLD_PAIRS[claim.facet], context.lens)
  const item = itemOf(claim, subject, posture)
  const comment = commentOf(claim.lead, item, context)
  const idle = { ...item, decision: { kind: 'unchanged', notes: [] }, comment } as const
  const foreign = foreignImpose(posture)
  if (foreign !== undefined) {
    const drift: DriftFinding = {
      kind: 'undeclared',
      expected: 'none',
      actual: posture.level,
      by: foreign.action,
    }
    return { ...idle, drift: isOfSisters(posture, context.sisters) ? null : drift }
  }
  const impose = lastImpose(posture)
  if (impose === undefined) return { ...idle, drift: null }
  const drift: DriftFinding = {
    kind: 'expired',
    expected: 'none',
    actual: actualOf(posture),
    by: impose,
  }
  if (claim.lead.policy.onExpiry === 'report') return { ...idle, drift }
  const raw = withheld(decideHold(releaseWish('expired'), posture, context.observedAt), impose, subject)
  const contested = raw.kind === 'change' ? contestOf(raw, 'none', posture, subject) : undefined
  const decision = finish(raw, item, 'none', contested, subject)
  return { ...item, ofRenewals: isOwnRenewal(posture), decision, drift, comment }
}

/** Whether what holds began as a renewal of ours, or one is on its way. */
function isOwnRenewal({ stretches, lapsed, inFlight }: HoldPosture): boolean {
  const isOnItsWay = inFlight.some(({ own, direction }) => own && direction === 'impose')
  return stretches.at(-1)?.continues === true || (lapsed !== null && isOnItsWay)
}

/** Judges a hold that no policy speaks of; null where there is nothing to say. */
export function evaluateUndeclared(facet: HoldName, subject: Subject): HoldItem | null {
  const { machine, context } = subject
  const posture = foldHold(subject.history, HOLD_PAIRS[facet], context.lens)
  const foreign = foreignImpose(posture)
  const impose = lastImpose(posture)
  if (impose === undefined || isOfSisters(posture, context.sisters)) return null
  const bare = {
    address: `${machine.id}/${facet}`,
    machine,
    facet,
    lead: null,
    policies: [],
    basis: holdBasis(posture),
    inFlight: [],
    dependsOn: [],
    assumed: false,
    comment: context.reason ?? 'no policy declares this hold any more',
    error: null,
    holds: posture.level,
    posture,
  } as const
  const actual = actualOf(posture)
  if (foreign !== undefined) {
    const drift: DriftFinding = { kind: 'undeclared', expected: 'none', actual, by: foreign.action }
    return { ...bare, decision: { kind: 'unchanged', notes: [] }, drift }
  }
  const drift: DriftFinding = { kind: 'orphaned', expected: 'none', actual, by: impose }
  if (!context.prune)
    return { ...bare, decision: { kind: 'unchanged', notes: mayHaveLapsed(posture) }, drift }
  const raw = withheld(decideHold(releaseWish('orphaned'), posture, context.observedAt), impose, subject)
  const contested = raw.kind === 'change' ? contestOf(raw, 'none', posture, subject) : undefined
  return { ...bare, decision: finish(raw, bare, 'none', contested, subject), drift }
}

/** Blocks a pruning lift of which nobody knows whether a policy declares the hold. */
function withheld(raw: Decision, impose: MachineAction, { machine, context }: Subject): Decision {
  const note = raw.kind === 'change' ? context.unprunable(machine.id, impose) : undefined
  if (note === undefined || raw.kind !== 'change') return raw
  return { kind: 'blocked', ...note, wouldBe: raw.operations, before: raw.before, after: raw.after }
}

function releaseWish(liftReason: HoldWish['liftReason']): HoldWish {
  return { level: 'none', declared: false, scopeChange: false, reassert: false, resubmit: false, liftReason }
}

function actualOf(posture: HoldPosture): string {
  if (posture.level !== 'none') return posture.level
  return posture.inFlight.length > 0 ? 'in flight' : 'lapsed'
}

function itemOf(
  claim: HoldClaim | ExpiredClaim,
  subject: Subject,
  posture: HoldPosture,
): Omit<HoldItem, 'decision' | 'drift' | 'comment'> {
  const { machine, history, context } = subject
  return {
    address: claim.address,
    machine,
    facet: claim.facet,
    lead: claim.lead,
    policies: addressedOf(claim).policies,
    basis: holdBasis(posture),
    inFlight: posture.inFlight.map(({ action }) => action),
    dependsOn: [],
    assumed: history.length === 0 && machine.firstSeen !== null && machine.firstSeen < context.historyFrom,
    error: null,
    holds: posture.level,
    posture,
  }
}

function contestOf(
  change: DecidedChange,
  level: HoldLevel,
  posture: HoldPosture,
  subject: Subject,
): Note | undefined {
  const onlyCancels = change.operations.every(operation => operation === 'cancel')
  if (onlyCancels || change.reason === 'resubmitted') return undefined
  return contestHold(change.operations, level, posture, subject.context.contest)
}

/** Adds warnings to a decided change and blocks it where something stands in its way; other decisions pass. */
function finish(
  raw: Decision,
  item: Pick<HoldItem, 'address' | 'machine' | 'policies' | 'facet' | 'posture'> & {
    readonly named?: boolean
  },
  level: HoldLevel,
  contested: Note | undefined,
  subject: Subject,
): Decision {
  const { posture } = item
  if (raw.kind === 'unchanged')
    return { kind: 'unchanged', notes: [...raw.notes, ...ageNotes(posture, subject)] }
  if (raw.kind !== 'change') return raw
  const named = item.named === undefined ? {} : { named: item.named }
  const check = { item, facet: item.facet, releases: level === 'none', contested, ...named }
  const checked = checkChange(aimLift(raw, posture), check, subject)
  return checked.kind === 'change' ? withUntil(withWarning(checked, subject), posture.pair, subject) : checked
}

/** Says when what a change imposes ends by itself, were it sent at once. */
function withUntil(change: DecidedChange, pair: HoldPair, { context }: Subject): DecidedChange {
  const { lasts } = context.lens.effect
  const isEnding = pair.endsByItself(change.after as HoldLevel)
  if (lasts === undefined || !isEnding || !change.operations.includes('impose')) return change
  return { ...change, until: addMs(context.now, lasts.ms) }
}

function withWarning(change: DecidedChange, { machine, context }: Subject): DecidedChange {
  const warning = pendingWarning(machine, change, context.observedAt)
  return warning === undefined ? change : { ...change, warnings: [...change.warnings, warning] }
}

/** What the age of an own hold asks for: a decision of somebody, or to be imposed anew. */
function ageNotes(posture: HoldPosture, { context }: Subject): readonly Note[] {
  const { decidedBy, began } = posture
  if (posture.level === 'none' || decidedBy === null || !decidedBy.own) return []
  const notes: Note[] = []
  const { longestHold } = context.limits.configuration
  if (longestHold !== undefined && began !== null && began < addMs(context.now, -longestHold.ms)) {
    notes.push({
      code: 'held-too-long',
      message: `the hold is from ${formatInstant(began)}, longer than \`longestHold: ${longestHold.text}\` of the configuration; release it, or leave it where somebody has decided so.`,
    })
  }
  const { creationDateTimeUtc } = decidedBy.action
  if (creationDateTimeUtc < addMs(context.now, -LEAVING_MS)) {
    notes.push({
      code: 'leaves-lookback',
      message: `the hold is from ${formatInstant(creationDateTimeUtc)} and the service forgets actions after 180 days; release and impose it again, or take it out of the policy, before then.`,
    })
  }
  return notes
}

function declaredDrift(
  claim: HoldClaim,
  raw: Decision,
  posture: HoldPosture,
  subject: Subject,
): DriftFinding | null {
  const { context, history } = subject
  const isUncertain = raw.kind === 'change' && raw.reason === 'effect-uncertain'
  const mayHold = claim.level === 'none' && unprovenLapse(posture) !== null
  const actual = isUncertain ? 'uncertain' : mayHold ? 'lapsed' : posture.level
  const base = { expected: claim.level, actual }
  const stuck = findStuck(
    posture.inFlight.map(({ action }) => action),
    context.observedAt,
  )
  if (stuck !== undefined) return { ...base, kind: 'stuck', by: stuck }
  const onlyCancels = raw.kind === 'change' && raw.operations.every(operation => operation === 'cancel')
  if (raw.kind === 'unchanged' || raw.kind === 'in-flight' || onlyCancels) return null
  const foreign = foreignImpose(posture)
  if (claim.level === 'none' && foreign !== undefined)
    return { ...base, kind: 'held-by-other', by: foreign.action }
  const decidedBy = latestSuccess(posture)?.action ?? null
  if (isReverted(claim.level, posture)) return { ...base, kind: 'reverted', by: decidedBy }
  if (posture.offboarded !== null) return { ...base, kind: 'reverted', by: posture.offboarded }
  const ended = endedDrift(posture)
  if (claim.level !== 'none' && ended !== null) return { ...base, ...ended }
  const type = claim.level === 'none' ? posture.pair.lift : posture.pair.impose
  const failed = failedAttempts(history, type, context.name).at(-1)
  if (failed !== undefined) return { ...base, kind: 'failing', by: failed }
  return { ...base, kind: 'missing', by: decidedBy }
}

/** A hold that ended by itself, or that its device denies: the finding is about the impose that ended. */
function endedDrift({
  lapsed,
  observed,
}: HoldPosture): Pick<DriftFinding, 'kind' | 'by' | 'byService' | 'ended'> | null {
  if (lapsed !== null) {
    const { action: ended } = lapsed.imposes.at(-1) as DirectedAction
    return { kind: 'lapsed', by: lapsed.by, byService: lapsed.by !== null, ended }
  }
  if (observed?.lost == null) return null
  const { action: ended } = observed.lost.imposes.at(-1) as DirectedAction
  return { kind: 'lost', by: null, byService: false, ended }
}
