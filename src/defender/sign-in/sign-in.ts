import type { Clock } from '../../apply/ports.ts'
import { fromEpochMs, type Instant } from '../../schema/instant.ts'
import { cleanText } from '../clean-text.ts'
import { DefenderError } from '../defender-error.ts'
import { type ProxyOptions, proxyOptions } from '../proxy.ts'
import { type AccessToken, type SignIn, type TokenSource, tokenClaims } from '../token.ts'
import type { Send } from '../transport.ts'
import { askAzureCli, blamesAzureCli, type RunAzureCli } from './azure-cli.ts'
import { type Credential, chooseCredential, type SignInEnvironment } from './choose-credential.ts'
import { fetchAssertion } from './fetch-assertion.ts'
import { heldToken } from './held-token.ts'
import { pinIdentity } from './identity-pin.ts'
import { type HttpClient, libraryTransport } from './library-transport.ts'
import { readAssertion } from './read-assertion.ts'

interface Given {
  readonly token: string
  readonly expiresOnTimestamp: number
}

interface LibraryCredential {
  getToken(scope: string): Promise<Given | null>
}

interface LibraryOptions {
  readonly authorityHost: string
  readonly disableInstanceDiscovery: boolean
  readonly httpClient: HttpClient
  readonly proxyOptions: ProxyOptions
}

type BaseOptions = Omit<LibraryOptions, 'httpClient' | 'proxyOptions'>

type ChainOptions = BaseOptions & { readonly tenantId?: string; readonly proxyOptions?: ProxyOptions }

/** The part of `@azure/identity` that is used. */
export interface IdentityLibrary {
  readonly ClientAssertionCredential: new (
    tenantId: string,
    clientId: string,
    getAssertion: () => Promise<string>,
    options: LibraryOptions,
  ) => LibraryCredential
  readonly ClientSecretCredential: new (
    tenantId: string,
    clientId: string,
    secret: string,
    options: LibraryOptions,
  ) => LibraryCredential
  readonly ClientCertificateCredential: new (
    tenantId: string,
    clientId: string,
    certificate: { certificatePath: string; certificatePassword?: string },
    options: LibraryOptions & { readonly sendCertificateChain: boolean },
  ) => LibraryCredential
  readonly DefaultAzureCredential: new (options: ChainOptions) => LibraryCredential
}

/** What {@link openSignIn} signs in to, and with what. */
export interface SignInOptions {
  readonly authority: string
  /** The configuration's. */
  readonly tenantId: string | undefined
  readonly env: SignInEnvironment
  readonly clock: Pick<Clock, 'now'>
  readonly send: Send
  readonly runAzureCli: RunAzureCli
  /** Loads the library; by default only when the first token is asked for, since loading it costs 170 ms. */
  readonly load?: () => Promise<IdentityLibrary>
}

/** Keeps the library from reading the variables of a proxy, which our own transport goes through. */
const UNUSED_PROXY: ProxyOptions = { host: 'http://unused.invalid', port: 80 }

/** Authorities that Microsoft's own discovery knows; any other one is taken as the user gave it. */
const KNOWN_AUTHORITIES: ReadonlySet<string> = new Set([
  'https://login.microsoftonline.com',
  'https://login.microsoftonline.us',
])

/**
 * Signs in with exactly one credential, for every audience of a run (docs/contract.md#one-identity).
 *
 * Its sources reject with a {@link DefenderError}: `sign-in-unavailable` in an outage, and with a fatal one.
 */
export function openSignIn(options: SignInOptions): SignIn {
  const pin = pinIdentity()
  const sources = new Map<string, TokenSource>()
  return {
    tokenFor(scope) {
      const known = sources.get(scope)
      if (known !== undefined) return known
      const source = heldToken(() => acquire(scope, options), options.clock, pin)
      sources.set(scope, source)
      return source
    },
  }
}

async function acquire(scope: string, options: SignInOptions): Promise<AccessToken> {
  const credential = chooseCredential(options.env, options)
  const library = await (options.load ?? ((): Promise<IdentityLibrary> => import('@azure/identity')))()
  return credential.kind === 'chain'
    ? acquireByChain(scope, options, library)
    : acquireAs(credential, scope, options, library)
}

/** What a client is made with. A new one each time: the library keeps tokens, and after a 401 those are no use. */
function baseOptions({ authority }: SignInOptions): BaseOptions {
  return { authorityHost: authority, disableInstanceDiscovery: !KNOWN_AUTHORITIES.has(authority) }
}

