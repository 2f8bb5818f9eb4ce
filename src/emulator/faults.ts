import { type EmulatorAnswer, Refusal, type Reply } from './exchange.ts'
import { createOccurrence } from './occurrence.ts'
import type { Replies } from './reply.ts'
import type { FaultRule, RowTampering } from './scenario-types.ts'
import { parseSpan, type Span, scenarioMs } from './span.ts'

/** A request as fault and event rules see it. */
export interface RequestShape {
  readonly method: string
  /** Path below `/api` in lower case; the whole path elsewhere. */
  readonly path: string
  /** Decoded. */
  readonly query: string
}

/**
 * Reads a pattern such as `POST /machines/{id}/isolate` into a test.
 *
 * `*` stands for any method or one segment, `{…}` for one segment, `**` for any rest of the path.
 */
export function requestPattern(on: string): (request: RequestShape) => boolean {
  const [method = '*', path = '/**'] = on.trim().split(/\s+/)
  const source = path
    .toLowerCase()
    .replace(/\{[^}]*\}/g, '*')
    .replace(/[.()$+?[\]^|\\]/g, '\\$&')
    .replace(/\*\*?/g, stars => (stars === '**' ? '.*' : '[^/]+'))
  const pattern = new RegExp(`^${source}/*$`)
  return request => (method === '*' || method.toUpperCase() === request.method) && pattern.test(request.path)
}

/** Picks the fault of each request; at most one strikes. */
export type FaultPicker = (request: RequestShape, elapsedMs: number) => FaultRule | undefined

/** Milliseconds after the start of a length of time, or of a time. */
function elapsed(at: Span, startMs: number): number {
  return parseSpan(at) ?? scenarioMs(String(at), startMs) - startMs
}

/** Makes the fault rules of a scenario ready; each counts the requests it matches. */
export function createFaults(rules: readonly FaultRule[], seed: number, startMs: number): FaultPicker {
  const ready = rules.map((rule, index) => ({
    rule,
    matches: requestPattern(rule.on),
    fromMs: elapsed(rule.from ?? 0, startMs),
    untilMs: rule.until === undefined ? Number.POSITIVE_INFINITY : elapsed(rule.until, startMs),
    strikes: createOccurrence(rule, seed + index),
  }))
  return (request, elapsedMs) => {
    const concerned = ready.filter(
      ({ rule, matches, fromMs, untilMs }) =>
        elapsedMs >= fromMs &&
        elapsedMs < untilMs &&
        (rule.query === undefined || request.query.includes(rule.query)) &&
        matches(request),
    )
    const striking = concerned.filter(({ strikes }) => strikes())
    return striking[0]?.rule
  }
}

const REASONS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['BadRequest', 'Bad request'],
  401: ['Unauthorized', 'Unauthorized'],
  403: ['Forbidden', 'Forbidden'],
  404: ['ResourceNotFound', 'Resource was not found'],
  410: ['Gone', 'This API has been retired.'],
  429: ['429', 'API calls quota exceeded! maximum allowed 100 per 00:01:00'],
  500: ['InternalServerError', ''],
  502: ['BadGateway', 'Bad Gateway'],
  503: ['ServiceUnavailable', 'Service Unavailable'],
  504: ['GatewayTimeout', 'Gateway Timeout'],
}

/** The answer of a fault that gives a status. */
function statusReply(rule: FaultRule, status: number, replies: Replies): Reply {
  const headers: Record<string, string> =
    rule.retryAfter === undefined ? {} : { 'retry-after': String(rule.retryAfter) }
  const [code, message] = REASONS[status] ?? ['InternalServerError', '']
  if (rule.body === 'empty') return replies.empty(status, headers)
  if (rule.body === 'html') return replies.html(status, `${status} ${message}`, headers)
  return replies.refusal(new Refusal(status, rule.code ?? code, rule.message ?? message, headers))
}

function halfOf(reply: Reply): Reply {
  const text = reply.body.toString()
  return { ...reply, body: text.slice(0, Math.max(1, Math.floor(text.length / 2))) }
}

const TAMPERINGS: ReadonlySet<string | undefined> = new Set<RowTampering>([
  'skip-row',
  'repeat-row',
  'no-rows',
  'no-link',
  'link-no-text',
  'endless-links',
])

function isTampering(fault: FaultRule['fault']): fault is RowTampering {
  return TAMPERINGS.has(fault)
}

/** What a fault does to the rows of a list, or to its link; undefined for other faults. */
export function tamperingOf(rule: FaultRule | undefined): RowTampering | undefined {
  return isTampering(rule?.fault) ? rule.fault : undefined
}

/**
 * Answers a request that a fault strikes.
 *
 * @param proceed - Does what the request asks for; called only where the fault lets it take effect.
 */
export function answerFault(rule: FaultRule, replies: Replies, proceed: () => Reply): EmulatorAnswer {
  if (rule.status !== undefined) {
    if (rule.accepted === true) proceed()
    return { kind: 'response', ...statusReply(rule, rule.status, replies) }
  }
  switch (rule.fault) {
    case 'reset-before':
      return { kind: 'reset' }
    case 'timeout':
      return { kind: 'hang' }
    case 'reset-after':
      proceed()
      return { kind: 'reset' }
    case 'timeout-after':
      proceed()
      return { kind: 'hang' }
    case 'cut-body': {
      const reply = proceed()
      const length = reply.stream?.length ?? Buffer.byteLength(reply.body)
      return { kind: 'cut', ...reply, afterBytes: Math.floor(length / 2) }
    }
    case 'invalid-json':
      return { kind: 'response', ...halfOf(proceed()) }
    case 'wrong-content':
      proceed()
      return { kind: 'response', ...replies.html(200, 'Sign in to the network') }
    default:
      return { kind: 'response', ...proceed() }
  }
}
