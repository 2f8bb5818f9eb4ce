import { dirname, resolve } from 'node:path'
import { expandPaths } from '../declaration/expand-paths.ts'
import { findConfiguration } from '../declaration/find-configuration.ts'
import { displayPath } from '../declaration/read-text.ts'
import { fail } from '../fail.ts'

/** Where tests are looked for. */
export interface TestPlace {
  /** Absolute. */
  readonly cwd: string
  /** The value of `--config`. */
  readonly config: string | undefined
  /** Files, folders and globs; none: the folder of the configuration, or the working directory where there is none. */
  readonly paths: readonly string[]
}

/**
 * Finds the files of tests, as paths relative to the working directory, sorted.
 *
 * @throws Failure `no-tests` where there is none, also behind one of several paths.
 */
export async function findTestFiles({ cwd, config, paths }: TestPlace): Promise<readonly string[]> {
  const configuration = await findConfiguration(config, cwd)
  const folder = displayPath(configuration === undefined ? cwd : dirname(configuration), cwd)
  const expansions = await expandPaths(paths.length === 0 ? [folder] : paths, cwd, cwd, 'test')
  const empty = expansions.find(({ files }) => files.length === 0)
  if (empty !== undefined) {
    const where = resolve(cwd, empty.pattern) === cwd ? 'the working directory' : empty.pattern
    throw fail('no-tests', `There is no *.test.yaml in ${where}, or it is not there.`)
  }
  return [...new Set(expansions.flatMap(({ files }) => files))].sort()
}
