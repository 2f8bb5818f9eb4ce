import { spawn } from 'node:child_process'
import { sign } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { selfSignedCertificate } from '../../src/emulator/certificate.ts'
import { realClock } from '../../src/emulator/clock.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import type { Behaviour } from '../../src/emulator/scenario-types.ts'
import { serveEmulator } from '../../src/emulator/serve.ts'
import { temporaryFolder } from '../cli/temporary-folder.ts'
import { throwawayCertificate } from '../support/throwaway-certificate.ts'
import { policy, type Ran } from './emulated-tenant.ts'

/**
 * Signing in with the real @azure/identity over TLS, in a process of its own: nothing is mocked between the command
 * line and the token endpoint.
 */
const CLI = new URL('run-cli.ts', import.meta.url).pathname
const TENANT = '80fe8ff8-2624-418e-9591-41f0491218f9'
const CLIENT = '65265db5-0000-4000-8000-000000000001'
/** A certificate to trust is read when a process starts, and TLS takes no name but these. */
const LOCAL = selfSignedCertificate()

const client = throwawayCertificate()
const issuer = throwawayCertificate()

interface Started {
  readonly emulator: Emulator
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
}

/** An emulator that serves https and knows one client, and a repository that leads there. */
async function serveTls(
  tokens: NonNullable<Behaviour['tokens']>,
  behaviour: Omit<Behaviour, 'tokens'> = {},
): Promise<Started> {
  const scenario = {
    tenantId: TENANT,
    machines: [{ computerDnsName: 'ws-1.contoso.com' }],
    behaviour: { ...behaviour, tokens: { enforce: true, ...tokens } },
  }
  const emulator = createEmulator({ scenario, clock: realClock(1) })
  const server = await serveEmulator(emulator, { port: 0, tls: LOCAL })
  onTestFinished(() => server.close())
  const folder = await temporaryFolder({
    'holdfast.yaml': `version: 1\ntenantId: ${TENANT}\nendpoint: ${server.url}\nauthority: ${server.url}\npolicies: [policies]\nstore: local\n`,
    'policies/a.yaml': policy('contain', 'isolated: full', ['ws-1.contoso.com']),
    'trusted.pem': LOCAL.cert,
    'client.pem': client.key + client.cert,
  })
  const env = {
    AZURE_TENANT_ID: TENANT,
    AZURE_CLIENT_ID: CLIENT,
    NODE_EXTRA_CA_CERTS: join(folder, 'trusted.pem'),
  }
  return { emulator, folder, env }
}

/** Runs a command in a process that inherits nothing of this one's sign-ins. */
async function run(argv: readonly string[], folder: string, env: object): Promise<Ran> {
  const child = spawn(process.execPath, ['--no-warnings', CLI, ...argv], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const texts = { stdout: '', stderr: '' }
  child.stdout.on('data', chunk => (texts.stdout += String(chunk)))
  child.stderr.on('data', chunk => (texts.stderr += String(chunk)))
  const [code] = await once(child, 'close')
  return { code: Number(code), ...texts }
}

/** The token of an identity provider, for the workload that runs here. */
function federatedToken(key = issuer.privateKey): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const seconds = Math.floor(Date.now() / 1000)
  const claims = {
    iss: 'https://token.actions.example',
    sub: 'repo:contoso/posture:environment:production',
    aud: 'api://AzureADTokenExchange',
    iat: seconds,
    exp: seconds + 600,
  }
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
}

interface Way {
  readonly tokens: NonNullable<Behaviour['tokens']>
  readonly env: (folder: string) => Promise<object>
  /** What the same way is refused with. */
  readonly wrong: (folder: string) => Promise<object>
}

/** Keeps the library from asking the network for a managed identity once this way is refused. */
const ALONE = { AZURE_TOKEN_CREDENTIALS: 'WorkloadIdentityCredential' }

const WAYS: Readonly<Record<string, Way>> = {
  'a client secret': {
    tokens: { secrets: { [CLIENT]: 's3cret~1' } },
    env: async () => ({ AZURE_CLIENT_SECRET: 's3cret~1' }),
    wrong: async () => ({ AZURE_CLIENT_SECRET: 'another' }),
  },
  'a client certificate': {
    tokens: { assertions: { [CLIENT]: client.cert } },
    env: async folder => ({ AZURE_CLIENT_CERTIFICATE_PATH: join(folder, 'client.pem') }),
    wrong: async folder => {
      await writeFile(join(folder, 'other.pem'), issuer.key + issuer.cert)
      return { AZURE_CLIENT_CERTIFICATE_PATH: join(folder, 'other.pem') }
    },
  },
  'workload identity federation': {
    tokens: { assertions: { [CLIENT]: issuer.cert } },
    env: async folder => {
      await writeFile(join(folder, 'federated.jwt'), federatedToken())
      return { AZURE_FEDERATED_TOKEN_FILE: join(folder, 'federated.jwt'), ...ALONE }
    },
    wrong: async folder => {
      await writeFile(join(folder, 'forged.jwt'), federatedToken(client.privateKey))
      return { AZURE_FEDERATED_TOKEN_FILE: join(folder, 'forged.jwt'), ...ALONE }
    },
  },
}

