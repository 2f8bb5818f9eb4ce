import { realpath } from 'node:fs/promises'
import { dirname, relative, resolve, sep } from 'node:path'
import { GitError, type GitPlace, readGit, runGit } from './run-git.ts'

/** How many paths go on one command line. */
const BATCH = 200

/** What git says about the files that a declaration was read from. */
export interface GitState {
  /** Null where they are in no repository, it has no commit, or git does not tell. */
  readonly commit: string | null
  /** Whether any of the files differs from that commit; null where `commit` is. */
  readonly dirty: boolean | null
  /** Why a repository that is there does not tell its commit, in git's words. */
  readonly trouble?: string
}

/**
 * Asks git where a folder is in its repository.
 *
 * @returns Relative to the top, with a `/` at its end: empty at the top, in no repository, and where there is no git.
 */
export async function readGitPrefix(place: GitPlace): Promise<string> {
  try {
    return await readGit(['rev-parse', '--show-prefix'], place)
  } catch {
    return ''
  }
}

/**
 * Asks git which commit the files are of, and whether they differ from it, those in submodules too.
 *
 * @param files - Relative to the place.
 */
export async function readGitState(files: readonly string[], place: GitPlace): Promise<GitState> {
  try {
    const commit = await readGit(['rev-parse', '--verify', 'HEAD'], place)
    const top = await readGit(['rev-parse', '--show-toplevel'], place)
    const groups = await groupByRepository(files, place)
    for (const [repository, paths] of groups) {
      const isHeld = repository === top || (repository !== '' && (await isRecorded(repository, top, place)))
      if (!isHeld || (await isChanged(repository, paths, place))) return { commit, dirty: true }
    }
    return { commit, dirty: false }
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    return { commit: null, dirty: null, ...(error.isAbsence ? {} : { trouble: error.message }) }
  }
}

/** The files by the repository that they lie in, empty for none, as paths from its top. */
async function groupByRepository(
  files: readonly string[],
  { cwd, env }: GitPlace,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const tops = new Map<string, string>()
  const groups = new Map<string, string[]>()
  for (const file of files) {
    const path = await realpath(resolve(cwd, file)).catch(() => resolve(cwd, file))
    const folder = dirname(path)
    const top = tops.get(folder) ?? (await topOf({ cwd: folder, env }))
    tops.set(folder, top)
    groups.set(top, [...(groups.get(top) ?? []), relative(top, path).split(sep).join('/')])
  }
  return groups
}

function topOf(place: GitPlace): Promise<string> {
  return readGit(['rev-parse', '--show-toplevel'], place).catch(() => '')
}

/** Whether a repository is a submodule that stands at the commit that the one around it names. */
async function isRecorded(repository: string, top: string, { env }: GitPlace): Promise<boolean> {
  const path = relative(top, repository).split(sep).join('/')
  const recorded = await readGit(['rev-parse', '--verify', `HEAD:${path}`], { cwd: top, env }).catch(() => '')
  return recorded === (await readGit(['rev-parse', '--verify', 'HEAD'], { cwd: repository, env }))
}

async function isChanged(top: string, paths: readonly string[], { env }: GitPlace): Promise<boolean> {
  const place = { cwd: top, env }
  const quiet = await withoutFilters(place)
  for (let start = 0; start < paths.length; start += BATCH) {
    const named = paths.slice(start, start + BATCH)
    const words = ['--untracked-files=all', '--ignored', '--ignore-submodules=all', '--', ...named]
    const status = [...quiet, '--literal-pathspecs', 'status', '--porcelain', ...words]
    if ((await readGit(status, place)) !== '') return true
  }
  return false
}

/**
 * Words that turn every filter off that the settings name: git would start it to compare a file.
 *
 * @throws GitError for a filter whose name cannot be given on a command line.
 */
export async function withoutFilters(place: GitPlace): Promise<readonly string[]> {
  const words = ['config', '--null', '--name-only', '--get-regexp', '^filter\\.']
  const names = (await runGit(words, place).catch(() => '')).toString().split('\0')
  const drivers = new Set(names.flatMap(name => /^filter\.(.+)\.\w+$/s.exec(name)?.[1] ?? []))
  return [...drivers].flatMap(driver => {
    if (driver.includes('=')) throw new GitError(`the filter ${driver} cannot be turned off`)
    const settings = ['clean=', 'smudge=', 'process=', 'required=false']
    return settings.flatMap(setting => ['-c', `filter.${driver}.${setting}`])
  })
}
