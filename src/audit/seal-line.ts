import { canonicalJson, sha256 } from '../plan/document/digest.ts'
import type { AuditEntry } from './entry.ts'
import { oneLine } from './one-line.ts'

/** A line as it is written, without its end, and its hash. */
export interface SealedLine {
  readonly text: string
  /** `sha256:` and 64 hex digits. */
  readonly hash: string
}

/** What the last field of a line looks like; the hash is that of the line without it. */
const SEAL = /,"hash":"(sha256:[0-9a-f]{64})"\}$/

/**
 * Seals an entry: canonical JSON, one line for every reader, with its number in the record and the hash of the line
 * before, and last its own hash, which is the SHA-256 of the line without that field.
 *
 * @param prev - Null for the first line.
 */
export function sealLine(entry: AuditEntry, seq: number, prev: string | null): SealedLine {
  const body = oneLine(canonicalJson({ ...entry, seq, prev }))
  const hash = `sha256:${sha256(body)}`
  return { text: `${body.slice(0, -1)},"hash":"${hash}"}`, hash }
}

/** The hash that a line says it has, right or wrong; undefined where it says none. */
export function claimedHash(line: string): string | undefined {
  return SEAL.exec(line)?.[1]
}

/** The hash of a line, where it is the one that the line says; undefined where the line is not what was sealed. */
export function sealedHash(line: string): string | undefined {
  const claimed = claimedHash(line)
  if (claimed === undefined) return undefined
  return `sha256:${sha256(line.replace(SEAL, '}'))}` === claimed ? claimed : undefined
}
