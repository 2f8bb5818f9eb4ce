import { lstat, readFile, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { writeFileAtomically } from '../../../local/atomic-write.ts'
import { writeNewFile } from '../../../local/write-new-file.ts'
import { readText } from '../../declaration/read-text.ts'
import { fail } from '../../fail.ts'

/** A file that was written, and how to take it back. */
interface Written {
  readonly path: string
  /** Gives false where somebody changed it since; it is left as it is. */
  takeBack(): Promise<boolean>
}

/** What was written all together. */
export interface WrittenFiles {
  /** In the order of writing. */
  readonly paths: readonly string[]
  /** Puts every file back to what it was before; gives those that somebody changed since, which are left as they are. */
  takeBack(): Promise<readonly string[]>
}

/**
 * Makes sure that files can be replaced where they stand.
 *
 * @throws Failure `policy-not-editable` for a link: a file in its place would not change what it leads to.
 */
export async function requirePlainFiles(paths: readonly string[], cwd: string): Promise<void> {
  for (const path of paths) {
    if (!(await lstat(resolve(cwd, path))).isSymbolicLink()) continue
    throw fail('policy-not-editable', `${path} has to be changed and is a link; nothing was written.`, {
      wayOut: 'Put the file itself in its place, or make the change by hand where the link leads.',
    })
  }
}

/** What a file holds now; undefined where it cannot be read, such as when it is gone. */
async function readNow(target: string): Promise<string | undefined> {
  return readFile(target, 'utf8').catch(() => undefined)
}

async function writeNew(path: string, text: string, cwd: string): Promise<Written> {
  const target = resolve(cwd, path)
  if (!(await writeNewFile(target, text))) {
    throw fail('file-exists', `${path} is there already; it was left as it is, and nothing was submitted.`, {
      wayOut: 'Move it away, then run the command again.',
    })
  }
  const takeBack = async (): Promise<boolean> => {
    const isOurs = (await readNow(target)) === text
    if (isOurs) await rm(target, { force: true })
    return isOurs
  }
  return { path, takeBack }
}

/** Replaces a file that still holds what was read of it, with the permissions that it has. */
async function replace(path: string, text: string, known: string, cwd: string): Promise<Written> {
  const target = resolve(cwd, path)
  const current = await readText(path, cwd)
  if (current.text !== known) {
    throw fail(
      'policy-changed',
      `${path} was changed meanwhile; it was left as it is, and nothing was submitted.`,
    )
  }
  const mode = (await stat(target)).mode & 0o777
  await writeFileAtomically(target, text, mode)
  const takeBack = async (): Promise<boolean> => {
    const isOurs = (await readNow(target)) === text
    if (isOurs) await writeFileAtomically(target, known, mode)
    return isOurs
  }
  return { path, takeBack }
}

/**
 * Writes all files, or leaves all as they were.
 *
 * @param texts - New texts by path, relative to `cwd`.
 * @param known - What the files held that are there already.
 * @throws Failure `file-exists`, `policy-changed`, `file-not-written`.
 */
export async function writeFiles(
  texts: ReadonlyMap<string, string>,
  known: ReadonlyMap<string, string>,
  cwd: string,
): Promise<WrittenFiles> {
  const written: Written[] = []
  const takeBack = async (): Promise<readonly string[]> => {
    const kept: string[] = []
    for (const file of written.toReversed()) if (!(await file.takeBack())) kept.push(file.path)
    return kept
  }
  try {
    for (const [path, text] of texts) {
      const before = known.get(path)
      written.push(
        before === undefined ? await writeNew(path, text, cwd) : await replace(path, text, before, cwd),
      )
    }
  } catch (error) {
    await takeBack()
    throw error
  }
  return { paths: written.map(({ path }) => path), takeBack }
}
