import { readStrictJson } from '../../schema/strict-json.ts'
import { validatePlan } from '../generated/plan.ts'
import { isCoherent } from './coherent-change.ts'
import { checksumOf, fingerprintOf, planIdOf, renewalsIdOf } from './digest.ts'
import type { Plan } from './document.ts'

/** Why a text is not a plan that may be believed. */
export interface PlanFileError {
  readonly code: 'plan-unreadable' | 'plan-format' | 'plan-tampered'
  readonly message: string
}

/** Ends a plan with a checksum over all of it, so that any later edit is noticed. */
export function sealPlan(plan: Plan): Plan {
  return { ...plan, checksum: checksumOf(plan) }
}

/** Says whether a value has the shape of a plan, as schemas/plan.schema.json publishes it. */
function isPlan(value: unknown): value is Plan {
  return validatePlan(value)
}

/**
 * Reads a saved plan and believes it only when its format, checksum, plan id and every fingerprint agree, and each change
 * sends what it says.
 */
export function readPlan(text: string): { readonly plan: Plan } | PlanFileError {
  const read = readStrictJson(text)
  if ('fault' in read) {
    return {
      code: 'plan-unreadable',
      message: `${read.fault}; expected a plan saved with \`holdfast plan --out FILE\`.`,
    }
  }
  const { value } = read
  if (!isPlan(value)) {
    const message =
      'this is not a plan of format 1.1; make it again with `holdfast plan --out FILE` of this version.'
    return { code: 'plan-format', message }
  }
  return isIntact(value)
    ? { plan: value }
    : {
        code: 'plan-tampered',
        message:
          'its checksum, ids or requests do not fit its content: it was edited after it was made. Plan again.',
      }
}

function isIntact(plan: Plan): boolean {
  return (
    plan.checksum === checksumOf(plan) &&
    plan.planId === planIdOf(plan.target, plan.changes) &&
    plan.renewalsId === renewalsIdOf(plan.target, plan.changes) &&
    plan.changes.every(change => change.fingerprint === fingerprintOf(change) && isCoherent(change))
  )
}
