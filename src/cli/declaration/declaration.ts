import { dirname, resolve } from 'node:path'
import { Failure } from '../../local/failure.ts'
import {
  attachConfigurationLists,
  attachLists,
  listPaths,
  listReferences,
} from '../../schema/attach-lists.ts'
import { checkPolicySet } from '../../schema/check-policy-set.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { Diagnostic, Place, SourceFile } from '../../schema/diagnostic.ts'
import { quoteSources } from '../../schema/indexed-text.ts'
import { defaultConfiguration, parseConfiguration } from '../../schema/parse-configuration.ts'
import { parseListFile } from '../../schema/parse-list.ts'
import { parsePolicyFile } from '../../schema/parse-policy.ts'
import type { ListedMachine, Policy } from '../../schema/policy.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import { declarationFolders, readDeclared } from './declared-file.ts'
import { type Expansion, expandPaths, isTestPath } from './expand-paths.ts'
import { findConfiguration } from './find-configuration.ts'
import { displayPath, draftText, type ReadFile } from './read-text.ts'

/** All that was read of what somebody wants: configuration, policies and the lists they name. */
export interface Declaration {
  readonly configuration: Configuration
  readonly policies: readonly Policy[]
  /** Names of the policies that path arguments chose among the configured ones; undefined where none were given. */
  readonly chosen: readonly string[] | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** Every file that was read, for the source lines of what is found later. */
  readonly sources: readonly SourceFile[]
  /** Digest of every file that was read, by path, sorted. */
  readonly files: Readonly<Record<string, string>>
}

/** Where a declaration is looked for. */
export interface DeclarationPlace {
  /** Absolute. */
  readonly cwd: string
  /** The value of `--config`. */
  readonly config?: string | undefined
  /** Path arguments: with a configuration they choose, without one they are the policies. */
  readonly paths: readonly string[]
  /** Absolute folder from which the configuration is looked for upward; `cwd` where absent. */
  readonly from?: string
  /** Files that are loaded in place of the configured ones, relative to `cwd`: a test's policies. */
  readonly only?: readonly string[]
  /** Texts that stand for what the files hold, by path relative to `cwd`; those that are not there are loaded too. */
  readonly drafts?: ReadonlyMap<string, string>
}

