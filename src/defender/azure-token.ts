import type { Clock } from '../apply/ports.ts'
import { fromEpochMs } from '../schema/instant.ts'
import { cleanText } from './clean-text.ts'
import { DefenderError } from './defender-error.ts'
import { type AccessToken, cachedToken, type TokenSource } from './token.ts'

/** The part of `@azure/identity` that is used. */
export interface IdentityLibrary {
  readonly DefaultAzureCredential: new (options: {
    authorityHost: string
    tenantId?: string
    disableInstanceDiscovery?: boolean
  }) => { getToken(scope: string): Promise<{ token: string; expiresOnTimestamp: number } | null> }
}

/** What {@link azureToken} signs in to. */
export interface AzureTokenOptions {
  readonly authority: string
  readonly scope: string
  readonly tenantId: string | undefined
  readonly clock: Pick<Clock, 'now'>
  /** Loads the library; by default only when the first token is asked for, since loading it costs 170 ms. */
  readonly load?: () => Promise<IdentityLibrary>
}

/** Authorities that Microsoft's own discovery knows; any other one is taken as the user gave it. */
const KNOWN_AUTHORITIES: ReadonlySet<string> = new Set([
  'https://login.microsoftonline.com',
  'https://login.microsoftonline.us',
])

/**
 * Signs in as `@azure/identity`'s DefaultAzureCredential does: environment, workload identity, managed identity, then
 * the developer's own sign-ins.
 */
export function azureToken(options: AzureTokenOptions): TokenSource {
  const load = options.load ?? ((): Promise<IdentityLibrary> => import('@azure/identity'))
  return cachedToken(() => acquire(options, load), options.clock)
}

async function acquire(
  options: AzureTokenOptions,
  load: () => Promise<IdentityLibrary>,
): Promise<AccessToken> {
  let answer: { token: string; expiresOnTimestamp: number } | null
  try {
    const { DefaultAzureCredential } = await load()
    // A new credential each time: the library keeps tokens of its own, and after a 401 those are no use.
    const credential = new DefaultAzureCredential({
      authorityHost: options.authority,
      disableInstanceDiscovery: !KNOWN_AUTHORITIES.has(options.authority),
      ...(options.tenantId === undefined ? {} : { tenantId: options.tenantId }),
    })
    answer = await credential.getToken(options.scope)
  } catch (error) {
    throw failed(options, describe(error))
  }
  if (answer === null) throw failed(options, 'no source gave one')
  return { text: answer.token, expiresAt: fromEpochMs(answer.expiresOnTimestamp) }
}

function failed(options: AzureTokenOptions, why: string): DefenderError {
  return new DefenderError(
    'authentication-failed',
    `No token for ${options.scope} from ${options.authority}: ${why}`,
  )
}

/** One short line: the one sign-in that was refused, or every source that was tried and what it lacked. */
function describe(error: unknown): string {
  const parts =
    error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [error]
  if (parts.length === 1) return cleanText(messageOf(parts[0]))
  const tried = parts.map(part => cleanText(messageOf(part), 110))
  return `tried ${tried.length} sources: ${tried.join(' | ')}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
