import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { describeFileError } from '../../local/file-error.ts'
import type { SourceFile } from '../../schema/diagnostic.ts'
import { fail } from '../fail.ts'

/** Larger than any plan; a text of twice the size could not be held. */
const LARGEST_BYTES = 256 * 1024 * 1024

/** A file as it was read: its text, and the digest of its bytes. */
export interface ReadFile extends SourceFile {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string
}

/** Writes a path as documents and messages show it: relative to the working directory, `/` as separator. */
export function displayPath(path: string, cwd: string): string {
  const shown = relative(cwd, resolve(cwd, path))
  const text = shown === '' ? '.' : isAbsolute(shown) ? path : shown
  return sep === '/' ? text : text.replaceAll(sep, '/')
}

/**
 * Reads a text file.
 *
 * @param path - As {@link displayPath} writes it.
 * @throws Failure `file-not-read`.
 */
export async function readText(path: string, cwd: string): Promise<ReadFile> {
  let bytes: Buffer
  try {
    bytes = await readFile(resolve(cwd, path))
  } catch (error) {
    throw fail('file-not-read', `${path} cannot be read: ${describeFileError(error)}.`)
  }
  if (bytes.length > LARGEST_BYTES) {
    throw fail('file-not-read', `${path} is larger than ${LARGEST_BYTES / 1024 / 1024} MB.`)
  }
  return { path, text: bytes.toString('utf8'), digest: digestOf(bytes) }
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** A file that is not written yet, as it will be read. */
export function draftText(path: string, text: string): ReadFile {
  return { path, text, digest: digestOf(Buffer.from(text)) }
}
