import type { AnswerTrace } from '../apply/ports.ts'
import { traceOf } from './answer-trace.ts'
import { createCaller, newCallLog } from './caller.ts'
import { DefenderError, isFatal } from './defender-error.ts'
import { explainAnswer } from './explain-answer.ts'
import type { ClientDependencies } from './read-client.ts'
import { type HttpResponse, TransportError } from './transport.ts'

/** Most machines of one request (docs/service.md#tags-bulk). */
export const TAG_BATCH = 500

/** One bulk change of one tag, spelt as the machines have it or shall have it. */
export interface TagChange {
  readonly action: 'Add' | 'Remove'
  readonly tag: string
  /** At most {@link TAG_BATCH}. */
  readonly machineIds: readonly string[]
}

/** How one request ended. */
export type TagAnswer = TagAnswerKind & {
  /** Absent where no answer came. */
  readonly trace?: AnswerTrace
}

type TagAnswerKind =
  | { readonly kind: 'accepted' }
  /** Refused for good. */
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string }
  /** 429: nothing was changed. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  /** No further request can succeed. */
  | { readonly kind: 'unauthorized'; readonly message: string }
  /** Nobody knows whether it took effect: look at the machines. */
  | { readonly kind: 'unknown'; readonly message: string }

/** Changes tags of machines; sends nothing again by itself, and throws for nothing that network or service did. */
export interface TagApi {
  change(change: TagChange, signal?: AbortSignal): Promise<TagAnswer>
}

/** Makes the client that writes tags. */
export function createTagApi(dependencies: ClientDependencies): TagApi {
  const { target, clock } = dependencies
  const caller = createCaller(dependencies)
  const log = newCallLog()
  const url = `${target.endpoint}/api/machines/AddOrRemoveTagForMultipleMachines`
  return {
    async change({ action, tag, machineIds }, signal) {
      const body = JSON.stringify({ Value: tag, Action: action, MachineIds: machineIds })
      let response: HttpResponse
      try {
        response = await caller.call({ method: 'POST', url, body }, log, signal)
      } catch (error) {
        return notAnswered(error)
      }
      const trace = traceOf(response)
      if (response.status >= 200 && response.status < 300) return { kind: 'accepted', trace }
      const { error, again, afterMs } = explainAnswer(response, clock.now(), url)
      if (response.status === 429) return { kind: 'throttled', retryAfterMs: afterMs ?? 0, trace }
      if (again) return { kind: 'unknown', message: error.message, trace }
      return { kind: 'rejected', code: error.code, message: `${error.message} ${error.wayOut}`, trace }
    },
  }
}

function notAnswered(error: unknown): TagAnswer {
  if (error instanceof TransportError) return { kind: 'unknown', message: error.message }
  if (!(error instanceof DefenderError)) throw error
  const message = `${error.message} ${error.wayOut}`
  return isFatal(error) ? { kind: 'unauthorized', message } : { kind: 'rejected', code: error.code, message }
}
