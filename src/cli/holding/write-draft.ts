import { rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { writeFileAtomically } from '../atomic-write.ts'
import { fail } from '../failure.ts'
import { readText } from '../read-text.ts'
import { writeNewFile } from '../write-new-file.ts'

/** A file that was written, and how to take it back. */
interface Written {
  readonly path: string
  takeBack(): Promise<void>
}

/** What was written all together. */
export interface WrittenFiles {
  /** In the order of writing. */
  readonly paths: readonly string[]
  /** Puts every file back to what it was before. */
  takeBack(): Promise<void>
}

async function writeNew(path: string, text: string, cwd: string): Promise<Written> {
  const target = resolve(cwd, path)
  if (!(await writeNewFile(target, text))) {
    throw fail('file-exists', `${path} is there already; it was left as it is, and nothing was submitted.`, {
      wayOut: 'Move it away, then run the command again.',
    })
  }
  return { path, takeBack: () => rm(target, { force: true }) }
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
  return { path, takeBack: () => writeFileAtomically(target, known, mode) }
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
  const takeBack = async (): Promise<void> => {
    for (const file of written.toReversed()) await file.takeBack()
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
