import { dirname, resolve } from 'node:path'
import { Failure } from '../../local/failure.ts'
import { type Declaration, loadDeclaration } from '../declaration/declaration.ts'
import { expandPaths, isTestPath } from '../declaration/expand-paths.ts'
import { fail } from '../fail.ts'
import type { PostureTest } from './parse-tests.ts'

/** `a.yaml` and `a.yml` for `a.test.yaml`: the policies that a file of tests stands beside. */
function siblingsOf(file: string): readonly string[] {
  const stem = file.replace(/\.test\.ya?ml$/, '')
  return stem === file ? [] : [`${stem}.yaml`, `${stem}.yml`]
}

async function testedFiles(
  { policies, place }: PostureTest,
  cwd: string,
): Promise<readonly string[] | undefined> {
  const folder = resolve(cwd, dirname(place.file))
  if (policies === undefined) {
    const siblings = await expandPaths(siblingsOf(place.file), cwd, cwd)
    return siblings.map(({ files }) => files).find(files => files.length > 0)
  }
  const expansions = await expandPaths(policies, folder, cwd)
  const empty = expansions.find(({ files }) => files.length === 0 || files.some(isTestPath))
  if (empty !== undefined) {
    const message = `\`policies\` of the test in ${place.file}:${place.line} has ${empty.pattern}, which is no policy file.`
    throw fail('path-matches-nothing', message)
  }
  return [...new Set(expansions.flatMap(({ files }) => files))].sort()
}

/**
 * Reads what a test is about, under the configuration found upward from its folder: the policies that it names, else
 * the policy file of the same name, else all that are configured.
 *
 * @throws Failure as {@link loadDeclaration} does.
 */
export async function loadTested(
  test: PostureTest,
  cwd: string,
  config: string | undefined,
): Promise<Declaration> {
  const only = await testedFiles(test, cwd)
  const from = resolve(cwd, dirname(test.place.file))
  try {
    return await loadDeclaration({ cwd, config, from, paths: [], ...(only === undefined ? {} : { only }) })
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'configuration-not-found') throw error
    const message = `Nothing says which policies the test in ${test.place.file}:${test.place.line} is about: there is no policy file of its name and no holdfast.yaml.`
    throw fail('no-policies', message, { wayOut: 'Name them in `policies` of the test.' })
  }
}
