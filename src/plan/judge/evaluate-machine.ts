import { foldHold } from '../../posture/fold-hold.ts'
import { foldRun } from '../../posture/fold-run.ts'
import type { MachineHistory } from '../../posture/history.ts'
import { HOLD_PAIRS, type HoldName } from '../../posture/holds.ts'
import type { Machine } from '../../posture/machine.ts'
import type { Instant } from '../../schema/instant.ts'
import type { FacetName, Policy } from '../../schema/policy.ts'
import type { Claim, ConflictClaim, ExpiredClaim, HoldClaim, RunClaim } from '../claim/claim.ts'
import { RUN_FACETS, type RunFacet, type RunWish } from '../claim/run-facets.ts'
import type { Note } from '../document/document.ts'
import { formatAddress } from '../select/address.ts'
import type { Decision } from './decision.ts'
import { evaluateExpired, evaluateHold, evaluateUndeclared, type HoldItem } from './evaluate-hold.ts'
import { evaluateRun } from './evaluate-run.ts'
import { addressedOf, type EvaluationContext, type Subject } from './evaluation.ts'
import type { Item } from './item.ts'
import { offboardingOf } from './offboarding.ts'
import { promisedClaims } from './promised-end.ts'

const HOLD_NAMES: readonly HoldName[] = ['isolated', 'restricted']

/**
 * Judges everything about one machine.
 *
 * 1. Each hold by its own table.
 * 2. What `liftAfter` asks before a lift raises the runs it names.
 * 3. Each run by its own table.
 * 4. What must wait for what is tied together: lifts to their runs, runs of one type to each other, offboarding to all.
 */
export function evaluateMachine(
  machine: Machine,
  declared: readonly Claim[],
  history: MachineHistory,
  context: EvaluationContext,
): readonly Item[] {
  const offboarding = offboardingOf(
    machine,
    foldRun(history, 'Offboard', () => true),
  )
  const subject: Subject = { machine, history, offboarded: offboarding === 'offboarded', context }
  const claims = [...declared, ...promisedClaims(declared, subject)]
  const holds = evaluateHolds(claims, subject)
  const waits = holds.flatMap(hold => liftWaits(hold, claims))
  const runs = raiseRuns(claims, waits, subject).map(claim => evaluateRun(claim, subject))
  const conflicts = claims
    .filter(claim => claim.kind === 'conflict')
    .map(claim => conflictItem(claim, subject))
  const tiedHolds = holds.map(hold => tieLift(hold, waits, runs))
  const tiedRuns = tieOffboarding(tieSameType(runs), claims, subject)
  return [...tiedHolds, ...tiedRuns, ...conflicts]
}

function evaluateHolds(claims: readonly Claim[], subject: Subject): readonly HoldItem[] {
  return HOLD_NAMES.flatMap(facet => {
    const claim = claims.find(one => one.facet === facet)
    if (claim === undefined) {
      const item = subject.context.wholeTenant ? evaluateUndeclared(facet, subject) : null
      return item === null ? [] : [item]
    }
    if (claim.kind === 'conflict') return []
    return [
      claim.kind === 'expired' ? evaluateExpired(claim, subject) : evaluateHold(claim as HoldClaim, subject),
    ]
  })
}

/** One run facet that the lift of one hold waits for, asked by one policy. */
interface LiftWait {
  readonly hold: string
  readonly facet: RunFacet
  readonly policy: Policy
  /** Creation of the hold's first impose: the run must have been created since. */
  readonly since: Instant
  readonly claim: HoldClaim | ExpiredClaim
}

function liftWaits(hold: HoldItem, claims: readonly Claim[]): readonly LiftWait[] {
  const { decision, posture } = hold
  const claim = claims.find((one): one is HoldClaim | ExpiredClaim => one.address === hold.address)
  const { began } = posture
  const lifts =
    decision.kind === 'change' && decision.after === 'none' && decision.operations.includes('lift')
  if (!lifts || began === null || claim === undefined) return []
  return claim.contributors.flatMap(({ policy }) =>
    RUN_FACETS.filter(({ name }) => policy.liftAfter.includes(name)).map(facet => {
      return { hold: hold.address, facet, policy, since: began, claim }
    }),
  )
}

/** The run claims of a machine, those that a lift waits for raised to the beginning of the hold. */
function raiseRuns(
  claims: readonly Claim[],
  waits: readonly LiftWait[],
  { machine, context }: Subject,
): readonly RunClaim[] {
  const runs = new Map(claims.filter(claim => claim.kind === 'run').map(claim => [claim.address, claim]))
  for (const wait of waits) {
    const { facet } = wait
    for (const { key, wish, place } of facet.wishesOf(wait.policy.state)) {
      const address = formatAddress(machine.id, facet.name, key)
      const known = runs.get(address)
      const { within: _rolling, ...fixed } = wish
      const asked = known === undefined ? fixed : strengthened(known, wish)
      // A `since` in the future is not due yet: the lift still waits for a run since the hold began.
      const due = asked.since !== undefined && asked.since <= context.now ? asked.since : wait.since
      const since = laterOf(due, wait.since)
      const lead = { policy: wait.policy, place, named: wait.claim.lead.named }
      runs.set(address, {
        ...(known ?? {
          kind: 'run',
          facet,
          address,
          machine,
          lead,
          contributors: [lead],
          reassert: false,
        }),
        wish: { ...asked, since },
      })
    }
  }
  return [...runs.values()]
}

