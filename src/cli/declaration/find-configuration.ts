import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

/** The name of the configuration file. */
export const CONFIGURATION_FILE = 'holdfast.yaml'

/**
 * Finds the configuration: the file named, else `holdfast.yaml` in the working directory or the nearest folder above.
 *
 * @param given - The value of `--config`; its existence is found out when it is read.
 * @returns An absolute path; undefined where there is none.
 */
export async function findConfiguration(given: string | undefined, cwd: string): Promise<string | undefined> {
  if (given !== undefined) return resolve(cwd, given)
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const path = join(folder, CONFIGURATION_FILE)
    const found = await stat(path).catch(() => undefined)
    if (found?.isFile()) return path
    if (dirname(folder) === folder) return undefined
  }
}
