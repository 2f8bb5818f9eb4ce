import type { Rollout } from '../plan/assemble/rollout.ts'
import type { Plan } from '../plan/document/document.ts'
import type { Instant } from '../schema/instant.ts'
import type { ApplyDependencies, ApplyOptions } from './apply-options.ts'
import type { Beginning } from './begin.ts'
import { buildResult, outcomeOf } from './build-result.ts'
import type { Refusal } from './check-plan.ts'
import { unsubmittedItems } from './close-items.ts'
import { judgeUnsentHolds } from './judge-holds.ts'
import type { KnownActions } from './known-actions.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { ApplyResult } from './result.ts'
import type { RunClock } from './run-clock.ts'

/** What one apply works with from its beginning. */
export interface ApplyContext {
  readonly plan: Plan
  readonly deps: ApplyDependencies
  readonly options: ApplyOptions
  readonly clock: RunClock
  readonly startedAt: Instant
  readonly lease: LeaseKeeper
  readonly rollout: Rollout | undefined
  /** What is told with the result, whatever it is. */
  readonly notes: ApplyResult['diagnostics'][number][]
}

/** What is known by the time an apply ends early. */
export interface EarlyKnowledge {
  readonly items: Beginning['items']
  readonly known: KnownActions
  /** The service's clock. */
  readonly now: Instant
  readonly moved?: ApplyResult['moved']
}

/** The result of an apply that submits nothing. */
export function endEarly(
  { plan, deps, options, clock, startedAt, notes }: ApplyContext,
  { overall, code, message }: Refusal,
  knowledge?: EarlyKnowledge,
): ApplyResult {
  const { known, moved = [] } = knowledge ?? {}
  const ended = unsubmittedItems(plan, code, knowledge?.items.values())
  const { configuration } = deps
  const { items, chainOpen } =
    knowledge === undefined
      ? { items: ended, chainOpen: [] }
      : judgeUnsentHolds(ended, knowledge.known, {
          configuration,
          planId: plan.planId,
          renewalsId: plan.renewalsId,
          now: knowledge.now,
          lens: knowledge.known.lens,
        })
  return buildResult({
    plan,
    options,
    startedAt,
    finishedAt: clock.now(),
    overall,
    outcomes: items.map(outcomeOf),
    chainOpen,
    diagnostics: [...notes, { severity: 'error', code: moved.length > 0 ? 'moved' : code, message }],
    moved,
    ...(known === undefined ? {} : { known }),
  })
}
