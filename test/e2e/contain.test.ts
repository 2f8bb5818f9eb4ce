import { execFileSync } from 'node:child_process'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { fileLease } from '../../src/local/lease/file-lease.ts'
import { identifyProcess } from '../../src/local/process-identity.ts'
import { nameTarget } from '../../src/local/state-directory.ts'
import { machines, policy, startTenant, type Tenant } from './emulated-tenant.ts'

const CONFIGURATION =
  'version: 1\npolicies: [policies]\napply: { timeout: 2m, pollInterval: 1s, lookup: 5s }\n'

const WS1 = 'ws-1.contoso.com'
const ASK = ['--for', '24h', '--reason', 'INC-1 ransomware']
const GIT_ENV = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_CEILING_DIRECTORIES: '/tmp',
}
const OTHER = policy('other', 'scanned: { within: 7d }', ['ws-4.contoso.com'])
const FILES = { 'holdfast.yaml': CONFIGURATION, 'policies/other.yaml': OTHER }

function start(
  files: Readonly<Record<string, string>> = FILES,
  scenario: Scenario = { machines: machines(4) },
) {
  return startTenant({ ...scenario, behaviour: { settle: { Isolate: '1s', Unisolate: '1s' } } }, files)
}

async function written(tenant: Tenant): Promise<readonly string[]> {
  const names = await readdir(join(tenant.folder, 'policies')).catch(() => [])
  return names.filter(name => /^(contain|release)-/.test(name)).sort()
}

async function read(tenant: Tenant, name: string): Promise<string> {
  return readFile(join(tenant.folder, name), 'utf8')
}

async function truthOf(tenant: Tenant, name = WS1): Promise<string | undefined> {
  return tenant.emulator.machines().find(({ computerDnsName }) => computerDnsName === name)?.truth.isolation
}

const contain = (tenant: Tenant, ...argv: readonly string[]) =>
  tenant.run(['contain', WS1, ...ASK, '--auto-approve', ...argv])
const release = (tenant: Tenant, ...argv: readonly string[]) =>
  tenant.run(['release', WS1, '--reason', 'INC-1 closed', '--auto-approve', ...argv])

describe('contain', () => {
  test('isolates, and leaves a policy behind with which everything is as declared', async () => {
    const tenant = await start()
    const ran = await contain(tenant)
    expect(ran.code, ran.stderr).toBe(0)
    expect(await truthOf(tenant)).toBe('Full')
    const [name = ''] = await written(tenant)
    expect(name).toMatch(/^contain-ws-1-\d{8}-\d{4}\.yaml$/)
    expect(await read(tenant, `policies/${name}`)).toMatch(
      / {2}- id: "[0-9a-f]{40}" # ws-1\.contoso\.com\nstate:\n {2}isolated: full\nexpires: /,
    )
    expect(ran.stdout).toContain(`Wrote    policies/${name}: declared until `)
    expect(ran.stdout).toContain(
      `Commit it: git add -- policies/${name} && git commit -m 'Contain ${WS1}: INC-1 ransomware' -- policies/${name}`,
    )
    const after = await tenant.run(['plan', '--target', WS1])
    expect(after.stdout).toContain('No changes.')
  })

  test('does nothing else of the declaration', async () => {
    const tenant = await start()
    const document = JSON.parse((await contain(tenant, '--json')).stdout)
    expect(document.summary).toStrictEqual({ succeeded: 1 })
  })

  test('takes scope, restriction, owner and ticket', async () => {
    const tenant = await start()
    const more = ['--scope', 'selective', '--restrict', '--owner', 'anna', '--ticket', 'INC-1']
    expect((await contain(tenant, ...more)).code).toBe(0)
    const text = await read(tenant, `policies/${(await written(tenant))[0]}`)
    expect(text).toContain('owner: "anna"\nticket: "INC-1"\n')
    expect(text).toContain('state:\n  isolated: selective\n  restricted: true\n')
  })

  test('without a configuration writes a first one', async () => {
    const tenant = await start({})
    const ran = await contain(tenant)
    expect(ran.code, ran.stderr).toBe(0)
    expect(ran.stdout).toContain('Wrote    holdfast.yaml: a first configuration.')
    expect((await tenant.run(['validate'])).stdout).toContain('Valid: 1 policy in 2 files, 0 errors')
  })

  test.each([
    ['[.]', ''],
    ['[deep/*/x-*.yaml, "more/**/*.yaml"]', 'more'],
  ])('with `policies: %s` writes where it is loaded', async (patterns, folder) => {
    const configuration = CONFIGURATION.replace('[policies]', patterns)
    const tenant = await start({
      'holdfast.yaml': configuration,
      'deep/a/x-o.yaml': OTHER,
      'more/p.yaml': OTHER.replace('other', 'more'),
    })
    const ran = await contain(tenant)
    if (folder === 'more') {
      // The first folder is not one that every name in it is loaded from.
      expect(ran.stderr).toContain('path-not-configured')
      expect(tenant.writes()).toBe(0)
    } else {
      expect(ran.code, ran.stderr).toBe(0)
    }
  })

  test('with single files configured says so before anything', async () => {
    const tenant = await start({
      ...FILES,
      'holdfast.yaml': CONFIGURATION.replace('[policies]', '[policies/other.yaml]'),
    })
    const ran = await contain(tenant)
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('path-not-configured')
    expect(tenant.emulator.requests()).toStrictEqual([])
  })

  test('twice in a minute writes two policies, the second for what the first does not hold', async () => {
    const tenant = await start()
    expect((await contain(tenant)).code).toBe(0)
    const ran = await contain(tenant, '--restrict')
    expect(ran.code, ran.stderr).toBe(0)
    expect(await written(tenant)).toHaveLength(2)
  })
})

