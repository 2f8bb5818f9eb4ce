import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../cli/temporary-folder.ts'
import { startTenant, type Tenant } from './emulated-tenant.ts'

const CLI = new URL('run-cli.ts', import.meta.url).pathname
const LISTER = new URL('list-loaded.ts', import.meta.url).href
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

interface Started {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  /** Exit code, or the signal's name. */
  readonly ended: Promise<number | string>
}

function start(
  argv: readonly string[],
  cwd: string,
  options: { env?: object; preload?: string } = {},
): Started {
  const flags = options.preload === undefined ? [] : ['--import', options.preload]
  const child = spawn(process.execPath, ['--no-warnings', ...flags, CLI, ...argv], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: cwd,
      NODE_COMPILE_CACHE: join(tmpdir(), 'holdfast-test-compile-cache'),
      ...options.env,
    },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const texts = { stdout: '', stderr: '' }
  child.stdout.on('data', chunk => (texts.stdout += String(chunk)))
  child.stderr.on('data', chunk => (texts.stderr += String(chunk)))
  return {
    child,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    ended: once(child, 'close').then(([code, signal]) => code ?? signal),
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(resolve => setTimeout(resolve, 20))
}

test('the emulator prints its URL first and serves until it is interrupted', async () => {
  const folder = await temporaryFolder()
  const emulator = start(['emulator', '--record', 'requests.jsonl'], folder)
  await until(() => emulator.stdout().includes('\n'))
  const [url = ''] = emulator.stdout().split('\n')
  const answer = await fetch(`${url}/api/machines`, { headers: { authorization: 'Bearer any' } })
  expect(answer.status).toBe(200)
  emulator.child.kill('SIGTERM')
  expect(await emulator.ended).toBe(143)
  expect(JSON.parse(await readFile(join(folder, 'requests.jsonl'), 'utf8'))).toMatchObject({
    path: '/api/machines',
  })
})

test('emulator, plan, apply, plan and drift meet as processes over a socket', async () => {
  const { folder } = await startTenant()
  const emulator = start(['emulator', '--speed', '20'], folder)
  await until(() => emulator.stdout().includes('\n'))
  const env = {
    HOLDFAST_ENDPOINT: emulator.stdout().trim(),
    HOLDFAST_TOKEN: 'any',
    XDG_STATE_HOME: join(folder, 's'),
  }
  const args = ['--target', 'fin-ws-014.contoso.com']
  const policies = await temporaryFolder({
    'a.yaml':
      'version: 1\npolicy: a\nreason: r\nmachines: [{ dnsName: fin-ws-014.contoso.com }]\nstate: { isolated: true }\n',
    'holdfast.yaml': 'version: 1\npolicies: [a.yaml]\napply: { pollInterval: 1s }\n',
  })
  const run = (...argv: readonly string[]): Promise<number | string> => start(argv, policies, { env }).ended
  expect(await run('plan', '--detailed-exitcode', ...args)).toBe(2)
  expect(await run('apply', '--auto-approve', ...args)).toBe(0)
  expect(await run('plan', '--detailed-exitcode', ...args)).toBe(0)
  expect(await run('drift')).toBe(2)
})

async function waitingApply(tenant: Tenant): Promise<Started> {
  const running = start(['apply', '--auto-approve', '--json'], tenant.folder, { env: tenant.env })
  await until(() => running.stderr().includes('awaiting the ends'))
  return running
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s ends an apply that would wait for two hours, with its result', async (signal, code) => {
  const tenant = await startTenant({
    machines: [{ computerDnsName: 'ws-1.contoso.com' }, { computerDnsName: 'ws-2.contoso.com' }],
    behaviour: { settle: { Isolate: '2h' } },
  })
  const running = await waitingApply(tenant)
  running.child.kill(signal)
  expect(await running.ended).toBe(code)
  expect(JSON.parse(running.stdout())).toMatchObject({
    exit: { code, name: 'signal' },
    summary: { pending: 2 },
  })
})

