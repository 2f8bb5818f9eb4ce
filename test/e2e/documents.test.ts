import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CONFIGURATION, ISOLATE_TWO, machines, policy, startTenant } from './emulated-tenant.ts'

test.each([
  ['plan', '--json'],
  ['plan', '--format', 'json'],
  ['plan', '--format=json'],
  ['plan', '--json', '--nonsense'],
  ['plan', '--json', 'nothing-here.yaml'],
  ['plan', '--json', '--endpoint', 'http://example.com'],
  ['plan', '--json', '--endpoint', 'http://127.0.0.1:1'],
  ['plan', '--json', '--emulate', 'nothing-here.yaml'],
  ['plan', '--json', '--config', 'policies'],
  ['drift', '--json'],
  ['apply', '--json'],
  ['apply', '--json', 'nothing-here.plan'],
  ['apply', '--json', '--auto-approve', '--no-wait'],
  ['show', '--json', 'holdfast.yaml'],
  ['validate', '--json'],
  ['frobnicate', '--json'],
  ['--json'],
] as const)('stdout of %s %s %s %s is one JSON document, errors too', async (...argv) => {
  const tenant = await startTenant()
  const ran = await tenant.run(argv.filter(word => word !== undefined))
  expect(JSON.parse(ran.stdout)).toMatchObject({ formatVersion: expect.stringMatching(/^1\.[01]$/) })
  expect(ran.stdout.endsWith('}\n')).toBe(true)
})

test('a failure in a document has code, message, way out and the diagnostics', async () => {
  const tenant = await startTenant(
    { machines: [] },
    { ...ISOLATE_TWO, 'policies/b.yaml': 'version: 1\nfoo: 1\n' },
  )
  const ran = await tenant.run(['plan', '--json'])
  const document = JSON.parse(ran.stdout)
  expect(document.error).toMatchObject({
    code: 'declaration-invalid',
    message: expect.any(String),
    wayOut: expect.any(String),
  })
  expect(document.diagnostics).toContainEqual(
    expect.objectContaining({
      severity: 'error',
      code: 'unknown-key',
      file: 'policies/b.yaml',
      line: 2,
      column: 1,
    }),
  )
  expect(ran.stderr).toContain('policies/b.yaml:2:1')
  expect(ran.stderr).toContain('error[declaration-invalid]')
})

test('one run writes every format that is asked for, into files for their owner alone', async () => {
  const tenant = await startTenant()
  const ran = await tenant.run([
    'plan',
    '--json-into',
    'a.json',
    '--markdown-into',
    'a.md',
    '--html-into',
    'a.html',
    '--out',
    'a.plan',
  ])
  expect(ran.code).toBe(0)
  expect(ran.stdout).toContain('Plan: 2 to impose')
  const read = (name: string): Promise<string> => readFile(join(tenant.folder, name), 'utf8')
  const document = JSON.parse(await read('a.json'))
  expect(document.summary.impose).toBe(2)
  expect(document.checksum).toBeUndefined()
  expect(JSON.parse(await read('a.plan')).checksum).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(await read('a.md')).toContain('2 to impose')
  expect(await read('a.html')).toMatch(/^<!doctype html>[\s\S]*2 to impose/)
  for (const name of ['a.json', 'a.md', 'a.html', 'a.plan']) {
    expect((await stat(join(tenant.folder, name))).mode & 0o777).toBe(0o600)
  }
})

test('a document that is asked for in a file is there after an error too', async () => {
  const tenant = await startTenant()
  await tenant.run(['apply', 'gone.plan', '--json-into', 'a.json'])
  expect(JSON.parse(await readFile(join(tenant.folder, 'a.json'), 'utf8')).error.code).toBe('file-not-read')
})

test('two formats for stdout are an error', async () => {
  const tenant = await startTenant()
  const ran = await tenant.run(['plan', '--json', '--format', 'markdown'])
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('flags-contradict')
})