describe.each(Object.entries(WAYS))('signing in over TLS with %s', (_way, { tokens, env, wrong }) => {
  test('a plan is made with the token', async () => {
    const { emulator, folder, env: base } = await serveTls(tokens)
    const ran = await run(['plan', '--json'], folder, { ...base, ...(await env(folder)) })
    expect(ran.stderr).not.toContain('error')
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.stdout)).toMatchObject({
      target: { tenantId: TENANT },
      complete: true,
      summary: { impose: 1 },
    })
    const asked = emulator.requests().map(({ method, path, status }) => `${method} ${path} ${status}`)
    expect(asked).toContain(`POST /${TENANT}/oauth2/v2.0/token 200`)
    expect(asked).toContain('GET /api/machines 200')
    expect(asked.filter(line => line.includes('/oauth2/'))).toHaveLength(1)
  })

  test('what the client cannot prove is refused, and nothing of it is shown', async () => {
    const { emulator, folder, env: base } = await serveTls(tokens)
    const secret = await wrong(folder)
    const ran = await run(['plan'], folder, { ...base, ...secret })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('authentication-failed')
    expect(ran.stderr).toMatch(/AADSTS7\d+/)
    expect(ran.stdout + ran.stderr).not.toContain('another')
    expect(ran.stdout + ran.stderr).not.toMatch(/eyJ/)
    expect(emulator.requests().some(({ path }) => path.startsWith('/api'))).toBe(false)
  })
})

/** The first record that lies below a folder. */
async function recordBelow(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true })
  const name = files.find(file => /audit.*\.jsonl$/.test(file)) ?? ''
  return readFile(join(folder, name), 'utf8')
}

/** Where a pipeline gives the job an assertion, each time it is asked. */
async function startPipeline(): Promise<{
  readonly env: Readonly<Record<string, string>>
  readonly asked: string[]
}> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    response.end(JSON.stringify({ value: federatedToken(), oidcToken: federatedToken() }))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/idtoken`
  return {
    asked,
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}?v=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'canary-request',
    },
  }
}

test('an apply that outlives its tokens signs in with a fresh assertion of the job each time, as one identity', async () => {
  const { emulator, folder, env } = await serveTls(
    { assertions: { [CLIENT]: issuer.cert }, lifetime: '4s' },
    { settle: { Isolate: '7s' } },
  )
  const pipeline = await startPipeline()
  const ran = await run(['apply', '--auto-approve', '--json'], folder, { ...env, ...pipeline.env })
  expect(ran.code, ran.stderr).toBe(0)
  const [head = ''] = (await recordBelow(folder)).split('\n')
  expect(JSON.parse(head)).toMatchObject({ event: 'run', who: { token: { appId: CLIENT } } })
  const issued = emulator.requests().filter(({ path, status }) => path.includes('/token') && status === 200)
  expect(issued.length).toBeGreaterThan(1)
  expect(pipeline.asked.length).toBeGreaterThanOrEqual(issued.length)
  expect(new Set(pipeline.asked)).toStrictEqual(
    new Set(['GET /idtoken?v=2&audience=api%3A%2F%2FAzureADTokenExchange Bearer canary-request']),
  )
  expect(ran.stdout + ran.stderr).not.toMatch(/canary|eyJ/)
})

/** An `az` that is signed in as a person, whatever it says beside. */
async function azOf(folder: string, { stderr = '', token = '' }): Promise<{ readonly PATH: string }> {
  await mkdir(join(folder, 'bin'))
  const answer = JSON.stringify({ accessToken: token, expires_on: 4_000_000_000, tokenType: 'Bearer' })
  await writeFile(join(folder, 'answer.json'), answer)
  const script = `#!/bin/sh\nenv >> '${folder}/az.env'\necho "${stderr}" >&2\ncat '${folder}/answer.json'\n`
  await writeFile(join(folder, 'bin/az'), script, { mode: 0o755 })
  return { PATH: `${join(folder, 'bin')}:${process.env['PATH']}` }
}

