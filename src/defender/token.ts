import { fromEpochMs, type Instant } from '../schema/instant.ts'
import { cleanText } from './clean-text.ts'
import { DefenderError } from './defender-error.ts'

/** A bearer token and, where it is known, its end by our own clock. */
export interface AccessToken {
  readonly text: string
  readonly expiresAt?: Instant
  /** After this no renewal is sure; absent where one is as long as the run lasts. */
  readonly lastsUntil?: Instant
}

/** How a token is asked for. */
export interface TokenRequest {
  /** True after a 401: a cached token is not good enough. */
  readonly fresh: boolean
  /** The token that was refused; every other one that was had since counts as fresh. */
  readonly refused?: string
}

/**
 * Where bearer tokens for one audience come from. Rejects with a {@link DefenderError}: `sign-in-unavailable` in an
 * outage, or one after which no further request can succeed, such as `authentication-failed` and `identity-changed`.
 */
export interface TokenSource {
  get(request: TokenRequest): Promise<AccessToken>
}

/** The one identity of a run. */
export interface SignIn {
  /**
   * Gives the source of tokens for an audience, always the same one.
   *
   * @param scope - OAuth2 v2, such as `https://graph.microsoft.com/.default`.
   */
  tokenFor(scope: string): TokenSource
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
  const exp = tokenClaims(token)?.exp ?? undefined
  const ends = exp === undefined ? {} : { lastsUntil: fromEpochMs(exp * 1000) }
  return { get: () => Promise.resolve({ text: token, ...ends }) }
}

/**
 * Signs in as whoever got the token of `HOLDFAST_TOKEN`, which is good for one audience alone.
 *
 * @throws DefenderError `token-malformed` where the text cannot be a token.
 */
export function staticSignIn(text: string, scope: string): SignIn {
  const source = staticToken(text)
  return {
    tokenFor: wanted =>
      wanted === scope
        ? source
        : {
            get: () =>
              Promise.reject(
                new DefenderError(
                  'authentication-failed',
                  `HOLDFAST_TOKEN is for ${scope} alone, and ${wanted} is needed too.`,
                  {
                    wayOut: 'Leave HOLDFAST_TOKEN out and sign in another way, which gives tokens for both.',
                  },
                ),
              ),
          },
  }
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
