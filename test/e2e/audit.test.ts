import { lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { machines, startTenant, type Tenant } from './emulated-tenant.ts'

const APPLY = ['apply', '--auto-approve']

type Line = Readonly<Record<string, unknown>>

function auditFolderOf({ folder, url }: Tenant): string {
  return join(folder, '.state/holdfast', new URL(url).host.replace(':', '-'), 'audit')
}

/** Every record of a tenant, oldest first, each as its lines. */
async function records(tenant: Tenant): Promise<readonly (readonly Line[])[]> {
  const folder = auditFolderOf(tenant)
  const names = (await readdir(folder)).sort()
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  return texts.map(text =>
    text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Line),
  )
}

function planIdOf([head]: readonly Line[]): string {
  const plan = head?.['plan'] as Line | undefined
  return String(plan?.['planId'])
}

const isolateByHand = (tenant: Tenant): unknown =>
  tenant.emulator.addAction({
    type: 'Isolate',
    machineId: 'ws-1.contoso.com',
    scope: 'Full',
    status: 'Pending',
    requestSource: 'Portal',
  })

test('an apply leaves who, with which plan and consent, each request with what the service knows it by, and each end', async () => {
  const tenant = await startTenant()
  const env = { GITHUB_ACTIONS: 'true', GITHUB_ACTOR: 'eve', GITHUB_RUN_ID: '42' }
  expect((await tenant.run([...APPLY, '--no-waves', '--reason', 'INC-7'], { env })).code).toBe(0)
  const [lines = []] = await records(tenant)
  expect(lines.map(({ event }) => event)).toStrictEqual([
    'run',
    'request',
    'request',
    'answer',
    'answer',
    'outcome',
    'outcome',
    'end',
  ])
  expect(lines[0]).toMatchObject({
    command: 'apply',
    plan: {
      planId: expect.stringMatching(/^sha256:/),
      digest: expect.stringMatching(/^sha256:/),
      changes: 2,
    },
    target: { endpoint: tenant.url },
    who: { ci: { provider: 'github-actions', actor: 'eve', run: '42' } },
    approval: { by: ['auto-approve'], overrides: ['waves'], reason: 'INC-7' },
    parents: [],
  })
  const planId = planIdOf(lines)
  expect(lines[1]).toMatchObject({
    type: 'Isolate',
    address: expect.stringMatching(/\/isolated$/),
    marker: expect.stringContaining(`plan=${planId.slice(7, 15)} change=`),
  })
  const ids = tenant.emulator.requests().filter(({ method }) => method === 'POST')
  expect(ids).toHaveLength(2)
  expect(lines[3]).toMatchObject({
    http: 201,
    kind: 'accepted',
    correlation: expect.stringMatching(/^[0-9a-f-]{36}$/),
    actionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  expect(lines[5]).toMatchObject({ outcome: 'succeeded', status: 'Succeeded' })
  expect(lines[7]).toMatchObject({ exit: { code: 0, name: 'ok' }, summary: { succeeded: 2 } })
})

test('what the service refuses is recorded with its code and its correlation id', async () => {
  const faults = [{ on: 'POST /machines/*/isolate', status: 400 }] as const
  const tenant = await startTenant({ machines: machines(4), behaviour: { faults } })
  expect((await tenant.run(APPLY)).code).toBe(5)
  const [lines = []] = await records(tenant)
  expect(lines.filter(({ event }) => event === 'answer')[0]).toMatchObject({
    http: 400,
    kind: 'rejected',
    code: expect.stringMatching(/\S/),
    correlation: expect.stringMatching(/\S/),
  })
  expect(lines.at(-1)).toMatchObject({ exit: { code: 5, name: 'partial' } })
})

interface Refused {
  readonly argv: readonly string[]
  readonly before?: (tenant: Tenant) => Promise<unknown>
  readonly terminal?: true
  readonly answers?: readonly string[]
  readonly end: object
  readonly command?: string
}

const IN_FLIGHT = 'cd46c651-f570-4e32-abdb-a02a9e022a92'
const savePlan = (tenant: Tenant): Promise<unknown> => tenant.run(['plan', '--out', 'p.plan'])

const REFUSED: Readonly<Record<string, Refused>> = {
  'an apply that nobody consented to': {
    argv: ['apply'],
    end: { exit: { code: 4, name: 'refused' }, failure: 'approval-missing' },
  },
  'an apply that was declined': {
    argv: ['apply'],
    terminal: true,
    answers: ['no'],
    end: { exit: { code: 4, name: 'refused' }, failure: 'approval-refused' },
  },
  'an apply of another plan than expected': {
    argv: ['apply', '--expect', `sha256:${'0'.repeat(64)}`],
    end: { exit: { code: 3, name: 'stale' }, failure: 'expect-mismatch' },
  },
  'an apply of a plan file that was edited': {
    argv: ['apply', 'p.plan'],
    before: async tenant => {
      await savePlan(tenant)
      const path = join(tenant.folder, 'p.plan')
      await writeFile(path, (await readFile(path, 'utf8')).replace('"Full"', '"Selective"'))
    },
    end: { exit: { code: 3, name: 'stale' }, failure: 'plan-tampered' },
  },
  'an apply of a plan that moved': {
    argv: ['apply', 'p.plan'],
    before: async tenant => {
      await savePlan(tenant)
      tenant.emulator.addAction({
        type: 'Isolate',
        machineId: 'ws-1.contoso.com',
        scope: 'Selective',
        requestSource: 'Portal',
      })
    },
    end: { exit: { code: 3, name: 'stale' }, diagnostics: ['moved'] },
  },
  'a cancel that was declined': {
    argv: ['actions', 'cancel', IN_FLIGHT, '--reason', 'x'],
    before: async tenant =>
      tenant.emulator.addAction({
        id: IN_FLIGHT,
        type: 'Isolate',
        machineId: 'ws-3.contoso.com',
        status: 'Pending',
      }),
    terminal: true,
    answers: ['no'],
    command: 'actions cancel',
    end: { exit: { code: 4, name: 'refused' }, failure: 'approval-refused' },
  },
}

test.each(Object.entries(REFUSED))('%s leaves a record that says so', async (_what, row) => {
  const { argv, before, terminal, answers = [], end, command = 'apply' } = row
  const tenant = await startTenant({ machines: machines(4), behaviour: { settle: { Isolate: '1h' } } })
  await before?.(tenant)
  const writes = tenant.writes()
  await tenant.run(argv, terminal === undefined ? {} : { terminal, answers })
  expect(tenant.writes()).toBe(writes)
  const [lines = []] = await records(tenant)
  expect(lines.map(({ event }) => event).filter(event => event !== 'outcome')).toStrictEqual(['run', 'end'])
  expect(lines[0]).toMatchObject({ command, approval: { by: expect.any(Array) } })
  expect(lines.at(-1)).toMatchObject(end)
})

describe('what is sent by hand leaves a record too', () => {
  const reason = ['--reason', 'INC-9', '--auto-approve']
  test.each<[string, readonly string[], string]>([
    ['machines tag add', ['machines', 'tag', 'add', 'T', 'ws-1.contoso.com', '--auto-approve'], 'AddTag'],
    [
      'package download',
      ['package', 'download', 'ws-1.contoso.com', '--wait', '--timeout', '1s', ...reason],
      'CollectInvestigationPackage',
    ],
    [
      'live-response run',
      ['live-response', 'run', 'ws-1.contoso.com', '--get', 'C:\\x', ...reason],
      'LiveResponse',
    ],
    ['live-response library put', ['live-response', 'library', 'put', 'tool.ps1'], 'LibraryUpload'],
  ])('%s', async (command, argv, type) => {
    const tenant = await startTenant()
    await writeFile(join(tenant.folder, 'tool.ps1'), 'x')
    await tenant.run(argv)
    const [lines = []] = await records(tenant)
    expect(lines[0]).toMatchObject({ command, plan: null })
    expect(lines[1]).toMatchObject({ event: 'request', type })
    expect(lines[2]).toMatchObject({ event: 'answer', type, kind: 'accepted' })
    expect(lines.at(-1)).toMatchObject({ event: 'end' })
  })

  test('actions cancel and undo', async () => {
    const tenant = await startTenant({ machines: machines(4), behaviour: { settle: { Isolate: '10m' } } })
    expect((await tenant.run([...APPLY, '--no-wait', '--json'])).code).toBe(6)
    const [applied = []] = await records(tenant)
    const planId = planIdOf(applied)
    const actionId = String(applied.find(({ event }) => event === 'answer')?.['actionId'])
    await tenant.run(['actions', 'cancel', actionId, ...reason, '--timeout', '2s'])
    await tenant.run(['undo', planId, ...reason, '--no-wait'])
    const [, cancelled = [], undone = []] = await records(tenant)
    expect(cancelled[0]).toMatchObject({
      command: 'actions cancel',
      approval: { by: ['auto-approve'], reason: 'INC-9' },
    })
    expect(cancelled[1]).toMatchObject({ event: 'request', type: 'Cancel', actionId })
    expect(undone[0]).toMatchObject({ command: 'undo', plan: { changes: 1 } })
    expect(undone[1]).toMatchObject({ event: 'request', type: 'Cancel', actionId: expect.any(String) })
  })
})

test('a run that is gone on with leaves a record of its own', async () => {
  const tenant = await startTenant()
  await tenant.run([...APPLY, '--no-wait'])
  await tenant.run(['apply', '--resume'])
  const [, resumed = []] = await records(tenant)
  expect(resumed[0]).toMatchObject({
    command: 'apply --resume',
    plan: { changes: 2 },
    approval: { by: ['resume'] },
  })
  expect(resumed.at(-1)).toMatchObject({ event: 'end', exit: { code: 0 } })
})

describe('where the record cannot be written', () => {
  test.each<[string, readonly string[]]>([
    ['apply', APPLY],
    ['machines tag', ['machines', 'tag', 'add', 'T', 'ws-1.contoso.com', '--auto-approve']],
    [
      'package download',
      ['package', 'download', 'ws-1.contoso.com', '--wait', '--reason', 'x', '--auto-approve'],
    ],
    ['live-response library put', ['live-response', 'library', 'put', 'tool.ps1']],
  ])('%s sends nothing and ends with 1', async (_command, argv) => {
    const tenant = await startTenant()
    await writeFile(join(tenant.folder, 'tool.ps1'), 'x')
    const folder = auditFolderOf(tenant)
    await mkdir(join(folder, '..'), { recursive: true })
    await writeFile(folder, 'a file where the folder should be')
    const { code, stderr } = await tenant.run(argv)
    expect({ code, writes: tenant.writes() }).toStrictEqual({ code: 1, writes: 0 })
    expect(stderr).toContain('error[audit-not-usable]')
  })

  test('a run with nothing to send says so and is not hindered', async () => {
    const tenant = await startTenant()
    expect((await tenant.run(APPLY)).code).toBe(0)
    await rm(auditFolderOf(tenant), { recursive: true })
    await writeFile(auditFolderOf(tenant), '')
    const { code, stderr } = await tenant.run(APPLY)
    expect(code).toBe(0)
    expect(stderr).toContain('warning[audit-not-usable]')
  })

  test('a folder that is a link is refused: it could lead the records anywhere', async () => {
    const tenant = await startTenant()
    const folder = auditFolderOf(tenant)
    await mkdir(join(folder, '..'), { recursive: true })
    await mkdir(join(tenant.folder, 'elsewhere'))
    await symlink(join(tenant.folder, 'elsewhere'), folder)
    expect((await tenant.run(APPLY)).code).toBe(1)
    expect(tenant.writes()).toBe(0)
    expect(await readdir(join(tenant.folder, 'elsewhere'))).toStrictEqual([])
  })
})

test('records are for their owner alone, whatever --journal says they are not there', async () => {
  const tenant = await startTenant()
  await tenant.run([...APPLY, '--journal', 'elsewhere'])
  const folder = auditFolderOf(tenant)
  const [name = ''] = await readdir(folder)
  expect(((await stat(join(folder, name))).mode & 0o777).toString(8)).toBe('600')
  expect(((await lstat(folder)).mode & 0o777).toString(8)).toBe('700')
})

describe('audit verify and export', () => {
  async function twoRuns(): Promise<{ tenant: Tenant; folder: string; names: readonly string[] }> {
    const tenant = await startTenant()
    await tenant.run(['apply'])
    await tenant.run([...APPLY, '--no-wait'])
    const folder = auditFolderOf(tenant)
    return { tenant, folder, names: (await readdir(folder)).sort() }
  }

  test('records as written are intact, and the next run follows the last', async () => {
    const { tenant, folder } = await twoRuns()
    const { code, stdout } = await tenant.run(['audit', 'verify'])
    expect(code).toBe(0)
    expect(stdout).toContain('Intact: 2 records as written.')
    const document = JSON.parse((await tenant.run(['audit', 'verify', folder, '--json'])).stdout) as Line
    expect(document).toMatchObject({
      exit: { code: 0 },
      folders: [{ records: 2, heads: [{ hash: expect.any(String) }] }],
    })
  })

  test('one altered character ends with 3 and names its line', async () => {
    const { tenant, folder, names } = await twoRuns()
    const path = join(folder, names[1] ?? '')
    await writeFile(path, (await readFile(path, 'utf8')).replace('"type":"Isolate"', '"type":"Unisolate"'))
    const { code, stdout } = await tenant.run(['audit', 'verify'])
    expect(code).toBe(3)
    expect(stdout).toContain(`! ${names[1]}:2 `)
    const exported = await tenant.run(['audit', 'export'])
    expect(exported.code).toBe(3)
    expect(exported.stderr).toContain('error[audit-broken]')
    expect((await tenant.run(['audit', 'export', path])).code).toBe(3)
  })

  test('a removed record ends with 3; a head that was kept proves it of the newest too', async () => {
    const { tenant, folder, names } = await twoRuns()
    const last = (await readFile(join(folder, names[1] ?? ''), 'utf8')).trimEnd().split('\n').at(-1) ?? ''
    const { hash } = JSON.parse(last) as { readonly hash: string }
    expect((await tenant.run(['audit', 'verify', '--head', hash])).code).toBe(0)
    await rm(join(folder, names[1] ?? ''))
    expect((await tenant.run(['audit', 'verify'])).code).toBe(0)
    const { code, stdout } = await tenant.run(['audit', 'verify', '--head', hash])
    expect({ code, named: stdout.includes(hash) }).toStrictEqual({ code: 3, named: true })
    expect((await tenant.run(['audit', 'verify', '--head', 'x'])).code).toBe(1)
  })

  test('one record alone is held against itself', async () => {
    const { tenant, folder, names } = await twoRuns()
    expect((await tenant.run(['audit', 'verify', join(folder, names[1] ?? '')])).code).toBe(0)
  })

  test.each([[[]], [['nowhere']]])('where there is no record (%j) it ends with 1', async more => {
    const tenant = await startTenant()
    const { code, stderr } = await tenant.run(['audit', 'verify', ...more])
    expect(code).toBe(1)
    expect(stderr).toContain('audit-not-read')
  })

  test('a folder that may not be read is named', async () => {
    const tenant = await startTenant({}, { 'a-file/x': '' })
    const { code, stderr } = await tenant.run(['audit', 'verify', 'a-file/x/y'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/a part of the path is not a\s+folder/)
  })

  test('lines from a time on are exported into a file of its owner, as CSV or JSON lines', async () => {
    const { tenant } = await twoRuns()
    expect((await tenant.run(['audit', 'export', '--format', 'csv', '--out', 'a.csv'])).code).toBe(0)
    const csv = await readFile(join(tenant.folder, 'a.csv'), 'utf8')
    expect(csv).toMatch(/^at,event,tenantId,/)
    expect((await stat(join(tenant.folder, 'a.csv'))).mode & 0o777).toBe(0o600)
    const all = (await tenant.run(['audit', 'export', '--since', '1d'])).stdout.trimEnd().split('\n')
    expect(all.length).toBe(csv.trimEnd().split('\r\n').length - 1)
    expect((await tenant.run(['audit', 'export', '--since', '2099-01-01'])).stdout).toBe('')
    expect((await tenant.run(['audit', 'export', '--since', 'soon'])).code).toBe(1)
  })
})

test('an action in flight by hand is adopted, and the record says that nothing was sent for it', async () => {
  const tenant = await startTenant({ machines: machines(4), behaviour: { settle: { Isolate: '100s' } } })
  isolateByHand(tenant)
  await tenant.run(APPLY)
  const [lines = []] = await records(tenant)
  expect(lines.filter(({ event }) => event === 'request')).toHaveLength(1)
  expect(lines.filter(({ event }) => event === 'outcome')).toHaveLength(2)
})
