import { isUtf8 } from 'node:buffer'
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
 * Reads a text file, without the byte order mark that it may begin with.
 *
 * @param path - As {@link displayPath} writes it.
 * @throws Failure `file-not-read`, `file-encoding`.
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
  const text = decodeText(bytes)
  if (typeof text === 'string') return { path, text, digest: digestOf(bytes) }
  throw fail('file-encoding', `${path} is no UTF-8 text: line ${text.line} has bytes of another encoding.`)
}

/** What PowerShell and editors put in front of text, and what it says of the rest. */
const MARKS = [
  { mark: [0xef, 0xbb, 0xbf], decode: (rest: Buffer) => readUtf8(rest) },
  { mark: [0xff, 0xfe], decode: (rest: Buffer) => rest.toString('utf16le') },
  { mark: [0xfe, 0xff], decode: (rest: Buffer) => Buffer.from(rest).swap16().toString('utf16le') },
] as const

/** Reads UTF-8, and UTF-16 where a mark says so; else where it is neither. */
function decodeText(bytes: Buffer): string | { readonly line: number } {
  for (const { mark, decode } of MARKS) {
    const rest = bytes.subarray(mark.length)
    const isCut = mark.length === 2 && rest.length % 2 !== 0
    if (!isCut && mark.every((byte, at) => bytes[at] === byte)) return decode(rest)
  }
  return readUtf8(bytes)
}

function readUtf8(bytes: Buffer): string | { readonly line: number } {
  if (isUtf8(bytes) && !bytes.subarray(0, 1024).includes(0)) return bytes.toString('utf8')
  const text = bytes.toString('utf8')
  const [before = ''] = text.split(/[\ufffd\u0000]/, 1)
  return { line: before.split('\n').length }
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** A file that is not written yet, as it will be read. */
export function draftText(path: string, text: string): ReadFile {
  return { path, text, digest: digestOf(Buffer.from(text)) }
}
