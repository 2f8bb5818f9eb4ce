import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  type IdentityLibrary,
  openSignIn,
  type SignInOptions,
} from '../../../src/defender/sign-in/sign-in.ts'
import { type HttpRequest, type Send, TransportError } from '../../../src/defender/transport.ts'
import { temporaryFolder } from '../../cli/temporary-folder.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { jwt, rejection } from '../clients.ts'

const SCOPE = 'https://api.securitycenter.microsoft.com/.default'
const AUTHORITY = 'https://login.microsoftonline.com'
const WHO = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client' }
const GITHUB = {
  ...WHO,
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.example/token?v=2',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'canary-runtime',
}
const END = Date.UTC(2026, 10, 20, 11)

type Reply = { readonly status?: number; readonly body?: unknown } | TransportError

/** Answers in this order, as hosts of any name would, and notes what was asked. */
function scripted(replies: readonly Reply[]): { readonly send: Send; readonly requests: HttpRequest[] } {
  const requests: HttpRequest[] = []
  const send: Send = async request => {
    const reply = replies[requests.length]
    requests.push(request)
    if (reply === undefined) throw new Error(`nothing is left to answer ${request.url} with`)
    if (reply instanceof TransportError) throw reply
    const { status = 200, body = '' } = reply
    const headers = { 'content-type': 'application/json' }
    return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }
  }
  return { send, requests }
}

const unreachable = (code: string): TransportError => new TransportError(code, `host: unreachable (${code})`)

type Answer = () => Promise<{ token: string; expiresOnTimestamp: number } | null>

/** Stands in for the library: notes which credential was made and what it was asked for. */
function library(answer: Answer = () => Promise.resolve({ token: 'abc', expiresOnTimestamp: END })) {
  const made: unknown[][] = []
  const scopes: string[] = []
  const kind = (name: string) =>
    class {
      constructor(...args: readonly unknown[]) {
        made.push([name, ...args])
      }
      getToken(scope: string) {
        scopes.push(scope)
        return answer()
      }
    }
  const loaded = {
    ClientAssertionCredential: kind('assertion'),
    ClientSecretCredential: kind('secret'),
    ClientCertificateCredential: kind('certificate'),
    DefaultAzureCredential: kind('chain'),
  } as unknown as IdentityLibrary
  return { made, scopes, load: () => Promise.resolve(loaded) }
}

function options(fields: Partial<SignInOptions> & { replies?: readonly Reply[] } = {}): SignInOptions {
  const { replies = [], ...rest } = fields
  return {
    authority: AUTHORITY,
    tenantId: undefined,
    env: {},
    clock: new FakeClock(),
    send: scripted(replies).send,
    runAzureCli: () => Promise.reject(new Error('no az here')),
    ...rest,
  }
}

const get = (fields: Parameters<typeof options>[0]) =>
  openSignIn(options(fields)).tokenFor(SCOPE).get({ fresh: false })

const clientOptions = {
  authorityHost: AUTHORITY,
  disableInstanceDiscovery: false,
  httpClient: expect.anything(),
  proxyOptions: expect.anything(),
}

