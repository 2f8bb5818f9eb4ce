import type { Dispatcher } from 'undici'
import { TransportError, WITHHELD } from './transport.ts'

/**
 * Asks once more when a request is about to be written to its connection, however long it waited for one: a process
 * that was stopped meanwhile may not send what it decided on before.
 *
 * @returns An interceptor; a request that may not leave any more fails with {@link WITHHELD}, and nothing of it is sent.
 */
export function askBeforeLeaving(mayLeave: () => boolean): Dispatcher.DispatcherComposeInterceptor {
  return dispatch => (options, handler) =>
    dispatch(options, {
      ...forwarded(handler),
      onRequestStart(controller, context) {
        if (!mayLeave()) throw new TransportError(WITHHELD, 'the request was not to leave any more')
        handler.onRequestStart?.(controller, context)
      },
    })
}

/** The same handler as an object of its own, whose methods can be replaced one by one. */
function forwarded(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  return {
    onRequestUpgrade: (...told) => handler.onRequestUpgrade?.(...told),
    onResponseStart: (...told) => handler.onResponseStart?.(...told),
    onResponseData: (...told) => handler.onResponseData?.(...told),
    onResponseEnd: (...told) => handler.onResponseEnd?.(...told),
    onResponseError: (...told) => handler.onResponseError?.(...told),
  }
}
