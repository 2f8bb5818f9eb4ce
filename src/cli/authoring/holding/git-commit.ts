import { withoutFilters } from '../../../local/git/git-state.ts'
import { GIT_VARIABLES, GitError, readGit, saidBy } from '../../../local/git/run-git.ts'
import { runProgram } from '../../../local/run-program.ts'
import { shellWord } from '../../../report/words/shell-word.ts'
import { fail } from '../../fail.ts'
import type { Io } from '../../io.ts'

/** The command line that commits files and nothing else. Not escaped. */
export function commitCommand(paths: readonly string[], message: string): string {
  const files = paths.map(shellWord).join(' ')
  return `git add -- ${files} && git commit -m ${shellWord(message)} -- ${files}`
}

/** Throws Failure `commit-not-possible` where the working directory is in no repository: before anything is done. */
export async function requireRepository({ cwd, env }: Pick<Io, 'cwd' | 'env'>): Promise<void> {
  try {
    await readGit(['rev-parse', '--is-inside-work-tree'], { cwd, env })
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    const why = error.isAbsence ? 'this is none' : `git says: ${error.message}`
    throw fail('commit-not-possible', `--commit needs a git repository, and ${why}; nothing was done.`, {
      wayOut: error.isAbsence
        ? 'Leave --commit out, or run `git init` first.'
        : 'Do what git says, or leave --commit out.',
    })
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
  const quiet = await withoutFilters({ cwd, env })
  for (const path of new Set(paths)) {
    const words = ['status', '--porcelain', '--untracked-files=all', '--ignored', '--', `:(literal)${path}`]
    if ((await readGit([...quiet, ...words], { cwd, env })) !== '') found.push(path)
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

/**
 * Commits files and nothing else that may be staged.
 *
 * @returns The new commit, in full.
 * @throws Failure `commit-not-possible` with what git said.
 */
export async function commitFiles(
  paths: readonly string[],
  message: string,
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
): Promise<string> {
  // The filters and hooks of whoever commits belong to the commit; our secrets do not.
  const options = { cwd, env, takes: GIT_VARIABLES, timeoutMs: 60_000 }
  try {
    await runProgram('git', ['add', '--', ...paths], options)
    await runProgram('git', ['commit', '--quiet', '--message', message, '--', ...paths], options)
    return await readGit(['rev-parse', '--verify', 'HEAD'], { cwd, env })
  } catch (error) {
    throw fail('commit-not-possible', `Not committed: ${saidBy(error) ?? 'there is no git'}.`, {
      wayOut: `Commit it by hand: ${commitCommand(paths, message)}`,
      hasDocument: true,
    })
  }
}