describe('signing in', () => {
  test.each(
    Object.entries({
      secret: [{ ...WHO, AZURE_CLIENT_SECRET: 's' }, ['secret', 'tenant', 'client', 's', clientOptions]],
      certificate: [
        { ...WHO, AZURE_CLIENT_CERTIFICATE_PATH: '/c', AZURE_CLIENT_CERTIFICATE_PASSWORD: 'p' },
        [
          'certificate',
          'tenant',
          'client',
          { certificatePath: '/c', certificatePassword: 'p' },
          { ...clientOptions, sendCertificateChain: false },
        ],
      ],
      chain: [
        { HTTPS_PROXY: 'user:p%40ss@proxy.example:3128' },
        [
          'chain',
          {
            authorityHost: AUTHORITY,
            disableInstanceDiscovery: false,
            proxyOptions: { host: 'http://proxy.example', port: 3128, username: 'user', password: 'p@ss' },
          },
        ],
      ],
    }),
  )('with a %s is left to the library, as that alone', async (_what, [env, want]) => {
    const { made, scopes, load } = library()
    const token = await get({ env: env as SignInOptions['env'], load })
    expect(token).toStrictEqual({ text: 'abc', expiresAt: '2026-11-20T11:00:00.0000000Z' })
    expect(made).toStrictEqual([want])
    expect(scopes).toStrictEqual([SCOPE])
  })

  test('tells the chain the tenant, and an authority that Microsoft does not know is taken as it was given', async () => {
    const { made, load } = library()
    const authority = 'https://login.example'
    await get({ authority, tenantId: 'configured', load, env: { HTTPS_PROXY: 'https://proxy.example' } })
    expect(made).toMatchObject([
      [
        'chain',
        {
          authorityHost: authority,
          tenantId: 'configured',
          disableInstanceDiscovery: true,
          proxyOptions: { host: 'https://proxy.example', port: 443 },
        },
      ],
    ])
  })

  test.each(['HTTPS_PROXY', 'ALL_PROXY', 'HTTP_PROXY'])(
    'tells the chain the proxy of %s, which may lack a scheme',
    async name => {
      const { made, load } = library()
      await get({ load, env: { [name]: '127.0.0.1:3128' } })
      expect(made).toMatchObject([['chain', { proxyOptions: { host: 'http://127.0.0.1', port: 3128 } }]])
      const error = await rejection(get({ load, env: { [name]: 'socks5://user:canary@host' } }))
      expect(error).toMatchObject({ code: 'proxy-invalid', message: expect.stringContaining(name) })
      expect(error.message).not.toContain('canary')
    },
  )

  test('serves every audience with one source each, and all with one identity', async () => {
    const texts = [jwt({ oid: 'a' }), jwt({ oid: 'b' })]
    const { scopes, load } = library(() =>
      Promise.resolve({ token: texts[scopes.length - 1] ?? '', expiresOnTimestamp: END }),
    )
    const signIn = openSignIn(options({ load }))
    expect(signIn.tokenFor(SCOPE)).toBe(signIn.tokenFor(SCOPE))
    await signIn.tokenFor(SCOPE).get({ fresh: false })
    const error = await rejection(signIn.tokenFor('https://graph/.default').get({ fresh: false }))
    expect(error.code).toBe('identity-changed')
    expect(scopes).toStrictEqual([SCOPE, 'https://graph/.default'])
  })

  test('comes from a new credential each time: the library’s own memory is no use after a 401', async () => {
    const { made, load } = library()
    const source = openSignIn(options({ load })).tokenFor(SCOPE)
    await source.get({ fresh: false })
    await source.get({ fresh: true, refused: 'abc' })
    expect(made).toHaveLength(2)
  })

  test.each([
    ['now', 0],
    ['nothing that can be read', Number.NaN],
  ])('takes the end from the token itself where the library says %s', async (_what, expiresOnTimestamp) => {
    const text = jwt({ exp: END / 1000 })
    const { load } = library(() => Promise.resolve({ token: text, expiresOnTimestamp }))
    expect(await get({ load })).toStrictEqual({ text, expiresAt: '2026-11-20T11:00:00.0000000Z' })
    const opaque = library(() => Promise.resolve({ token: 'opaque', expiresOnTimestamp }))
    expect(await get({ load: opaque.load })).toStrictEqual({ text: 'opaque' })
  })

  test('the real library takes what it is given', async () => {
    const real = await import('@azure/identity')
    const all = { authorityHost: AUTHORITY, disableInstanceDiscovery: true }
    const tenant = '80fe8ff8-2624-418e-9591-41f0491218f9'
    expect(() => new real.DefaultAzureCredential({ ...all, tenantId: tenant })).not.toThrow()
    expect(() => new real.ClientSecretCredential(tenant, 'c', 's', all)).not.toThrow()
    expect(() => new real.ClientAssertionCredential(tenant, 'c', async () => 'a', all)).not.toThrow()
  })
})

