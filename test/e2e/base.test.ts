import { existsSync, readFileSync } from 'node:fs'
import { readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ComparedItem, Comparison, Plan } from '../../src/plan/document/document.ts'
import { temporaryFolder } from '../cli/temporary-folder.ts'
import { CONFIGURATION, ISOLATE_TWO, machines, policy, type Ran, type Tenant } from './emulated-tenant.ts'
import { commit, GIT_ENV, git, startRepository } from './git-repository.ts'

const names = (...numbers: readonly number[]): readonly string[] => numbers.map(at => `ws-${at}.contoso.com`)
const contain = (...numbers: readonly number[]): string =>
  policy('contain', 'isolated: full', names(...numbers))

function write(tenant: Tenant, path: string, text: string): Promise<void> {
  return writeFile(join(tenant.folder, path), text)
}

function planWith(tenant: Tenant, args: readonly string[], cwd = tenant.folder): Promise<Ran> {
  return tenant.run(['plan', ...args], { cwd, env: GIT_ENV })
}

async function documentOf(tenant: Tenant, args: readonly string[], cwd?: string): Promise<Plan> {
  const ran = await planWith(tenant, [...args, '--json'], cwd)
  expect(ran.code, ran.stderr).toBe(0)
  return JSON.parse(ran.stdout) as Plan
}

const told = (items: readonly ComparedItem[]): readonly string[] =>
  items.map(({ now, base }) => `${(now ?? base)?.item.machine?.dnsName} ${base?.list} ${now?.list}`).sort()

function shortened({ added, removed, altered, anyway }: Comparison) {
  return { added: told(added), removed: told(removed), altered: told(altered), anyway: anyway.changes }
}

test('--base says what this declaration changes, apart from what is needed anyway, and touches nothing', async () => {
  const tenant = await startRepository()
  await write(tenant, 'policies/contain.yaml', contain(1, 3))
  const status = git(tenant.folder, 'status', '--porcelain')
  const ran = await planWith(tenant, ['--base', 'HEAD'])
  expect(ran.code, ran.stderr).toBe(0)
  const [, compared = ''] = ran.stdout.split('# New with this declaration (1)')
  expect(compared).toMatch(/^\n\+ {3}ws-3\.contoso\.com isolated: none -> full \(contain\)\n/)
  expect(compared).toContain('    ws-2.contoso.com isolated: no longer + none -> full (contain)\n')
  expect(compared).toMatch(
    /Against HEAD \([0-9a-f]{12}\): 1 new, 1 no longer, 0 altered\. Needed anyway: 1 change,/,
  )
  expect(compared).not.toContain('ws-1')
  expect(git(tenant.folder, 'status', '--porcelain')).toBe(status)
  expect((await readdir(tmpdir())).filter(name => name.startsWith('holdfast-base-'))).toStrictEqual([])
})

test('the document and a saved plan hold the comparison; the id is that of the plan without it', async () => {
  const tenant = await startRepository()
  const first = git(tenant.folder, 'rev-parse', 'HEAD')
  await write(tenant, 'policies/contain.yaml', contain(1, 3))
  const plan = await documentOf(
    tenant,
    ['--base', 'HEAD', '--out', 'a.plan'],
    join(tenant.folder, 'policies'),
  )
  expect(plan.comparison && shortened(plan.comparison)).toStrictEqual({
    added: ['ws-3.contoso.com undefined changes'],
    removed: ['ws-2.contoso.com changes undefined'],
    altered: [],
    anyway: 1,
  })
  expect(plan.comparison?.base).toMatchObject({
    revision: 'HEAD',
    commit: first,
    policies: 1,
    errored: false,
  })
  expect(plan.planId).toBe((await documentOf(tenant, [])).planId)
  const shown = await tenant.run(['show', 'policies/a.plan', '--json'])
  expect((JSON.parse(shown.stdout) as Plan).comparison).toStrictEqual(plan.comparison)
})