test('what other policies name, and what is gone of it, does not stop it', async () => {
  const stale = policy('stale', 'isolated: false', ['gone.contoso.com'])
  const beside = policy('beside', 'restricted: false', ['gone.contoso.com', WS1])
  const tenant = await start({ ...FILES, 'policies/stale.yaml': stale, 'policies/beside.yaml': beside })
  expect((await tenant.run(['plan'])).code).toBe(1)
  const ran = await contain(tenant)
  expect(ran.code, ran.stderr).toBe(0)
  expect(await truthOf(tenant)).toBe('Full')
})

describe('nothing is half done', () => {
  test.each([['no'], ['y'], []])('the answer %j leaves no file and sends nothing', async (...answers) => {
    const tenant = await start({})
    const ran = await tenant.run(['contain', WS1, ...ASK], { terminal: true, answers })
    expect(ran.code).toBe(4)
    expect(ran.stderr).toContain('approval-refused')
    expect((await readdir(tenant.folder)).filter(name => !name.startsWith('.'))).toStrictEqual([])
    expect(tenant.writes()).toBe(0)
  })

  test('the answer yes is enough', async () => {
    const tenant = await start()
    expect((await tenant.run(['contain', WS1, ...ASK], { terminal: true, answers: ['yes'] })).code).toBe(0)
    expect(await truthOf(tenant)).toBe('Full')
  })

  test('without a terminal and without consent nothing is asked of the service', async () => {
    const tenant = await start()
    const ran = await tenant.run(['contain', WS1, ...ASK])
    expect(ran.code).toBe(4)
    expect(tenant.emulator.requests()).toStrictEqual([])
  })

  test('a guard that fails, or a machine that is protected, leaves no file', async () => {
    for (const more of [
      'guards: { maxMachines: 0 }\n',
      `protected: [{ match: { dnsName: ${WS1} }, allow: [] }]\n`,
    ]) {
      const tenant = await start({ ...FILES, 'holdfast.yaml': CONFIGURATION + more })
      const ran = await contain(tenant)
      expect(ran.code).toBe(4)
      expect(await written(tenant)).toStrictEqual([])
      expect(tenant.writes()).toBe(0)
    }
  })

  test('where somebody else is applying, what was written is taken back', async () => {
    const tenant = await start({})
    const target = nameTarget({ endpoint: tenant.url, tenantId: null })
    const holder = { ...(await identifyProcess()), host: 'another-host' }
    const lease = fileLease(join(tenant.folder, '.state', 'holdfast', target), holder, tenant.clock)
    expect(await lease.acquire()).toStrictEqual({ kind: 'held', generation: 1 })
    const ran = await contain(tenant)
    expect(ran.code, ran.stderr).toBe(7)
    expect(ran.stdout).toContain('Nothing was submitted, so what was written was taken back.')
    expect(await written(tenant)).toStrictEqual([])
    expect((await readdir(tenant.folder)).includes('holdfast.yaml')).toBe(false)
    expect(tenant.writes()).toBe(0)
  })

  test('where nothing can be journalled, nothing is sent and what was written is taken back', async () => {
    const tenant = await start()
    const ran = await contain(tenant, '--journal', 'holdfast.yaml/journal')
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('journal-failed')
    expect(ran.stdout).toContain('Nothing was submitted, so what was written was taken back.')
    expect(await written(tenant)).toStrictEqual([])
    expect(tenant.writes()).toBe(0)
  })

  test('what the configuration demands is asked for, and longer than it allows is an error', async () => {
    const tenant = await start({
      'holdfast.yaml': `${CONFIGURATION}require: [owner, expires]\nlongestHold: 12h\n`,
    })
    expect((await contain(tenant)).stderr).toContain('add --owner')
    const ran = await contain(tenant, '--owner', 'anna')
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('expires-too-far')
    expect(await written(tenant)).toStrictEqual([])
  })

  test('a policy that was changed while the question stood is left as it is, and nothing is sent', async () => {
    const held = policy('free', 'isolated: false', [WS1])
    const tenant = await start({ ...FILES, 'policies/free.yaml': held })
    const io = tenant.io({ terminal: true })
    const changed = `${held}# mine\n`
    const readLine = async () => {
      await writeFile(join(tenant.folder, 'policies/free.yaml'), changed)
      return 'yes'
    }
    const { main } = await import('../../src/cli/main.ts')
    const code = await main(['contain', WS1, ...ASK], { ...io, stdin: { isTTY: true, readLine } })
    expect(code).toBe(1)
    expect(io.stderr.text()).toContain('policy-changed')
    expect(await read(tenant, 'policies/free.yaml')).toBe(changed)
    expect(await written(tenant)).toStrictEqual([])
    expect(tenant.writes()).toBe(0)
  })

  test.each([
    [['contain', WS1, '--reason', 'r'], '--for'],
    [['contain', WS1, '--for', '1m', '--reason', 'r'], 'at least 10m'],
    [['contain', WS1, '--for', '1d'], 'reason-missing'],
    [['contain', '*', ...ASK, '--auto-approve'], 'cannot be a machine'],
    [['release', WS1], 'reason-missing'],
    [['release', WS1, '--for', '0s', '--reason', 'r'], 'at least 10m'],
  ])('%j is refused before anything is asked', async (argv, said) => {
    const tenant = await start()
    const ran = await tenant.run(argv)
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain(said)
    expect(tenant.emulator.requests()).toStrictEqual([])
  })
})

