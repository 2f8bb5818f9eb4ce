import type { ActionApi, Clock, ListAnswer, MayLeave, SubmitAnswer } from '../apply/ports.ts'
import type { Need, Observation } from '../plan/select/observation.ts'
import { type ActionType, methodOf } from '../posture/methods.ts'
import type { ActionReads } from './action-reads.ts'
import { retryAfterMs } from './answer-headers.ts'
import { traceOf } from './answer-trace.ts'
import { type Caller, createCaller, newCallLog } from './caller.ts'
import { DefenderError, isFatal } from './defender-error.ts'
import { THROTTLED_MS } from './explain-answer.ts'
import { type ClientDependencies, createReads } from './read-client.ts'
import { readServiceError } from './service-error.ts'
import { type HttpResponse, TransportError, WITHHELD } from './transport.ts'
import { readAction } from './wire-action.ts'

/** Makes the client that writes: what apply sees of the service. Only `submit` and `cancel` send anything but GET. */
export function createActionApi(dependencies: ClientDependencies): ActionApi {
  const { client, actions } = createReads(dependencies)
  const poster = createPoster(createCaller(dependencies), dependencies.clock, actions)
  const { endpoint } = dependencies.target

  return {
    async observe(need, signal) {
      try {
        return await client.observe(need, signal)
      } catch (error) {
        if (error instanceof DefenderError) return unobserved(dependencies, need, error)
        throw error
      }
    },
    async listMachines(ids, signal) {
      try {
        return await client.listMachines({ kind: 'named', ids, dnsNames: [] }, signal)
      } catch (error) {
        if (error instanceof DefenderError) return null
        throw error
      }
    },
    async listActions(query, signal) {
      try {
        const actions = await client.listActions(query, signal)
        const { latestSkewMs } = client
        return {
          kind: 'listed',
          actions,
          ...(latestSkewMs === undefined ? {} : { clockSkewMs: latestSkewMs }),
        }
      } catch (error) {
        return listFailure(error)
      }
    },
    submit: (machineId, type, body, mayLeave) =>
      poster({
        url: `${endpoint}/api/machines/${encodeURIComponent(machineId)}/${pathOf(type)}`,
        body,
        machineId,
        mayLeave,
      }),
    cancel: (actionId, comment, mayLeave) =>
      poster({
        url: `${endpoint}/api/machineactions/${encodeURIComponent(actionId)}/cancel`,
        body: { Comment: comment },
        mayLeave,
      }),
  }
}

/** A look at which nothing may be read, as a token that was refused makes it: everything is unknown, nothing is absent. */
function unobserved(
  { target, clock }: ClientDependencies,
  need: Need,
  { code, message, wayOut }: DefenderError,
): Observation {
  return {
    target: { endpoint: target.endpoint, tenantId: target.tenantId ?? null },
    readAt: clock.now(),
    clockSkewMs: 0,
    historyFrom: need.historyFrom,
    scope: need.scope,
    machines: [],
    actions: [],
    onboarded: null,
    failures: [{ code, message: `${message} ${wayOut}` }],
    apiCalls: 0,
    roles: null,
  }
}

function pathOf(type: ActionType): string {
  const method = methodOf(type)
  if (method === undefined) throw new TypeError(`No request creates an action of type ${type}.`)
  return method.path
}

function listFailure(error: unknown): ListAnswer {
  if (!(error instanceof DefenderError)) throw error
  return { kind: 'failed', message: `${error.code}: ${error.message}`, unauthorized: isFatal(error) }
}

/** How long a request waits that could not be sent because sign-in was away. */
const SIGN_IN_PAUSE_MS = 10_000

/** One request that writes. */
interface Post {
  readonly url: string
  readonly body: Readonly<Record<string, unknown>>
  readonly machineId?: string
  readonly mayLeave: MayLeave | undefined
}

/** Sends one POST and says how it ended; sent again only after a 401, never after anything unclear. */
function createPoster(
  caller: Caller,
  clock: Clock,
  actions: ActionReads,
): (post: Post) => Promise<SubmitAnswer> {
  const log = newCallLog()
  return async ({ url, body, machineId, mayLeave }) => {
    let response: HttpResponse
    try {
      const asked = mayLeave === undefined ? {} : { mayLeave }
      response = await caller.call({ method: 'POST', url, body: JSON.stringify(body), ...asked }, log)
    } catch (error) {
      return notAnswered(error)
    }
    const answer = { ...answered(response, clock, machineId), trace: traceOf(response) }
    if (answer.kind === 'accepted') actions.note(answer.action)
    return answer
  }
}

function notAnswered(error: unknown): SubmitAnswer {
  if (error instanceof TransportError) {
    return error.code === WITHHELD ? { kind: 'withheld' } : { kind: 'unknown', message: error.message }
  }
  if (!(error instanceof DefenderError)) throw error
  if (error.code === 'sign-in-unavailable') return { kind: 'throttled', retryAfterMs: SIGN_IN_PAUSE_MS }
  const trace = error.status === undefined ? {} : { trace: { httpStatus: error.status, correlation: null } }
  if (isFatal(error)) return { kind: 'unauthorized', message: `${error.message} ${error.wayOut}`, ...trace }
  return { kind: 'rejected', status: error.status ?? 0, code: error.code, message: error.message, ...trace }
}

function answered(response: HttpResponse, clock: Clock, machineId: string | undefined): SubmitAnswer {
  const { status } = response
  if (status >= 200 && status < 300) return accepted(response, machineId)
  const { code, message } = readServiceError(response)
  if (status === 429) {
    return { kind: 'throttled', retryAfterMs: retryAfterMs(response, clock.now()) ?? THROTTLED_MS }
  }
  // A 408 was written by something that stopped waiting: the request may have gone on without it.
  if (status >= 500 || status === 408) {
    return { kind: 'unknown', message: `The service answered ${status}: ${message}` }
  }
  if (status === 400 && isAlreadyActive(code, message)) return { kind: 'active-exists', message }
  return { kind: 'rejected', status, code: code === '' ? `http-${status}` : code, message }
}

/** The code is documented for live response alone; the others are known to send the text (docs/service.md#active-request). */
function isAlreadyActive(code: string, message: string): boolean {
  return code === 'ActiveRequestAlreadyExists' || /action is already in progress/i.test(message)
}

function accepted(response: HttpResponse, machineId: string | undefined): SubmitAnswer {
  try {
    const action = readAction(JSON.parse(response.body))
    if (action.machineId !== '') return { kind: 'accepted', action }
    if (machineId !== undefined) return { kind: 'accepted', action: { ...action, machineId } }
  } catch {
    // Falls through: whatever the answer was meant to say, it may have been accepted.
  }
  return { kind: 'unknown', message: `The answer ${response.status} to the request cannot be read.` }
}