describe('an assertion', () => {
  /** What the library is handed, however often it asks. */
  const handed = ({ made }: ReturnType<typeof library>): Promise<string> =>
    (made.at(-1) as [string, string, string, () => Promise<string>])[3]()

  test('is read from its file each time, since what wrote it may have renewed it', async () => {
    const folder = await temporaryFolder({ token: 'first\n' })
    const path = join(folder, 'token')
    const asked = library()
    const source = openSignIn(
      options({ env: { ...WHO, AZURE_FEDERATED_TOKEN_FILE: path }, load: asked.load }),
    ).tokenFor(SCOPE)
    await source.get({ fresh: false })
    expect(await handed(asked)).toBe('first')
    await writeFile(path, 'second')
    await source.get({ fresh: true })
    expect(await handed(asked)).toBe('second')
  })

  test.each([
    ['longer than the token', END + 60_000, '2026-11-20T11:01:00.0000000Z'],
    ['not as long as the token', END - 60_000, '2026-11-20T11:00:00.0000000Z'],
  ])('of a file that lasts %s tells how long sign-in is sure', async (_what, end, lastsUntil) => {
    const folder = await temporaryFolder({ token: jwt({ exp: end / 1000 }) })
    const env = { ...WHO, AZURE_FEDERATED_TOKEN_FILE: join(folder, 'token') }
    expect(await get({ env, load: library().load })).toMatchObject({ lastsUntil })
  })

  test.each([
    ['not there', 'none', 'cannot be read (ENOENT)'],
    ['empty', 'empty', 'is empty'],
  ])('of a file that is %s is an error, and nobody else is asked', async (_what, name, says) => {
    const folder = await temporaryFolder({ empty: ' \n' })
    const { made, load } = library()
    const env = { ...WHO, AZURE_FEDERATED_TOKEN_FILE: join(folder, name) }
    const error = await rejection(get({ env, load }))
    expect(error).toMatchObject({ code: 'credential-incomplete', message: expect.stringContaining(says) })
    expect(made).toStrictEqual([])
  })

  test('of a pipeline is asked for once for each token, with what the job shows', async () => {
    const asked = library()
    const { send, requests } = scripted([{ body: { value: 'one' } }, { body: { value: 'two' } }])
    const source = openSignIn(options({ env: GITHUB, load: asked.load, send })).tokenFor(SCOPE)
    await source.get({ fresh: false })
    expect([await handed(asked), await handed(asked)]).toStrictEqual(['one', 'one'])
    await source.get({ fresh: true })
    expect(await handed(asked)).toBe('two')
    expect(requests).toHaveLength(2)
    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: `${GITHUB.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=api%3A%2F%2FAzureADTokenExchange`,
      headers: { authorization: 'Bearer canary-runtime' },
    })
  })

  test('of Azure Pipelines is created by a POST that no sign-in page answers', async () => {
    const env = {
      SYSTEM_OIDCREQUESTURI: 'https://dev.azure.example/oidctoken',
      SYSTEM_ACCESSTOKEN: 'system',
      AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: 'connection',
      AZURESUBSCRIPTION_CLIENT_ID: 'c',
      AZURESUBSCRIPTION_TENANT_ID: 't',
    }
    const asked = library()
    const { send, requests } = scripted([{ body: { oidcToken: 'one' } }])
    await openSignIn(options({ env, load: asked.load, send }))
      .tokenFor(SCOPE)
      .get({ fresh: false })
    expect(await handed(asked)).toBe('one')
    expect(requests[0]).toMatchObject({
      method: 'POST',
      body: '',
      headers: { 'x-tfs-fedauthredirect': 'Suppress', authorization: 'Bearer system' },
    })
  })

  test.each([
    ['is away', unreachable('ECONNREFUSED'), 'sign-in-unavailable', 'ECONNREFUSED'],
    ['answers 503', { status: 503, body: 'canary-body' }, 'sign-in-unavailable', 'HTTP 503'],
    ['answers 429', { status: 429 }, 'sign-in-unavailable', 'HTTP 429'],
    ['answers 401', { status: 401, body: 'canary-body' }, 'authentication-failed', 'HTTP 401'],
    ['answers with a page', { status: 200, body: '<canary-body>' }, 'authentication-failed', 'no `value`'],
    ['answers without one', { status: 200, body: { value: 7 } }, 'authentication-failed', 'no `value`'],
    ['answers null', { status: 200, body: 'null' }, 'authentication-failed', 'no `value`'],
  ] as const)('of a pipeline that %s is an error that shows nothing', async (_what, reply, code, says) => {
    const { made, load } = library()
    const error = await rejection(get({ env: GITHUB, load, replies: [reply] }))
    expect(error).toMatchObject({
      code,
      message: expect.stringContaining('GitHub Actions gave no assertion'),
    })
    expect(error.message).toContain(says)
    expect(error.message).not.toContain('canary')
    expect(made).toStrictEqual([])
  })
})

