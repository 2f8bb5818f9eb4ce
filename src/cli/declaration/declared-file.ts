import { realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { fail } from '../fail.ts'
import { GLOB } from './expand-paths.ts'
import { type ReadFile, readText } from './read-text.ts'

/** The folder that a path or glob reaches into. A path that exists is taken as it is, whatever characters are in it. */
async function folderOf(pattern: string, base: string): Promise<string> {
  const path = resolve(base, pattern)
  const found = await stat(path).catch(() => undefined)
  if (found !== undefined) return found.isDirectory() ? path : dirname(path)
  const steps = path.split(sep)
  const variable = steps.findIndex(step => GLOB.test(step))
  return variable === -1 ? path : steps.slice(0, variable).join(sep) || sep
}

/**
 * Lists the folders that a declaration may be read from: the one of the configuration, and those that its `policies`,
 * or the arguments of the command line, name themselves.
 *
 * @param base - Absolute folder of the configuration, or the working directory.
 * @param patterns - Relative to it.
 */
export async function declarationFolders(
  base: string,
  patterns: readonly string[],
): Promise<readonly string[]> {
  return [base, ...(await Promise.all(patterns.map(pattern => folderOf(pattern, base))))]
}

async function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

async function isBelow(path: string, folder: string): Promise<boolean> {
  const way = relative(await realPath(folder), path)
  return !isAbsolute(way) && way.split(sep)[0] !== '..'
}

/**
 * Reads a file of a declaration, which must lie below one of the folders, wherever links lead. Whoever may propose a
 * policy could otherwise name any file of the machine that checks it, and read it in the errors.
 *
 * @param path - As `displayPath` writes it.
 * @throws Failure `file-outside`, `file-not-read`.
 */
export async function readDeclared(path: string, cwd: string, folders: readonly string[]): Promise<ReadFile> {
  const real = await realPath(resolve(cwd, path))
  const below = await Promise.all(folders.map(folder => isBelow(real, folder)))
  if (below.includes(true)) return readText(path, cwd)
  throw fail('file-outside', `${path} lies outside of the folders of the declaration.`)
}
