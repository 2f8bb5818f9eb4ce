import { PLAN_CODES, type PlanCode } from '../../plan/document/codes.ts'
import type { ExplainedFacet, ExplainedPolicy, Verdict } from './explain.ts'

type Told = Omit<ExplainedFacet, 'outlook'>

function ofVerdict(verdict: Verdict): readonly string[] {
  switch (verdict.kind) {
    case 'change':
      return [
        verdict.dependsOn.length === 0
          ? '`holdfast apply` sends it.'
          : `\`holdfast apply\` sends it once ${verdict.dependsOn.join(' and ')} has succeeded.`,
      ]
    case 'blocked':
      return [PLAN_CODES[verdict.code as PlanCode].wayOut]
    case 'in-flight':
      return [
        'When what is in flight ends Succeeded nothing is left to do; with another end it is planned anew.',
      ]
    default:
      return []
  }
}

function ofDrift({ drift, facet }: Told): readonly string[] {
  switch (drift?.kind) {
    case 'orphaned':
      return ['`holdfast plan --prune` lifts it; a policy that declares it keeps it.']
    case 'undeclared':
      return [`Nothing touches it. A policy with \`${facet}: false\` and \`reassert: true\` would lift it.`]
    default:
      return []
  }
}

function ofExpiry(facet: string, { name, expires, expired, onExpiry }: ExplainedPolicy): readonly string[] {
  const isHold = facet === 'isolated' || facet === 'restricted'
  if (expires === undefined || expired) return []
  if (!isHold) return [`From ${expires} on the policy ${name} declares nothing.`]
  const then = onExpiry === 'lift' ? 'its own hold is lifted' : 'its own hold is only reported'
  return [
    `From ${expires} on the policy ${name} declares nothing, and ${then} unless another policy declares it.`,
  ]
}

function ofDeclaration({ declared, facet, holds, verdict }: Told): readonly string[] {
  const isHold = facet === 'isolated' || facet === 'restricted'
  const isLive = declared.some(({ expired }) => !expired)
  if (declared.length === 0)
    return isHold && holds === 'none' ? [`A policy that declares ${facet} would change it.`] : []
  if (!isLive || verdict.kind !== 'unchanged') return []
  if (!isHold) return ['A `since` later than the latest run, or a `within` that has gone by, runs it again.']
  return holds === 'none'
    ? [`Another value of ${facet} in a policy would change it, or somebody who imposes a hold by hand.`]
    : [`\`${facet}: false\` releases it; taking it out of the policy does not.`]
}

/** Says what would change how a facet stands and what is planned for it: one sentence each. */
export function outlookOf(told: Told): readonly string[] {
  return [
    ...ofVerdict(told.verdict),
    ...ofDeclaration(told),
    ...ofDrift(told),
    ...told.declared.flatMap(policy => ofExpiry(told.facet, policy)),
    ...(told.confidence === 'uncertain' ? [PLAN_CODES['effect-uncertain'].wayOut] : []),
  ]
}