test('both are planned on one observation', async () => {
  const tenant = await startRepository()
  await write(tenant, 'policies/contain.yaml', contain(1, 3))
  const reads = (): number => tenant.emulator.requests().length
  const before = reads()
  const alone = await documentOf(tenant, [])
  const between = reads()
  const { observed, comparison } = await documentOf(tenant, ['--base', 'HEAD'])
  expect(observed.apiCalls).toBe(alone.observed.apiCalls)
  expect(reads() - between).toBe(between - before)
  expect(comparison?.removed).toHaveLength(1)
})

test('configuration and selectors both come from the revision', async () => {
  const tenant = await startRepository(
    { machines: machines(3).map(each => ({ ...each, machineTags: ['red'] })) },
    {
      'holdfast.yaml': `${CONFIGURATION}guards: { maxMachines: 1 }\nhistory: { lookback: 90d }\n`,
      'policies/contain.yaml':
        'version: 1\npolicy: contain\nreason: r\nmachines: [{ tag: blue }]\nstate: { isolated: full }\n',
    },
  )
  await write(
    tenant,
    'holdfast.yaml',
    `${CONFIGURATION}guards: { maxMachines: 9 }\nhistory: { lookback: 30d }\n`,
  )
  await write(
    tenant,
    'policies/contain.yaml',
    'version: 1\npolicy: contain\nreason: r\nmachines: [{ tag: red }]\nstate: { isolated: full }\n',
  )
  const { comparison, observed } = await documentOf(tenant, ['--base', 'HEAD'])
  expect(comparison?.added).toHaveLength(3)
  expect(comparison?.guards).toMatchObject([{ name: 'maxMachines', base: { limit: 1 }, now: { limit: 9 } }])
  const days = (Date.parse(observed.readAt) - Date.parse(observed.historyFrom)) / 86_400_000
  expect(Math.round(days)).toBe(30)
})

test('the same declaration changes nothing', async () => {
  const tenant = await startRepository()
  const ran = await planWith(tenant, ['--base', 'HEAD'])
  expect(ran.stdout).toMatch(/\): this declaration changes nothing\. Needed anyway: 2 changes,/)
})

test('against a commit without a configuration everything is new', async () => {
  const tenant = await startRepository(undefined, { 'README.md': 'x' })
  for (const [path, text] of Object.entries({
    'holdfast.yaml': CONFIGURATION.replace('[policies]', '[a.yaml]'),
    'a.yaml': contain(1, 2),
  })) {
    await write(tenant, path, text)
  }
  const { comparison } = await documentOf(tenant, ['--base', 'HEAD'])
  expect(comparison?.base.policies).toBe(0)
  expect(comparison && shortened(comparison)).toMatchObject({
    added: names(1, 2).map(name => `${name} undefined changes`),
    removed: [],
    anyway: 0,
  })
})

test('without a configuration the paths are the policies, at the revision too', async () => {
  const tenant = await startRepository(undefined, { 'a.yaml': contain(1) })
  await write(tenant, 'a.yaml', contain(1, 2))
  await write(tenant, 'b.yaml', contain(1))
  expect((await documentOf(tenant, ['a.yaml', '--base', 'HEAD'])).comparison).toMatchObject({
    base: { policies: 1 },
    added: [{}],
    anyway: { changes: 1 },
  })
  expect((await documentOf(tenant, ['b.yaml', '--base', 'HEAD'])).comparison).toMatchObject({
    base: { policies: 0 },
    added: [{}],
  })
})

