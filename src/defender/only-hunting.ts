import type { Send } from './transport.ts'

/**
 * Lets the POST of a hunting query through and nothing else.
 *
 * A hunting query reads, though it is a POST. This keeps whoever may hunt from everything that acts: neither another
 * path nor another method leaves.
 *
 * @param url - The one URL that may be asked.
 */
export function onlyHunting(send: Send, url: string): Send {
  return (request, signal) => {
    if (request.method !== 'POST' || request.url !== url) {
      return Promise.reject(new TypeError(`A hunting client sends queries alone, not ${request.method}.`))
    }
    return send(request, signal)
  }
}
