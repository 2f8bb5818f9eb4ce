import { createHash } from 'node:crypto'
import type { Change, Plan, Target } from './document.ts'

/**
 * Writes canonical JSON as RFC 8785 defines it, so that equal values give equal bytes.
 *
 * In one thing it takes more than the RFC: half of a surrogate pair is written as its escape instead of being refused,
 * since names come from the service as they are. A key without a value is left out, as `JSON.stringify` does.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  let text = ''
  for (const [key, part] of sortedEntries(value)) {
    if (part !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(part)}`
  }
  return `{${text}}`
}

function sortedEntries(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** SHA-256 of a text, 64 hex digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

type Digested = Pick<
  Change,
  'address' | 'operations' | 'before' | 'after' | 'requests' | 'dependsOn' | 'basis'
>

/** The canonical JSON of what one change does and rests on: the text behind its fingerprint and the plan's id. */
export function digestText(change: Digested): string {
  const { address, operations, before, after, requests, dependsOn, basis } = change
  return canonicalJson({ address, operations, before, after, requests, dependsOn, basis })
}

/** The first 16 hex digits of the digest of a change's {@link digestText}. */
export function fingerprintOfText(text: string): string {
  return sha256(text).slice(0, 16)
}

/**
 * The plan's id: the digest of the canonical JSON of format, target and changes; nothing computed from the clock.
 *
 * @param texts - The {@link digestText} of each change, in the plan's order.
 */
export function planIdOfTexts(target: Target, texts: readonly string[]): string {
  return `sha256:${sha256(`{"changes":[${texts.join(',')}],"formatVersion":"1.0","target":${canonicalJson(target)}}`)}`
}

/** The fingerprint of one change. */
export function fingerprintOf(change: Digested): string {
  return fingerprintOfText(digestText(change))
}

/** The id of a plan of these changes; renewals are no part of it (docs/contract.md#renewals-id). */
export function planIdOf(target: Target, changes: readonly Change[]): string {
  return planIdOfTexts(target, changes.filter(({ renews }) => renews === undefined).map(digestText))
}

/** The id of the renewals among these changes; undefined where there are none. */
export function renewalsIdOf(target: Target, changes: readonly Change[]): string | undefined {
  const renewals = changes.filter(({ renews }) => renews !== undefined)
  return renewals.length === 0 ? undefined : planIdOfTexts(target, renewals.map(digestText))
}

/** The digest of a whole document without its own `checksum`. */
export function checksumOf(plan: Plan): string {
  const { checksum: _own, ...rest } = plan
  return `sha256:${sha256(canonicalJson(rest))}`
}
