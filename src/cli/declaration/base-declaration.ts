import { mkdtemp, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, posix, relative, resolve, sep } from 'node:path'
import { Failure } from '../../local/failure.ts'
import { movedFrom } from '../../local/git/moved-from.ts'
import { GitError, type GitPlace, readGit } from '../../local/git/run-git.ts'
import { type RevisionWriter, revisionWriter } from '../../local/git/write-revision.ts'
import { listPaths } from '../../schema/attach-lists.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { parseConfiguration } from '../../schema/parse-configuration.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import { type Declaration, type DeclarationPlace, loadDeclaration, requireValid } from './declaration.ts'
import { fixedPartOf, GLOB, YAML } from './expand-paths.ts'
import { findConfiguration } from './find-configuration.ts'
import { readText } from './read-text.ts'

/** The declaration at another revision. */
export interface BaseDeclaration extends Declaration {
  /** As it was asked for. */
  readonly revision: string
  readonly commit: string
}

/** What came of reading the other declaration. */
export interface BaseReading {
  /** Undefined where it has errors: there is then nothing to compare with. */
  readonly base: BaseDeclaration | undefined
  /** What is to be said of it beside the plan. */
  readonly notes: readonly Diagnostic[]
}

/** Where the declaration is looked for, and the repository around it. */
interface Repository {
  readonly cwd: string
  /** Absolute; undefined where there is no configuration. */
  readonly configuration: string | undefined
  readonly top: GitPlace
}

async function findRepository(revision: string, { io, flags }: CommandContext): Promise<Repository> {
  const cwd = await realpath(io.cwd)
  const found = await findConfiguration(flags.text('config'), cwd)
  const beside = found && (await realpath(dirname(found)).catch(() => dirname(found)))
  const configuration = found && beside && join(beside, basename(found))
  const folder = configuration === undefined ? cwd : dirname(configuration)
  const { env } = io
  try {
    const top = await readGit(['rev-parse', '--show-toplevel'], { cwd: folder, env })
    return { cwd, configuration, top: { cwd: await realpath(top), env } }
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    if (!error.isAbsence) throw refused(revision, error)
    throw fail(
      'revision-not-found',
      `--base ${revision}: ${folder} is in no git repository, or there is no git.`,
      {
        wayOut: 'Run inside a clone of the repository that holds the policies, with git on the PATH.',
      },
    )
  }
}

function refused(revision: string, { message }: GitError): Failure {
  return fail('revision-not-found', `--base ${revision}: git says: ${message}`, {
    wayOut: 'Do what git says; a partial clone needs its remote, and a broken one `git fsck`.',
  })
}