describe('what the real library says', () => {
  const env = {
    ...WHO,
    AZURE_TENANT_ID: '80fe8ff8-2624-418e-9591-41f0491218f9',
    AZURE_CLIENT_SECRET: 'canary-s',
  }
  const authority = 'https://login.example'
  const metadata: Reply = {
    body: {
      token_endpoint: `${authority}/t/oauth2/v2.0/token`,
      authorization_endpoint: `${authority}/t/authorize`,
      issuer: `${authority}/t/v2.0`,
      jwks_uri: `${authority}/keys`,
    },
  }
  const REFUSED: Reply = {
    status: 401,
    body: { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret.' },
  }

  test('a refusal is the end, in its own words', async () => {
    const error = await rejection(get({ env, authority, replies: [metadata, REFUSED] }))
    expect(error.code).toBe('authentication-failed')
    expect(error.message).toContain('AADSTS7000215')
    expect(error.message).not.toContain('canary')
  })

  test.each([
    ['no answer', unreachable('UND_ERR_SOCKET')],
    ['an answer that says to come again', { status: 429, body: { error: 'x', error_description: 'y' } }],
  ] as const)('%s is an outage and no refusal', async (_what, reply) => {
    const replies = [metadata, reply, reply, reply, reply]
    expect(await rejection(get({ env, authority, replies }))).toMatchObject({ code: 'sign-in-unavailable' })
  })

  test.each(['127.0.0.1:3128', 'proxy.example:3128', 'socks5://proxy.example'])(
    'a proxy given as %s in variables that are not ours is none of its business',
    async proxy => {
      for (const name of ['HTTPS_PROXY', 'ALL_PROXY', 'HTTP_PROXY']) vi.stubEnv(name, proxy)
      onTestFinished(() => void vi.unstubAllEnvs())
      const error = await rejection(get({ env, authority, replies: [metadata, REFUSED] }))
      expect(error.message).toContain('AADSTS7000215')
    },
  )

  test('an authority that nobody vouches for is no outage, and is named', async () => {
    const replies = [unreachable('DEPTH_ZERO_SELF_SIGNED_CERT')]
    const error = await rejection(get({ env, authority, replies }))
    expect(error.code).toBe('authentication-failed')
    expect(error.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT')
  })

  test('a token is a token', async () => {
    const token = { token_type: 'Bearer', expires_in: 3600, access_token: jwt({ oid: 'x' }) }
    expect(await get({ env, authority, replies: [metadata, { body: token }] })).toMatchObject({
      text: token.access_token,
    })
  })
})

describe('a failure of the library', () => {
  test('with a credential that gives nothing is one', async () => {
    const { load } = library(() => Promise.resolve(null))
    const env = { ...WHO, AZURE_CLIENT_SECRET: 's' }
    expect((await rejection(get({ env, load }))).message).toBe(
      `No token for ${SCOPE} from ${AUTHORITY}: it gave none`,
    )
  })

  test.each([
    ['one refusal', () => Promise.reject(new Error('Invalid\u0007 secret')), 'Invalid secret'],
    ['something thrown', () => Promise.reject('odd'), 'odd'],
    ['no token', () => Promise.resolve(null), 'no source gave one'],
  ])('in the chain, %s, is an error with the scope and the authority', async (_what, answer, why) => {
    const error = await rejection(get({ load: library(answer).load }))
    expect(error.code).toBe('authentication-failed')
    expect(error.message).toBe(`No token for ${SCOPE} from ${AUTHORITY}: ${why}`)
  })

  test('in the whole chain names what was tried and the way out', async () => {
    const errors = [
      new Error('EnvironmentCredential is unavailable. No underlying credential could be used.'),
      new Error('ManagedIdentityCredential: none. Stray eyJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiIxIn0.c2ln'),
    ]
    const { load } = library(() => Promise.reject(Object.assign(new Error('many'), { errors })))
    const error = await rejection(get({ load }))
    expect(error.message).toContain('tried 2 sources: EnvironmentCredential is unavailable')
    expect(error.message).toContain('ManagedIdentityCredential: none. Stray [token]')
    expect(error.wayOut).toContain('HOLDFAST_TOKEN')
  })
})

describe('az', () => {
  const errors = [
    new Error('ManagedIdentityCredential: unavailable'),
    new Error("Please run 'az login' from a command prompt to authenticate before using this credential."),
  ]
  const warned = library(() => Promise.reject(Object.assign(new Error('many'), { errors })))
  const told = { accessToken: 'of-az', expires_on: END / 1000 }

  test('that gives a token and a warning is signed in, although the library says that it is not', async () => {
    const asked: (readonly string[])[] = []
    const runAzureCli = (args: readonly string[]) => {
      asked.push(args)
      return Promise.resolve(JSON.stringify(told))
    }
    const token = await get({ load: warned.load, runAzureCli, tenantId: 'tenant' })
    expect(token).toStrictEqual({ text: 'of-az', expiresAt: '2026-11-20T11:00:00.0000000Z' })
    const words = `account get-access-token --output json --scope ${SCOPE} --tenant tenant`
    expect(asked.map(args => args.join(' '))).toStrictEqual([words])
    expect(
      await get({ load: warned.load, runAzureCli: () => Promise.resolve('{"accessToken":"old"}') }),
    ).toStrictEqual({
      text: 'old',
    })
  })

  test.each([
    ['ends with an error', () => Promise.reject(new Error('exit 1'))],
    ['says something else', () => Promise.resolve('{}')],
    ['says nothing', () => Promise.resolve('')],
  ])('that %s is not signed in', async (_what, runAzureCli) => {
    const error = await rejection(get({ load: warned.load, runAzureCli }))
    expect(error.code).toBe('authentication-failed')
    expect(error.message).toContain('az login')
  })
})
