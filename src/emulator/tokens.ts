import { isGoodAssertion } from './client-assertion.ts'
import type { Api, EmulatorRequest, Reply } from './exchange.ts'
import type { Random } from './random.ts'
import type { Replies } from './reply.ts'
import type { Settings } from './settings.ts'

/** All application permissions that the emulated calls need (docs/service.md#action-permissions). */
export const ALL_ROLES: readonly string[] = [
  'Machine.Read.All',
  'Machine.ReadWrite.All',
  'Machine.Isolate',
  'Machine.RestrictExecution',
  'Machine.Scan',
  'Machine.CollectForensics',
  'Machine.StopAndQuarantine',
  'Machine.LiveResponse',
  'Machine.Offboard',
  'Library.Manage',
  'AdvancedQuery.Read.All',
]
/** Those of Microsoft Graph, which stand in tokens for it alone (docs/service.md#hunting-graph). */
const GRAPH_ROLES: readonly string[] = ['ThreatHunting.Read.All']
const GRAPH_AUDIENCE = /^https:\/\/(dod-)?graph\.microsoft\.(com|us)$/i

/** The application a request comes from. Quotas are counted by `appId`. */
export interface Caller {
  readonly appId: string
  readonly roles: readonly string[]
  /** What its token is for; undefined where that cannot be read. */
  readonly audience: string | undefined
}

const GRANTS: ReadonlySet<string> = new Set([
  'client_credentials',
  'password',
  'authorization_code',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
])
const TOKEN_PATH = /^\/([^/]+)\/oauth2(\/v2\.0)?\/token\/?$/i
const UNKNOWN_APP = '00000000-0000-0000-0000-000000000000'
const SECOND_MS = 1000
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** The tenant of a scenario that names none, asked by a domain name. */
const DEFAULT_TENANT = '5a1dc0de-0000-4000-a000-000000000001'

/** One of the two forms of the token endpoint. */
export interface TokenEndpoint {
  readonly tenant: string
  readonly version: 1 | 2
}

interface Claims {
  readonly aud: string
  readonly iss: string
  readonly iat: number
  readonly nbf: number
  readonly exp: number
  readonly app_displayname: string
  readonly appid: string
  readonly roles: readonly string[]
  readonly tid: string
  readonly uti: string
  readonly ver: string
}

const DISCOVERY_PATH = /^\/([^/]+)\/(?:v2\.0\/)?\.well-known\/openid-configuration$/i

/** The document by which sign-in libraries find the endpoints of a tenant; undefined for another path. */
export function discoveryDocument({ origin, pathname }: URL): unknown {
  const tenant = DISCOVERY_PATH.exec(pathname)?.[1]
  if (tenant === undefined) return undefined
  return {
    token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
    authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
    jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
    issuer: `${origin}/${tenant}/v2.0`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    response_types_supported: ['code', 'token'],
    scopes_supported: ['openid'],
  }
}

/** Finds which token endpoint a path is, if any. */
export function tokenEndpoint(path: string): TokenEndpoint | undefined {
  const match = TOKEN_PATH.exec(path)
  if (match === null) return undefined
  return { tenant: match[1] ?? '', version: match[2] === undefined ? 1 : 2 }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function decodeClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload] = token.split('.')
  if (payload === undefined) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return typeof claims === 'object' && claims !== null ? { ...claims } : undefined
  } catch {
    return undefined
  }
}

/** Issues tokens and reads them back. They are JWTs by shape, with readable claims and nothing to verify. */
export class TokenIssuer {
  readonly #settings: Settings
  readonly #tenantId: string | undefined
  readonly #random: Random
  readonly #nowMs: () => number
  readonly #replies: Replies
  readonly #issued: Set<string> = new Set()

  constructor(
    settings: Settings,
    tenantId: string | undefined,
    random: Random,
    nowMs: () => number,
    replies: Replies,
  ) {
    this.#settings = settings
    this.#tenantId = tenantId
    this.#random = random
    this.#nowMs = nowMs
    this.#replies = replies
  }

  /** Answers a token request of either version. The form is read whatever its Content-Type says. */
  answer(request: EmulatorRequest, { tenant, version }: TokenEndpoint): Reply {
    const form = new URLSearchParams(request.body?.toString() ?? '')
    const problem = this.#problemOf(form, version, request.url.replace(/\?.*$/, ''))
    if (problem !== undefined) return this.#replies.json(problem.status, this.#errorBody(problem))
    const audience = version === 1 ? form.get('resource') : form.get('scope')?.replace(/\/\.default.*$/, '')
    const claims = this.#claims(form.get('client_id') ?? UNKNOWN_APP, audience ?? '', tenant)
    return this.#replies.json(200, this.#grant(claims, version))
  }