interface ReadConfiguration {
  readonly configuration: Configuration
  /** Absolute; undefined where there is no file. */
  readonly path: string | undefined
  readonly sources: readonly ReadFile[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Finds and reads the configuration alone: what the policies are is not known where it has errors.
 *
 * @throws Failure where the one that `--config` names is not there, and `declaration-invalid`.
 */
async function readConfiguration({
  cwd,
  config,
  from = cwd,
}: Pick<DeclarationPlace, 'cwd' | 'config' | 'from'>): Promise<ReadConfiguration> {
  const given = config === undefined ? undefined : resolve(cwd, config)
  const path = await findConfiguration(given, from)
  if (path === undefined) {
    return { configuration: defaultConfiguration(), path, sources: [], diagnostics: [] }
  }
  const source = await readDeclared(displayPath(path, cwd), cwd, [dirname(path)])
  const { configuration, diagnostics } = parseConfiguration(source)
  if (configuration === undefined) throw invalid(diagnostics)
  return { configuration, path, sources: [source], diagnostics }
}

function matchesNothing(pattern: string, place: Place | undefined): Diagnostic {
  const message = `\`policies\` has ${pattern}, which matches no file: correct it, or remove it`
  return {
    severity: 'warning',
    code: 'path-matches-nothing',
    message,
    ...(place === undefined ? {} : { place }),
  }
}

/** Nothing declared looks like all being well, so it is said aloud. */
function noPolicies(policies: readonly Policy[], diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (policies.length > 0 || diagnostics.some(({ severity }) => severity === 'error')) return []
  const message = 'no policy is loaded, so nothing is declared: name files in `policies` of holdfast.yaml'
  return [{ severity: 'warning', code: 'no-policies', message }]
}

/** Gives expansions back. Throws Failure `path-is-a-test` where one names a test as if it were a policy. */
function withoutTests(expansions: readonly Expansion[]): readonly Expansion[] {
  const test = expansions.flatMap(({ files }) => files).find(isTestPath)
  if (test !== undefined) throw fail('path-is-a-test', `${test} holds tests, not policies.`)
  return expansions
}

/** The files of the configured policies, without the configuration itself where a folder holds it. */
async function configuredFiles(read: ReadConfiguration & { readonly path: string }, cwd: string) {
  const { configuration, path } = read
  const expansions = withoutTests(await expandPaths(configuration.policies, dirname(path), cwd))
  const itself = displayPath(path, cwd)
  const files = new Set(expansions.flatMap(({ files }) => files))
  files.delete(itself)
  const found = expansions.flatMap(({ pattern, files }, index) =>
    files.length === 0 ? [matchesNothing(pattern, configuration.policyPlaces?.[index])] : [],
  )
  return { files: [...files].sort(), diagnostics: quoteSources(found, read.sources) }
}

/** The files that path arguments name; one that names none is an error. */
async function argumentFiles({ paths, cwd }: DeclarationPlace): Promise<readonly string[]> {
  const expansions = withoutTests(await expandPaths(paths, cwd, cwd))
  const empty = expansions.find(({ files }) => files.length === 0)
  if (empty !== undefined) throw fail('path-matches-nothing', `${empty.pattern} matches no policy file.`)
  return [...new Set(expansions.flatMap(({ files }) => files))].sort()
}

interface PolicyFiles {
  /** All that are loaded. */
  readonly files: readonly string[]
  /** Those that path arguments chose among them; undefined: no choice was made. */
  readonly chosen: ReadonlySet<string> | undefined
  readonly diagnostics: readonly Diagnostic[]
}

async function findPolicyFiles(read: ReadConfiguration, place: DeclarationPlace): Promise<PolicyFiles> {
  const { path } = read
  if (place.only !== undefined) return { files: place.only, chosen: undefined, diagnostics: [] }
  if (path === undefined) {
    if (place.paths.length === 0) {
      throw fail(
        'configuration-not-found',
        'There is no holdfast.yaml here or in a folder above, and no policy was named.',
      )
    }
    return { files: await argumentFiles(place), chosen: undefined, diagnostics: [] }
  }
  const { files, diagnostics } = await configuredFiles({ ...read, path }, place.cwd)
  if (place.paths.length === 0) return { files, chosen: undefined, diagnostics }
  const chosen = await argumentFiles(place)
  const foreign = chosen.find(file => !files.includes(file))
  if (foreign !== undefined) {
    throw fail(
      'path-not-configured',
      `${foreign} is not among the \`policies\` of ${displayPath(path, place.cwd)}.`,
    )
  }
  return { files, chosen: new Set(chosen), diagnostics }
}

/** The folders that the configuration, or without one the command line, lets a declaration be read from. */
function foldersOf(
  { path, configuration }: Pick<ReadConfiguration, 'path' | 'configuration'>,
  { cwd, paths, from = cwd }: Pick<DeclarationPlace, 'cwd' | 'paths' | 'from'>,
): Promise<readonly string[]> {
  return path === undefined
    ? declarationFolders(cwd, [...paths, from])
    : declarationFolders(dirname(path), configuration.policies)
}

/** Reads the lists that entries name; one that cannot be read is an error at the entry. */
async function readLists(
  policies: readonly Policy[],
  configuration: Configuration,
  cwd: string,
  folders: readonly string[],
) {
  const sources: ReadFile[] = []
  const lists = new Map<string, readonly ListedMachine[]>()
  const diagnostics: Diagnostic[] = []
  for (const path of listPaths(policies, configuration)) {
    try {
      const source = await readDeclared(path, cwd, folders)
      const read = parseListFile(source)
      sources.push(source)
      lists.set(path, read.machines)
      diagnostics.push(...read.diagnostics)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const { code, message } = error
      const named = listReferences(policies, configuration).filter(reference => reference.path === path)
      diagnostics.push(...named.map(({ place }): Diagnostic => ({ severity: 'error', code, message, place })))
    }
  }
  return { sources, lists, diagnostics }
}

/**
 * Reads the whole declaration. What is wrong inside the files is collected as diagnostics.
 *
 * @throws Failure where a file cannot be read, a path names nothing, or there is nothing to read at all.
 */
export async function loadDeclaration(place: DeclarationPlace): Promise<Declaration> {
  const { cwd } = place
  const read = await readConfiguration(place)
  const found = await findPolicyFiles(read, place)
  const folders = await foldersOf(read, place)
  const { drafts = new Map<string, string>() } = place
  const files = [...new Set([...found.files, ...drafts.keys()])].sort()
  const sources = await Promise.all(
    files.map(file => {
      const draft = drafts.get(file)
      return draft === undefined ? readDeclared(file, cwd, folders) : draftText(file, draft)
    }),
  )
  const parsed = sources.map(source => parsePolicyFile(source))
  const policies = parsed.flatMap(file => file.policies)
  const lists = await readLists(policies, read.configuration, cwd, folders)
  const all = [...read.sources, ...sources, ...lists.sources]
  const placed = [...lists.diagnostics, ...checkPolicySet(policies, read.configuration)]
  const faults = parsed.flatMap(({ diagnostics }) => diagnostics)
  return {
    configuration: attachConfigurationLists(read.configuration, lists.lists),
    policies: attachLists(policies, lists.lists),
    chosen:
      found.chosen && policies.filter(policy => found.chosen?.has(policy.place.file)).map(({ name }) => name),
    diagnostics: [
      ...read.diagnostics,
      ...found.diagnostics,
      ...faults,
      ...noPolicies(policies, faults),
      ...quoteSources(placed, all),
    ],
    sources: all,
    files: digestsOf(all),
  }
}

function digestsOf(sources: readonly (SourceFile & { readonly digest: string })[]): Record<string, string> {
  const pairs = sources.map(({ path, digest }) => [path, digest] as const)
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function invalid(diagnostics: readonly Diagnostic[]): Failure {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  const message = `The declaration has ${errors === 1 ? 'an error' : `${errors} errors`}; nothing was asked of the service.`
  return fail('declaration-invalid', message, { diagnostics })
}

/** Gives the declaration back where it has no error. Throws Failure `declaration-invalid` with all that was found. */
export function requireValid(declaration: Declaration): Declaration {
  if (declaration.diagnostics.some(({ severity }) => severity === 'error'))
    throw invalid(declaration.diagnostics)
  return declaration
}

/**
 * Reads the configuration without the policies, for a plan that is made already; `protected` has its lists.
 *
 * @throws Failure as {@link loadDeclaration} does, and `declaration-invalid`.
 */
export async function loadConfiguration(
  place: Pick<DeclarationPlace, 'cwd' | 'config'>,
): Promise<Configuration> {
  const read = await readConfiguration(place)
  const { configuration, sources } = read
  const lists = await readLists([], configuration, place.cwd, await foldersOf(read, { ...place, paths: [] }))
  const diagnostics = quoteSources(lists.diagnostics, [...sources, ...lists.sources])
  if (diagnostics.some(({ severity }) => severity === 'error')) throw invalid(diagnostics)
  return attachConfigurationLists(configuration, lists.lists)
}

/** Where the declaration of a command is, whose arguments are all paths. */
export function placeOf({ io, flags, args }: CommandContext): DeclarationPlace {
  return { cwd: io.cwd, config: flags.text('config'), paths: args }
}
