import { MockAgent } from 'undici'
import type { HttpRequest, Send } from '../../src/defender/transport.ts'
import { undiciTransport } from '../../src/defender/undici-transport.ts'

/** One answer of a mocked service, or the error that the connection ends in. */
export type Reply =
  | {
      readonly status?: number
      readonly headers?: Readonly<Record<string, string>>
      /** An object is written as JSON. */
      readonly body?: string | object
    }
  | { readonly error: Error }

export const ORIGIN = 'https://api.security.microsoft.com'
/** The service's `Date` where a reply names none; the fake clock's start. */
export const DATE = 'Fri, 20 Nov 2026 10:00:00 GMT'

/** A service of undici's MockAgent: nothing leaves this process. */
export interface MockService {
  readonly send: Send
  readonly requests: readonly HttpRequest[]
}

/** Answers requests in the order of the replies; one request too many fails the test. */
export function scripted(replies: readonly Reply[], origin = ORIGIN): MockService {
  const agent = new MockAgent()
  agent.disableNetConnect()
  const pool = agent.get(origin)
  for (const reply of replies) {
    const dispatch = pool.intercept({ path: () => true, method: /^(GET|POST|DELETE)$/ })
    if ('error' in reply) dispatch.replyWithError(reply.error)
    else {
      const body = typeof reply.body === 'object' ? JSON.stringify(reply.body) : (reply.body ?? '')
      dispatch.reply(reply.status ?? 200, body, { headers: { date: DATE, ...reply.headers } })
    }
  }
  return recorded(undiciTransport({ dispatcher: agent }))
}

/** Keeps every request that goes through. */
export function recorded(send: Send): MockService {
  const requests: HttpRequest[] = []
  return {
    requests,
    send: (request, signal) => {
      requests.push(request)
      return send(request, signal)
    },
  }
}

/** The service's error body. */
export function errorBody(code: string, message: string): object {
  return { error: { code, message, target: '|1d25001e-48e8e09dbddde4f4.' } }
}

export function networkError(code: string): Reply {
  return { error: Object.assign(new Error(code), { code }) }
}
