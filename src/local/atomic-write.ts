import { randomBytes } from 'node:crypto'
import { lstat, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fail } from './failure.ts'
import { describeFileError, errorCode } from './file-error.ts'

/** Links that the system keeps, such as `/dev/stdout`: what they lead to is meant. */
const SYSTEM_LINK = /^\/(dev|proc)\//

/**
 * Where a write to `path` ends. A link is replaced by the file and never followed: a repository, or whoever can write
 * to a shared folder, could have planted it to have another file overwritten.
 */
async function resolveTarget(path: string): Promise<{ readonly path: string; readonly isFile: boolean }> {
  try {
    const isLink = (await lstat(path)).isSymbolicLink()
    if (isLink && !SYSTEM_LINK.test(path)) return { path, isFile: true }
    const real = await realpath(path)
    return { path: real, isFile: (await stat(real)).isFile() }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { path, isFile: true }
    throw error
  }
}

async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`)
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/**
 * Writes a whole file or leaves it as it was: into a new file beside it, then renamed over it. Mode 0600: plans and
 * reports name machines and incidents. A device or pipe, such as `/dev/stderr`, is written to, never replaced; a link is
 * replaced, never followed.
 *
 * @param mode - Of the new file, where it is to be read by others.
 * @throws Failure `file-not-written`.
 */
export async function writeFileAtomically(path: string, text: string, mode = 0o600): Promise<void> {
  try {
    const target = await resolveTarget(path)
    if (target.isFile) await replaceFile(target.path, text, mode)
    else await writeFile(target.path, text)
  } catch (error) {
    throw fail('file-not-written', `${path} could not be written: ${describeFileError(error)}.`)
  }
}
