import type { ApplyResult } from '../apply/result.ts'
import type { Plan } from '../plan/document/document.ts'
import { validatePlan } from '../plan/generated/plan.ts'
import type { DriftDocument } from '../report/documents/drift-document.ts'
import type { FailureDocument } from '../report/documents/failure-document.ts'
import { readStrictJson } from '../schema/strict-json.ts'
import type { SchemaError } from '../schema/validator.ts'
import { validateDrift } from './generated/drift.ts'
import { validateFailure } from './generated/failure.ts'
import { validateResult } from './generated/result.ts'
import { PipelineError } from './pipeline-error.ts'

/** A document that a command wrote, by what it is. */
export type PipelineDocument =
  | { readonly is: 'plan'; readonly plan: Plan }
  | { readonly is: 'drift'; readonly drift: DriftDocument }
  | { readonly is: 'result'; readonly result: ApplyResult }
  | { readonly is: 'failure'; readonly failure: FailureDocument }

function isPlan(value: unknown): value is Plan {
  return validatePlan(value)
}

function isDrift(value: unknown): value is DriftDocument {
  return validateDrift(value)
}

function isResult(value: unknown): value is ApplyResult {
  return validateResult(value)
}

function isFailure(value: unknown): value is FailureDocument {
  return validateFailure(value)
}

/** Where a value first departs from a schema, for the message; never the value itself. */
function firstFault(errors: readonly SchemaError[] | null | undefined): string {
  const [first] = errors ?? []
  return first === undefined
    ? ''
    : ` (${first.instancePath === '' ? 'at the top' : first.instancePath}: ${first.keyword})`
}

/** Which document a value means to be, by a key that no other one has. */
function readValue(value: object): PipelineDocument | string {
  if ('error' in value) {
    return isFailure(value)
      ? { is: 'failure', failure: value }
      : `failure${firstFault(validateFailure.errors)}`
  }
  if ('outcomes' in value) {
    return isResult(value) ? { is: 'result', result: value } : `result${firstFault(validateResult.errors)}`
  }
  if ('drifted' in value) {
    return isDrift(value) ? { is: 'drift', drift: value } : `drift${firstFault(validateDrift.errors)}`
  }
  return isPlan(value) ? { is: 'plan', plan: value } : `plan${firstFault(validatePlan.errors)}`
}

/**
 * Reads a document that another command wrote, and believes it only where its whole shape is known: it may have come
 * from another job.
 *
 * @throws PipelineError `document-unknown`.
 */
export function readDocument(text: string, path: string): PipelineDocument {
  const parsed = readStrictJson(text)
  if ('fault' in parsed) {
    throw new PipelineError('document-unknown', `${path}: ${parsed.fault}.`)
  }
  const { value } = parsed
  if (typeof value !== 'object' || value === null) {
    throw new PipelineError('document-unknown', `${path} is no document of Holdfast.`)
  }
  const read = readValue(value)
  if (typeof read !== 'string') return read
  throw new PipelineError('document-unknown', `${path} is no ${read} of this version.`)
}
