import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Io } from '../io.ts'

const run = promisify(execFile)

/** How many paths go on one command line. */
const BATCH = 200

/** What git says about the files that a declaration was read from. */
export interface GitState {
  /** Null where they are in no repository, it has no commit, or there is no git. */
  readonly commit: string | null
  /** Whether any of the files differs from that commit; null where `commit` is. */
  readonly dirty: boolean | null
}

/**
 * Runs git to read. Takes no lock, and starts no program that a repository's own settings name.
 *
 * Rejects where there is no git, or it ends with an error.
 */
export async function readGit(args: readonly string[], cwd: string, env: Io['env']): Promise<string> {
  const { stdout } = await run('git', ['-c', 'core.fsmonitor=false', ...args], {
    cwd,
    env: { ...env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    timeout: 10_000,
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout
}

/**
 * Asks git where a folder is in its repository.
 *
 * @returns Relative to the top, with a `/` at its end: empty at the top, in no repository, and where there is no git.
 */
export async function readGitPrefix(cwd: string, env: Io['env']): Promise<string> {
  try {
    return (await readGit(['rev-parse', '--show-prefix'], cwd, env)).replace(/\n$/, '')
  } catch {
    return ''
  }
}

/** Asks git which commit the files are of, and whether they differ from it. */
export async function readGitState(files: readonly string[], cwd: string, env: Io['env']): Promise<GitState> {
  try {
    const commit = (await readGit(['rev-parse', '--verify', 'HEAD'], cwd, env)).trim()
    for (let start = 0; start < files.length; start += BATCH) {
      const paths = files.slice(start, start + BATCH).map(file => `:(literal)${file}`)
      const status = ['status', '--porcelain', '--untracked-files=all', '--ignored', '--', ...paths]
      if ((await readGit(status, cwd, env)) !== '') return { commit, dirty: true }
    }
    return { commit, dirty: false }
  } catch {
    return { commit: null, dirty: null }
  }
}
