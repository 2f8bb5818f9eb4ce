import { rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CONFIGURATION, ISOLATE_TWO, machines, policy, startTenant } from './emulated-tenant.ts'
import { GIT_ENV, git, startRepository } from './git-repository.ts'

test('the source of a plan is the commit, whether the files differ from it, and a digest of each', async () => {
  const tenant = await startRepository()
  const sourceOf = async () =>
    JSON.parse((await tenant.run(['plan', '--json'], { env: GIT_ENV })).stdout).source
  const commit = git(tenant.folder, 'rev-parse', 'HEAD')
  const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/)
  const files = { 'holdfast.yaml': digest, 'policies/contain.yaml': digest }
  expect(await sourceOf()).toStrictEqual({ commit, dirty: false, files })
  await writeFile(
    join(tenant.folder, 'policies/new.yaml'),
    policy('new', 'isolated: full', ['ws-3.contoso.com']),
  )
  expect(await sourceOf()).toStrictEqual({
    commit,
    dirty: true,
    files: { ...files, 'policies/new.yaml': digest },
  })
})

test('--show-unchanged lists what holds already, to people', async () => {
  const tenant = await startTenant()
  await tenant.run(['apply', '--auto-approve', '--target', 'ws-1.contoso.com'])
  expect((await tenant.run(['plan'])).stdout).not.toContain('ws-1.contoso.com')
  expect((await tenant.run(['plan', '--show-unchanged'])).stdout).toContain('ws-1.contoso.com')
  expect((await tenant.run(['plan', '--show-unchanged', '--json'])).stderr).toContain('flags-contradict')
})

test('a list that is not there is an error at the entry that names it', async () => {
  const tenant = await startTenant(undefined, {
    ...ISOLATE_TWO,
    'policies/listed.yaml':
      'version: 1\npolicy: listed\nreason: r\nmachines:\n  - list: ../lists/gone.txt\nstate:\n  isolated: true\n',
  })
  const ran = await tenant.run(['plan'])
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('error[file-not-read]: lists/gone.txt')
  expect(ran.stderr).toContain('--> policies/listed.yaml:5:')
})

test('a list of a protected entry is read, for a saved plan too', async () => {
  const tenant = await startTenant(
    { machines: machines(2) },
    {
      ...ISOLATE_TWO,
      'holdfast.yaml': `${CONFIGURATION}protected: [{ match: { list: protected.txt }, allow: [] }]\n`,
      'protected.txt': 'nobody.contoso.com\n',
    },
  )
  await tenant.run(['plan', '--out', 'a.plan'])
  await writeFile(join(tenant.folder, 'protected.txt'), 'ws-1.contoso.com\n')
  const ran = await tenant.run(['apply', 'a.plan', '--json'])
  expect(ran.code, ran.stderr).toBe(5)
  expect(JSON.parse(ran.stdout).summary).toStrictEqual({ succeeded: 1, refused: 1 })
  await rm(join(tenant.folder, 'protected.txt'))
  expect((await tenant.run(['apply', 'a.plan'])).code).toBe(1)
})

test('a configured path that matches nothing warns', async () => {
  const tenant = await startTenant(undefined, {
    ...ISOLATE_TWO,
    'holdfast.yaml': CONFIGURATION.replace('[policies]', '[policies, nothing/**]'),
  })
  const ran = await tenant.run(['validate'])
  expect(ran.code).toBe(0)
  expect(ran.stderr).toContain('warning[path-matches-nothing]')
  const [, line = '', carets = ''] = /\n\d+ \| (.*)\n +\| ( *\^)/.exec(ran.stderr) ?? []
  expect(line.slice(carets.length - 1)).toMatch(/^nothing\/\*\*/)
  expect(ran.stdout).toContain('1 policy in 2 files, 0 errors, 1 warning.')
})

test('a folder that holds the configuration does not take it for a policy', async () => {
  const tenant = await startTenant(undefined, {
    ...ISOLATE_TWO,
    'holdfast.yaml': CONFIGURATION.replace('[policies]', '[.]'),
  })
  expect((await tenant.run(['validate'])).stdout).toContain('Valid: 1 policy in 2 files')
})

test('an invalid configuration is told with its place, and nothing else is read', async () => {
  const tenant = await startTenant(undefined, {
    ...ISOLATE_TWO,
    'holdfast.yaml': 'version: 1\npolicie: []\n',
  })
  const ran = await tenant.run(['plan'])
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('--> holdfast.yaml:2:1')
  expect(tenant.emulator.requests()).toStrictEqual([])
})

test('a scenario with errors is told with its places', async () => {
  const tenant = await startTenant(undefined, {
    ...ISOLATE_TWO,
    'scenario.yaml': 'version: 1\nmachnes: []\n',
  })
  const env = { HOLDFAST_ENDPOINT: '' }
  const ran = await tenant.run(['plan', '--emulate', 'scenario.yaml'], { env })
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('--> scenario.yaml:2:1')
  expect(ran.stderr).toContain('scenario-invalid')
  const both = await tenant.run(['plan', '--emulate', 'scenario.yaml', '--endpoint', 'http://127.0.0.1:1'], {
    env,
  })
  expect(both.stderr).toContain('flags-contradict')
})

test('a configuration without policies does not pass silently', async () => {
  const tenant = await startTenant({ machines: machines(1) }, { 'holdfast.yaml': 'version: 1\n' })
  const ran = await tenant.run(['plan'])
  expect(ran.code).toBe(0)
  expect(ran.stderr).toContain('warning[no-policies]')
})

test('a machine that the service does not know is shown where it stands in the policy', async () => {
  const tenant = await startTenant()
  await writeFile(
    join(tenant.folder, 'policies/contain.yaml'),
    policy('contain', 'isolated: full', ['ws-1.contoso.com', 'ws-nobody.contoso.com']),
  )
  const { code, stderr } = await tenant.run(['plan'])
  expect(code).toBe(1)
  expect(stderr).toMatch(
    /--> policies\/contain\.yaml:\d+:\d+\n +\|\n *\d+ \|.*ws-nobody\.contoso\.com.*\n +\| +\^/,
  )
})

test.each([
  ['a list', 'policies/listed.yaml:5:', undefined],
  ['a policy that is a link', undefined, 'policies/linked.yaml'],
  ['a configuration that is a link', undefined, 'holdfast.yaml'],
])('%s outside of the declaration is refused, and shown to nobody', async (_what, place, link) => {
  const tenant = await startTenant(undefined, {
    ...ISOLATE_TWO,
    'policies/listed.yaml':
      'version: 1\npolicy: listed\nreason: r\nmachines:\n  - list: /proc/self/environ\nstate:\n  isolated: true\n',
  })
  if (link !== undefined) {
    await rm(join(tenant.folder, 'policies/listed.yaml'))
    await rm(join(tenant.folder, link), { force: true })
    await symlink('/proc/self/environ', join(tenant.folder, link))
  }
  const { code, stderr, stdout } = await tenant.run(['validate'])
  expect(code).toBe(1)
  expect(stdout + stderr).toContain('file-outside')
  expect(stdout + stderr).toContain(place ?? link)
  expect(stdout + stderr).not.toContain('PATH=')
})