test('what was chosen on the command line is chosen on both sides', async () => {
  const tenant = await startRepository()
  await write(tenant, 'policies/contain.yaml', contain(1))
  await write(tenant, 'policies/scan.yaml', policy('scan', 'scanned: { within: 7d }', names(4)))
  const compared = async (...args: readonly string[]) => {
    const { comparison } = await documentOf(tenant, [...args, '--base', 'HEAD'])
    return comparison && shortened(comparison)
  }
  const scan = { added: ['ws-4.contoso.com undefined changes'], removed: [], altered: [], anyway: 0 }
  const gone = { added: [], removed: ['ws-2.contoso.com changes undefined'], altered: [], anyway: 1 }
  expect(await compared('--target', 'policy:scan')).toStrictEqual(scan)
  expect(await compared('policies/scan.yaml')).toStrictEqual(scan)
  expect(await compared('policies/contain.yaml')).toStrictEqual(gone)
  await write(tenant, 'policies/contain.yaml', contain(1).replace('policy: contain', 'policy: renamed'))
  expect(await compared('policies/contain.yaml')).toStrictEqual({
    ...gone,
    altered: ['ws-1.contoso.com changes changes'],
    anyway: 0,
  })
})

test.each(['none', '--output=x', 'HEAD:policies'])(
  'a revision %s that is none is an error',
  async revision => {
    const ran = await planWith(await startRepository(), [`--base=${revision}`])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('revision-not-found')
    expect(ran.stderr).toContain('git knows no commit of that name here')
  },
)

test('in a shallow clone a missing revision says how to fetch it', async () => {
  const origin = await startRepository()
  const first = git(origin.folder, 'rev-parse', 'HEAD')
  await write(origin, 'policies/contain.yaml', contain(1))
  commit(origin.folder, 'second')
  const folder = join(await temporaryFolder({}), 'clone')
  git(origin.folder, 'clone', '-q', '--depth=1', `file://${origin.folder}`, folder)
  const ran = await planWith(origin, ['--base', first], folder)
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('this clone is shallow')
  expect(ran.stderr).toContain('fetch-depth: 0')
})

test('outside of a repository there is no base', async () => {
  const tenant = await startRepository()
  await rm(join(tenant.folder, '.git'), { recursive: true })
  const ran = await planWith(tenant, ['--base', 'HEAD'])
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('is in no git repository')
})

test('a revision whose files git does not have is an error in the words of git', async () => {
  const tenant = await startRepository()
  const blob = git(tenant.folder, 'rev-parse', 'HEAD:policies/contain.yaml')
  await rm(join(tenant.folder, '.git/objects', blob.slice(0, 2), blob.slice(2)))
  const ran = await planWith(tenant, ['--base', 'HEAD'])
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('revision-not-found')
  expect(ran.stderr).toContain(blob)
})

test('a revision whose declaration has errors is told, and the plan that mends it is made', async () => {
  const tenant = await startRepository()
  await write(tenant, 'policies/contain.yaml', 'version: 1\n')
  git(tenant.folder, 'commit', '-qam', 'broken')
  git(tenant.folder, 'checkout', '-q', 'HEAD~1', '--', 'policies')
  const plan = await documentOf(tenant, ['--base', 'HEAD'])
  expect(plan).not.toHaveProperty('comparison')
  expect(plan).toMatchObject({ applyable: true, summary: { impose: 2 } })
  expect(plan.diagnostics).toMatchObject([
    {
      severity: 'warning',
      code: 'base-not-compared',
      message: expect.stringMatching(/nothing is compared with HEAD, .*policies\/contain\.yaml:\d+: /),
    },
  ])
})

test('a folder that was moved changes nothing', async () => {
  const files = { 'emea/holdfast.yaml': CONFIGURATION, 'emea/policies/contain.yaml': contain(1, 2) }
  const tenant = await startRepository(undefined, files)
  git(tenant.folder, 'mv', 'emea', 'europe')
  await write(tenant, 'europe/holdfast.yaml', `${CONFIGURATION}# moved\n`)
  commit(tenant.folder, 'moved')
  const { comparison, diagnostics } = await documentOf(
    tenant,
    ['--base', 'HEAD^1'],
    join(tenant.folder, 'europe'),
  )
  expect(comparison && shortened(comparison)).toStrictEqual({
    added: [],
    removed: [],
    altered: [],
    anyway: 2,
  })
  expect(diagnostics).toStrictEqual([])
})

