import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import type { CommandContext } from './command.ts'
import { type Declaration, loadDeclaration, requireValid } from './declaration.ts'
import { Failure, fail } from './failure.ts'
import { findConfiguration } from './find-configuration.ts'
import { readGit } from './git-source.ts'
import type { Io } from './io.ts'

/** Writes all files of a revision into a folder, through an index of its own: repository and working tree stay as they are. */
async function checkOut(revision: string, top: string, folder: string, env: Io['env']): Promise<void> {
  const own = { ...env, GIT_INDEX_FILE: join(folder, '.index') }
  const commit = (
    await readGit(['rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`], top, env)
  ).trim()
  await readGit(['read-tree', commit], top, own)
  await readGit(['checkout-index', '--all', `--prefix=${join(folder, 'tree')}/`], top, own)
}

/** The same place in the tree of a revision. */
function placeIn(tree: string, top: string, path: string): string {
  return resolve(tree, relative(top, path))
}

/**
 * Reads the whole declaration as it is at another revision of the repository, to compare plans.
 *
 * @throws Failure `revision-not-found`, and `declaration-invalid` where it has errors there.
 */
export async function loadBaseDeclaration(
  revision: string,
  { io, flags }: CommandContext,
): Promise<Declaration> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-base-'))
  try {
    const cwd = await realpath(io.cwd)
    const found = await findConfiguration(flags.text('config'), cwd)
    const top = (
      await readGit(['rev-parse', '--show-toplevel'], found === undefined ? cwd : dirname(found), io.env)
    ).trim()
    await checkOut(revision, top, folder, io.env)
    const tree = join(folder, 'tree')
    return requireValid(
      await loadDeclaration({
        cwd: placeIn(tree, top, cwd),
        config: found === undefined ? undefined : placeIn(tree, top, found),
        paths: [],
      }),
    )
  } catch (error) {
    const why = error instanceof Failure ? error.message : 'git does not know it, or this is no repository.'
    const diagnostics = error instanceof Failure ? error.diagnostics : []
    throw fail('revision-not-found', `There is no declaration to compare with at ${revision}: ${why}`, {
      diagnostics,
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
