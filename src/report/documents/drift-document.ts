import type { Coverage } from '../../analysis/explain/coverage.ts'
import type { Actor, Drift, DriftKind, Plan } from '../../plan/document/document.ts'
import { driftIdOf } from '../../plan/document/drift-id.ts'
import { formatInstant, type Instant, parseInstant } from '../../schema/instant.ts'
import { wayOutOf } from '../words/drift-kinds.ts'
import { compareText } from '../words/words.ts'

/** One finding of a drift document. */
export interface DriftEntry extends Drift {
  /** 32 hex digits: the same in every run while the finding is the same. */
  readonly id: string
  /** What to do about it. */
  readonly wayOut: string
}

/** Whose doing drift is, and how much of it. */
export interface DriftActor {
  /** Null where no action tells who. */
  readonly class: Actor['class'] | null
  /** Null for our own actions, and where the service does not tell. */
  readonly requestor: string | null
  readonly count: number
  readonly kinds: { readonly [kind in DriftKind]?: number }
}

/** The drift document of `drift --json`: what moved, and what that was read from. */
export interface DriftDocument
  extends Pick<
    Plan,
    | 'formatVersion'
    | 'toolVersion'
    | 'createdAt'
    | 'asOf'
    | 'nextLookAt'
    | 'target'
    | 'source'
    | 'observed'
    | 'complete'
    | 'errored'
    | 'inFlight'
    | 'diagnostics'
  > {
  /** What `--since` leaves out: findings whose action is older. What no action tells of has no time and stays. */
  readonly since: { readonly at: string; readonly leftOut: number } | null
  /** Whether there is drift. */
  readonly drifted: boolean
  /** Null where not all was read. */
  readonly coverage: Coverage | null
  readonly drift: readonly DriftEntry[]
  /** Rolling runs that went stale by time alone, which is no drift. */
  readonly due: readonly DriftEntry[]
  /** Whose doing the drift is, the most first. */
  readonly actors: readonly DriftActor[]
  /** How many there are of each kind that occurs, `due` too. */
  readonly summary: { readonly [kind in DriftKind]?: number }
}

function countKinds(items: readonly Drift[]): DriftDocument['summary'] {
  const counts: { [kind in DriftKind]?: number } = {}
  for (const { kind } of items) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

function actorsOf(drift: readonly Drift[]): readonly DriftActor[] {
  const groups = new Map<string, Drift[]>()
  for (const item of drift) {
    const { actor } = item
    const key = JSON.stringify([actor?.class, actor?.class === 'own' ? null : actor?.requestor])
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [item])
    else known.push(item)
  }
  return [...groups]
    .sort(([a, first], [b, second]) => second.length - first.length || compareText(a, b))
    .map(([, items]) => {
      const actor = items[0]?.actor
      return {
        class: actor?.class ?? null,
        requestor: actor?.class === 'own' ? null : (actor?.requestor ?? null),
        count: items.length,
        kinds: countKinds(items),
      }
    })
}

/** Says whether a finding is as young as asked for; what has no time is never left out. */
function isSince({ actor }: Drift, since: Instant | undefined): boolean {
  const time = actor === null ? undefined : parseInstant(actor.at)
  return since === undefined || time === undefined || time >= since
}

/**
 * Takes out of a plan what `drift` tells.
 *
 * @param since - Leaves out what an older action tells of.
 */
export function driftDocument(plan: Plan, coverage: Coverage | null, since?: Instant): DriftDocument {
  const { formatVersion, toolVersion, createdAt, asOf, nextLookAt, target, source, observed } = plan
  const { complete, errored, inFlight, diagnostics } = plan
  const told = plan.drift.filter(item => isSince(item, since))
  const entries = told.map((item): DriftEntry => {
    return { id: driftIdOf(target, item), ...item, wayOut: wayOutOf(item) }
  })
  const drift = entries.filter(({ kind }) => kind !== 'due')
  return {
    formatVersion,
    toolVersion,
    createdAt,
    ...(asOf === undefined ? {} : { asOf }),
    nextLookAt,
    target,
    source,
    observed,
    complete,
    errored,
    since:
      since === undefined ? null : { at: formatInstant(since), leftOut: plan.drift.length - told.length },
    drifted: drift.length > 0,
    coverage,
    drift,
    due: entries.filter(({ kind }) => kind === 'due'),
    actors: actorsOf(drift),
    inFlight,
    diagnostics,
    summary: countKinds(told),
  }
}