test('names that are not one machine are told all together, with whom they could mean, before anything is written', async () => {
  const twins = [
    { id: 'a'.repeat(40), computerDnsName: 'twin.contoso.com' },
    { id: 'b'.repeat(40), computerDnsName: 'twin.contoso.com' },
  ]
  const tenant = await start(FILES, {
    machines: [...machines(4), ...twins, { computerDnsName: 'unrelated' }],
  })
  const ran = await tenant.run([
    'contain',
    'ws-1',
    'ws',
    'unrelatd',
    'zzzzzzzz',
    'twin.contoso.com',
    WS1,
    ...ASK,
    '--auto-approve',
  ])
  expect(ran.code).toBe(1)
  const told = ran.stderr.replace(/\s+/g, ' ')
  expect(told).toMatch(/"ws-1"; .* Did you mean ws-1\.contoso\.com \([0-9a-f]{40}\)\?/)
  expect(told).toMatch(/"ws"; .* Did you mean ws-1\.contoso\.com .* ws-4\.contoso\.com/)
  expect(told).toMatch(/"unrelatd"; .* Did you mean unrelated /)
  expect(told).toContain(
    '"zzzzzzzz"; the whole dnsName is compared. `holdfast machines list` shows ids and names.',
  )
  expect(told).toContain(`ambiguous-machine]: 2 records are named "twin.contoso.com"`)
  expect(await written(tenant)).toStrictEqual([])
  expect(tenant.writes()).toBe(0)
})

