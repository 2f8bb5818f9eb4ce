import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { DefenderError, isFatal } from '../../defender/defender-error.ts'
import type { LibraryApi } from '../../defender/library-api.ts'
import type { LibraryFile } from '../../defender/wire-library.ts'
import { Failure } from '../../local/failure.ts'
import { describeFileError } from '../../local/file-error.ts'
import { CANCEL_QUOTA } from '../../posture/methods.ts'
import type { LibraryOutcome } from '../../report/documents/library-document.ts'
import { TEXT_RULES } from '../../schema/text-formats.ts'
import { createPace, type Pace } from '../by-hand/paced.ts'
import { CLI_CODES } from '../codes.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import type { Session } from '../service/inventory.ts'
import { openRecordedLibrary } from '../service/recorded-requests.ts'

/** Largest file that the API takes, in bytes (docs/service.md#library-upload). */
const LARGEST = 20 * 1_048_576
/** How long the quota is waited for. */
const PATIENCE_MS = 180_000

/** A file of ours that goes into the library. */
export interface LocalFile {
  /** As typed. */
  readonly path: string
  readonly fileName: string
  readonly content: Buffer
  /** 64 hex digits. */
  readonly sha256: string
}

/** How files are put. */
export interface PutOptions {
  readonly description: string | undefined
  readonly override: boolean
}

/**
 * Reads the files and checks every one, before any is sent.
 *
 * @throws Failure `file-not-read`, `library-file-invalid`.
 */
export async function readLocalFiles(paths: readonly string[], cwd: string): Promise<readonly LocalFile[]> {
  const files: LocalFile[] = []
  const names = new Set<string>()
  for (const path of paths) {
    const fileName = basename(path)
    const problem = TEXT_RULES.fileName(fileName)
    if (problem !== undefined) throw fail('library-file-invalid', `${path}: expected ${problem.expected}.`)
    if (names.has(fileName.toLowerCase())) {
      throw fail('library-file-invalid', `${path}: a file named ${fileName} is given twice.`)
    }
    names.add(fileName.toLowerCase())
    files.push(await readLocal(path, fileName, cwd))
  }
  return files
}

async function readLocal(path: string, fileName: string, cwd: string): Promise<LocalFile> {
  try {
    const { size } = await stat(resolve(cwd, path))
    if (size > LARGEST) {
      throw fail('library-file-invalid', `${path} has ${size} bytes; the service takes at most ${LARGEST}.`)
    }
    const content = await readFile(resolve(cwd, path))
    return { path, fileName, content, sha256: createHash('sha256').update(content).digest('hex') }
  } catch (error) {
    if (error instanceof Failure) throw error
    throw fail('file-not-read', `${path} cannot be read: ${describeFileError(error)}.`)
  }
}

/** What is to be done with one file, as the library stands. */
export function decidePut(
  file: Pick<LocalFile, 'sha256'>,
  known: Pick<LibraryFile, 'sha256' | 'description'> | undefined,
  { description, override }: PutOptions,
): 'add' | 'replace' | 'unchanged' | 'refuse' {
  if (known === undefined) return 'add'
  const sameText = description === undefined || description === (known.description ?? '')
  if (known.sha256 === file.sha256 && (sameText || !override)) return 'unchanged'
  return override ? 'replace' : 'refuse'
}

/** Finds a file of the library by name, whatever its letter case. */
export function findInLibrary(files: readonly LibraryFile[], fileName: string): LibraryFile | undefined {
  return files.find(file => file.fileName.toLowerCase() === fileName.toLowerCase())
}

/** The pace of writes to the library. */
export function libraryPace({ signal }: CommandContext, { service }: Session): Pace {
  return createPace(service.clock, CANCEL_QUOTA, PATIENCE_MS, signal)
}

/** How one write ended, as a value that a {@link Pace} understands. */
export type WriteAnswer =
  | { readonly kind: 'done'; readonly found: boolean }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  | { readonly kind: 'failed'; readonly error: DefenderError }

/** Does one write. Rejects with a fatal DefenderError only. */
export async function writeOnce(write: () => Promise<unknown>): Promise<WriteAnswer> {
  try {
    return { kind: 'done', found: (await write()) !== false }
  } catch (error) {
    if (!(error instanceof DefenderError) || isFatal(error)) throw error
    const { code, retryAfterMs } = error
    return code === 'throttled' && retryAfterMs !== undefined
      ? { kind: 'throttled', retryAfterMs }
      : { kind: 'failed', error }
  }
}

/** Says of a write that it did not happen, or that nobody knows. */
export function unwritten(
  fileName: string,
  sha256: string | null,
  answer: Exclude<WriteAnswer, { readonly kind: 'done' }> | { readonly kind: 'no-time' },
): LibraryOutcome {
  const base = { fileName, sha256, change: null }
  if (answer.kind !== 'failed') {
    return { ...base, outcome: 'not-attempted', code: 'throttled', detail: 'The quota left no time for it.' }
  }
  const { code, message, wayOut } = answer.error
  const isUnclear = code === 'connection-failed' || code === 'service-unavailable' || code === 'interrupted'
  return { ...base, outcome: isUnclear ? 'uncertain' : 'failed', code, detail: `${message} ${wayOut}` }
}

/** Puts files one after the other; what is there already, byte for byte, is not sent again. */
export async function putFiles(
  files: readonly LocalFile[],
  options: PutOptions,
  context: CommandContext,
  session: Session,
): Promise<readonly LibraryOutcome[]> {
  const { client } = session.service
  const library = await client.listLibraryFiles(context.signal)
  const api = await openRecordedLibrary(session.service)
  const pace = libraryPace(context, session)
  const outcomes: LibraryOutcome[] = []
  for (const file of files) {
    const decision = decidePut(file, findInLibrary(library, file.fileName), options)
    outcomes.push(await putFile(file, decision, options, { api, pace, context, session }))
  }
  return outcomes
}

/** What every upload works with. */
interface Putting {
  readonly api: LibraryApi
  readonly pace: Pace
  readonly context: CommandContext
  readonly session: Session
}

async function putFile(
  { fileName, content, sha256 }: LocalFile,
  decision: ReturnType<typeof decidePut>,
  { description }: PutOptions,
  { api, pace, context, session }: Putting,
): Promise<LibraryOutcome> {
  const base = { fileName, sha256, change: null, code: null, detail: null }
  if (decision === 'unchanged') return { ...base, outcome: 'unchanged' }
  if (decision === 'refuse') {
    const { meaning, wayOut } = CLI_CODES['library-file-exists']
    return { ...base, outcome: 'refused', code: 'library-file-exists', detail: `${meaning} ${wayOut}` }
  }
  const upload = { fileName, content, overwrite: decision === 'replace' }
  const described = description === undefined ? upload : { ...upload, description }
  const answer = await pace.send(() => writeOnce(() => api.upload(described, context.signal)))
  const done: LibraryOutcome = {
    ...base,
    outcome: 'succeeded',
    change: decision === 'add' ? 'added' : 'replaced',
  }
  if (answer.kind === 'done') return done
  const outcome = unwritten(fileName, sha256, answer)
  if (outcome.outcome !== 'uncertain' || context.signal.aborted) return outcome
  // No answer came: whether the file is there is looked up, and it is not sent a second time.
  const library = await session.service.client.listLibraryFiles(context.signal)
  return findInLibrary(library, fileName)?.sha256 === sha256 ? done : outcome
}
