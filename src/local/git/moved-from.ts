import { posix } from 'node:path'
import { type GitPlace, runGit } from './run-git.ts'

/**
 * Finds where a file was at another commit that does not have it at its path, by the move that was committed since.
 *
 * @param path - From the top of the repository.
 */
export async function movedFrom(path: string, commit: string, top: GitPlace): Promise<string | undefined> {
  const named = `:(glob)**/${posix.basename(path)}`
  const words = [
    'diff-tree',
    '-r',
    '-z',
    '-M',
    '--diff-filter=R',
    '--name-status',
    commit,
    'HEAD',
    '--',
    named,
  ]
  const fields = (await runGit(words, top, { timeoutMs: 60_000 }).catch(() => '')).toString().split('\0')
  for (let at = 0; at + 2 < fields.length; at += 3) if (fields[at + 2] === path) return fields[at + 1]
  return undefined
}
