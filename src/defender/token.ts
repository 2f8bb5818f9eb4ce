import type { Clock } from '../apply/ports.ts'
import { addMs, type Instant, msBetween } from '../schema/instant.ts'
import { cleanText } from './clean-text.ts'
import { DefenderError } from './defender-error.ts'

/** A bearer token and, where it is known, its end by our own clock. */
export interface AccessToken {
  readonly text: string
  readonly expiresAt?: Instant
}

/** How a token is asked for. */
export interface TokenRequest {
  /** True after a 401: a cached token is not good enough. */
  readonly fresh: boolean
  /** The token that was refused; every other one that was had since counts as fresh. */
  readonly refused?: string
}

/** Where bearer tokens come from. Rejects with a {@link DefenderError} `authentication-failed`. */
export interface TokenSource {
  get(request: TokenRequest): Promise<AccessToken>
}

/**
 * Gives the token of `HOLDFAST_TOKEN`, always the same one, also after a 401.
 *
 * @throws DefenderError `token-malformed` where the text cannot be a token.
 */
export function staticToken(text: string): TokenSource {
  const token = text.trim().replace(/^Bearer /i, '')
  if (!/^[\x21\x23-\x26\x28-\x7e]+$/.test(token) || token.startsWith('{')) {
    throw new DefenderError('token-malformed', 'HOLDFAST_TOKEN is not a bearer token.')
  }
  return { get: () => Promise.resolve({ text: token }) }
}

/** How long before its end a token is replaced. */
const MARGIN_MS = 300_000

/**
 * Keeps a token until shortly before its end; callers that ask at the same time share one acquisition.
 *
 * A token handed out with little life left is used for half of it, so that it is not asked for on every call.
 */
export function cachedToken(acquire: () => Promise<AccessToken>, clock: Pick<Clock, 'now'>): TokenSource {
  let held: { readonly token: AccessToken; readonly renewAt: Instant | undefined } | undefined
  let pending: Promise<AccessToken> | undefined

  async function renew(): Promise<AccessToken> {
    try {
      const token = await acquire()
      held = { token, renewAt: token.expiresAt && renewalOf(clock.now(), token.expiresAt) }
      return token
    } finally {
      pending = undefined
    }
  }

  return {
    get(request) {
      const usable =
        held !== undefined &&
        (held.renewAt === undefined || clock.now() < held.renewAt) &&
        (!request.fresh || (request.refused !== undefined && held.token.text !== request.refused))
      if (held !== undefined && usable) return Promise.resolve(held.token)
      pending ??= renew()
      return pending
    },
  }
}

function renewalOf(now: Instant, expiresAt: Instant): Instant {
  const left = msBetween(now, expiresAt)
  return addMs(expiresAt, -Math.min(MARGIN_MS, left / 2))
}

/** What a JWT says about itself; read without verification, so for messages and comparison only. */
export interface TokenClaims {
  /** Tenant that issued it. */
  readonly tid: string | null
  /** Application permissions; null where the token has no such claim. */
  readonly roles: readonly string[] | null
  readonly aud: string | null
  /** The application that it was given to: `appid`, or `azp` of a v2 token. */
  readonly appId: string | null
  /** The user or service principal: `oid`. */
  readonly objectId: string | null
  /** Seconds since 1970. */
  readonly exp: number | null
}

/** Both ids are GUIDs; a claim that is longer is none. */
const ID_LIMIT = 64

/** Reads the claims of a token; undefined for an opaque one. Never throws. */
export function tokenClaims(token: string): TokenClaims | undefined {
  const parts = token.split('.')
  if (parts.length !== 3) return undefined
  let claims: unknown
  try {
    claims = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return undefined
  const { tid, roles, aud, exp, appid, azp, oid } = claims as Readonly<Record<string, unknown>>
  const appId = appid ?? azp
  return {
    tid: typeof tid === 'string' ? tid : null,
    roles: Array.isArray(roles) ? roles.filter(role => typeof role === 'string') : null,
    aud: typeof aud === 'string' ? aud : null,
    appId: typeof appId === 'string' ? cleanText(appId, ID_LIMIT) : null,
    objectId: typeof oid === 'string' ? cleanText(oid, ID_LIMIT) : null,
    exp: typeof exp === 'number' ? exp : null,
  }
}
