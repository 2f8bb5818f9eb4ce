import { glob, readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { describeFileError, errorCode } from '../../local/file-error.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_FILE } from './find-configuration.ts'
import { displayPath } from './read-text.ts'

/** What a file of policies is called. */
export const YAML: RegExp = /\.ya?ml$/
const TEST = /\.test\.ya?ml$/
/** Whether a step of a path is a pattern. */
export const GLOB: RegExp = /[*?[\]{}!]/

/** The part of a path or glob before its first step that is a pattern. */
export function fixedPartOf(pattern: string): string {
  const steps = pattern.split('/')
  const variable = steps.findIndex(step => GLOB.test(step))
  return variable === -1 ? pattern : steps.slice(0, variable).join('/')
}

/** What is looked for: `policy` leaves tests out, `test` everything else. A path that names one file is never left out. */
export type PathKind = 'policy' | 'test'

/** Says whether a file holds tests by its name: `*.test.yaml`, `*.test.yml`. */
export function isTestPath(path: string): boolean {
  return TEST.test(path)
}

/** What a pattern names: files as {@link displayPath} writes them, sorted; none where it matches nothing. */
export interface Expansion {
  readonly pattern: string
  readonly files: readonly string[]
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

/** Folders that no one keeps policies in, and that take long to walk. */
const NOT_WALKED = new Set(['node_modules'])

/** Every `*.yaml` and `*.yml` below a folder; names that start with a dot are left out, linked folders not entered. */
async function walk(folder: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) found.push(...(NOT_WALKED.has(entry.name) ? [] : await walk(path)))
    else if (YAML.test(entry.name) && (entry.isFile() || (await isFile(path)))) found.push(path)
  }
  return found
}

async function matchGlob(pattern: string, base: string): Promise<readonly string[]> {
  const found: string[] = []
  for await (const match of glob(pattern, { cwd: base })) {
    const path = resolve(base, match)
    if (await isFile(path)) found.push(path)
  }
  return found
}

async function expandOne(pattern: string, base: string, kind: PathKind): Promise<readonly string[]> {
  const path = resolve(base, pattern)
  // Of a configuration further down the policies may be wanted; it is none itself.
  const ofKind = (file: string): boolean =>
    isTestPath(file) === (kind === 'test') && basename(file) !== CONFIGURATION_FILE
  try {
    const found = await stat(path)
    return found.isDirectory() ? (await walk(path)).filter(ofKind) : [path]
  } catch (error) {
    if (errorCode(error) === 'ENOENT')
      return GLOB.test(pattern) ? (await matchGlob(pattern, base)).filter(ofKind) : []
    throw fail('file-not-read', `${pattern} cannot be read: ${describeFileError(error)}.`)
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * Finds the files that paths, folders and globs name.
 *
 * @param patterns - Relative to `base`. A path that exists is taken as it is, whatever characters are in it.
 * @param base - Absolute folder.
 * @param cwd - What the results are relative to.
 * @param kind - What folders and globs are searched for.
 * @returns One expansion per pattern, in the order given.
 * @throws Failure `file-not-read` where a folder or file on the way cannot be read.
 */
export async function expandPaths(
  patterns: readonly string[],
  base: string,
  cwd: string,
  kind: PathKind = 'policy',
): Promise<readonly Expansion[]> {
  return Promise.all(
    patterns.map(async pattern => {
      const files = (await expandOne(pattern, base, kind)).map(path => displayPath(path, cwd))
      return { pattern, files: [...new Set(files)].sort(compareText) }
    }),
  )
}
