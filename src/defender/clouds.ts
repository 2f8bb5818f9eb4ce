import type { Cloud, Configuration } from '../schema/configuration.ts'
import { isLoopback } from '../schema/endpoint.ts'
import { DefenderError } from './defender-error.ts'

/** Where one cloud's service and token authority are (docs/service.md#sign-in-and-tokens). */
export interface CloudHosts {
  readonly endpoint: string
  readonly authority: string
  /** OAuth2 v2 scope of the token. */
  readonly scope: string
  /** Every host of this cloud that may see the token; all by https on the default port. */
  readonly hosts: readonly string[]
  /** The host of Microsoft Graph, which gets a token of its own (docs/service.md#graph-hosts). */
  readonly graph: string
}

const PUBLIC_AUTHORITY = 'https://login.microsoftonline.com'
const US_AUTHORITY = 'https://login.microsoftonline.us'
const GEOS = ['us', 'eu', 'uk', 'au', 'swa', 'ina', 'aea']
/** The older geo hosts come with and without a number: answers name `api-us3.securitycenter.microsoft.com`. */
const OLD_GEOS = ['us', 'eu', 'uk'].flatMap(geo =>
  ['', '1', '2', '3', '4', '5'].map(shard => `${geo}${shard}`),
)

const GOVERNMENT: CloudHosts = {
  endpoint: 'https://api-gov.securitycenter.microsoft.us',
  authority: US_AUTHORITY,
  scope: 'https://api-gov.securitycenter.microsoft.us/.default',
  hosts: ['api-gov.securitycenter.microsoft.us'],
  graph: 'graph.microsoft.us',
}

/**
 * The clouds, one row each.
 *
 * @see https://learn.microsoft.com/defender-endpoint/gov
 */
export const CLOUDS: Readonly<Record<Cloud, CloudHosts>> = {
  commercial: {
    endpoint: 'https://api.security.microsoft.com',
    authority: PUBLIC_AUTHORITY,
    scope: 'https://api.securitycenter.microsoft.com/.default',
    hosts: [
      'api.security.microsoft.com',
      'api.securitycenter.microsoft.com',
      'api.securitycenter.windows.com',
      ...GEOS.map(geo => `${geo}.api.security.microsoft.com`),
      ...OLD_GEOS.map(geo => `api-${geo}.securitycenter.microsoft.com`),
    ],
    graph: 'graph.microsoft.com',
  },
  gcc: {
    endpoint: 'https://api-gcc.securitycenter.microsoft.us',
    authority: PUBLIC_AUTHORITY,
    scope: 'https://api-gcc.securitycenter.microsoft.us/.default',
    hosts: ['api-gcc.securitycenter.microsoft.us'],
    graph: 'graph.microsoft.com',
  },
  'gcc-high': GOVERNMENT,
  dod: { ...GOVERNMENT, graph: 'dod-graph.microsoft.us' },
}

/** Where requests and tokens go in this run. */
export interface ServiceTarget {
  /** API base without a trailing slash or `/api`. */
  readonly endpoint: string
  readonly authority: string
  readonly scope: string
  /** The tenant that the configuration names; a token of another is refused. */
  readonly tenantId: string | undefined
  /** Says whether the token may be sent to this URL. */
  allows(url: URL): boolean
}

/** What {@link resolveTarget} looks at. */
export interface TargetInput {
  readonly configuration: Pick<Configuration, 'cloud' | 'endpoint' | 'authority' | 'scope' | 'tenantId'>
  /** `--endpoint` or `HOLDFAST_ENDPOINT`; wins over the configuration's. */
  readonly endpoint?: string
}

/**
 * Decides where requests go and which hosts may see the token.
 *
 * The cloud's own endpoint allows all hosts of that cloud; one given by hand allows its own scheme, host and port.
 *
 * @returns The target, or the error to show. Never throws.
 */
export function resolveTarget(input: TargetInput): ServiceTarget | DefenderError {
  const { configuration } = input
  const cloud = CLOUDS[configuration.cloud]
  const byHand = input.endpoint ?? configuration.endpoint
  const endpoint = baseUrl('endpoint', byHand ?? cloud.endpoint)
  if (endpoint instanceof DefenderError) return endpoint
  const authority = baseUrl('authority', configuration.authority ?? cloud.authority)
  if (authority instanceof DefenderError) return authority
  return {
    endpoint: writeBase(endpoint),
    authority: writeBase(authority),
    scope: configuration.scope ?? cloud.scope,
    tenantId: configuration.tenantId,
    allows: byHand === undefined ? hostsOf(cloud) : originOf(endpoint),
  }
}

/**
 * Says where Microsoft Graph is, and that its token goes to that one host: of the same cloud and authority.
 *
 * An endpoint on this machine is an emulator, which serves both at one origin.
 */
export function graphTarget(target: ServiceTarget, cloud: Cloud): ServiceTarget {
  const host = `https://${CLOUDS[cloud].graph}`
  const { hostname, origin } = new URL(target.endpoint)
  const endpoint = isLoopback(hostname) ? origin : host
  return { ...target, endpoint, scope: `${host}/.default`, allows: originOf(new URL(endpoint)) }
}

function hostsOf(cloud: CloudHosts): (url: URL) => boolean {
  const hosts = new Set(cloud.hosts)
  return url => url.protocol === 'https:' && url.port === '' && hosts.has(url.hostname) && url.username === ''
}

function originOf(endpoint: URL): (url: URL) => boolean {
  return url => url.origin === endpoint.origin && url.username === ''
}

function baseUrl(what: 'endpoint' | 'authority', text: string): URL | DefenderError {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return new DefenderError('endpoint-invalid', `The ${what} is not an absolute https URL.`)
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return new DefenderError(
      'endpoint-invalid',
      `The ${what} at ${url.host} must not hold a user, password, query or fragment.`,
    )
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return new DefenderError(
      'endpoint-not-https',
      `The ${what} ${url.origin} is plain http to another machine.`,
    )
  }
  return url
}

function writeBase(url: URL): string {
  return url.origin + url.pathname.replace(/\/+$/, '').replace(/\/api(\/v1\.0)?$/i, '')
}
