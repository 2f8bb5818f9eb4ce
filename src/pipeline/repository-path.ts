import { relative, resolve, sep } from 'node:path'

/**
 * Writes the path of a file as the hosting system knows it.
 *
 * @param file - Relative to `cwd`, as documents have it.
 * @param root - Absolute folder of the checkout; without it the working directory is the root.
 * @returns Relative to the root, `/` as separator; null where the file lies outside of it.
 */
export function repositoryPath(file: string, cwd: string, root: string | undefined): string | null {
  const path = relative(root === undefined || root === '' ? cwd : root, resolve(cwd, file))
  if (path === '' || path === '..' || path.startsWith(`..${sep}`) || resolve(path) === path) return null
  return path.replaceAll(sep, '/')
}
