import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CONFIGURATION_FILE } from '../../declaration/find-configuration.ts'
import { displayPath } from '../../declaration/read-text.ts'
import { fail } from '../../fail.ts'

/** Where a new policy goes, and the files that have to be there for it to be loaded. */
export interface PolicyFolder {
  /** Relative to the working directory. */
  readonly folder: string
  /** A first configuration, where there is none: its path and text. */
  readonly configuration: { readonly path: string; readonly text: string } | undefined
}

/** The configuration of somebody who has none: every default, and the folder that the policy goes into. */
const FIRST_CONFIGURATION = 'version: 1\npolicies: [policies]\n'
const FIRST_FOLDER = 'policies'

/** The folder that a path of `policies` searches: itself, or what stands before the first wildcard. */
async function searched(pattern: string, base: string): Promise<string | undefined> {
  const fixed = pattern.split('/').findIndex(part => /[*?[\]{}!]/.test(part))
  if (fixed !== -1) return resolve(base, pattern.split('/').slice(0, fixed).join('/'))
  const path = resolve(base, pattern)
  const found = await stat(path).catch(() => undefined)
  // A folder that nothing was written into yet is not there in a fresh clone.
  const isFolder = found?.isDirectory() ?? !/\.ya?ml$/.test(pattern)
  return isFolder ? path : undefined
}

/**
 * Finds the folder that a new policy belongs into: the first that the configuration searches.
 *
 * @param path - Of the configuration, absolute; undefined where there is none.
 * @param patterns - Its `policies`.
 * @throws Failure `path-not-configured` where the configuration names single files only.
 */
export async function findPolicyFolder(
  path: string | undefined,
  cwd: string,
  patterns: readonly string[],
): Promise<PolicyFolder> {
  if (path === undefined) {
    const configuration = { path: CONFIGURATION_FILE, text: FIRST_CONFIGURATION }
    return { folder: FIRST_FOLDER, configuration }
  }
  for (const pattern of patterns) {
    const folder = await searched(pattern, dirname(path))
    if (folder !== undefined) return { folder: displayPath(folder, cwd), configuration: undefined }
  }
  throw fail(
    'path-not-configured',
    `\`policies\` of ${displayPath(path, cwd)} names no folder that a new policy could be written into.`,
    { wayOut: 'Add a folder or a glob to `policies`, such as policies/**/*.yaml.' },
  )
}

/** The path of a new policy file. */
export function policyPath({ folder }: PolicyFolder, name: string): string {
  return folder === '.' ? `${name}.yaml` : join(folder, `${name}.yaml`).replaceAll('\\', '/')
}
