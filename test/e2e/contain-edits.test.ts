import { appendFile, lstat, readFile, rename, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CONFIGURATION, machines, policy, startTenant } from './emulated-tenant.ts'
import { GIT_ENV, git, startRepository } from './git-repository.ts'

const WS1 = 'ws-1.contoso.com'
const RELEASE = ['release', WS1, '--reason', 'closed', '--auto-approve']
const PATH = 'policies/incident.yaml'
const INCIDENT = policy('incident', 'isolated: full', [WS1])
const FILES = { 'holdfast.yaml': CONFIGURATION, [PATH]: INCIDENT }
const ENV = {
  ...GIT_ENV,
  GIT_AUTHOR_NAME: 't',
  GIT_AUTHOR_EMAIL: 't@example.com',
  GIT_COMMITTER_NAME: 't',
  GIT_COMMITTER_EMAIL: 't@example.com',
}

test('--commit commits a changed policy that held nothing uncommitted', async () => {
  const tenant = await startRepository({ machines: machines(1) }, FILES)
  const ran = await tenant.run([...RELEASE, '--commit'], { env: ENV })
  expect(ran.code, ran.stderr).toBe(0)
  expect(git(tenant.folder, 'show', '--name-only', '--format=')).toContain(PATH)
})

test('--commit refuses a policy that holds what somebody has not committed, before anything is done', async () => {
  const tenant = await startRepository({ machines: machines(1) }, FILES)
  await appendFile(join(tenant.folder, PATH), '# mine\n')
  const ran = await tenant.run([...RELEASE, '--commit'], { env: ENV })
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('commit-not-possible')
  expect(ran.stderr).toContain(PATH)
  expect(await readFile(join(tenant.folder, PATH), 'utf8')).toBe(`${INCIDENT}# mine\n`)
  expect(git(tenant.folder, 'log', '-1', '--format=%s')).toBe('first')
  expect(tenant.writes()).toBe(0)
})

test('the printed commit leaves out a policy that holds what somebody has not committed, and says so', async () => {
  const tenant = await startRepository({ machines: machines(1) }, FILES)
  await appendFile(join(tenant.folder, PATH), '# mine\n')
  const ran = await tenant.run(RELEASE, { env: ENV })
  expect(ran.code, ran.stderr).toBe(0)
  const command = ran.stdout.split('\n').find(line => line.startsWith('Commit it: '))
  expect(command).toContain('policies/release-')
  expect(command).not.toContain(PATH)
  expect(ran.stdout).toContain(`Not in it: ${PATH}, `)
})

test('a policy that is a link is not changed, and nothing is written', async () => {
  const tenant = await startTenant({ machines: machines(1) }, FILES)
  const link = join(tenant.folder, PATH)
  await rename(link, join(tenant.folder, 'policies/real.txt'))
  await symlink('real.txt', link)
  const ran = await tenant.run(RELEASE)
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('policy-not-editable')
  expect((await lstat(link)).isSymbolicLink()).toBe(true)
  expect(await readFile(link, 'utf8')).toBe(INCIDENT)
  expect(tenant.writes()).toBe(0)
})