test('a reader that goes away ends nothing and is no error', async () => {
  const tenant = await startTenant()
  const running = start(['plan'], tenant.folder, { env: tenant.env })
  running.child.stdout?.destroy()
  expect(await running.ended).toBe(0)
  expect(running.stderr()).toBe('')
})

const LOADS: Readonly<Record<string, readonly [argv: readonly string[], packages: readonly string[]]>> = {
  '--version loads no package at all': [['--version'], []],
  'help loads commander alone': [['--help'], ['commander']],
  'the schema command loads commander alone': [['schema', 'policy'], ['commander']],
}

test.each(Object.entries(LOADS))('%s', async (_rule, [argv, packages]) => {
  const running = start(argv, await temporaryFolder(), { preload: LISTER })
  expect(await running.ended).toBe(0)
  expect(running.stderr()).toContain(`loaded: ${JSON.stringify(packages)}`)
})

test('only what asks the service loads undici, and a token in the environment needs no @azure/identity', async () => {
  const tenant = await startTenant()
  const loaded = async (argv: readonly string[]): Promise<readonly string[]> => {
    const running = start(argv, tenant.folder, { env: tenant.env, preload: LISTER })
    await running.ended
    return JSON.parse(running.stderr().split('loaded: ').at(-1) ?? '')
  }
  expect(await loaded(['validate'])).not.toContain('undici')
  const planning = await loaded(['plan', '--out', 'a.plan'])
  expect(planning).toContain('undici')
  expect(planning).not.toContain('@azure/identity')
  expect(await loaded(['show', 'a.plan'])).not.toContain('undici')
})

test('the version is that of the package', async () => {
  const running = start(['--version'], await temporaryFolder())
  expect(await running.ended).toBe(0)
  expect(running.stdout()).toBe(`${version}\n`)
})

describe('a document that cannot be kept', () => {
  // What is always full is there on Linux alone.
  const COMMANDS = [
    ['plan', '--json'],
    ['drift', '--json', '--exit-zero'],
    ['machines', 'list', '--json'],
    ['validate', '--json'],
    ['validate'],
    ['schema', 'plan'],
    ['completion', 'bash'],
    ['plan', '--format', 'markdown'],
    ['--version'],
    ['--help'],
    ['plan', '--json-into', '/dev/full'],
    ['plan', '--out', '/dev/full'],
    ['plan', '--html-into', '/dev/full'],
  ].filter(() => existsSync('/dev/full'))

  test.each(COMMANDS.map(argv => [argv.join(' '), argv] as const))(
    'is an error: %s',
    async (_words, argv) => {
      const tenant = await startTenant()
      const full = openSync('/dev/full', 'w')
      onTestFinished(() => closeSync(full))
      const isStdout = !argv.includes('/dev/full')
      const child = spawn(process.execPath, ['--no-warnings', CLI, ...argv], {
        cwd: tenant.folder,
        env: { PATH: process.env['PATH'], HOME: tenant.folder, ...tenant.env },
        stdio: ['ignore', isStdout ? full : 'ignore', 'pipe'],
      })
      let stderr = ''
      child.stderr?.on('data', chunk => (stderr += String(chunk)))
      const [code] = await once(child, 'close')
      expect(stderr).toContain(isStdout ? 'error[output-lost]' : 'error[file-not-written]')
      expect(stderr).toContain('the disk is full')
      expect(code).toBe(1)
    },
  )

  test('is none where the reader wants no more', async () => {
    const tenant = await startTenant()
    const script = `'${process.execPath}' --no-warnings '${CLI}' schema plan; echo $? >&2`
    const child = spawn('sh', ['-c', `{ ${script}; } | head -c 1`], {
      cwd: tenant.folder,
      env: { PATH: process.env['PATH'], HOME: tenant.folder },
    })
    let stderr = ''
    child.stderr.on('data', chunk => (stderr += String(chunk)))
    await once(child, 'close')
    expect(stderr).toBe('0\n')
  })
})
