import { failedAttempts } from '../../posture/attempts.ts'
import { foldRun, type RunPosture, runBasis } from '../../posture/fold-run.ts'
import type { RunClaim } from '../claim/claim.ts'
import { contestRun } from './contest.ts'
import { decideRun, describeDone, describeWish, isDue, unlessStuck } from './decide-run.ts'
import type { Decision } from './decision.ts'
import { addressedOf, checkChange, commentOf, findStuck, isChosen, type Subject } from './evaluation.ts'
import { earliestOf } from './freshness.ts'
import type { DriftFinding, Item } from './item.ts'
import { offboardingOf } from './offboarding.ts'

/** Judges an event facet that policies declare, or that a lift waits for. */
export function evaluateRun(claim: RunClaim, subject: Subject): Item {
  const { machine, history, context } = subject
  const { facet, wish } = claim
  const item = addressedOf(claim)
  const posture = foldRun(history, facet.type, action => facet.isAbout(action, wish))
  const raw =
    reOnboarded(claim, posture) ??
    unlessStuck(
      decideRun(facet, wish, posture, context.now, isChosen(context.resubmit, item)),
      facet,
      wish,
      posture,
      context.observedAt,
    )
  return {
    ...item,
    machine,
    facet: facet.name,
    lead: claim.lead,
    decision: raw.kind === 'change' ? checked(raw, claim, posture, subject) : raw,
    basis: runBasis(posture),
    inFlight: posture.inFlight,
    drift: driftOf(claim, raw, posture, subject),
    dependsOn: raw.kind === 'change' && raw.waitsForInFlight ? [claim.address] : [],
    assumed: false,
    comment: commentOf(claim.lead, item, context),
    error: null,
    holds: describeDone(facet, posture),
  }
}

/** An offboarding is done once: a machine that reports again was put back by somebody (docs/contract.md#offboarding). */
function reOnboarded({ facet, machine }: RunClaim, posture: RunPosture): Decision | undefined {
  if (facet.name !== 'offboarded' || offboardingOf(machine, posture) !== 're-onboarded') return undefined
  return {
    kind: 'blocked',
    code: 're-onboarded',
    message:
      'the machine was offboarded and has reported again; whoever put it back should decide. Take it out of the policy, or `--resubmit ADDR --reason TEXT`.',
    wouldBe: ['run'],
    before: 'offboarded',
    after: 'offboarded',
  }
}

function checked(
  raw: Decision & { kind: 'change' },
  claim: RunClaim,
  posture: RunPosture,
  subject: Subject,
): Decision {
  const { facet, wish } = claim
  const { contest, now } = subject.context
  const contested =
    claim.reassert || raw.reason === 'resubmitted'
      ? undefined
      : contestRun(posture, earliestOf(wish, now), contest)
  return checkChange(
    raw,
    {
      item: addressedOf(claim),
      facet: facet.name,
      releases: false,
      named: claim.contributors.some(({ named }) => named),
      isAbout: action => facet.isAbout(action, wish),
      contested,
    },
    subject,
  )
}

function driftOf(claim: RunClaim, raw: Decision, posture: RunPosture, subject: Subject): DriftFinding | null {
  const { facet, wish } = claim
  const { context, history } = subject
  const base = { expected: describeWish(facet, wish), actual: describeDone(facet, posture) }
  const stuck = findStuck(
    posture.inFlight.filter(action => facet.isAbout(action, wish)),
    context.observedAt,
  )
  if (stuck !== undefined) return { ...base, kind: 'stuck', by: stuck }
  if (raw.kind === 'unchanged' || raw.kind === 'in-flight') return null
  const failed = failedAttempts(history, facet.type, context.name, action => facet.isAbout(action, wish)).at(
    -1,
  )
  if (failed !== undefined) return { ...base, kind: 'failing', by: failed }
  const latest = posture.succeeded.at(-1) ?? null
  return { ...base, kind: isDue(facet, wish, posture, context.now) ? 'due' : 'missing', by: latest }
}
