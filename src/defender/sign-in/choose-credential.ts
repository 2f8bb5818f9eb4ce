import { DefenderError } from '../defender-error.ts'

/** The variables that sign-in reads. */
export type SignInEnvironment = Readonly<Record<string, string | undefined>>

/** The application that a credential of its own signs in as. */
export interface Application {
  readonly tenantId: string
  readonly clientId: string
}

/** Where a pipeline gives a job an assertion of its own whenever it is asked. */
export interface AssertionEndpoint {
  readonly provider: 'GitHub Actions' | 'Azure Pipelines'
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** What the job shows there. */
  readonly bearer: string
  /** The property of the answer that holds the assertion. */
  readonly property: 'value' | 'oidcToken'
}

/** The one credential of a run. */
export type Credential =
  | { readonly kind: 'file'; readonly application: Application; readonly path: string }
  | { readonly kind: 'pipeline'; readonly application: Application; readonly endpoint: AssertionEndpoint }
  | { readonly kind: 'secret'; readonly application: Application; readonly secret: string }
  | {
      readonly kind: 'certificate'
      readonly application: Application
      readonly path: string
      readonly password: string | undefined
      readonly sendsChain: boolean
    }
  | { readonly kind: 'chain' }

/** The variables that name a credential, and the values of AZURE_TOKEN_CREDENTIALS that let the library use it. */
const NAMING = {
  AZURE_FEDERATED_TOKEN_FILE: ['workloadidentitycredential', 'prod'],
  AZURE_CLIENT_SECRET: ['environmentcredential', 'prod'],
  AZURE_CLIENT_CERTIFICATE_PATH: ['environmentcredential', 'prod'],
} as const

type NamingVariable = keyof typeof NAMING

const NAMING_VARIABLES = Object.keys(NAMING) as readonly NamingVariable[]

/** What a federated credential is registered for; other clouds have names of their own. */
const AUDIENCES: Readonly<Record<string, string>> = {
  'https://login.microsoftonline.us': 'api://AzureADTokenExchangeUSGov',
}
const AUDIENCE = 'api://AzureADTokenExchange'

/**
 * Chooses the one credential that signs in (docs/contract.md#one-identity): what the environment names, else the
 * identity of the pipeline's job, else the library's chain. Pure.
 *
 * @param target - `tenantId` of the configuration goes before AZURE_TENANT_ID.
 * @throws DefenderError `credentials-contradict`, `credential-incomplete`.
 */
export function chooseCredential(
  env: SignInEnvironment,
  target: { readonly authority: string; readonly tenantId: string | undefined },
): Credential {
  const named = NAMING_VARIABLES.filter(name => textOf(env, name) !== '')
  const [name, other] = named
  if (name !== undefined && other !== undefined) throw contradict(name, other)
  if (name !== undefined) {
    requireAgreement(env, name)
    return namedCredential(name, env, applicationOf(env, target.tenantId, name))
  }
  const empty = NAMING_VARIABLES.find(known => env[known] !== undefined)
  if (empty !== undefined) throw incomplete(`${empty} is set and empty.`)
  return pipelineCredential(env, target) ?? { kind: 'chain' }
}

function namedCredential(name: NamingVariable, env: SignInEnvironment, application: Application): Credential {
  const value = textOf(env, name)
  switch (name) {
    case 'AZURE_FEDERATED_TOKEN_FILE':
      return { kind: 'file', application, path: value }
    case 'AZURE_CLIENT_SECRET':
      return { kind: 'secret', application, secret: value }
    case 'AZURE_CLIENT_CERTIFICATE_PATH':
      return {
        kind: 'certificate',
        application,
        path: value,
        password: env['AZURE_CLIENT_CERTIFICATE_PASSWORD'],
        sendsChain: /^(true|1)$/i.test(textOf(env, 'AZURE_CLIENT_SEND_CERTIFICATE_CHAIN')),
      }
  }
}

/**
 * Both pipelines tell a job where its assertions are; the client id says that they are meant for us, unless
 * AZURE_TOKEN_CREDENTIALS asks for another way, such as the managed identity of the runner.
 */
