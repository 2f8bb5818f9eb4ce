import { cutText } from '../../report/terminal/escape-terminal.ts'
import type { PipelineCode } from '../codes.ts'
import { PipelineError } from '../pipeline-error.ts'

/** What a request was about. */
export interface RefusedRequest {
  /** `OWNER/NAME#12`. */
  readonly where: string
  readonly isFork: boolean
}

/** What GitHub's client throws for an answer that is no success, as far as it is looked at. */
interface Refusal {
  readonly status: number
  readonly said: string
  readonly header: (name: string) => string | undefined
}

function readRefusal(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined
  const { response } = error as { readonly response?: { readonly data?: unknown; readonly headers?: object } }
  if (response === undefined) return undefined
  const message = (response.data as { readonly message?: unknown } | null | undefined)?.message
  const headers = new Map(Object.entries(response.headers ?? {}))
  return {
    status: error.status,
    said: typeof message === 'string' ? cutText(message, 200) : `status ${error.status}`,
    header: name => (headers.has(name) ? String(headers.get(name)) : undefined),
  }
}

/** The statuses that say themselves what is wrong. */
const BY_STATUS: Readonly<Record<number, PipelineCode>> = {
  401: 'github-unauthorized',
  403: 'github-forbidden',
  404: 'github-not-found',
  410: 'github-not-found',
}

const SENTENCES: Readonly<Partial<Record<PipelineCode, string>>> = {
  'github-unauthorized': 'GitHub does not take the token',
  'github-forbidden': 'the token may not write comments',
  'github-not-found': 'GitHub knows no such pull request or issue, or the token may not see it',
}

/** Whether a refusal is about how much was asked, and for how long; GitHub says it in three ways. */
function limitedForMs({ status, said, header }: Refusal): number | undefined {
  if (status !== 403 && status !== 429) return undefined
  const after = Number(header('retry-after'))
  if (Number.isFinite(after) && header('retry-after') !== undefined) return after * 1000
  const exhausted = header('x-ratelimit-remaining') === '0' || /rate limit/i.test(said)
  return status === 429 || exhausted ? Number.POSITIVE_INFINITY : undefined
}

/** Says in our words why GitHub did not do what was asked; never with a body, a header or a token. */
export function explainRefusal(error: unknown, { where, isFork }: RefusedRequest): PipelineError {
  const refusal = readRefusal(error)
  if (refusal === undefined) {
    return new PipelineError('github-unavailable', `${where}: GitHub did not answer, or not in time.`)
  }
  const { status, said } = refusal
  const retryAfterMs = limitedForMs(refusal)
  if (retryAfterMs !== undefined) {
    const message = `${where}: GitHub takes no more requests for a while (${said}).`
    return new PipelineError('github-limited', message, { retryAfterMs })
  }
  if (status >= 500) return new PipelineError('github-unavailable', `${where}: GitHub answered ${status}.`)
  const code = BY_STATUS[status] ?? 'github-refused'
  const sentence = SENTENCES[code] ?? 'GitHub refused'
  const fork = isFork && code === 'github-forbidden' ? ', as for every pull request from a fork' : ''
  return new PipelineError(code, `${where}: ${sentence}${fork} (${said}).`)
}
