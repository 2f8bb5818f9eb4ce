import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { CONFIGURATION, machines, policy, startTenant, type Tenant } from './emulated-tenant.ts'
import { git, startRepository } from './git-repository.ts'

/** Somebody holds ws-1, which a policy declares free, and ws-2 and ws-3, of which none speaks. */
const SCENARIO: Scenario = {
  machines: machines(4),
  actions: [
    { type: 'Isolate', scope: 'Full', machineId: 'ws-1.contoso.com', creationDateTimeUtc: '-5d' },
    { type: 'Isolate', scope: 'Selective', machineId: 'ws-2.contoso.com', creationDateTimeUtc: '-3h' },
    { type: 'RestrictCodeExecution', machineId: 'ws-3.contoso.com', creationDateTimeUtc: '-3h' },
  ],
}
const FILES = {
  'holdfast.yaml': CONFIGURATION,
  'policies/a.yaml': policy('free', 'isolated: false', ['ws-1.contoso.com', 'ws-4.contoso.com']),
}
const ADOPT = ['drift', '--adopt', '--reason', 'INC-7 kept', '--exit-zero'] as const

async function patched(tenant: Tenant, patch: string): Promise<void> {
  await writeFile(join(tenant.folder, 'p.patch'), patch)
  execFileSync('git', ['apply', 'p.patch'], { cwd: tenant.folder })
}

async function driftOf(tenant: Tenant): Promise<readonly string[]> {
  const { drift } = JSON.parse((await tenant.run(['drift', '--json', '--exit-zero'])).stdout)
  return drift.map(({ kind }: { readonly kind: string }) => kind)
}

test('drift --adopt then plan: no changes, nothing blocked, no drift', async () => {
  const tenant = await startTenant(SCENARIO, FILES)
  expect((await driftOf(tenant)).toSorted()).toStrictEqual(['held-by-other', 'undeclared', 'undeclared'])
  const ran = await tenant.run(ADOPT)
  expect(ran.code).toBe(0)
  expect(ran.stderr).toContain('leaves ws-1.contoso.com ')
  expect(ran.stderr).toContain('The patch declares 3 holds of others.')
  await patched(tenant, ran.stdout)
  expect(await driftOf(tenant)).toStrictEqual([])
  const { changes, blocked } = JSON.parse((await tenant.run(['plan', '--json'])).stdout)
  expect([changes, blocked]).toStrictEqual([[], []])
  expect(tenant.writes()).toBe(0)
  const again = await tenant.run(ADOPT)
  expect(again.stdout).toBe('')
  expect(again.stderr.trim().split('\n').at(-1)).toBe(
    'Nothing to adopt: nobody else holds what is not declared so.',
  )
})

test('--since adopts what is as young, with the terms that were given', async () => {
  const tenant = await startTenant(SCENARIO, FILES)
  const terms = ['--since', '1d', '--owner', 'soc', '--expires', '2099-01-01', '--out', 'policies/new']
  const ran = await tenant.run([...ADOPT, ...terms])
  await patched(tenant, ran.stdout)
  expect(await driftOf(tenant)).toStrictEqual(['held-by-other'])
  const [name] = ran.stdout.match(/(?<=b\/)policies\/new\/adopted-\S+-restricted\.yaml/) ?? ['none']
  const text = await readFile(join(tenant.folder, name), 'utf8')
  expect(text).toContain('owner: "soc"\n')
  expect(text).toContain('expires: 2099-01-01T00:00:00Z\n')
})

/** Adopts in one folder of a repository and applies the patch in another; gives the files that git then finds changed. */
async function changedBy(
  tenant: Tenant,
  ran: string,
  applied: string,
  told: string,
): Promise<readonly string[]> {
  const { code, stdout, stderr } = await tenant.run(ADOPT, { cwd: join(tenant.folder, ran) })
  expect(code).toBe(0)
  expect(stderr).toContain(told)
  await writeFile(join(tenant.folder, '.git/adopt.patch'), stdout)
  const folder = join(tenant.folder, applied)
  git(folder, 'apply', relative(folder, join(tenant.folder, '.git/adopt.patch')))
  const lines = git(tenant.folder, 'status', '--short', '--untracked-files=all').split('\n')
  return lines.map(line =>
    line
      .trim()
      .replace(/^(\S+) +"?(.*?)"?$/, '$1 $2')
      .replace(/\d{4}-\d\d-\d\d/, 'DAY'),
  )
}

test.each([
  ['its own folder', 'a b/soc', 'a b/soc', 'with `git apply` here'],
  ['the top', 'a b/soc', '.', 'with `git apply` here'],
  ['the top, since it ran beside the policies', 'a b/soc/tests', '.', 'not here'],
])(
  'a declaration in a folder of a repository: the patch is applied in %s',
  async (_where, ran, applied, told) => {
    const files = Object.entries({ ...FILES, 'tests/README.md': '' }).map(([name, text]) => [
      `a b/soc/${name}`,
      text,
    ])
    const tenant = await startRepository(SCENARIO, Object.fromEntries(files))
    expect(await changedBy(tenant, ran, applied, told)).toStrictEqual([
      'M a b/soc/policies/a.yaml',
      ...['isolated-full', 'isolated-selective', 'restricted'].map(
        what => `?? ${ran}/policies/adopted-DAY-foreign-${what}.yaml`,
      ),
    ])
  },
)

test('the report of the same run goes into files', async () => {
  const tenant = await startTenant(SCENARIO, FILES)
  await tenant.run([...ADOPT, '--json-into', 'd.json'])
  expect(JSON.parse(await readFile(join(tenant.folder, 'd.json'), 'utf8')).drift).toHaveLength(3)
})

test('a policy that cannot be changed by adding lines is left as it is, and named', async () => {
  const flow =
    '{ version: 1, policy: free, reason: r, machines: [{ dnsName: ws-1.contoso.com }], state: { isolated: false } }\n'
  const tenant = await startTenant(SCENARIO, { ...FILES, 'policies/a.yaml': flow })
  const ran = await tenant.run(ADOPT)
  expect(ran.stderr).toMatch(/left +ws-1\.contoso\.com \S+: cannot-edit/)
  await patched(tenant, ran.stdout)
  expect(await driftOf(tenant)).toStrictEqual(['held-by-other'])
})

test.each([
  ['without a reason', ['drift', '--adopt'], 'reason-missing'],
  ['with paths', [...ADOPT, 'policies/a.yaml'], 'flags-contradict'],
  ['of another time', [...ADOPT, '--as-of', '2026-01-01'], 'flags-contradict'],
  ['with another format', [...ADOPT, '--json'], 'flags-contradict'],
  ['that would have expired', [...ADOPT, '--expires', '2020-01-01'], 'usage'],
  ['that is not asked for, with its terms', ['drift', '--owner', 'soc'], 'usage'],
])('an adoption %s is refused', async (_what, argv, code) => {
  const tenant = await startTenant(SCENARIO, FILES)
  const ran = await tenant.run(argv)
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain(`error[${code}]`)
})
