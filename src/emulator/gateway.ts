import { formatInstant, fromEpochMs } from '../schema/instant.ts'
import type { Call } from './call.ts'
import { answerStorage } from './downloads.ts'
import type { RequestCounter } from './events.ts'
import {
  type EmulatorAnswer,
  type EmulatorRequest,
  type LoggedRequest,
  notFound,
  Refusal,
  type Reply,
} from './exchange.ts'
import { answerFault, type FaultPicker, type RequestShape, tamperingOf } from './faults.ts'
import { unresolved } from './hunting.ts'
import { isLacking, notEmulated } from './lacking-routes.ts'
import type { Form } from './multipart.ts'
import { ODataProblem } from './odata/lexer.ts'
import type { Replies } from './reply.ts'
import { type ApiPath, apiPath, findRoute, type Route } from './routes.ts'
import { type Caller, discoveryDocument, type TokenIssuer, tokenEndpoint } from './tokens.ts'
import type { World } from './world.ts'

/** What stands between the wire and the handlers. */
export interface GatewayParts {
  readonly world: World
  readonly tokens: TokenIssuer
  readonly pickFault: FaultPicker
  readonly baseUrl: string
  readonly startMs: number
  readonly countRequest: RequestCounter
  readonly log: (record: LoggedRequest) => void
}

/** One request with its address taken apart. */
interface Incoming {
  readonly request: EmulatorRequest
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Which service's method it is, case kept; undefined outside both. */
  readonly target: ApiPath | undefined
  readonly nowMs: number
  readonly form: Form | undefined
}

function readHeaders(request: EmulatorRequest): Readonly<Record<string, string | undefined>> {
  const entries = Object.entries(request.headers).map(([name, value]) => [
    name.toLowerCase(),
    Array.isArray(value) ? value.join(', ') : value,
  ])
  return Object.fromEntries(entries)
}

function readIncoming(request: EmulatorRequest, baseUrl: string, nowMs: number): Omit<Incoming, 'form'> {
  // A path that begins with two slashes would otherwise be read as a host.
  const url = URL.canParse(request.url)
    ? new URL(request.url)
    : new URL(baseUrl.replace(/\/+$/, '') + request.url.replace(/^\/*/, '/'))
  const method = request.method.toUpperCase()
  return { request, method, url, headers: readHeaders(request), target: apiPath(url.pathname), nowMs }
}

function shapeOf({ method, url, target }: Incoming): RequestShape {
  const query = decodeQuery(url.search.slice(1))
  return { method, path: (target?.path ?? url.pathname).toLowerCase(), query }
}

function decodeQuery(query: string): string {
  try {
    return decodeURIComponent(query.replaceAll('+', ' '))
  } catch {
    return query
  }
}

/** The service's words for a caller that lacks all of the permissions a call accepts. */
function checkRoles({ settings }: World, { roles }: Caller, route: Route, { api }: ApiPath): void {
  const own = settings.permissions.get(`${route.method} ${route.path}`.toLowerCase())
  const permissions = own ?? route.permissions
  if (permissions.some(permission => roles.includes(permission))) return
  if (api === 'graph' && settings.hunting.unpermittedIsUnresolved) throw unresolved()
  throw new Refusal(
    403,
    'Forbidden',
    `Missing application roles. API required roles: ${permissions.join(',')}, application roles: ${roles.join(',')}.`,
  )
}

/** A token of another audience is 403 on every call, not 401 (docs/service.md#token-audience). */
function checkAudience({ settings }: World, { audience }: Caller, { api }: ApiPath): void {
  const taken = settings.audiences?.[api]
  if (taken === undefined || (audience !== undefined && taken.includes(audience))) return
  throw new Refusal(403, 'Forbidden', `The token is for another audience: ${audience ?? 'none'}.`)
}

/** Makes the function that answers requests: token endpoints, then authentication, routes, roles and quota. */
export function createGateway(
  parts: GatewayParts,
): (request: EmulatorRequest, form: Form | undefined, nowMs: number) => EmulatorAnswer {
  const { world, tokens, pickFault, countRequest, log } = parts

  function answerRoute(incoming: Incoming, tampering: Call['tampering']): Reply {
    const { method, url, headers, request, form, target, nowMs } = incoming
    const caller = tokens.callerOf(headers['authorization'], target?.api ?? 'defender')
    if (caller === undefined)
      throw new Refusal(401, 'Unauthorized', 'Unauthorized: the token is missing or not valid')
    if (target === undefined) throw notFound('Resource', url.pathname)
    checkAudience(world, caller, target)
    const match = findRoute(target.api, method, target.path)
    if (match.kind === 'none')
      throw isLacking(target.api, target.path)
        ? notEmulated(method, url.pathname)
        : notFound('Resource', url.pathname)
    if (match.kind === 'wrong-method') return world.replies.empty(405, { allow: match.allow })
    const { route, params } = match
    checkRoles(world, caller, route, target)
    world.quotas.count(
      route.isPerTenant ? 'tenant' : caller.appId,
      `${route.method} ${route.path}`,
      route.quota,
      nowMs,
    )
    const { body = '' } = request
    return route.answer({
      world,
      params,
      query: url.searchParams,
      headers,
      body,
      form,
      caller,
      nowMs,
      url,
      tampering,
    })
  }

  /** Errors of Graph have a shape of their own. */
  function repliesTo({ target }: Incoming): Replies {
    return target?.api === 'graph' ? world.graphReplies : world.replies
  }

  function answer(incoming: Incoming, tampering: Call['tampering']): Reply {
    const stored = answerStorage(world, incoming)
    if (stored !== undefined) return stored
    const discovery = discoveryDocument(incoming.url)
    if (discovery !== undefined) return world.replies.json(200, discovery)
    const endpoint = tokenEndpoint(incoming.url.pathname)
    if (endpoint !== undefined)
      return incoming.method === 'POST'
        ? tokens.answer(incoming.request, endpoint)
        : world.replies.empty(405, { allow: 'POST' })
    try {
      return answerRoute(incoming, tampering)
    } catch (error) {
      if (error instanceof Refusal) return repliesTo(incoming).refusal(error)
      if (error instanceof ODataProblem)
        return world.replies.refusal(new Refusal(400, 'ODataError', error.message))
      throw error
    }
  }

  return (request, form, nowMs) => {
    const incoming = { ...readIncoming(request, parts.baseUrl, nowMs), form }
    const shape = shapeOf(incoming)
    const fault = pickFault(shape, nowMs - parts.startMs)
    const proceed = (): Reply => answer(incoming, tamperingOf(fault))
    const answered: EmulatorAnswer =
      fault === undefined
        ? { kind: 'response', ...proceed() }
        : answerFault(fault, repliesTo(incoming), proceed)
    log(recordOf(incoming, answered))
    countRequest(shape, nowMs)
    return answered
  }
}

function recordOf({ method, url, nowMs }: Incoming, answered: EmulatorAnswer): LoggedRequest {
  const query = url.search.slice(1).replace(/(^|&)(sig=)[^&]*/g, '$1$2…')
  const status = answered.kind === 'response' ? answered.status : answered.kind
  return { method, path: url.pathname, query, status, at: formatInstant(fromEpochMs(nowMs)) }
}
