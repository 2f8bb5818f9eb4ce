import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fail } from './failure.ts'
import { describeFileError, errorCode } from './file-error.ts'

/**
 * Writes a file that is not there yet, with the folders above it.
 *
 * @returns False where it is there; it is left as it is.
 * @throws Failure `file-not-written`.
 */
export async function writeNewFile(path: string, text: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw fail('file-not-written', `${path} could not be written: ${describeFileError(error)}.`)
  }
}