test('each of several configurations is compared with itself', async () => {
  const tenant = await startRepository(undefined, {
    'emea/holdfast.yaml': `${CONFIGURATION}name: emea\n`,
    'emea/policies/contain.yaml': contain(1),
    'apac/holdfast.yaml': `${CONFIGURATION}name: apac\n`,
    'apac/policies/contain.yaml': contain(2),
  })
  await write(tenant, 'apac/policies/contain.yaml', contain(2, 3))
  const compared = async (folder: string) => {
    const { comparison } = await documentOf(tenant, ['--base', 'HEAD'], join(tenant.folder, folder))
    return comparison && shortened(comparison)
  }
  expect(await compared('emea')).toMatchObject({ added: [], removed: [], altered: [], anyway: 1 })
  expect(await compared('apac')).toMatchObject({ added: ['ws-3.contoso.com undefined changes'], anyway: 1 })
})

test('lists, links, globs and folders beside the configuration are read from the revision too', async () => {
  const tenant = await startRepository(undefined, {
    'soc/holdfast.yaml': CONFIGURATION.replace(
      '[policies]',
      "['policies/**/*.yaml', ../shared, linked.yaml]",
    ),
    'soc/policies/deep/list.yaml':
      'version: 1\npolicy: listed\nreason: r\nmachines: [{ list: ../../lists/a.txt }]\nstate: { isolated: full }\n',
    'soc/lists/a.txt': 'ws-1.contoso.com\n',
    'shared/scan.yaml': policy('scan', 'scanned: { within: 7d }', names(4)),
    'elsewhere.txt': policy('linked', 'restricted: true', names(3)),
  })
  await symlink('../elsewhere.txt', join(tenant.folder, 'soc/linked.yaml'))
  commit(tenant.folder, 'linked')
  const folder = join(tenant.folder, 'soc')
  const config = CONFIGURATION.replace('[policies]', "['policies/**/*.yaml', ../shared, linked.yaml, ..]")
  await write(tenant, 'soc/holdfast.yaml', config)
  git(tenant.folder, 'commit', '-qam', 'the folder of the link may be read')
  const same = await documentOf(tenant, ['--base', 'HEAD'], folder)
  expect(same.comparison && shortened(same.comparison)).toMatchObject({
    added: [],
    removed: [],
    altered: [],
    anyway: 3,
  })
  await write(tenant, 'soc/lists/a.txt', 'ws-2.contoso.com\n')
  const { comparison } = await documentOf(tenant, ['--base', 'HEAD'], folder)
  expect(comparison && shortened(comparison)).toMatchObject({
    added: ['ws-2.contoso.com undefined changes'],
    removed: ['ws-1.contoso.com changes undefined'],
  })
})

