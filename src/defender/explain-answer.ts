import type { Instant } from '../schema/instant.ts'
import { retryAfterMs } from './answer-headers.ts'
import type { DefenderCode } from './codes.ts'
import { DefenderError } from './defender-error.ts'
import { readServiceError } from './service-error.ts'
import type { HttpResponse } from './transport.ts'

/** What an answer that is no success means. */
export interface Explanation {
  readonly error: DefenderError
  /** Whether a read may be tried again. */
  readonly again: boolean
  /** How long the service asks to wait first; undefined where it does not say. */
  readonly afterMs?: number | undefined
}

/** What a 429 without `Retry-After` is taken to ask for (docs/service.md#too-many-requests). */
export const THROTTLED_MS = 60_000

/**
 * Reads the status, the service's own error and `Retry-After` of an answer that is no success; 401 and redirects never
 * come here.
 *
 * @param url - What was asked. A plainer query may pass where one was refused; a web server turns too long a query
 * away before the service sees it, with 414 or a 404 of its own.
 */
export function explainAnswer(response: HttpResponse, now: Instant, url: string): Explanation {
  const { status } = response
  const { code, message, isFromService } = readServiceError(response)
  const text = `The service answered ${status}${code === '' ? '' : ` ${code}`}: ${message}`
  const asked = retryAfterMs(response, now)
  if (status === 429) {
    const afterMs = asked ?? THROTTLED_MS
    const again = `${text} (again after ${Math.ceil(afterMs / 1000)} s)`
    const error = new DefenderError('throttled', again, { status, retryAfterMs: afterMs })
    return { error, again: true, afterMs }
  }
  if (status >= 500 || status === 408) {
    return { error: new DefenderError('service-unavailable', text, { status }), again: true, afterMs: asked }
  }
  const error = new DefenderError(finalCode(status, url, isFromService), text, { status })
  return { error, again: false }
}

function finalCode(status: number, url: string, isFromService: boolean): DefenderCode {
  const isList = url.includes('?$')
  if (status === 414 || (status === 400 && isList)) return 'query-refused'
  if (status === 403) return 'forbidden'
  if (status === 410) return 'retired'
  if (status !== 404) return 'request-refused'
  if (isFromService) return 'not-found'
  return isList && /[?&]\$(filter|orderby)=/.test(url) ? 'query-refused' : 'not-the-service'
}