function pipelineCredential(
  env: SignInEnvironment,
  { authority, tenantId }: { readonly authority: string; readonly tenantId: string | undefined },
): Credential | undefined {
  const narrowed = textOf(env, 'AZURE_TOKEN_CREDENTIALS').toLowerCase()
  const allowed: readonly string[] = ['', ...NAMING.AZURE_FEDERATED_TOKEN_FILE]
  if (!allowed.includes(narrowed)) return undefined
  const github = textOf(env, 'ACTIONS_ID_TOKEN_REQUEST_URL')
  const githubToken = textOf(env, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN')
  if (github !== '' && githubToken !== '' && textOf(env, 'AZURE_CLIENT_ID') !== '') {
    const audience = encodeURIComponent(AUDIENCES[authority] ?? AUDIENCE)
    return {
      kind: 'pipeline',
      application: applicationOf(env, tenantId, 'the identity of this GitHub Actions job'),
      endpoint: {
        provider: 'GitHub Actions',
        method: 'GET',
        url: `${github}${github.includes('?') ? '&' : '?'}audience=${audience}`,
        bearer: githubToken,
        property: 'value',
      },
    }
  }
  const azure = textOf(env, 'SYSTEM_OIDCREQUESTURI')
  const azureToken = textOf(env, 'SYSTEM_ACCESSTOKEN')
  const connection = textOf(env, 'AZURESUBSCRIPTION_SERVICE_CONNECTION_ID')
  if (azure === '' || azureToken === '' || connection === '') return undefined
  return {
    kind: 'pipeline',
    application: connectionOf(env, tenantId),
    endpoint: {
      provider: 'Azure Pipelines',
      method: 'POST',
      url: `${azure}?api-version=7.1&serviceConnectionId=${encodeURIComponent(connection)}`,
      bearer: azureToken,
      property: 'oidcToken',
    },
  }
}

/** The application of a service connection, as the task tells it. */
function connectionOf(env: SignInEnvironment, tenantId: string | undefined): Application {
  const clientId = textOf(env, 'AZURESUBSCRIPTION_CLIENT_ID')
  if (clientId === '')
    throw incomplete('AZURESUBSCRIPTION_CLIENT_ID is missing beside the service connection.')
  const tenant = tenantId ?? textOf(env, 'AZURESUBSCRIPTION_TENANT_ID')
  if (tenant === '') throw incomplete('AZURESUBSCRIPTION_TENANT_ID is missing beside the service connection.')
  return { tenantId: tenant, clientId }
}

function applicationOf(env: SignInEnvironment, configured: string | undefined, what: string): Application {
  const clientId = textOf(env, 'AZURE_CLIENT_ID')
  if (clientId === '') throw incomplete(`AZURE_CLIENT_ID is missing beside ${what}.`)
  const tenantId = configured ?? textOf(env, 'AZURE_TENANT_ID')
  if (tenantId === '') throw incomplete(`AZURE_TENANT_ID is missing beside ${what}, and so is \`tenantId\`.`)
  return { tenantId, clientId }
}

/** AZURE_TOKEN_CREDENTIALS may narrow what the library tries; one that leaves out what is named asks for two things. */
function requireAgreement(env: SignInEnvironment, name: NamingVariable): void {
  const narrowed = textOf(env, 'AZURE_TOKEN_CREDENTIALS')
  const allowed: readonly string[] = NAMING[name]
  if (narrowed !== '' && !allowed.includes(narrowed.toLowerCase())) {
    throw contradict(name, 'AZURE_TOKEN_CREDENTIALS')
  }
}

function textOf(env: SignInEnvironment, name: string): string {
  return (env[name] ?? '').trim()
}

function contradict(one: string, other: string): DefenderError {
  return new DefenderError(
    'credentials-contradict',
    `${one} and ${other} are both set, and each names another way to sign in.`,
  )
}

function incomplete(what: string): DefenderError {
  return new DefenderError('credential-incomplete', what)
}