describe('in a clone without blobs', () => {
  /** A clone of a repository with many files, whose remote counts its connections. */
  async function partial() {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`code/${at}.txt`, `${at}`]))
    const origin = await startRepository(undefined, { ...ISOLATE_TWO, ...many })
    await write(origin, 'policies/contain.yaml', contain(1, 3))
    await write(origin, 'policies/scan.yaml', policy('scan', 'scanned: { within: 7d }', names(4)))
    commit(origin.folder, 'second')
    git(origin.folder, 'config', 'uploadpack.allowFilter', 'true')
    git(origin.folder, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
    const outside = await temporaryFolder({})
    const script = join(outside, 'upload-pack.sh')
    await writeFile(script, `#!/bin/sh\necho x >> '${outside}/connections'\nexec git-upload-pack "$@"\n`, {
      mode: 0o755,
    })
    const folder = join(outside, 'clone')
    git(outside, 'clone', '-q', '--filter=blob:none', '-u', script, `file://${origin.folder}`, folder)
    git(folder, 'config', 'remote.origin.uploadpack', script)
    await writeFile(join(outside, 'connections'), '')
    return {
      origin,
      folder,
      connections: () => readFileSync(join(outside, 'connections'), 'utf8').length / 2,
    }
  }

  test('what changed is fetched by one connection, and by none the next time', async () => {
    const { origin, folder, connections } = await partial()
    const { comparison } = await documentOf(origin, ['--base', 'HEAD^1'], folder)
    expect(comparison?.added).toHaveLength(2)
    expect(connections()).toBe(1)
    await rm(origin.folder, { recursive: true })
    await documentOf(origin, ['--base', 'HEAD^1'], folder)
    expect(connections()).toBe(1)
  })

  test('that is shallow and sparse too, the change is told', async () => {
    const { origin, folder, connections } = await partial()
    await rm(folder, { recursive: true })
    const options = ['--filter=blob:none', '--depth=2', '--sparse']
    git(join(folder, '..'), 'clone', '-q', ...options, `file://${origin.folder}`, folder)
    git(folder, 'sparse-checkout', 'set', 'policies')
    const { comparison } = await documentOf(origin, ['--base', 'HEAD^1'], folder)
    expect(comparison?.added).toHaveLength(2)
    expect(connections()).toBe(0)
  })

  test('a remote that is away is told in the words of git', async () => {
    const { origin, folder } = await partial()
    await rm(origin.folder, { recursive: true })
    const ran = await planWith(origin, ['--base', 'HEAD^1'], folder)
    expect(ran.code).toBe(1)
    expect(ran.stderr).toMatch(/revision-not-found[\s\S]*git says: fatal: /)
  })
})

describe('policies in a submodule', () => {
  async function withSubmodule() {
    const shared = await startRepository(undefined, { 'contain.yaml': contain(1) })
    const tenant = await startRepository(undefined, { 'holdfast.yaml': CONFIGURATION })
    const add = ['-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', shared.folder, 'policies']
    git(tenant.folder, ...add)
    commit(tenant.folder, 'with policies')
    return tenant
  }

  test('are read at the commit that the revision names', async () => {
    const tenant = await withSubmodule()
    const inner = join(tenant.folder, 'policies')
    await write(tenant, 'policies/contain.yaml', contain(1, 2))
    commit(inner, 'stricter')
    commit(tenant.folder, 'moved on')
    const { comparison } = await documentOf(tenant, ['--base', 'HEAD^1'])
    expect(comparison && shortened(comparison)).toMatchObject({
      added: ['ws-2.contoso.com undefined changes'],
      removed: [],
      altered: [],
      anyway: 1,
    })
  })

  test('that are not here at that commit are an error that says how to fetch them', async () => {
    const tenant = await withSubmodule()
    await rm(join(tenant.folder, '.git/modules/policies'), { recursive: true })
    await rm(join(tenant.folder, 'policies/.git'))
    const ran = await planWith(tenant, ['--base', 'HEAD'])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('The submodule policies has no commit')
    expect(ran.stderr).toContain('git submodule update --init policies')
  })
})

test('reading a revision starts no filter and tells git no secret', async () => {
  const tenant = await startRepository(undefined, { ...ISOLATE_TWO, '.gitattributes': '*.yaml filter=odd\n' })
  const log = join(await temporaryFolder({}), 'started')
  const script = `sh -c "env >> '${log}'; cat"`
  for (const kind of ['clean', 'smudge']) git(tenant.folder, 'config', `filter.odd.${kind}`, script)
  await write(tenant, 'policies/contain.yaml', contain(1, 3))
  const { comparison, source } = await documentOf(tenant, ['--base', 'HEAD'])
  expect(comparison?.added).toHaveLength(1)
  expect(source.dirty).toBe(true)
  expect(existsSync(log)).toBe(false)
})

test('without --base there is no comparison', async () => {
  const tenant = await startRepository(undefined, ISOLATE_TWO)
  expect(await documentOf(tenant, [])).not.toHaveProperty('comparison')
})
