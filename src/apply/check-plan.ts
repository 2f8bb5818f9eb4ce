import { stopsApply } from '../plan/assemble/guards.ts'
import type { Rollout } from '../plan/assemble/rollout.ts'
import type { Guard, Plan } from '../plan/document/document.ts'
import { describeFreeze, freezeInForce } from '../plan/document/freeze.ts'
import type { Observation } from '../plan/select/observation.ts'
import type { Configuration } from '../schema/configuration.ts'
import { type Instant, parseInstant } from '../schema/instant.ts'
import type { ApplyOptions } from './apply-options.ts'
import { type ApplyCode, explain } from './codes.ts'
import type { ExitInput } from './exit-code.ts'

/** Why nothing of a plan is submitted. */
export interface Refusal {
  readonly overall: NonNullable<ExitInput['overall']>
  readonly code: ApplyCode
  readonly message: string
}

/** Checks what can be checked without asking the service; null where nothing stands in the way. */
export function checkPlan(plan: Plan, options: ApplyOptions): Refusal | null {
  if (plan.errored || !plan.observed.complete || plan.asOf !== undefined) {
    return { overall: 'error', code: 'not-applyable', message: explain('not-applyable') }
  }
  const failed = plan.guards.filter(stopsApply)
  const refused = checkGuards(failed, options)
  if (refused !== null) return refused
  if (!plan.applyable && failed.length === 0) {
    return { overall: 'error', code: 'not-applyable', message: explain('not-applyable') }
  }
  const isIdle = plan.changes.length === 0 && !plan.inFlight.some(({ awaited }) => awaited)
  return isIdle && plan.blocked.some(({ code }) => code !== 'waiting-for-machine') ? ONLY_BLOCKED : null
}

/** The end of an apply that was interrupted before anything was sent. */
export const INTERRUPTED: Refusal = {
  overall: 'signal',
  code: 'interrupted',
  message: explain('interrupted'),
}

/** A plan of which nothing can be submitted. */
export const ONLY_BLOCKED: Refusal = {
  overall: 'refused',
  code: 'only-blocked',
  message: explain('only-blocked'),
}

/** Refuses where waves are asked for that nobody would see the end of. */
export function checkRollout(
  rollout: Rollout | undefined,
  { noWait, noWaves = false }: Pick<ApplyOptions, 'noWait' | 'noWaves'>,
): Refusal | null {
  if (rollout === undefined || noWaves || !noWait) return null
  return { overall: 'error', code: 'waves-need-wait', message: explain('waves-need-wait') }
}

/** Refuses while the configuration, as it is at apply, freezes everything. */
export function checkFreeze(
  configuration: Configuration,
  now: Instant,
  { renewals = false }: Pick<ApplyOptions, 'renewals'>,
): Refusal | null {
  const freeze = freezeInForce(configuration, now)
  if (freeze === undefined || (renewals && freeze.renewals === true)) return null
  return { overall: 'refused', code: 'frozen', message: explain('frozen', describeFreeze(freeze)) }
}

/** Refuses where a guard that stops the whole apply failed and is not overridden by name. */
export function checkGuards(guards: readonly Guard[], options: ApplyOptions): Refusal | null {
  // Renewals repeat what was approved, and a lift beside them must not keep them back.
  if (options.renewals === true) return null
  const standing = guards.filter(guard => stopsApply(guard) && !options.overriddenGuards.includes(guard.name))
  if (standing.length === 0) return null
  const what = standing.map(({ name, message }) => message ?? `${name} failed.`).join(' ')
  return { overall: 'refused', code: 'guard-failed', message: explain('guard-failed', what) }
}

/** Checks a plan against what was just read: that all was read, of the same target, and before the plan expired. */
export function checkObservation(plan: Plan, observation: Observation): Refusal | null {
  const { failures, target, readAt } = observation
  if (failures.length > 0) {
    const what = failures.map(({ code, message }) => `${code}: ${message}`).join(' ')
    return { overall: 'error', code: 'observe-failed', message: explain('observe-failed', what) }
  }
  if (target.endpoint !== plan.target.endpoint || target.tenantId !== plan.target.tenantId) {
    const what = `The plan is for ${nameOf(plan.target)}, and this is ${nameOf(target)}.`
    return { overall: 'stale', code: 'other-target', message: explain('other-target', what) }
  }
  const expires = parseInstant(plan.expiresAt)
  if (expires === undefined || expires <= readAt) {
    return {
      overall: 'stale',
      code: 'expired',
      message: explain('expired', `The plan expired at ${plan.expiresAt}.`),
    }
  }
  return null
}

function nameOf({ endpoint, tenantId }: Plan['target']): string {
  return `${endpoint} (${tenantId === null ? 'tenant unknown' : `tenant ${tenantId}`})`
}
