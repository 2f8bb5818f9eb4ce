import { type Instant, isInstant } from '../../schema/instant.ts'
import { readStrictJson } from '../../schema/strict-json.ts'
import { fail } from '../failure.ts'
import type { Shelf } from './shelf.ts'

/** A freeze of a tenant, as it lies beside the lease. */
export interface KeptFreeze {
  /** Who froze it, for people. */
  readonly owner: string
  readonly reason: string
  readonly since: Instant
  /** From then on it has no effect. */
  readonly until: Instant
  /** Whether renewals go on all the same. */
  readonly renewals: boolean
}

const NAME = 'freeze.json'

function isTime(value: unknown): value is Instant {
  return typeof value === 'string' && isInstant(value)
}

/**
 * Reads the freeze of a tenant; undefined where nobody has frozen it.
 *
 * @throws Failure `freeze-not-readable` for a text that is none: what cannot be read is not taken for absent.
 */
export async function readFreeze(shelf: Shelf): Promise<KeptFreeze | undefined> {
  const text = await shelf.read(NAME)
  if (text === undefined) return undefined
  const read = readStrictJson(text)
  const { owner, reason, since, until, renewals } = Object('value' in read ? read.value : undefined) as {
    readonly [key in keyof KeptFreeze]?: unknown
  }
  const isWhole = typeof owner === 'string' && typeof reason === 'string' && typeof renewals === 'boolean'
  if (!isWhole || !isTime(since) || !isTime(until)) {
    throw fail(
      'freeze-not-readable',
      `${shelf.pathOf(NAME)} is not a freeze as \`holdfast freeze\` writes it.`,
    )
  }
  return { owner, reason, since, until, renewals }
}

/** Freezes a tenant, in place of the freeze that is there. */
export function writeFreeze(shelf: Shelf, freeze: KeptFreeze): Promise<void> {
  return shelf.put(NAME, `${JSON.stringify(freeze)}\n`)
}

/** Ends the freeze of a tenant; none that is there is no error. */
export function removeFreeze(shelf: Shelf): Promise<void> {
  return shelf.remove(NAME)
}
