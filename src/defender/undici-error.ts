import { TransportError } from './transport.ts'

/** What system and undici codes mean; the code stands beside it. */
const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'the name could not be resolved',
  EAI_AGAIN: 'the name could not be resolved now',
  ETIMEDOUT: 'the connection timed out',
  EPIPE: 'the connection was closed while sending',
  UND_ERR_SOCKET: 'the connection was closed before the answer was complete',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped in the middle',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer was cut',
  UND_ERR_PRX_TLS: 'no TLS with the proxy',
  UND_ERR_PRX_CONN: 'no tunnel through the proxy',
  UND_ERR_ABORTED: 'the proxy refused the tunnel or the request was aborted',
}

/**
 * Names what went wrong by host and code; the rest of a URL, which may be signed, is left out.
 *
 * @param deadline - Aborted where the whole exchange took too long.
 */
export function asTransportError(
  error: unknown,
  host: string,
  signal: AbortSignal | undefined,
  deadline: AbortSignal | undefined,
): TransportError {
  if (signal?.aborted) return new TransportError('aborted', `${host}: the request was interrupted`)
  if (deadline?.aborted)
    return new TransportError('ETIMEDOUT', `${host}: no complete answer in time (ETIMEDOUT)`)
  const code = codeOf(error)
  return new TransportError(code, `${host}: ${MEANINGS[code] ?? 'the request failed'} (${code})`)
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
