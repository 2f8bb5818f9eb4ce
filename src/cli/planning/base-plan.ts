import { comparePlans } from '../../analysis/compare/compare-plans.ts'
import { createPlan } from '../../plan/assemble/create-plan.ts'
import type { Comparison, Plan } from '../../plan/document/document.ts'
import { needOf } from '../../plan/select/need.ts'
import { type Need, shortenHistory } from '../../plan/select/observation.ts'
import type { PlanInput, PlanOptions } from '../../plan/select/plan-input.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Policy } from '../../schema/policy.ts'
import type { BaseDeclaration } from '../declaration/base-declaration.ts'
import type { Declaration } from '../declaration/declaration.ts'

/** What one observation has to hold so that both declarations can be planned on it. */
export function needWithBase(need: Need, now: Declaration, base: BaseDeclaration, at: Instant): Need {
  const policies = [...now.policies, ...base.policies]
  const both = needOf(policies, base.configuration, at, { wholeTenant: need.scope === 'tenant' })
  const [historyFrom = at] = [both.historyFrom, need.historyFrom].sort()
  return {
    ...both,
    historyFrom,
    countOnboarded: both.countOnboarded || need.countOnboarded,
  }
}

/** Policies that path arguments chose, by name or by the file that they stood in at the base. */
function chosenAtBase({ chosen }: PlanOptions, now: readonly Policy[], base: readonly Policy[]) {
  if (chosen === undefined) return undefined
  const files = new Set(now.filter(({ name }) => chosen.includes(name)).map(({ place }) => place.file))
  return base
    .filter(({ name, place }) => chosen.includes(name) || files.has(place.file))
    .map(({ name }) => name)
}

/** The same request where a policy that they name may not be declared yet. */
function optionsAtBase(options: PlanOptions, now: readonly Policy[], base: readonly Policy[]): PlanOptions {
  const names = new Set(base.map(({ name }) => `policy:${name}`))
  const known = (texts: readonly string[]): readonly string[] =>
    texts.filter(text => !text.startsWith('policy:') || names.has(text.split('/', 1)[0] as string))
  const targets = known(options.targets)
  const nothing = options.targets.length > 0 && targets.length === 0
  const chosen = nothing ? [] : chosenAtBase(options, now, base)
  return {
    ...options,
    targets,
    excludes: known(options.excludes),
    reassert: known(options.reassert),
    retry: known(options.retry),
    resubmit: known(options.resubmit),
    ...(chosen === undefined ? {} : { chosen }),
  }
}

/**
 * Plans the other declaration on what was observed for both, and says what the plan changes against it.
 *
 * @param input - What the plan was made from, with the whole observation and what reading the service found.
 * @param at - The time that look-backs were counted from.
 */
export function compareWithBase(
  plan: Plan,
  input: PlanInput,
  base: BaseDeclaration,
  at: Instant,
): Comparison {
  const { policies, configuration, revision, commit } = base
  const { historyFrom } = needOf(policies, configuration, at, { wholeTenant: false })
  const basePlan = createPlan({
    ...input,
    policies,
    configuration,
    observation: shortenHistory(input.observation, historyFrom),
    source: { commit, dirty: false, files: base.files },
    diagnostics: [...base.diagnostics, ...input.diagnostics],
    options: optionsAtBase(input.options, input.policies, policies),
  })
  return comparePlans(basePlan, plan, { revision, commit, policies: policies.length })
}
