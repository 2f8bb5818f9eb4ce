import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'

/**
 * Writes the path of a file as the hosting system knows it.
 *
 * @param file - Relative to `cwd`, as documents have it.
 * @param root - Absolute folder of the checkout; without it the working directory is the root.
 * @returns Relative to the root, `/` as separator; null where the file lies outside of it.
 */
export async function repositoryPath(
  file: string,
  cwd: string,
  root: string | undefined,
): Promise<string | null> {
  const top = root === undefined || root === '' ? cwd : root
  const path = relative(await realPath(top), await realPath(resolve(cwd, file)))
  if (path === '' || path === '..' || path.startsWith(`..${sep}`) || resolve(path) === path) return null
  return path.replaceAll(sep, '/')
}

/** Where links lead, as far as the path is there: a runner may name its workspace by one, and we by another. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    const folder = dirname(path)
    return folder === path ? path : join(await realPath(folder), basename(path))
  }
}
