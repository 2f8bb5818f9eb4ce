import type { Send } from './transport.ts'

/**
 * Lets GET through and nothing else: plan and drift run on a transport that cannot write.
 *
 * The types say so already; this holds where types do not, and stops the request before it leaves.
 */
export function readOnly(send: Send): Send {
  return (request, signal) => {
    if (request.method !== 'GET' || request.body !== undefined) {
      return Promise.reject(new TypeError(`A read client sends GET without a body, not ${request.method}.`))
    }
    return send(request, signal)
  }
}
