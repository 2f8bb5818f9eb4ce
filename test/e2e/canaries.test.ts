import { once } from 'node:events'
import { lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { realClock } from '../../src/emulator/clock.ts'
import { createEmulator } from '../../src/emulator/emulator.ts'
import { serveEmulator } from '../../src/emulator/serve.ts'
import { fakeIo } from '../cli/fake-io.ts'
import { temporaryFolder } from '../cli/temporary-folder.ts'
import { CONFIGURATION, machines, policy } from './emulated-tenant.ts'

/** What must be nowhere but where it was planted. */
const CANARIES = {
  graphToken: 'canary0graph0token',
  token: 'canary0token0opaque',
  secret: 'canary0client0secret',
  passphrase: 'canary0passphrase',
  sas: 'canary0sas0signature',
  body: 'canary0response0body',
} as const

const PAGE = `<html><body>Proxy error ${CANARIES.body}</body></html>`

/** A service error as gateways and the service write it: only code, message and target are for us. */
function errorBody(message: string): string {
  return JSON.stringify({
    error: { code: 'Refused', message, target: '|1-2.', innererror: { trace: CANARIES.body } },
    debug: CANARIES.body,
  })
}

/** How the service answers in place of the emulator; null leaves it to it. */
type Meddler = (request: IncomingMessage) => {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
} | null

interface Rig {
  readonly folder: string
  readonly url: string
  /** Signatures of every link that the service gave out. */
  readonly signatures: ReadonlySet<string>
  run(argv: readonly string[], meddle?: Meddler): Promise<{ readonly code: number; readonly printed: string }>
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

async function listen(handler: Handler): Promise<string> {
  const server = createServer((request, response) => {
    handler(request, response).catch(() => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const FILES = {
  'holdfast.yaml': CONFIGURATION.replace('lookup: 5s', 'lookup: 1s').replace(
    'pollInterval: 5s',
    'pollInterval: 1s',
  ),
  'policies/contain.yaml': policy('contain', 'isolated: full', ['ws-1.contoso.com', 'ws-2.contoso.com']),
}

const SECRETS = {
  HOLDFAST_TOKEN: CANARIES.token,
  HOLDFAST_GRAPH_TOKEN: CANARIES.graphToken,
  AZURE_CLIENT_SECRET: CANARIES.secret,
  AZURE_CLIENT_CERTIFICATE_PASSWORD: CANARIES.passphrase,
  GITHUB_ACTIONS: 'true',
  GITHUB_TOKEN: CANARIES.secret,
}

/** An emulator that records what it is asked, and in front of it somebody who can answer in its place. */
async function startRig(): Promise<Rig> {
  const folder = await temporaryFolder(FILES)
  const settle = { Isolate: '0s', CollectInvestigationPackage: '0s' }
  const emulator = createEmulator({
    scenario: { machines: machines(3), behaviour: { settle } },
    clock: realClock(1),
  })
  const inner = await serveEmulator(emulator, { port: 0, recordTo: join(folder, 'recorded.jsonl') })
  onTestFinished(() => inner.close())
  const signatures = new Set<string>()
  let meddle: Meddler = () => null
  const url = await listen(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const meddled = meddle(request)
    if (meddled !== null) {
      response.writeHead(meddled.status, meddled.headers ?? {}).end(meddled.body)
      return
    }
    const { method = 'GET', headers } = request
    const answer = await fetch(`${inner.url}${request.url ?? '/'}`, {
      method,
      headers: { authorization: headers.authorization ?? '', 'content-type': 'application/json' },
      body: method === 'GET' ? null : Buffer.concat(chunks),
    })
    const body = await answer.text()
    for (const [, signature = ''] of body.matchAll(/[?&]sig=([\w-]+)/g)) signatures.add(signature)
    response.writeHead(answer.status, { date: answer.headers.get('date') ?? '' }).end(body)
  })
  const env = {
    NO_COLOR: '1',
    HOLDFAST_ENDPOINT: url,
    XDG_STATE_HOME: `${folder}/.state`,
    HOLDFAST_DEBUG: '1',
    ...SECRETS,
  }
  return {
    folder,
    url,
    signatures,
    async run(argv, meddler = () => null) {
      meddle = meddler
      const io = fakeIo({ cwd: folder, env })
      const code = await main(argv, io)
      return { code, printed: io.stdout.text() + io.stderr.text() }
    },
  }
}

/** Every file below a folder, by its path. */
async function filesBelow(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return new Map(await Promise.all(files.map(async file => [file, await readFile(file, 'latin1')] as const)))
}

/** Modes of the files that commands created below a folder. */
async function modesBelow(folder: string): Promise<ReadonlySet<number>> {
  const planted = Object.keys(FILES).map(name => join(folder, name))
  const created = [...(await filesBelow(folder)).keys()].filter(file => !planted.includes(file))
  return new Set(await Promise.all(created.map(async file => (await stat(file)).mode & 0o777)))
}

const ALL_FORMATS = ['--json-into', 'r.json', '--markdown-into', 'r.md', '--html-into', 'r.html']
const FAILING_READS = ['a 401', 'a read that is HTML', 'a redirect']
const isPost = ({ method }: IncomingMessage): boolean => method === 'POST'

const HTML = { 'content-type': 'text/html' }
/** How the service fails, by name; each body is full of what must not be passed on. */
const FAILURES: Readonly<Record<string, Meddler>> = {
  'a refusal': request => (isPost(request) ? { status: 400, body: errorBody('Refused.') } : null),
  'a refusal whose message holds secrets': request =>
    isPost(request)
      ? {
          status: 403,
          body: errorBody(
            `No: Bearer ${CANARIES.token} https://x.blob.core.windows.net/p?sv=1&sig=${CANARIES.sas} client_secret=${CANARIES.secret}`,
          ),
        }
      : null,
  'a 401': () => ({ status: 401, body: errorBody('Unauthorized.') }),
  'a 500 of HTML': request => (isPost(request) ? { status: 500, headers: HTML, body: PAGE } : null),
  'a read that is HTML': () => ({ status: 404, headers: HTML, body: PAGE }),
  'an acceptance of something else': request =>
    isPost(request) ? { status: 201, body: `{"x":"${CANARIES.body}"}` } : null,
  'an acceptance that is cut': request =>
    isPost(request) ? { status: 201, body: `{"id":"${CANARIES.body}` } : null,
  'a redirect': () => ({
    status: 302,
    headers: { location: `https://evil.example/?c=${CANARIES.body}` },
    body: PAGE,
  }),
}

test('no secret, link or body is in anything that a command prints or writes', async () => {
  const rig = await startRig()
  const printed: string[] = []
  const run = async (argv: readonly string[], meddle?: Meddler): Promise<number> => {
    const ran = await rig.run(argv, meddle)
    printed.push(`${argv.join(' ')}\n${ran.printed}`)
    return ran.code
  }
  expect(await run(['plan', '--out', 'p.plan', ...ALL_FORMATS])).toBe(0)
  for (const [name, meddle] of Object.entries(FAILURES)) {
    expect(await run(['apply', 'p.plan', '--no-wait', ...ALL_FORMATS], meddle), name).not.toBe(0)
    if (FAILING_READS.includes(name)) await run(['plan', '--verify', '--json'], meddle)
  }
  expect(await run(['apply', 'p.plan', ...ALL_FORMATS])).toBe(0)
  const collect = ['package', 'download', 'ws-3.contoso.com', '--wait', '--reason', 'INC-1', '--auto-approve']
  expect(await run([...collect, '--timeout', '20s', '--out', 'package.zip'])).toBe(0)
  await run(['doctor'])
  await run(['audit', 'export', '--format', 'csv', '--out', 'audit.csv'])
  await run(['plan', '--emulate', 'no-such-file'])
  const artefacts = new Map([...(await filesBelow(rig.folder)), ['(printed)', printed.join('\n')]])
  const names = [...artefacts.keys()].join('\n')
  for (const part of [
    '/audit/',
    'p.plan',
    'r.html',
    'r.md',
    'r.json',
    'audit.csv',
    'recorded.jsonl',
    '/lease-',
  ]) {
    expect(names).toContain(part)
  }
  expect(rig.signatures.size).toBeGreaterThan(0)
  expect(await modesBelow(rig.folder)).toStrictEqual(
    new Set(process.platform === 'win32' ? [0o666] : [0o600]),
  )
  const found = [...artefacts].flatMap(([name, text]) =>
    [...Object.values(CANARIES), ...rig.signatures]
      .filter(secret => text.includes(secret))
      .map(
        secret =>
          `${secret} in ${name}: ${text.slice(Math.max(0, text.indexOf(secret) - 80), text.indexOf(secret) + 30)}`,
      ),
  )
  expect(found).toStrictEqual([])
})

test.each([301, 302, 307, 308])(
  'after a redirect (%i) to another host nothing goes there, least of all the token',
  async status => {
    let visits = 0
    const elsewhere = await listen(async (_request, response) => {
      visits += 1
      response.end('{}')
    })
    const rig = await startRig()
    const redirect: Meddler = request => ({
      status,
      headers: { location: `${elsewhere}${request.url}` },
      body: '',
    })
    const { code, printed } = await rig.run(['plan'], redirect)
    expect({ code, visits }).toStrictEqual({ code: 1, visits: 0 })
    expect(printed).toContain('redirected')
  },
)

test('a next page on another host is an error, and nothing goes there', async () => {
  let visits = 0
  const elsewhere = await listen(async (_request, response) => {
    visits += 1
    response.end('{"value":[]}')
  })
  const rig = await startRig()
  const page = JSON.stringify({ value: [], '@odata.nextLink': `${elsewhere}/api/machines?$skip=1` })
  const { code, printed } = await rig.run(['plan'], () => ({ status: 200, body: page }))
  expect({ code, visits }).toStrictEqual({ code: 1, visits: 0 })
  expect(printed).toContain('next-link-elsewhere')
})

test('plain http to anything but this computer is refused before a token is sent', async () => {
  const rig = await startRig()
  const { code, printed } = await rig.run(['plan', '--endpoint', 'http://api.example.com'])
  expect(code).toBe(1)
  expect(printed).toMatch(/http/)
})

test('a file that is written takes the place of a link planted under its name, and what it leads to is untouched', async () => {
  const rig = await startRig()
  const victim = join(rig.folder, 'victim')
  await writeFile(victim, 'mine')
  const names = ['p.plan', 'r.json', 'r.md', 'r.html', 'audit.csv']
  for (const name of names) await symlink('victim', join(rig.folder, name))
  expect((await rig.run(['plan', '--out', 'p.plan', ...ALL_FORMATS])).code).toBe(0)
  expect((await rig.run(['apply', 'p.plan', '--no-wait'])).code).toBe(6)
  expect((await rig.run(['audit', 'export', '--format', 'csv', '--out', 'audit.csv'])).code).toBe(0)
  expect(await readFile(victim, 'utf8')).toBe('mine')
  for (const name of names) expect((await lstat(join(rig.folder, name))).isFile(), name).toBe(true)
})