async function acquireAs(
  credential: Exclude<Credential, { readonly kind: 'chain' }>,
  scope: string,
  options: SignInOptions,
  library: IdentityLibrary,
): Promise<AccessToken> {
  const { client, trouble } = libraryTransport(options.send)
  // Fetched before the library asks for it, once: it asks twice for every token.
  const assertion = await assertionOf(credential, options.send)
  const clientOptions = { ...baseOptions(options), httpClient: client, proxyOptions: UNUSED_PROXY }
  let given: Given | null
  try {
    given = await clientOf(credential, assertion, clientOptions, library).getToken(scope)
  } catch (error) {
    if (error instanceof DefenderError) throw error
    const met = trouble()
    if (!met?.isOutage) throw failed(scope, options, met?.message ?? describe(error))
    throw new DefenderError(
      'sign-in-unavailable',
      `No token from ${options.authority} just now: ${met.message}`,
    )
  }
  if (given === null) throw failed(scope, options, 'it gave none')
  const token = tokenOf(given, options)
  const lastsUntil = credential.kind === 'file' ? endOf(assertion) : undefined
  const end = token.expiresAt
  if (lastsUntil === undefined) return token
  return { ...token, lastsUntil: end === undefined || lastsUntil > end ? lastsUntil : end }
}

function assertionOf(credential: Credential, send: Send): Promise<string> | string {
  if (credential.kind === 'file') return readAssertion(credential.path)
  return credential.kind === 'pipeline' ? fetchAssertion(credential.endpoint, send) : ''
}

function clientOf(
  credential: Exclude<Credential, { readonly kind: 'chain' }>,
  assertion: string,
  options: LibraryOptions,
  library: IdentityLibrary,
): LibraryCredential {
  const { tenantId, clientId } = credential.application
  switch (credential.kind) {
    case 'secret':
      return new library.ClientSecretCredential(tenantId, clientId, credential.secret, options)
    case 'certificate': {
      const { path: certificatePath, password, sendsChain } = credential
      const certificate = { certificatePath, ...(password && { certificatePassword: password }) }
      const all = { ...options, sendCertificateChain: sendsChain }
      return new library.ClientCertificateCredential(tenantId, clientId, certificate, all)
    }
    default:
      return new library.ClientAssertionCredential(tenantId, clientId, async () => assertion, options)
  }
}

/** Tries managed identity and the sign-ins of a developer's machine, in the library's order. */
async function acquireByChain(
  scope: string,
  options: SignInOptions,
  library: IdentityLibrary,
): Promise<AccessToken> {
  const { tenantId, env, runAzureCli } = options
  const proxy = proxyOptions(env)
  let given: Given | null
  try {
    const chain = new library.DefaultAzureCredential({
      ...baseOptions(options),
      ...(tenantId === undefined ? {} : { tenantId }),
      ...(proxy === undefined ? {} : { proxyOptions: proxy }),
    })
    given = await chain.getToken(scope)
  } catch (error) {
    if (!blamesAzureCli(partsOf(error))) throw failed(scope, options, describe(error))
    given = await askAzureCli(runAzureCli, scope, tenantId).catch(() => {
      throw failed(scope, options, describe(error))
    })
  }
  if (given === null) throw failed(scope, options, 'no source gave one')
  return tokenOf(given, options)
}

/** The library reads an end that is missing or written otherwise as now; then what the token says of itself counts. */
function tokenOf({ token: text, expiresOnTimestamp }: Given, { clock }: SignInOptions): AccessToken {
  const told = Number.isFinite(expiresOnTimestamp) ? fromEpochMs(expiresOnTimestamp) : undefined
  const expiresAt = told !== undefined && told > clock.now() ? told : endOf(text)
  return expiresAt === undefined ? { text } : { text, expiresAt }
}

function endOf(jwt: string): Instant | undefined {
  const seconds = tokenClaims(jwt)?.exp
  return seconds === undefined || seconds === null ? undefined : fromEpochMs(seconds * 1000)
}

function failed(scope: string, { authority }: SignInOptions, why: string): DefenderError {
  return new DefenderError('authentication-failed', `No token for ${scope} from ${authority}: ${why}`)
}

function partsOf(error: unknown): readonly unknown[] {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [error]
}

/** One short line: the one sign-in that was refused, or every source that was tried and what it lacked. */
function describe(error: unknown): string {
  const parts = partsOf(error)
  if (parts.length === 1) return cleanText(messageOf(parts[0]))
  const tried = parts.map(part => cleanText(messageOf(part), 110))
  return `tried ${tried.length} sources: ${tried.join(' | ')}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