/** What a claim asks for, as strong as a lift has to wait for: an expired policy may want more than the live ones. */
function strengthened(
  { facet, wish }: RunClaim,
  { since: _fixed, within: _rolling, ...what }: RunWish,
): RunWish {
  return facet.join(wish, what) ?? wish
}

function laterOf(a: Instant, b: Instant): Instant {
  return a < b ? b : a
}

const ACCEPTANCE: Note = {
  code: 'scan-proves-acceptance-only',
  message:
    'a Succeeded scan says that the device accepted it, not that it found nothing; look at its alerts before you rely on the release.',
}

/** Makes a lift wait for the runs that its policies name; a run that is blocked blocks the lift. */
function tieLift(hold: HoldItem, waits: readonly LiftWait[], runs: readonly Item[]): Item {
  const facets = new Set(
    waits.filter(wait => wait.hold === hold.address).map(({ facet }) => facet.name as string),
  )
  if (facets.size === 0 || hold.decision.kind !== 'change') return hold
  const awaited = runs.filter(run => facets.has(run.facet))
  const stopped = awaited.find(run => run.decision.kind === 'blocked')
  if (stopped?.decision.kind === 'blocked')
    return { ...hold, decision: waitingLift(hold.decision, stopped.address, stopped.decision) }
  const warnings = facets.has('scanned') ? [...hold.decision.warnings, ACCEPTANCE] : hold.decision.warnings
  return {
    ...hold,
    decision: { ...hold.decision, warnings },
    dependsOn: awaited.filter(run => run.decision.kind !== 'unchanged').map(({ address }) => address),
  }
}

function waitingLift(
  lift: Decision & { kind: 'change' },
  address: string,
  stopped: Decision & { kind: 'blocked' },
): Decision {
  return {
    kind: 'blocked',
    code: stopped.code === 'waiting-for-machine' ? 'waiting-for-machine' : 'waits-for-run',
    message: `the lift waits for ${address}, which is blocked (${stopped.code}): ${stopped.message}`,
    wouldBe: lift.operations,
    before: lift.before,
    after: lift.after,
  }
}

/** Lets runs of one type wait for each other: the service does one of a type at a time on a machine. */
function tieSameType(runs: readonly Item[]): readonly Item[] {
  const last = new Map<string, string>()
  return [...runs]
    .sort((a, b) => (a.address < b.address ? -1 : 1))
    .map(run => {
      if (run.decision.kind !== 'change') return run
      const before = last.get(run.facet)
      last.set(run.facet, run.address)
      return before === undefined ? run : { ...run, dependsOn: [...run.dependsOn, before] }
    })
}

/**
 * The address of a hold that is effective or declared; an offboarded machine could never be released from it. Looks at
 * the history itself: also a hold that no policy speaks of is in the way.
 */
function holdInTheWay(claims: readonly Claim[], { machine, history, context }: Subject): string | undefined {
  const held = HOLD_NAMES.find(name => foldHold(history, HOLD_PAIRS[name], context.lens).level !== 'none')
  if (held !== undefined) return formatAddress(machine.id, held)
  return claims.find(claim => claim.kind === 'hold' && claim.level !== 'none')?.address
}

/** Lets an offboarding wait for everything else on the machine, and blocks it where a hold is in the way. */
function tieOffboarding(runs: readonly Item[], claims: readonly Claim[], subject: Subject): readonly Item[] {
  return runs.map(run => {
    if (run.facet !== 'offboarded' || run.decision.kind !== 'change') return run
    const hold = holdInTheWay(claims, subject)
    if (hold !== undefined) return { ...run, decision: heldOffboarding(run.decision, hold) }
    const others = runs.filter(
      other => other !== run && (other.decision.kind === 'change' || other.decision.kind === 'in-flight'),
    )
    return { ...run, dependsOn: others.map(({ address }) => address) }
  })
}

function heldOffboarding(change: Decision & { kind: 'change' }, address: string): Decision {
  return {
    kind: 'blocked',
    code: 'held',
    message: `${address} is held or declared held, and an offboarded machine cannot be released any more; release it first.`,
    wouldBe: change.operations,
    before: change.before,
    after: change.after,
  }
}

/** What the history says of a facet on which policies contradict each other; a run holds nothing. */
function levelNow(facet: FacetName, { history, context }: Subject): string {
  const name = HOLD_NAMES.find(hold => hold === facet)
  return name === undefined ? 'none' : foldHold(history, HOLD_PAIRS[name], context.lens).level
}

function conflictItem(claim: ConflictClaim, subject: Subject): Item {
  const { machine, context } = subject
  const before = levelNow(claim.facet, subject)
  const code = 'conflicting-policies'
  const isError = claim.isError && !context.keepGoing
  return {
    ...addressedOf(claim),
    machine,
    facet: claim.facet,
    lead: claim.lead,
    decision: {
      kind: 'blocked',
      code,
      message: claim.message,
      wouldBe: [],
      before,
      after: 'conflicting',
    },
    basis: [],
    inFlight: [],
    drift: null,
    dependsOn: [],
    assumed: false,
    comment: claim.lead.policy.reason,
    holds: before,
    error: isError ? { code, message: claim.message } : null,
  }
}