  #problemOf(form: URLSearchParams, version: 1 | 2, endpoint: string): OAuthProblem | undefined {
    const missing = ['grant_type', 'client_id', version === 1 ? 'resource' : 'scope'].find(
      name => (form.get(name) ?? '') === '',
    )
    if (missing !== undefined)
      return {
        status: 400,
        error: 'invalid_request',
        number: 900144,
        text: `The request body must contain the following parameter: '${missing}'.`,
      }
    if (!GRANTS.has(form.get('grant_type') ?? ''))
      return {
        status: 400,
        error: 'unsupported_grant_type',
        number: 70003,
        text: 'The app requested an unsupported grant type.',
      }
    return this.#clientProblem(form, endpoint)
  }

  /** What is wrong with the client's proof of itself, where the scenario says what is right. */
  #clientProblem(form: URLSearchParams, endpoint: string): OAuthProblem | undefined {
    const { secrets, assertions } = this.#settings
    const clientId = form.get('client_id') ?? ''
    const assertion = form.get('client_assertion')
    if (assertion !== null && assertions !== undefined) {
      const pem = assertions[clientId]
      if (pem !== undefined && isGoodAssertion(assertion, pem, clientId, endpoint)) return undefined
      return {
        status: 401,
        error: 'invalid_client',
        number: 700_027,
        text: 'The key used to sign the client assertion is not registered on the application.',
      }
    }
    if (secrets === undefined && assertions === undefined) return undefined
    if (secrets?.[clientId] !== undefined && secrets[clientId] === form.get('client_secret')) return undefined
    return {
      status: 401,
      error: 'invalid_client',
      number: 7_000_215,
      text: 'Invalid client secret provided.',
    }
  }

  #errorBody({ error, number, text }: OAuthProblem): unknown {
    const [trace, correlation] = [this.#random.guid(), this.#random.guid()]
    return {
      error,
      error_description: `AADSTS${number}: ${text} Trace ID: ${trace} Correlation ID: ${correlation}`,
      error_codes: [number],
      trace_id: trace,
      correlation_id: correlation,
    }
  }

  #grant(claims: Claims, version: 1 | 2): unknown {
    const token = `${encode({ typ: 'JWT', alg: 'none' })}.${encode(claims)}.${encode('emulator')}`
    this.#issued.add(token)
    const expiresIn = Math.max(claims.exp - claims.iat - 1, 0)
    if (version === 2)
      return { token_type: 'Bearer', expires_in: expiresIn, ext_expires_in: 0, access_token: token }
    return {
      token_type: 'Bearer',
      expires_in: String(expiresIn),
      ext_expires_in: '0',
      expires_on: String(claims.exp),
      not_before: String(claims.nbf),
      resource: claims.aud,
      access_token: token,
    }
  }

  /** The claims of a new token. Without a tenant of its own the scenario is of whatever tenant is asked. */
  #claims(clientId: string, audience: string, askedTenant: string): Claims {
    const issuedAt = Math.floor(this.#nowMs() / SECOND_MS)
    const tid = this.#tenantId ?? (GUID.test(askedTenant) ? askedTenant.toLowerCase() : DEFAULT_TENANT)
    return {
      aud: audience,
      iss: `https://sts.windows.net/${tid}/`,
      iat: issuedAt,
      nbf: issuedAt,
      exp: issuedAt + Math.floor(this.#settings.tokenLifetimeMs / SECOND_MS),
      app_displayname: this.#settings.requestor,
      appid: clientId,
      roles: this.#rolesFor(this.#isForGraph(audience) ? 'graph' : 'defender'),
      tid,
      uti: this.#random.hex(22),
      ver: '1.0',
    }
  }

  #isForGraph(audience: string): boolean {
    return GRAPH_AUDIENCE.test(audience) || this.#settings.audiences?.graph?.includes(audience) === true
  }

  #rolesFor(api: Api): readonly string[] {
    const roles = this.#settings.roles ?? [...ALL_ROLES, ...GRAPH_ROLES]
    return roles.filter(role => GRAPH_ROLES.includes(role) === (api === 'graph'))
  }

  /** The caller of a request; undefined where it carries no token, or none that is good. */
  callerOf(authorization: string | undefined, api: Api): Caller | undefined {
    const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) return undefined
    const claims = decodeClaims(token)
    if (this.#settings.enforceTokens && !this.#isGood(token, claims)) return undefined
    const appId = typeof claims?.['appid'] === 'string' ? claims['appid'] : UNKNOWN_APP
    const audience = typeof claims?.['aud'] === 'string' ? claims['aud'] : undefined
    return { appId, roles: this.#rolesFor(api), audience }
  }

  #isGood(token: string, claims: Readonly<Record<string, unknown>> | undefined): boolean {
    return this.#issued.has(token) && Number(claims?.['exp']) * SECOND_MS > this.#nowMs()
  }
}

interface OAuthProblem {
  readonly status: number
  readonly error: string
  readonly number: number
  readonly text: string
}
