import type { SchemaCode } from './codes.ts'
import type { Configuration } from './configuration.ts'
import type { Diagnostic, Place } from './diagnostic.ts'
import type { Freshness, Policy } from './policy.ts'

function error(
  code: SchemaCode,
  message: string,
  place: Place,
  related?: NonNullable<Diagnostic['related']>,
): Diagnostic {
  return { severity: 'error', code, message, place, ...(related === undefined ? {} : { related }) }
}

function comparePlaces(a: Place, b: Place): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line || a.column - b.column
}

/** Every policy whose name an earlier one has; earlier by file and line, so that the order of loading does not matter. */
function findDuplicates(policies: readonly Policy[]): readonly Diagnostic[] {
  const first = new Map<string, Policy>()
  const diagnostics: Diagnostic[] = []
  for (const policy of policies.toSorted((a, b) => comparePlaces(a.place, b.place))) {
    const earlier = first.get(policy.name)
    if (earlier === undefined) {
      first.set(policy.name, policy)
      continue
    }
    const { file, line } = earlier.place
    const message = `the policy \`${policy.name}\` is declared in ${file}:${line} already: names are unique in the whole set, rename one`
    const related = [{ message: `\`${policy.name}\` is declared here first`, place: earlier.place }]
    diagnostics.push(error('duplicate-policy', message, policy.place, related))
  }
  return diagnostics
}

/** Every key that the configuration demands and the policy does not have. */
function findDemanded(policy: Policy, { require = [], file }: Configuration): readonly Diagnostic[] {
  return require
    .filter(key => policy[key] === undefined)
    .map(key => {
      const message = `the policy has no \`${key}\`, and \`require\` of ${file ?? 'the configuration'} demands it: add the key`
      return error('required-by-configuration', message, policy.place)
    })
}

function freshnessOf({ state }: Policy): readonly { readonly wish: Freshness; readonly place: Place }[] {
  const placed = [state.scanned, state.collected].flatMap(facet =>
    facet === undefined ? [] : [{ wish: facet.value, place: facet.place }],
  )
  return [...placed, ...(state.liveResponse ?? []).map(wish => ({ wish, place: wish.place }))]
}

/** Every `within` that reaches further back than the history that is read. */
function findUnknowable(policy: Policy, { history }: Configuration): readonly Diagnostic[] {
  return freshnessOf(policy).flatMap(({ wish: { within }, place }) => {
    if (within === undefined || within.ms <= history.lookback.ms) return []
    const message = `\`within: ${within.text}\` reaches further back than the history that is read (\`history.lookback: ${history.lookback.text}\`): shorten it, or raise the look-back`
    return [error('within-exceeds-lookback', message, place)]
  })
}

/**
 * Checks what no single file shows: names that are taken, wishes that the configuration makes impossible, and keys that
 * it demands.
 *
 * @returns Errors with places but without source lines, in the order of the places; `quoteSources` adds the lines.
 */
export function checkPolicySet(
  policies: readonly Policy[],
  configuration: Configuration,
): readonly Diagnostic[] {
  const unknowable = policies.flatMap(policy => findUnknowable(policy, configuration))
  const demanded = policies.flatMap(policy => findDemanded(policy, configuration))
  return [...findDuplicates(policies), ...unknowable, ...demanded]
}
