import { join, posix } from 'node:path'
import { fail } from '../failure.ts'
import { GitError, type GitPlace, runGit } from './run-git.ts'

/** A file or a link of a revision. */
export interface RevisionFile {
  /** From the top of the outermost repository. */
  readonly path: string
  readonly oid: string
  readonly isLink: boolean
  /** The repository that has it: the outermost one, or a submodule. */
  readonly repository: GitPlace
}

/** A commit of a repository, and where that lies in the outermost one. */
export interface Revision {
  readonly repository: GitPlace
  readonly commit: string
  /** Empty for the outermost one. */
  readonly mount: string
}

type Row = { readonly mode: string; readonly oid: string; readonly path: string }

const LINK = '120000'
const SUBMODULE = '160000'
const TREE = '040000'

/** How many links are followed to one file. */
const LINKS = 20

/**
 * Finds what lies at or below a path of a revision. Links are followed and are given too; submodules are read at the
 * commit that the revision names.
 *
 * @param path - From the top of the repository, without `..`; empty for all.
 * @param isWanted - Which links and files count.
 * @throws Failure `revision-not-found` where a submodule is not here.
 */
export async function findFiles(
  revision: Revision,
  path: string,
  isWanted: (path: string) => boolean,
  links: number = LINKS,
): Promise<readonly RevisionFile[]> {
  const steps = path === '' ? [] : path.split('/')
  for (let count = 1; count <= steps.length; count += 1) {
    const [row] = await listRows(revision, [steps.slice(0, count).join('/')])
    if (row === undefined) return []
    const rest = steps.slice(count).join('/')
    if (row.mode !== TREE)
      return rest === ''
        ? open(revision, row, isWanted, links, true)
        : through(revision, row, rest, isWanted, links)
  }
  const rows = await listRows(revision, steps.length === 0 ? [] : [`${path}/`], ['-r'])
  const found: RevisionFile[] = []
  for (const row of rows) found.push(...(await open(revision, row, isWanted, links, false)))
  return found
}

/** What a row stands for: a file, or a link or submodule with what it leads to. */
async function open(
  revision: Revision,
  row: Row,
  isWanted: (path: string) => boolean,
  links: number,
  isNamed: boolean,
): Promise<readonly RevisionFile[]> {
  const file = fileOf(revision, row)
  if (row.mode !== SUBMODULE && !isNamed && !isWanted(file.path)) return []
  return row.mode === LINK || row.mode === SUBMODULE ? through(revision, row, '', isWanted, links) : [file]
}

/** Goes on behind a link or into a submodule. */
async function through(
  revision: Revision,
  row: Row,
  rest: string,
  isWanted: (path: string) => boolean,
  links: number,
): Promise<readonly RevisionFile[]> {
  if (row.mode === SUBMODULE) return findFiles(await submoduleOf(revision, row), rest, isWanted, links)
  if (row.mode !== LINK || links === 0) return []
  const link = fileOf(revision, row)
  const [target] = await readFiles([link])
  const to = posix.normalize(posix.join(posix.dirname(row.path), (target ?? '').toString(), rest))
  // What leads out of the repository leads nowhere in its past.
  if (posix.isAbsolute((target ?? '').toString()) || to.split('/')[0] === '..') return [link]
  return [link, ...(await findFiles(revision, to === '.' ? '' : to, isWanted, links - 1))]
}

async function submoduleOf({ repository, mount }: Revision, { path, oid }: Row): Promise<Revision> {
  const at = posix.join(mount, path)
  const inner = { cwd: join(repository.cwd, path), env: repository.env }
  try {
    const top = (await runGit(['rev-parse', '--show-cdup'], inner)).toString().trim()
    if (top !== '') throw new GitError('it is not checked out')
    await runGit(['cat-file', '-e', `${oid}^{commit}`], inner)
  } catch (error) {
    const said = error instanceof GitError ? error.message : 'its folder is not there'
    throw fail('revision-not-found', `The submodule ${at} has no commit ${oid.slice(0, 12)} here: ${said}.`, {
      wayOut: `Fetch it first: \`git submodule update --init ${at}\` and \`git -C ${at} fetch origin ${oid}\`, or \`submodules: true\` with \`fetch-depth: 0\` of actions/checkout.`,
    })
  }
  return { repository: inner, commit: oid, mount: at }
}

async function listRows(
  { repository, commit }: Revision,
  paths: readonly string[],
  options: readonly string[] = [],
): Promise<readonly Row[]> {
  const words = ['ls-tree', '-z', '--full-tree', ...options, commit, '--', ...paths]
  const text = (await runGit(['--literal-pathspecs', ...words], repository, { timeoutMs: 60_000 })).toString()
  return text.split('\0').flatMap(line => {
    const [, mode = '', oid = '', path = ''] = /^(\d+) \w+ ([0-9a-f]+)\t(.+)$/s.exec(line) ?? []
    return path === '' || path.split('/').some(step => step === '..' || step === '.')
      ? []
      : [{ mode, oid, path }]
  })
}

function fileOf({ repository, mount }: Revision, { path, oid, mode }: Row): RevisionFile {
  return { path: posix.join(mount, path), oid, isLink: mode === LINK, repository }
}

/**
 * Reads files as they are stored, so that no filter of the settings is started; in a partial clone what is not here is
 * fetched by one call for each repository.
 *
 * @returns Their bytes, in order.
 * @throws GitError where git does not give one.
 */
export async function readFiles(files: readonly RevisionFile[]): Promise<readonly Buffer[]> {
  const contents = new Map<string, Buffer>()
  for (const [repository, own] of Map.groupBy(files, file => file.repository)) {
    const oids = [...new Set(own.map(({ oid }) => oid))]
    await fetchPromised(repository, oids)
    const input = `${oids.join('\n')}\n`
    const output = await runGit(['cat-file', '--batch'], repository, { input, timeoutMs: 120_000 })
    for (const [oid, bytes] of parseBatch(output)) contents.set(oid, bytes)
  }
  return files.map(({ oid }) => {
    const bytes = contents.get(oid)
    if (bytes === undefined) throw new GitError(`it does not have the object ${oid}`)
    return bytes
  })
}

/** Fetches objects that a partial clone was promised, as git itself does, but all at once. */
async function fetchPromised(repository: GitPlace, oids: readonly string[]): Promise<void> {
  const words = ['config', '--null', '--name-only', '--get-regexp', '^remote\\..*\\.promisor$']
  const names = (await runGit(words, repository).catch(() => '')).toString()
  const [, remote] = /^remote\.(.+?)\.promisor\0/s.exec(names) ?? []
  if (remote === undefined || oids.length === 0) return
  const quiet = ['--no-tags', '--no-write-fetch-head', '--no-auto-gc', '--recurse-submodules=no']
  const fetch = [
    '-c',
    'fetch.negotiationAlgorithm=noop',
    'fetch',
    ...quiet,
    '--filter=blob:none',
    '--stdin',
    remote,
  ]
  await runGit(fetch, repository, { input: `${oids.join('\n')}\n`, timeoutMs: 120_000 })
}

/** Cuts the output of `cat-file --batch`: `<oid> <type> <size>`, the bytes, a line break; or `<oid> missing`. */
function* parseBatch(output: Buffer): Iterable<readonly [string, Buffer]> {
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at)
    const [oid = '', , size] = output.subarray(at, end).toString().split(' ')
    at = end + 1
    if (size === undefined) continue
    yield [oid, output.subarray(at, at + Number(size))]
    at += Number(size) + 1
  }
}
