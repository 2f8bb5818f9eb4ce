import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { shellWord } from '../../../report/words/shell-word.ts'
import { readGit } from '../../declaration/git-source.ts'
import { fail } from '../../fail.ts'
import type { Io } from '../../io.ts'

const run = promisify(execFile)

/** The command line that commits files and nothing else. Not escaped. */
export function commitCommand(paths: readonly string[], message: string): string {
  const files = paths.map(shellWord).join(' ')
  return `git add -- ${files} && git commit -m ${shellWord(message)} -- ${files}`
}

/** Throws Failure `commit-not-possible` where the working directory is in no repository: before anything is done. */
export async function requireRepository({ cwd, env }: Pick<Io, 'cwd' | 'env'>): Promise<void> {
  try {
    await readGit(['rev-parse', '--is-inside-work-tree'], cwd, env)
  } catch {
    throw fail(
      'commit-not-possible',
      '--commit needs a git repository, and this is none; nothing was done.',
      {
        wayOut: 'Leave --commit out, or run `git init` first.',
      },
    )
  }
}

/**
 * Finds the files whose text is not that of the last commit: changed, staged, untracked or ignored.
 *
 * Rejects where git cannot tell.
 */
export async function findUncommitted(
  paths: readonly string[],
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
): Promise<readonly string[]> {
  const found: string[] = []
  for (const path of new Set(paths)) {
    const status = ['status', '--porcelain', '--untracked-files=all', '--ignored', '--', `:(literal)${path}`]
    if ((await readGit(status, cwd, env)) !== '') found.push(path)
  }
  return found
}

/** Throws Failure `commit-not-possible` where a file that would be changed holds what somebody has not committed yet. */
export async function requireCommitted(paths: readonly string[], io: Pick<Io, 'cwd' | 'env'>): Promise<void> {
  const found = await findUncommitted(paths, io)
  if (found.length === 0) return
  throw fail(
    'commit-not-possible',
    `--commit would commit what somebody wrote and has not committed yet: ${found.join(', ')}; nothing was done.`,
    { wayOut: 'Commit or stash these files first, or leave --commit out.' },
  )
}

function saidBy(error: unknown): string {
  const said = (error as { readonly stderr?: unknown }).stderr
  const [line] = typeof said === 'string' ? said.trim().split('\n') : []
  return line === undefined || line === '' ? 'git ended with an error' : line
}

/**
 * Commits files and nothing else that may be staged.
 *
 * @returns The new commit, in full.
 * @throws Failure `commit-not-possible` with the first line that git said.
 */
export async function commitFiles(
  paths: readonly string[],
  message: string,
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
): Promise<string> {
  const options = { cwd, env, timeout: 60_000 }
  try {
    await run('git', ['add', '--', ...paths], options)
    await run('git', ['commit', '--quiet', '--message', message, '--', ...paths], options)
    return (await readGit(['rev-parse', '--verify', 'HEAD'], cwd, env)).trim()
  } catch (error) {
    throw fail('commit-not-possible', `Not committed: ${saidBy(error)}.`, {
      wayOut: `Commit it by hand: ${commitCommand(paths, message)}`,
      hasDocument: true,
    })
  }
}
