import { randomBytes } from 'node:crypto'
import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fail } from './failure.ts'
import { describeFileError, errorCode } from './file-error.ts'

/** Where a write to `path` ends: a link's target, so that the link stays; the path itself where nothing is there yet. */
async function resolveTarget(path: string): Promise<{ readonly path: string; readonly isFile: boolean }> {
  try {
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
 * reports name machines and incidents. A device or pipe, such as `/dev/stderr`, is written to, never replaced.
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