describe('release', () => {
  test('ends what contain began: the policy leaves the machine out, and a new one declares it free', async () => {
    const tenant = await start()
    await contain(tenant)
    const [held = ''] = await written(tenant)
    await chmod(join(tenant.folder, 'policies', held), 0o640)
    const before = await read(tenant, `policies/${held}`)
    const ran = await release(tenant)
    expect(ran.code, ran.stderr).toBe(0)
    expect(await truthOf(tenant)).toBe('none')
    const [, freed = ''] = await written(tenant)
    expect(await read(tenant, `policies/${freed}`)).toContain(
      'state:\n  isolated: false\n  restricted: false\n',
    )
    expect(await read(tenant, `policies/${held}`)).toBe(
      before.replace('state:', `except:\n  - ${/id: .*/.exec(before)?.[0]}\nstate:`),
    )
    expect((await stat(join(tenant.folder, 'policies', held))).mode & 0o777).toBe(0o640)
    expect(ran.stdout).toContain(`Changed  policies/${held}: `)
    expect((await tenant.run(['plan', '--target', WS1])).stdout).toContain('No changes.')
    expect((await tenant.run(['validate', '--lint'])).stderr).not.toContain('contradicting')
  })

  test('and contain begins again after it', async () => {
    const tenant = await start()
    await contain(tenant)
    await release(tenant)
    const ran = await contain(tenant)
    expect(ran.code, ran.stderr).toBe(0)
    expect(await truthOf(tenant)).toBe('Full')
  })

  test('takes a machine out of a policy that reaches it by tag, and keeps what a person wrote', async () => {
    const selecting =
      '# ours\nversion: 1\npolicy: incident\nreason: INC-1\nmachines:\n  - tag: INC-1 # all of them\nexcept:\n  - tag: dc\nstate:\n  isolated: full\n'
    const tagged = machines(2).map(machine => ({ ...machine, machineTags: ['INC-1'] }))
    const tenant = await start({ ...FILES, 'policies/other.yaml': selecting }, { machines: tagged })
    await tenant.run(['apply', '--auto-approve'])
    expect((await release(tenant)).code).toBe(0)
    expect([await truthOf(tenant), await truthOf(tenant, 'ws-2.contoso.com')]).toStrictEqual(['none', 'Full'])
    expect(await read(tenant, 'policies/other.yaml')).toMatch(
      /except:\n {2}- id: "[0-9a-f]{40}" # ws-1\.contoso\.com\n {2}- tag: dc\nstate:/,
    )
  })

  test('says which lines to change where a policy cannot be added to, and does nothing', async () => {
    const bracketed = policy('incident', 'isolated: full', [WS1], 'except: [{ tag: dc }]\n')
    const tenant = await start({ ...FILES, 'policies/incident.yaml': bracketed })
    await tenant.run(['apply', '--auto-approve', '--target', WS1])
    const writes = tenant.writes()
    const ran = await release(tenant)
    expect(ran.code).toBe(1)
    expect(ran.stderr.replace(/\s+/g, ' ')).toMatch(
      /policy-not-editable\]: the policy incident .* add `- id: [0-9a-f]{40}` to its `except`/,
    )
    expect(ran.stderr).toContain('--> policies/incident.yaml:2:1')
    expect(await read(tenant, 'policies/incident.yaml')).toBe(bracketed)
    expect(tenant.writes()).toBe(writes)
  })

  test('leaves what an analyst imposed, unless it is told to go through', async () => {
    const tenant = await start(FILES, {
      machines: machines(1),
      actions: [{ type: 'Isolate', machineId: WS1, scope: 'Full', creationDateTimeUtc: '-2h' }],
    })
    const refused = await release(tenant)
    expect(refused.code).toBe(4)
    expect(refused.stdout).toContain('held-by-other')
    expect(await written(tenant)).toStrictEqual([])
    expect(await truthOf(tenant)).toBe('Full')
    expect((await release(tenant, '--reassert', 'ws-1.contoso.com')).code).toBe(0)
    expect(await truthOf(tenant)).toBe('none')
    const lift = tenant.emulator.actions().find(({ type }) => type === 'Unisolate')
    expect(lift?.requestorComment).toMatch(/^INC-1 closed \[holdfast /)
  })

  test('a machine that is free is left, and nothing is written', async () => {
    const tenant = await start()
    const ran = await release(tenant, '--json')
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.stdout).exit).toStrictEqual({ code: 0, name: 'ok' })
    expect(ran.stderr).toContain('Nothing was written')
    expect(await written(tenant)).toStrictEqual([])
  })
})

