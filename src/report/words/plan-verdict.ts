import { stopsApply } from '../../plan/assemble/guards.ts'
import type { Plan } from '../../plan/document/document.ts'
import { counted, shownTime } from './words.ts'

/** Why a plan cannot be applied, all reasons in one sentence without its full stop; null where it can. Not escaped. */
export function whyNotApplyable(plan: Plan): string | null {
  if (plan.applyable && plan.complete && !plan.errored) return null
  const errors = plan.diagnostics.filter(({ severity }) => severity === 'error').length
  const guards = plan.guards.filter(stopsApply)
  const reasons = [
    ...(plan.errored
      ? [
          errors === 0
            ? 'planning ended in an error'
            : `there ${errors === 1 ? 'is' : 'are'} ${counted(errors, 'error')}, listed below`,
        ]
      : []),
    ...(plan.complete ? [] : ['a read failed, and what was not read is unknown, not absent']),
    ...guards.map(({ name, actual, limit }) => `guard ${name} failed (${actual}, at most ${limit})`),
    ...(plan.asOf === undefined ? [] : [`it was made as of ${shownTime(plan.asOf)}`]),
  ]
  return reasons.length === 0 ? 'it is marked as not applyable' : reasons.join('; ')
}

/** Says whether nothing is to be done and the plan knows it for sure. */
export function isConverged(plan: Plan): boolean {
  const open = plan.changes.length + plan.blocked.length + plan.inFlight.length
  return open === 0 && plan.complete && plan.observed.complete && !plan.errored
}

/** The number and time that every "nothing found" carries: `1214 machines match the declaration (read …Z).` */
export function matchSentence({ observed }: Pick<Plan, 'observed'>): string {
  const { machines, readAt } = observed
  return `${counted(machines, 'machine matches', 'machines match')} the declaration (read ${readAt}).`
}

/** What a plan that read less than the tenant may not claim; empty where it read everything. */
export function scopeNote({ observed }: Pick<Plan, 'observed'>): string {
  return observed.scope === 'tenant'
    ? ''
    : 'Only the named machines were read: nothing is said about others, nor about holds that no policy declares.'
}