test.each([
  ['refused', async (folder: string) => writeFile(join(folder, 'job'), federatedToken(client.privateKey))],
  ['not there', async () => undefined],
  ['empty', async (folder: string) => writeFile(join(folder, 'job'), '')],
])(
  'a federated token that is %s is the end: nobody who is signed in here is asked',
  async (_what, prepare) => {
    const { emulator, folder, env } = await serveTls({ assertions: { [CLIENT]: issuer.cert } })
    await prepare(folder)
    const az = await azOf(folder, { token: 'of-a-person' })
    const ran = await run(['plan'], folder, {
      ...env,
      ...az,
      AZURE_FEDERATED_TOKEN_FILE: join(folder, 'job'),
    })
    expect(ran.code).toBe(1)
    expect(existsSync(join(folder, 'az.env'))).toBe(false)
    expect(emulator.requests().filter(({ path }) => path.startsWith('/api'))).toStrictEqual([])
  },
)

test('an az that gives a token is signed in, although it warns, and learns nothing else that is secret', async () => {
  const { folder, env, emulator } = await serveTls({ enforce: false })
  const { AZURE_CLIENT_ID: _none, ...rest } = env
  const az = await azOf(folder, {
    stderr: 'WARNING: run az login --tenant x for others, az login',
    token: 'of-a-person',
  })
  const ran = await run(['plan', '--json'], folder, {
    ...rest,
    ...az,
    AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential',
    GITHUB_TOKEN: 'canary-github',
    SYSTEM_ACCESSTOKEN: 'canary-system',
  })
  expect(ran.code, ran.stderr).toBe(0)
  expect(emulator.requests().some(({ path, status }) => path === '/api/machines' && status === 200)).toBe(
    true,
  )
  expect(await readFile(join(folder, 'az.env'), 'utf8')).not.toContain('canary')
})

test('two credentials are an error that names both, before anything is asked', async () => {
  const { emulator, folder, env } = await serveTls({ secrets: { [CLIENT]: 's3cret~1' } })
  const ran = await run(['plan'], folder, {
    ...env,
    AZURE_CLIENT_SECRET: 's3cret~1',
    AZURE_FEDERATED_TOKEN_FILE: join(folder, 'job'),
  })
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('credentials-contradict')
  expect(ran.stderr).toMatch(/AZURE_FEDERATED_TOKEN_FILE and AZURE_CLIENT_SECRET/)
  expect(ran.stderr).not.toContain('s3cret')
  expect(emulator.requests()).toStrictEqual([])
})

test('an authority that nobody vouches for gets no secret', async () => {
  const { emulator, folder, env } = await serveTls({ secrets: { [CLIENT]: 's3cret~1' } })
  const { NODE_EXTRA_CA_CERTS: _trusted, ...distrusting } = env
  const ran = await run(['plan'], folder, { ...distrusting, AZURE_CLIENT_SECRET: 's3cret~1' })
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('authentication-failed')
  expect(emulator.requests()).toStrictEqual([])
})

test('holdfast emulator --tls says how to trust it, and what follows that advice signs in', async () => {
  const folder = await temporaryFolder({
    'p.yaml': policy('contain', 'isolated: full', ['dc-01.contoso.com']),
  })
  const server = spawn(process.execPath, ['--no-warnings', CLI, 'emulator', '--tls'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder },
  })
  onTestFinished(() => void server.kill('SIGKILL'))
  let [out, err] = ['', '']
  server.stdout.on('data', chunk => (out += String(chunk)))
  server.stderr.on('data', chunk => (err += String(chunk)))
  while (!err.includes('Serving until')) await new Promise(resolve => setTimeout(resolve, 20))
  const url = out.trim()
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  const [, trusted = ''] = /NODE_EXTRA_CA_CERTS=(\S+)/.exec(err) ?? []
  expect(err).toContain(`authority: ${url}`)
  await writeFile(
    join(folder, 'holdfast.yaml'),
    `version: 1\nendpoint: ${url}\nauthority: ${url}\npolicies: [p.yaml]\n`,
  )
  const ran = await run(['plan', '--json'], folder, {
    NODE_EXTRA_CA_CERTS: trusted,
    AZURE_TENANT_ID: TENANT,
    AZURE_CLIENT_ID: CLIENT,
    AZURE_CLIENT_SECRET: 'any',
  })
  expect(ran.code, ran.stderr).toBe(0)
  server.kill('SIGINT')
  expect(await once(server, 'close')).toContain(130)
  expect(existsSync(trusted)).toBe(false)
})
