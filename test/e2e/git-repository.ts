import { execFileSync } from 'node:child_process'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { startTenant, type Tenant } from './emulated-tenant.ts'

/** Keeps git away from the settings of whoever runs the tests. */
export const GIT_ENV = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_CEILING_DIRECTORIES: '/tmp',
}

/** Runs git in a folder; gives what it printed. */
export function git(folder: string, ...args: readonly string[]): string {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com']
  const env = { ...GIT_ENV, PATH: process.env['PATH'] }
  return execFileSync('git', [...who, ...args], { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' }).trim()
}

/** Commits everything in a folder; gives the commit. */
export function commit(folder: string, message: string): string {
  git(folder, 'add', '.')
  git(folder, 'commit', '-qm', message)
  return git(folder, 'rev-parse', 'HEAD')
}

/** An emulated service with a repository that has one commit. */
export async function startRepository(
  scenario?: Scenario,
  files?: Readonly<Record<string, string>>,
): Promise<Tenant> {
  const tenant = await startTenant(scenario, files)
  git(tenant.folder, 'init', '-q')
  commit(tenant.folder, 'first')
  return tenant
}
