import type { ExplainedFacet, ExplainedPolicy, Explanation, Verdict } from '../../analysis/explain/explain.ts'
import type { ActionEffect, Confidence, ExplainedAction } from '../../analysis/explain/explain-facet.ts'
import { shownValue } from '../words/plan-line.ts'
import { actorWords } from '../words/posture-words.ts'
import { joined, policyPlace, shownActor, shownTime } from '../words/words.ts'
import type { Detail } from './detail-block.ts'

const EFFECTS: Readonly<Record<ActionEffect, string>> = {
  decides: 'decides',
  beneath: 'holds beneath it',
  superseded: 'superseded',
  'ended-later': 'changed nothing for sure',
  'in-flight': 'in flight',
}

function confidenceWords(confidence: Confidence, { wholeLife, historyFrom }: Explanation): string {
  if (confidence === 'decided') return 'decided by an action'
  if (confidence === 'lapsed')
    return 'lapsed: the service keeps an isolation for a time only, and that is over'
  if (confidence === 'lost') return 'lost: the device reports that it is not isolated'
  if (confidence === 'uncertain') return 'uncertain: a later action may have taken effect in part'
  return wholeLife
    ? 'assumed: no action about it since the machine was first seen'
    : `assumed: no action about it since ${shownTime(historyFrom)}, and the service forgets what was before`
}

function policyWords(policy: ExplainedPolicy): string {
  const { name, wants, matchedBy, reason, owner, ticket, expires, expired, leads } = policy
  const lines = `matched by line${matchedBy.length === 1 ? '' : 's'} ${matchedBy.join(' and ')}`
  const until = expires !== undefined && `${expired ? 'expired' : 'until'} ${shownTime(expires)}`
  return joined([
    `${wants} by ${name} ${policyPlace(policy)}`,
    lines,
    until,
    leads ? null : 'joined',
    `reason: ${reason}`,
    owner !== null && `owner ${owner}`,
    ticket !== null && `ticket ${ticket}`,
  ])
}

function actionWords(action: ExplainedAction): string {
  const { type, scope, status, createdAt, at, effect, actionId } = action
  const what = scope === null ? type : `${type} (${scope.toLowerCase()})`
  const ended = effect === 'in-flight' ? 'last heard of' : 'ended'
  return joined([
    `${EFFECTS[effect]}: ${what} ${status}`,
    `created ${shownTime(createdAt)}`,
    `${ended} ${shownTime(at)}`,
    `by ${actorWords(action)}`,
    actionId,
  ])
}

function verdictDetails(verdict: Verdict, isDeclared: boolean): readonly Detail[] {
  switch (verdict.kind) {
    case 'change':
      return [
        [
          'plan',
          `${verdict.operations.join(', then ')}: ${verdict.before} -> ${verdict.after} (${verdict.reason})`,
        ],
        ['sends', verdict.requests.join(', then ')],
        ['waits for', verdict.dependsOn.join(', ')],
        ...verdict.warnings.map(({ code, message }): Detail => ['warning', `${code}: ${message}`]),
      ]
    case 'blocked':
      return [
        [
          'plan',
          joined(['blocked', verdict.wouldBe.length > 0 && `would be ${verdict.wouldBe.join(', then ')}`]),
        ],
        ['because', `${verdict.code}: ${verdict.message}`],
      ]
    case 'in-flight':
      return [['plan', `awaits ${verdict.awaited.join(', ')}, sends nothing`]]
    default:
      return [
        ['plan', isDeclared ? 'nothing: it is as declared' : 'nothing: no live policy speaks of it'],
        ...verdict.notes.map(({ code, message }): Detail => ['note', `${code}: ${message}`]),
      ]
  }
}

/** The lines about one facet, not yet escaped: what is asked, what holds and why, what is planned, what changes it. */
export function facetDetails(facet: ExplainedFacet, explanation: Explanation): readonly Detail[] {
  const { declared, holds, confidence, until, actions, verdict, drift, outlook } = facet
  const isLive = declared.some(({ expired }) => !expired)
  return [
    ...(declared.length === 0
      ? [['declared', 'by no policy'] as const]
      : declared.map((policy): Detail => ['declared', policyWords(policy)])),
    ['holds', shownValue(holds)],
    [confidence === 'lapsed' ? 'ended' : 'until', until === undefined ? null : shownTime(until)],
    ['confidence', confidenceWords(confidence, explanation)],
    ...actions.map((action): Detail => ['action', actionWords(action)]),
    ...verdictDetails(verdict, isLive),
    ['drift', drift && joined([drift.kind, drift.actor && shownActor(drift.actor)])],
    ...outlook.map((sentence): Detail => ['outlook', sentence]),
  ]
}

/** The lines about the machine and the plan as a whole, not yet escaped. */
export function explanationDetails(explanation: Explanation): readonly Detail[] {
  const { machine, readAt, historyFrom, asOf, plan, target } = explanation
  const { lastSeen } = machine
  return [
    ['id', machine.id],
    ['system', machine.osPlatform],
    ['health', machine.healthStatus],
    ['last seen', lastSeen && shownTime(lastSeen)],
    ['device group', machine.rbacGroupName],
    ['read', `${shownTime(readAt)} from ${target.endpoint}, history since ${shownTime(historyFrom)}`],
    ['as of', asOf && shownTime(asOf)],
    ['plan', `${plan.planId}, ${plan.applyable ? 'applyable' : 'not applyable'}`],
    ...plan.obstacles.map((obstacle): Detail => ['stopped by', obstacle]),
  ]
}