test('diagnostics are on stderr in every format, once', async () => {
  const files = {
    ...ISOLATE_TWO,
    'policies/c.yaml': policy('c', 'scanned: { within: 7d }', ['ws-3.contoso.com', 'ws-3.contoso.com']),
  }
  files['policies/c.yaml'] = files['policies/c.yaml'].replace(
    'machines:',
    'machines:\n  - tag: nobody-has-it',
  )
  const tenant = await startTenant({ machines: machines(4) }, files)
  for (const format of ['human', 'json', 'markdown', 'html']) {
    const ran = await tenant.run(['plan', '--format', format])
    expect(ran.stderr.match(/nobody-has-it|policies\/c\.yaml:\d+:\d+/g)?.length, format).toBeGreaterThan(0)
    expect(ran.stderr.match(/warning\[/g)).toHaveLength(1)
    if (format === 'human') expect(ran.stdout).not.toContain('warning[')
  }
})

test('a saved plan shows as it was made, and in every format', async () => {
  const tenant = await startTenant()
  const made = await tenant.run(['plan', '--out', 'a.plan'])
  const shown = await tenant.run(['show', 'a.plan'])
  expect(shown.code).toBe(0)
  expect(shown.stdout).toBe(made.stdout)
  expect((await tenant.run(['show', 'a.plan', '--format', 'markdown'])).stdout).toContain(
    'Apply exactly this plan',
  )
  const document = JSON.parse((await tenant.run(['show', 'a.plan', '--json'])).stdout)
  expect(document.changes).toHaveLength(2)
})

test('two saved plans are compared', async () => {
  const tenant = await startTenant()
  await tenant.run(['plan', '--out', 'a.plan'])
  await tenant.run(['plan', '--out', 'b.plan', '--exclude', 'ws-1.contoso.com'])
  const ran = await tenant.run(['show', 'a.plan', '--diff', 'b.plan'])
  expect(ran.code).toBe(0)
  expect(ran.stdout).toContain(' only in the first, 0 only in the second, ')
  expect((await tenant.run(['show', 'a.plan', '--diff', 'b.plan', '--json'])).code).toBe(1)
})

test('paths choose whose changes are made; the others are loaded all the same', async () => {
  const tenant = await startTenant(
    { machines: machines(4) },
    { ...ISOLATE_TWO, 'policies/other.yaml': policy('other', 'isolated: full', ['ws-3.contoso.com']) },
  )
  const ran = await tenant.run(['plan', 'policies/other.yaml', '--json'])
  const { changes, source } = JSON.parse(ran.stdout)
  expect(changes.map((change: { machine: { dnsName: string } }) => change.machine.dnsName)).toStrictEqual([
    'ws-3.contoso.com',
  ])
  expect(Object.keys(source.files)).toStrictEqual([
    'holdfast.yaml',
    'policies/contain.yaml',
    'policies/other.yaml',
  ])
})

test('a path that the configuration does not load is an error', async () => {
  const tenant = await startTenant(
    { machines: [] },
    { ...ISOLATE_TWO, 'elsewhere/a.yaml': policy('a', 'isolated: full', ['x']) },
  )
  const ran = await tenant.run(['plan', 'elsewhere'])
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('path-not-configured')
})

test('without a configuration the paths are the policies', async () => {
  const { 'policies/contain.yaml': text = '' } = ISOLATE_TWO
  const tenant = await startTenant({ machines: machines(2) }, { 'somewhere/contain.yaml': text })
  const ran = await tenant.run(['plan', 'somewhere', '--json'])
  expect(ran.code, ran.stderr).toBe(0)
  expect(JSON.parse(ran.stdout).summary.impose).toBe(2)
})

test('the configuration is found upward, and paths stay relative to where one stands', async () => {
  const tenant = await startTenant()
  const cwd = join(tenant.folder, 'policies')
  const ran = await tenant.run(['plan', 'contain.yaml', '--json'], { cwd })
  expect(Object.keys(JSON.parse(ran.stdout).source.files)).toStrictEqual(['../holdfast.yaml', 'contain.yaml'])
})

test('the same declaration and the same facts give the same plan id', async () => {
  const tenant = await startTenant()
  const ids = await Promise.all(
    [1, 2].map(async () => JSON.parse((await tenant.run(['plan', '--json'])).stdout).planId),
  )
  expect(ids[0]).toBe(ids[1])
})

test('with --emulate the plan of one run is that of the next, so that a saved one applies', async () => {
  const scenario =
    'version: 1\nmachines:\n  - { computerDnsName: ws-1.contoso.com }\n  - { computerDnsName: ws-2.contoso.com }\nbehaviour: { settle: { Isolate: 100ms } }\n'
  const configuration = CONFIGURATION.replace('pollInterval: 5s', 'pollInterval: 1s')
  const tenant = await startTenant(undefined, {
    ...ISOLATE_TWO,
    'holdfast.yaml': configuration,
    'scenario.yaml': scenario,
  })
  const env = { HOLDFAST_ENDPOINT: '' }
  expect((await tenant.run(['plan', '--emulate', 'scenario.yaml', '--out', 'a.plan'], { env })).code).toBe(0)
  const ran = await tenant.run(['apply', '--emulate', 'scenario.yaml', 'a.plan', '--json'], { env })
  expect(ran.code, ran.stderr).toBe(0)
  expect(JSON.parse(ran.stdout).summary).toStrictEqual({ succeeded: 2 })
  expect(tenant.emulator.requests()).toStrictEqual([])
})

test('an as-of plan may be saved and is never applied', async () => {
  const tenant = await startTenant()
  expect((await tenant.run(['plan', '--as-of', '2030-01-01', '--out', 'a.plan'])).code).toBe(0)
  const ran = await tenant.run(['apply', 'a.plan'])
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('not-applyable')
  expect(tenant.writes()).toBe(0)
})

test('a plan goes where a folder is in the way only as an error, before stdout claims anything', async () => {
  const tenant = await startTenant()
  await mkdir(join(tenant.folder, 'a.plan'))
  await writeFile(join(tenant.folder, 'a.plan', 'x'), '')
  const ran = await tenant.run(['plan', '--out', 'a.plan'])
  expect(ran.code).toBe(1)
  expect(ran.stdout).toBe('')
  expect(ran.stderr).toContain('file-not-written')
})

test.each([
  ['plan', '--json', '--json-into', 'nowhere/plan.json', '--markdown-into', 'plan.md'],
  ['plan', '--json', '--markdown-into', 'nowhere/plan.md', '--json-into', 'plan.json'],
  ['validate', '--json', '--json-into', 'nowhere/valid.json'],
])(
  '%s %s with a file that cannot be written still prints one document, and writes the other: %s %s',
  async (...argv) => {
    const tenant = await startTenant()
    const ran = await tenant.run(argv)
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('file-not-written')
    expect(JSON.parse(ran.stdout)).not.toHaveProperty('error')
    const other = argv.find(word => word === 'plan.md' || word === 'plan.json')
    if (other !== undefined) {
      const text = await readFile(join(tenant.folder, other), 'utf8')
      expect(text).toContain('sha256:')
      expect(text).not.toContain('file-not-written')
    }
  },
)

test.each([
  [1, 'error', ['plan', '--json', '--nonsense']],
  [3, 'stale', ['apply', '--json', '--expect', 'sha256:00']],
  [4, 'refused', ['apply', '--json']],
] as const)('an error that ends with %i says so in its document, as %s', async (code, name, argv) => {
  const tenant = await startTenant()
  const ran = await tenant.run(argv)
  expect(ran.code).toBe(code)
  expect(JSON.parse(ran.stdout)).toMatchObject({ exit: { code, name }, error: { code: expect.any(String) } })
})
