import { mkdtemp, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { Failure } from '../../local/failure.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import type { Io } from '../io.ts'
import { type Declaration, type DeclarationPlace, loadDeclaration, requireValid } from './declaration.ts'
import { findConfiguration } from './find-configuration.ts'
import { readGit } from './git-source.ts'

/** The declaration at another revision. */
export interface BaseDeclaration extends Declaration {
  /** As it was asked for. */
  readonly revision: string
  readonly commit: string
}

/** Where the declaration is looked for, and the repository around it. */
interface Repository {
  readonly cwd: string
  /** Absolute; undefined where there is no configuration. */
  readonly configuration: string | undefined
  readonly top: string
}

async function findRepository(revision: string, { io, flags }: CommandContext): Promise<Repository> {
  const cwd = await realpath(io.cwd)
  const found = await findConfiguration(flags.text('config'), cwd)
  const beside = found && (await realpath(dirname(found)).catch(() => dirname(found)))
  const configuration = found && beside && join(beside, basename(found))
  const folder = configuration === undefined ? cwd : dirname(configuration)
  try {
    return {
      cwd,
      configuration,
      top: (await readGit(['rev-parse', '--show-toplevel'], folder, io.env)).trim(),
    }
  } catch {
    throw fail(
      'revision-not-found',
      `--base ${revision}: ${folder} is in no git repository, or there is no git.`,
      {
        wayOut: 'Run inside a clone of the repository that holds the policies, with git on the PATH.',
      },
    )
  }
}

/** The commit that a revision names. What a shallow clone lacks has another way out than a name that is wrong. */
async function resolveCommit(revision: string, top: string, env: Io['env']): Promise<string> {
  try {
    const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]
    return (await readGit(words, top, env)).trim()
  } catch {
    const shallow = await readGit(['rev-parse', '--is-shallow-repository'], top, env).catch(() => '')
    if (shallow.trim() !== 'true') {
      throw fail('revision-not-found', `--base ${revision}: git knows no commit of that name here.`)
    }
    throw fail(
      'revision-not-found',
      `--base ${revision}: this clone is shallow, and the commit was not fetched.`,
      {
        wayOut:
          'Fetch it first: `fetch-depth: 0` of actions/checkout, `fetchDepth: 0` of an Azure checkout, or `git fetch --unshallow`; for the parent of a merge a depth of 2 is enough.',
      },
    )
  }
}

/** Writes all files of a commit into a folder, through an index of its own: repository and working tree stay as they are. */
async function checkOut(commit: string, top: string, folder: string, env: Io['env']): Promise<string> {
  const own = { ...env, GIT_INDEX_FILE: join(folder, '.index') }
  const tree = join(folder, 'tree')
  try {
    await readGit(['read-tree', commit], top, own)
    await readGit(['checkout-index', '--all', `--prefix=${tree}/`], top, own)
  } catch {
    throw fail('revision-not-found', `git could not write out the files of ${commit}.`, {
      wayOut:
        'Look whether the clone is whole (`git fsck`; a partial clone needs its remote) and the disk has room.',
    })
  }
  return tree
}

/** Whether there is anything to read: the configuration, or without one the first of the paths. */
async function isDeclared({ cwd, config, paths: [first = '.'] }: DeclarationPlace): Promise<boolean> {
  return (await stat(config ?? resolve(cwd, first)).catch(() => undefined)) !== undefined
}

/** A commit from before there was a configuration declares nothing, under the rules that hold now. */
function nothingDeclared(now: Declaration): Declaration {
  return { ...now, policies: [], chosen: undefined, diagnostics: [], sources: [], files: {} }
}

/**
 * Reads the whole declaration as it is at another revision of the repository, to compare plans: configuration,
 * policies and lists all from there.
 *
 * @param now - The declaration of the working tree, whose configuration stands where the revision has none yet.
 * @throws Failure `revision-not-found`, and `declaration-invalid` where it has errors there.
 */
export async function loadBaseDeclaration(
  revision: string,
  now: Declaration,
  context: CommandContext,
): Promise<BaseDeclaration> {
  const { env } = context.io
  const { cwd, configuration, top } = await findRepository(revision, context)
  const commit = await resolveCommit(revision, top, env)
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-base-'))
  try {
    const tree = await checkOut(commit, top, folder, env)
    const place = {
      cwd: resolve(tree, relative(top, cwd)),
      config: configuration && resolve(tree, relative(top, configuration)),
      paths: configuration === undefined ? context.args : [],
    }
    const base = (await isDeclared(place)) ? requireValid(await loadDeclaration(place)) : nothingDeclared(now)
    return { ...base, revision, commit }
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'declaration-invalid') throw error
    throw fail(
      'declaration-invalid',
      `The declaration at ${revision} has errors, so there is nothing to compare with.`,
      {
        diagnostics: error.diagnostics,
        wayOut: 'Name a revision whose declaration is valid; the errors listed with it are of that revision.',
      },
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
