import type { AnswerTrace } from '../apply/ports.ts'
import { errorOf } from './service-error.ts'
import type { HttpResponse } from './transport.ts'

/** The header that has it where the body has none (defender-api.md 1). */
const HEADER = 'mise-correlation-id'

/** GUIDs, and ids such as `|1d25001e-48e8e09dbddde4f4.` (defender-api.md 7); any other text is none. */
const ID = /^[\w|.:-]{1,80}$/

/**
 * Says by what the service can find an answer again: `target` of its error (defender-api.md 7), else the id that
 * stands in a header.
 */
export function traceOf(response: HttpResponse): AnswerTrace {
  const { status, headers, body } = response
  const named = status >= 400 ? errorOf(body)?.['target'] : undefined
  const correlation = [named, headers[HEADER]].find(id => typeof id === 'string' && ID.test(id))
  return { httpStatus: status, correlation: typeof correlation === 'string' ? correlation : null }
}
