import { compareText } from '../../posture/history.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { Instant } from '../../schema/instant.ts'
import type { FacetName } from '../../schema/policy.ts'
import { hasExpired } from '../claim/compose.ts'
import type { Blocked } from '../document/document.ts'
import type { Item } from '../judge/item.ts'
import type { ResolveProblem } from './resolve.ts'

/** An expired policy declares nothing, so that what it names may be gone without being an error. */
function isError(problem: ResolveProblem, at: Instant): boolean {
  return problem.severity === 'error' && !hasExpired(problem.policy, at)
}

/** What to tell about entries that do not resolve; with `--keep-going` an error becomes a blocked item. */
export function problemDiagnostics(
  problems: readonly ResolveProblem[],
  keepGoing: boolean,
  at: Instant,
): readonly Diagnostic[] {
  return problems
    .filter(problem => !(keepGoing && isError(problem, at)))
    .map(problem => ({
      severity: isError(problem, at) ? 'error' : 'warning',
      code: problem.code,
      message: problem.message,
      place: problem.place,
    }))
}

/**
 * Turns unresolved entries into blocked items under `--keep-going`: one per name and facet that its policy declares.
 * Where the name stands in `except`, nobody knows what was meant to be left out, and the policy's changes are blocked.
 */
export function blockUnresolved(
  items: readonly Item[],
  problems: readonly ResolveProblem[],
  keepGoing: boolean,
  at: Instant,
): { readonly items: readonly Item[]; readonly blocked: readonly Blocked[] } {
  if (!keepGoing) return { items, blocked: [] }
  const errors = problems.filter(problem => isError(problem, at))
  const doubtful = new Map(
    errors.filter(({ inMachines }) => !inMachines).map(problem => [problem.policy.name, problem]),
  )
  const named = errors
    .filter(({ inMachines }) => inMachines)
    .sort((a, b) => compareText(b.policy.name, a.policy.name))
  const blocked = named.flatMap(blockedName)
  return { items: items.map(item => blockDoubtful(item, doubtful)), blocked: uniqueByAddress(blocked) }
}

function blockedName({ policy, place, name = '', code, message }: ResolveProblem): readonly Blocked[] {
  return (Object.keys(policy.state) as FacetName[]).map(facet => ({
    address: `${name}/${facet}`,
    machine: null,
    facet,
    code,
    message,
    wouldBe: [],
    before: null,
    after: null,
    policy: { name: policy.name, file: place.file, line: place.line, column: place.column },
    basis: [],
  }))
}

/** Of several policies that name the same machine the first by name says it. */
function uniqueByAddress(blocked: readonly Blocked[]): readonly Blocked[] {
  return [...new Map(blocked.map(item => [item.address, item])).values()]
}

function blockDoubtful(item: Item, doubtful: ReadonlyMap<string, ResolveProblem>): Item {
  const problem = item.policies.map(name => doubtful.get(name)).find(found => found !== undefined)
  const { decision } = item
  if (problem === undefined || decision.kind !== 'change') return item
  return {
    ...item,
    decision: {
      kind: 'blocked',
      code: problem.code,
      message: `its policy excepts "${problem.name}": ${problem.message}`,
      wouldBe: decision.operations,
      before: decision.before,
      after: decision.after,
    },
  }
}
