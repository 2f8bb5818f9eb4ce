import type { Drift, Plan } from '../plan/document.ts'
import { driftByKind, hasDrift } from './drift-kinds.ts'

/** The drift document of `drift --json`: what moved, and what that was read from. */
export interface DriftDocument
  extends Pick<
    Plan,
    | 'formatVersion'
    | 'toolVersion'
    | 'createdAt'
    | 'target'
    | 'source'
    | 'observed'
    | 'complete'
    | 'errored'
    | 'drift'
    | 'inFlight'
    | 'diagnostics'
  > {
  /** Whether anything but `due` is there. */
  readonly drifted: boolean
  /** How many there are of each kind that occurs. */
  readonly summary: { readonly [kind in Drift['kind']]?: number }
}

/** Takes out of a plan what `drift` tells. */
export function driftDocument(plan: Plan): DriftDocument {
  const { formatVersion, toolVersion, createdAt, target, source, observed } = plan
  const { complete, errored, drift, inFlight, diagnostics } = plan
  return {
    formatVersion,
    toolVersion,
    createdAt,
    target,
    source,
    observed,
    complete,
    errored,
    drifted: hasDrift(plan),
    drift,
    inFlight,
    diagnostics,
    summary: Object.fromEntries(driftByKind(plan).map(({ telling, items }) => [telling.kind, items.length])),
  }
}
