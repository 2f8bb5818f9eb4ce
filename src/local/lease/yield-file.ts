import type { YieldRequest } from '../../apply/ports.ts'
import { type Instant, parseInstant } from '../../schema/instant.ts'
import { readStrictJson } from '../../schema/strict-json.ts'
import { isDead, type ProcessIdentity, readIdentity } from '../process-identity.ts'
import { namesOn, type Shelf } from '../store/shelf.ts'
import { describeOwner } from './lease-record.ts'

const FILE = /^yield-[0-9a-f]{16}\.json$/

/** What a request to yield says. */
export interface YieldRecord {
  readonly owner: ProcessIdentity
  readonly planId: string | null
  /** From then on nobody waits any more. */
  readonly until: Instant
}

/** Where the holder of a lease finds who waits for it: by the lease's own id, so that nobody else is asked. */
function yieldName(token: string): string {
  return `yield-${token}.json`
}

/** Leaves a request beside the lease of an id. A later one takes its place; it is never seen half. */
export async function writeYield(shelf: Shelf, token: string, record: YieldRecord): Promise<void> {
  await shelf.put(yieldName(token), `${JSON.stringify(record)}\n`)
}

/** Reads who waits for the lease of an id; null where nobody does any more, or the file is none. */
export async function readYield(
  shelf: Shelf,
  token: string,
  self: ProcessIdentity,
  now: Instant,
): Promise<YieldRequest | null> {
  const text = (await shelf.read(yieldName(token)).catch(() => undefined)) ?? '{}'
  const read = readStrictJson(text)
  const record = Object('value' in read ? read.value : undefined) as Readonly<Record<string, unknown>>
  const owner = readIdentity(record['owner'])
  const until = parseInstant(String(record['until']))
  if (owner === undefined || until === undefined || until <= now || (await isDead(owner, self))) return null
  const { planId } = record
  return { owner: describeOwner(owner), planId: typeof planId === 'string' ? planId : null }
}

/** Removes the request to the holder of one lease. */
export function removeYield(shelf: Shelf, token: string): Promise<void> {
  return shelf.remove(yieldName(token))
}

/** Removes requests to the holders of earlier leases: those are over. */
export async function removeOldYields(shelf: Shelf, token: string): Promise<void> {
  for (const name of await namesOn(shelf)) {
    if (FILE.test(name) && !name.includes(token)) await shelf.remove(name)
  }
}
