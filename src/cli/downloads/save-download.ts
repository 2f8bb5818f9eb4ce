import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, link, lstat, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Piece } from '../../defender/fetch-link.ts'
import { describeFileError, errorCode } from '../../local/file-error.ts'
import { fail } from '../fail.ts'

/** Where a download goes. */
export interface SaveTarget {
  /** Absolute. */
  readonly path: string
  /** As messages name it. */
  readonly shown: string
  /** Whether a file that is there may be replaced. */
  readonly force: boolean
}

/** A file that was saved whole. */
export interface SavedFile {
  readonly size: number
  /** 64 hex digits. */
  readonly sha256: string
}

/** Called after every piece. */
export type OnReceived = (received: number, size: number | undefined) => void

/**
 * Makes sure that a download has somewhere to go, before anything is asked for.
 *
 * @throws Failure `file-exists`, `file-not-written`.
 */
export async function requireFree({ path, shown, force }: SaveTarget): Promise<void> {
  const parent = await stat(dirname(path)).catch(() => undefined)
  if (parent?.isDirectory() !== true) {
    throw fail('file-not-written', `${shown} could not be written: there is no such folder.`)
  }
  const found = await lstat(path).catch(() => undefined)
  if (found?.isDirectory()) throw fail('file-not-written', `${shown} is a folder.`)
  if (found !== undefined && !force) throw fail('file-exists', `${shown} exists already.`)
}

/**
 * Writes pieces into a new `.part` file beside the target, and gives it its name once all of it is there and on disk.
 * Mode 0600: what is collected from a device is nobody else's business. Holds one piece in memory at a time.
 *
 * @throws Failure `file-exists`, `file-not-written`, and whatever the pieces reject with; no `.part` file is left.
 */
export async function saveDownload(
  pieces: AsyncIterable<Piece>,
  target: SaveTarget,
  onReceived: OnReceived,
): Promise<SavedFile> {
  const part = `${target.path}.${randomBytes(4).toString('hex')}.part`
  const file = await writing(target, () => open(part, 'wx', 0o600))
  try {
    const saved = await writePieces(file, pieces, target, onReceived).finally(() => file.close())
    await writing(target, () => publish(part, target))
    return saved
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

async function writePieces(
  file: FileHandle,
  pieces: AsyncIterable<Piece>,
  target: SaveTarget,
  onReceived: OnReceived,
): Promise<SavedFile> {
  let hash = createHash('sha256')
  let size = 0
  for await (const piece of pieces) {
    if (piece.offset === 0 && size > 0) {
      hash = createHash('sha256')
      await writing(target, () => file.truncate(0))
    }
    hash.update(piece.bytes)
    await writing(target, () => writeAll(file, piece.bytes, piece.offset))
    size = piece.offset + piece.bytes.length
    onReceived(size, piece.size)
  }
  await writing(target, () => file.sync())
  return { size, sha256: hash.digest('hex') }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

/** Gives the file its name. A link, unlike a rename, fails where somebody else took the name meanwhile. */
async function publish(part: string, { path, force }: SaveTarget): Promise<void> {
  if (force) return rename(part, path)
  try {
    await link(part, path)
  } catch (error) {
    if (!canOnlyRename(error)) throw error
    if ((await lstat(path).catch(() => undefined)) !== undefined) throw existing()
    return rename(part, path)
  }
  await rm(part, { force: true })
}

/** Some file systems, such as FAT and network shares, have no links. */
function canOnlyRename(error: unknown): boolean {
  return ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errorCode(error) ?? '')
}

function existing(): Error {
  return Object.assign(new Error('exists'), { code: 'EEXIST' })
}

/** Does something with the file, and says in our words why that failed. */
async function writing<T>({ shown }: SaveTarget, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw fail('file-exists', `${shown} exists already.`)
    throw fail('file-not-written', `${shown} could not be written: ${describeFileError(error)}.`)
  }
}
