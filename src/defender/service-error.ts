import { cleanText } from './clean-text.ts'
import type { HttpResponse } from './transport.ts'

/** What an answer that is no success says about itself (docs/service.md#errors), made fit to be shown. */
export interface ServiceError {
  /** The service's own code; empty where the body is not the service's error. */
  readonly code: string
  readonly message: string
  /** Whether the body had the service's shape; HTML or nothing comes from something before it. */
  readonly isFromService: boolean
}

/** Reads `{"error":{"code","message"}}`; never throws, whatever the body is. */
export function readServiceError(response: HttpResponse): ServiceError {
  const error = errorOf(response.body)
  if (error === undefined || typeof error['code'] !== 'string') {
    return { code: '', message: `HTTP ${response.status} without an explanation`, isFromService: false }
  }
  const message = typeof error['message'] === 'string' ? cleanText(error['message']) : ''
  return {
    code: cleanText(error['code'], 60),
    message: message === '' ? `HTTP ${response.status}` : message,
    isFromService: true,
  }
}

/** The service's own error in a body; undefined where it holds none. */
export function errorOf(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    const error = isObject(parsed) ? parsed['error'] : undefined
    return isObject(error) ? error : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