describe('--commit', () => {
  const env = {
    ...GIT_ENV,
    GIT_AUTHOR_NAME: 't',
    GIT_AUTHOR_EMAIL: 't@example.com',
    GIT_COMMITTER_NAME: 't',
    GIT_COMMITTER_EMAIL: 't@example.com',
  }
  function git(folder: string, ...args: readonly string[]): string {
    return execFileSync('git', [...args], {
      cwd: folder,
      env: { ...env, PATH: process.env['PATH'] },
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim()
  }

  test('commits what was written and nothing else that is staged', async () => {
    const tenant = await start()
    git(tenant.folder, 'init', '-q')
    git(tenant.folder, 'add', 'holdfast.yaml', 'policies/other.yaml')
    git(tenant.folder, 'commit', '-qm', 'first')
    await writeFile(join(tenant.folder, 'staged.txt'), 'mine')
    git(tenant.folder, 'add', 'staged.txt')
    const ran = await tenant.run(['contain', WS1, ...ASK, '--auto-approve', '--commit'], { env })
    expect(ran.code, ran.stderr).toBe(0)
    expect(ran.stdout).toMatch(/Committed policies\/contain-ws-1-\d+-\d+\.yaml as [0-9a-f]{12}\./)
    expect(git(tenant.folder, 'log', '-1', '--format=%s')).toBe(`Contain ${WS1}: INC-1 ransomware`)
    expect(git(tenant.folder, 'show', '--name-only', '--format=')).toMatch(
      /^policies\/contain-ws-1-[\d-]+\.yaml$/,
    )
    expect(git(tenant.folder, 'status', '--porcelain', '--untracked-files=no')).toBe('A  staged.txt')
  })

  test('outside a repository is an error before anything', async () => {
    const tenant = await start()
    const ran = await tenant.run(['contain', WS1, ...ASK, '--auto-approve', '--commit'], { env: GIT_ENV })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('commit-not-possible')
    expect(tenant.emulator.requests()).toStrictEqual([])
  })

  test('a commit that git refuses is an error that leaves what was applied, and says how to commit', async () => {
    const tenant = await start()
    git(tenant.folder, 'init', '-q')
    const nobody = {
      ...GIT_ENV,
      HOME: '/nonexistent',
      EMAIL: '',
      GIT_AUTHOR_NAME: '',
      GIT_COMMITTER_NAME: '',
      GIT_AUTHOR_EMAIL: '',
      GIT_COMMITTER_EMAIL: '',
    }
    const ran = await tenant.run(['contain', WS1, ...ASK, '--auto-approve', '--commit'], { env: nobody })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('commit-not-possible')
    expect(ran.stderr).toContain('git add -- policies/contain-ws-1-')
    expect(await truthOf(tenant)).toBe('Full')
    expect(await written(tenant)).toHaveLength(1)
  })
})
