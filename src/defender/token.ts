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
 * @param variable - Where it stands, for messages.
 * @throws DefenderError `token-malformed` where the text cannot be a token.
 */
export function staticToken(text: string, variable = 'HOLDFAST_TOKEN'): TokenSource {
  const token = text.trim().replace(/^Bearer /i, '')
  if (!/^[\x21\x23-\x26\x28-\x7e]+$/.test(token) || token.startsWith('{')) {
    throw new DefenderError('token-malformed', `${variable} is not a bearer token.`)
  }
  const exp = tokenClaims(token)?.exp ?? undefined
  const ends = exp === undefined ? {} : { lastsUntil: fromEpochMs(exp * 1000) }
  return { get: () => Promise.resolve({ text: token, ...ends }) }
}

/** A token that was given by hand, and what it is for. */
export interface GivenToken {
  readonly text: string
  /** The variable that it stands in, for messages. */
  readonly variable: string
  /** The one scope that it is for. */
  readonly scope: string
}

/** What Microsoft Graph is called in `aud` beside its host. */
const GRAPH_APP = '00000003-0000-0000-c000-000000000000'

/**
 * Signs in as whoever got the tokens of `HOLDFAST_TOKEN` and `HOLDFAST_GRAPH_TOKEN`, each of which is good for one
 * audience alone and is given for no other one.
 *
 * @throws DefenderError `token-malformed` where a text cannot be a token, or says that it is for one of the others.
 */
export function staticSignIn(given: readonly GivenToken[]): SignIn {
  const sources = new Map(
    given.map(({ text, variable, scope }) => [scope, staticToken(text, variable)] as const),
  )
  for (const { text, variable, scope } of given) {
    const aud = tokenClaims(text.trim().replace(/^Bearer /i, ''))?.aud ?? undefined
    if (aud !== undefined && isForGraph(aud) !== isForGraph(scope))
      throw new DefenderError(
        'token-malformed',
        `${variable} is for ${cleanText(aud, 200)}, not for ${scope}.`,
      )
  }
  const nothing = (wanted: string): TokenSource => ({
    get: () =>
      Promise.reject(
        new DefenderError('token-not-given', `No token for ${wanted} was given beside HOLDFAST_TOKEN.`),
      ),
  })
  return { tokenFor: wanted => sources.get(wanted) ?? nothing(wanted) }
}

/** Whether an audience or a scope is of Microsoft Graph, in whichever cloud. */
function isForGraph(text: string): boolean {
  return text === GRAPH_APP || /^https:\/\/(dod-)?graph\.microsoft\.(com|us)(\/|$)/i.test(text)
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
