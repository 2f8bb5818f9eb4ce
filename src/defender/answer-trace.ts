import type { AnswerTrace } from '../apply/ports.ts'
import { errorOf } from './service-error.ts'
import type { HttpResponse } from './transport.ts'

/** The header that has it where the body has none (docs/service.md#answer-headers). */
const HEADER = 'mise-correlation-id'

/** GUIDs, and ids such as `|1d25001e-48e8e09dbddde4f4.` (docs/service.md#error-target); any other text is none. */
const ID = /^[\w|.:-]{1,80}$/

/**
 * Says by what the service can find an answer again: `target` of its error (docs/service.md#error-target), else the id that
 * stands in a header.
 */
export function traceOf(response: HttpResponse): AnswerTrace {
  const { status, headers, body } = response
  const named = status >= 400 ? errorOf(body)?.['target'] : undefined
  const correlation = [named, headers[HEADER]].find(id => typeof id === 'string' && ID.test(id))
  return { httpStatus: status, correlation: typeof correlation === 'string' ? correlation : null }
}