/** The commit that a revision names. What a shallow clone lacks has another way out than a name that is wrong. */
async function resolveCommit(revision: string, top: GitPlace): Promise<string> {
  try {
    const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]
    return await readGit(words, top)
  } catch {
    const shallow = await readGit(['rev-parse', '--is-shallow-repository'], top).catch(() => '')
    if (shallow !== 'true') {
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

/** A commit from before there was a configuration declares nothing, under the rules that hold now. */
function nothingDeclared(now: Declaration): Declaration {
  return { ...now, policies: [], chosen: undefined, diagnostics: [], sources: [], files: {} }
}

/** A path from the top of the repository; undefined for what lies outside. */
function pathBelow(top: string, path: string): string | undefined {
  const below = relative(top, path).split(sep).join('/')
  return below.split('/')[0] === '..' || posix.isAbsolute(below) ? undefined : below
}

/** Writes the files that patterns name: YAML below folders, everything that a single path or another glob names. */
async function writeMatches(
  patterns: readonly string[],
  base: string,
  tree: string,
  writer: RevisionWriter,
): Promise<void> {
  for (const pattern of patterns) {
    const path = pathBelow(tree, resolve(base, fixedPartOf(pattern)))
    const isOpen = GLOB.test(pattern) && !YAML.test(pattern)
    if (path !== undefined) await writer.write([path], file => isOpen || YAML.test(file))
  }
}

/** Writes what a declaration is read from, and says where it then is; undefined where there is none. */
async function writeDeclaration(
  { cwd, configuration, top }: Repository,
  commit: string,
  tree: string,
  writer: RevisionWriter,
  args: readonly string[],
): Promise<DeclarationPlace | undefined> {
  const place = { cwd: resolve(tree, relative(top.cwd, cwd)), paths: [] }
  if (configuration === undefined) {
    await writeMatches(args, place.cwd, tree, writer)
    const found = await stat(resolve(place.cwd, args[0] ?? '.')).catch(() => undefined)
    return found && { ...place, paths: args }
  }
  const now = relative(top.cwd, configuration).split(sep).join('/')
  const path = (await writer.write([now], () => false)) ? now : await movedFrom(now, commit, top)
  if (path === undefined) return undefined
  if (path !== now) await writer.write([path], () => false)
  const config = join(tree, path)
  const read = parseConfiguration(await readText(config, tree))
  await writeMatches(read.configuration?.policies ?? [], dirname(config), tree, writer)
  return { ...place, config }
}

/** Loads what was written, once more where policies name lists that were not. */
async function loadWritten(
  place: DeclarationPlace,
  tree: string,
  writer: RevisionWriter,
): Promise<Declaration> {
  const declaration = await loadDeclaration(place)
  const lists = listPaths(declaration.policies, declaration.configuration)
    .map(path => pathBelow(tree, resolve(place.cwd, path)))
    .filter(path => path !== undefined)
  return (await writer.write(lists, () => false)) ? loadDeclaration(place) : declaration
}

/**
 * Reads the whole declaration as it is at another revision of the repository, to compare plans: configuration,
 * policies and lists all from there, and nothing else.
 *
 * @param now - The declaration of the working tree, whose configuration stands where the revision has none yet.
 * @throws Failure `revision-not-found`.
 */
export async function loadBaseDeclaration(
  revision: string,
  now: Declaration,
  context: CommandContext,
): Promise<BaseReading> {
  const repository = await findRepository(revision, context)
  const commit = await resolveCommit(revision, repository.top)
  const tree = await mkdtemp(join(await realpath(tmpdir()), 'holdfast-base-'))
  try {
    const writer = revisionWriter({ repository: repository.top, commit, mount: '' }, tree)
    const place = await writeDeclaration(repository, commit, tree, writer, context.args)
    if (place === undefined) {
      return { base: { ...nothingDeclared(now), revision, commit }, notes: [declaresNothing(revision)] }
    }
    const base = requireValid(await loadWritten(place, tree, writer))
    return { base: { ...base, revision, commit }, notes: [] }
  } catch (error) {
    if (error instanceof GitError) throw refused(revision, error)
    if (!(error instanceof Failure) || error.code === 'revision-not-found') throw error
    return { base: undefined, notes: [notCompared(revision, error)] }
  } finally {
    await rm(tree, { recursive: true, force: true })
  }
}

function declaresNothing(revision: string): Diagnostic {
  const message = `${revision} has no configuration here: everything counts as new`
  return { severity: 'info', code: 'base-declares-nothing', message }
}

/** How many errors of the other declaration are told in words. */
const TOLD = 3

/** The errors stand in the message: their places are of files as they were, which nobody has here. */
function notCompared(revision: string, { diagnostics, message }: Failure): Diagnostic {
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  const told = errors
    .slice(0, TOLD)
    .map(({ place, message: what }) => (place === undefined ? what : `${place.file}:${place.line}: ${what}`))
  const more = errors.length > TOLD ? [`and ${errors.length - TOLD} more`] : []
  const what = errors.length === 0 ? message : [...told, ...more].join('; ')
  return {
    severity: 'warning',
    code: 'base-not-compared',
    message: `nothing is compared with ${revision}, whose declaration has errors: ${what}`,
  }
}
