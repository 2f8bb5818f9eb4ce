import { createHash } from 'node:crypto'
import type { Change, Plan, Target } from './document.ts'

/** Writes JSON with sorted keys and no white space, so that equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`).join(',')}}`
}

/** SHA-256 of a text, 64 hex digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

type Digested = Pick<
  Change,
  'address' | 'operations' | 'before' | 'after' | 'requests' | 'dependsOn' | 'basis'
>

function digestedFields(change: Digested): Digested {
  const { address, operations, before, after, requests, dependsOn, basis } = change
  return { address, operations, before, after, requests, dependsOn, basis }
}

/** The first 16 hex digits of the digest of what one change does and rests on. */
export function fingerprintOf(change: Digested): string {
  return sha256(canonicalJson(digestedFields(change))).slice(0, 16)
}

/** The plan's id: what it does and rests on, where, in this format; nothing computed from the clock. */
export function planIdOf(target: Target, changes: readonly Digested[]): string {
  return `sha256:${sha256(canonicalJson({ formatVersion: '1.0', target, changes: changes.map(digestedFields) }))}`
}

/** The digest of a whole document without its own `checksum`. */
export function checksumOf(plan: Plan): string {
  const { checksum: _own, ...rest } = plan
  return `sha256:${sha256(canonicalJson(rest))}`
}
