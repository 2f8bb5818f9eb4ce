import { mkdir, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { describeFileError } from '../../local/file-error.ts'
import { displayPath } from '../declaration/read-text.ts'
import { fail } from '../fail.ts'
import type { SaveTarget } from './save-download.ts'

/** Where `--out` puts files: into a folder under our names, or one file under the user's. */
export type SavePlace =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'file'; readonly path: string }

/**
 * Reads `--out FILE|DIR`: a folder where there is one or where a separator ends it, else a file. Without it, the
 * working directory.
 */
export async function readFileOrFolder(out: string | undefined, cwd: string): Promise<SavePlace> {
  if (out === undefined) return { kind: 'folder', folder: cwd }
  const path = resolve(cwd, out)
  const found = await stat(path).catch(() => undefined)
  const isFolder = found?.isDirectory() === true || out.endsWith('/') || out.endsWith(sep)
  return isFolder ? { kind: 'folder', folder: path } : { kind: 'file', path }
}

/**
 * Makes the folder of `--out DIR` where it is missing, so that a device is not asked for what cannot be saved.
 *
 * @throws Failure `file-not-written`.
 */
export async function makeFolder(folder: string, cwd: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    const shown = displayPath(folder, cwd)
    throw fail('file-not-written', `The folder ${shown} could not be made: ${describeFileError(error)}.`)
  }
}

/**
 * The target of one download; a folder that is missing is made.
 *
 * @param name - Ours, safe as the name of a file in one folder.
 * @throws Failure `file-not-written`.
 */
export async function placeFile(
  place: SavePlace,
  name: string,
  cwd: string,
  force: boolean,
): Promise<SaveTarget> {
  const path = place.kind === 'file' ? place.path : join(place.folder, name)
  const shown = displayPath(path, cwd)
  if (place.kind === 'folder') await makeFolder(place.folder, cwd)
  return { path, shown, force }
}
