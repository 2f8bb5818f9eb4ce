import type { Change } from '../../plan/document/document.ts'
import { policyPlace, shownTime } from '../words/words.ts'

/** Facets by how much they matter to who reads the heading; also the order of the lines of a block. */
export const FACET_ORDER: readonly string[] = [
  'offboarded',
  'isolated',
  'restricted',
  'quarantined',
  'liveResponse',
  'collected',
  'scanned',
]

/** What happens to a machine, by facet and operation, for `… will …`. */
const VERBS: Readonly<Record<string, (change: Change) => string>> = {
  'isolated impose': ({ after }) => `be isolated (${after})`,
  'isolated lift': () => 'be released from isolation',
  'isolated cancel': ({ after }) => `have a pending isolation change cancelled (stays ${after})`,
  'isolated change': ({ before, after }) => `be isolated anew (${before} to ${after})`,
  'restricted impose': () => 'be restricted to signed code',
  'restricted lift': () => 'be released from the restriction to signed code',
  'restricted cancel': ({ after }) => `have a pending restriction change cancelled (stays ${after})`,
  'restricted change': () => 'be restricted anew',
  'scanned run': () => 'be scanned',
  'collected run': () => 'have an investigation package collected',
  'quarantined run': () => 'have a file stopped and quarantined',
  'liveResponse run': () => 'run live response commands',
  'offboarded run': () => 'be offboarded, for good',
}

/** The facets for which a cancel says what stays. */
const NAMED_CANCELS: ReadonlySet<string> = new Set(['isolated', 'restricted'])

/** The sentence about the change that matters most on a machine: `will be isolated (full)`. Not yet escaped. */
export function sentenceOf(change: Change): string {
  const steps =
    change.operations.length > 1 ? change.operations.filter(step => step !== 'cancel') : change.operations
  if (steps.join() === 'cancel' && !NAMED_CANCELS.has(change.facet))
    return `will have a pending run called back (${change.facet})`
  const verb = VERBS[`${change.facet} ${steps.length > 1 ? 'change' : steps[0]}`]
  return `will ${verb === undefined ? `have ${change.facet} changed` : verb(change)}`
}

/** The closed set of reasons, in words. */
const REASONS: Readonly<Record<string, string>> = {
  'not-isolated': 'not isolated now',
  'not-restricted': 'not restricted now',
  'not-run': 'not done as asked',
  due: 'done before, no longer fresh',
  'other-scope': 'isolated in another scope',
  'declared-released': 'declared as released',
  expired: 'the policy has expired',
  orphaned: 'no policy declares it any more',
  'effect-uncertain': 'a newer action may have taken effect',
  resubmitted: 'asked for with --resubmit',
  renewed: 'ended by itself, renewed',
  lapsed: 'ended by itself',
  lost: 'the device denies it',
  'opposite-in-flight': 'the opposite is in flight',
  undone: 'the plan that did it is undone',
}

/** Why a change is planned, in words. Not yet escaped. */
export function reasonOf(change: Change): string {
  return change.basis.length === 0
    ? 'no earlier action'
    : (REASONS[change.reason] ?? change.reason.replaceAll('-', ' '))
}

/** Which policy asks, where it stands and until when: `contain-finance, policies/a.yaml:12, until 2026-12-01 06:00Z`. */
export function originOf(policy: Change['policy']): string {
  if (policy === null) return 'no live policy asks for it'
  const until = policy.expires === undefined ? '' : `, until ${shownTime(policy.expires)}`
  return `${policy.name}, ${policyPlace(policy)}${until}`
}
