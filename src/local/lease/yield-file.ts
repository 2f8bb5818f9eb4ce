import { randomBytes } from 'node:crypto'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { YieldRequest } from '../../apply/ports.ts'
import { type Instant, parseInstant } from '../../schema/instant.ts'
import { readStrictJson } from '../../schema/strict-json.ts'
import { isDead, type ProcessIdentity, readIdentity } from '../process-identity.ts'
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
function yieldFile(folder: string, token: string): string {
  return join(folder, `yield-${token}.json`)
}

/** Leaves a request beside the lease of an id. A later one takes its place; it is never seen half. */
export async function writeYield(folder: string, token: string, record: YieldRecord): Promise<void> {
  const aside = join(folder, `.yield-${token}-${randomBytes(4).toString('hex')}`)
  try {
    await writeFile(aside, `${JSON.stringify(record)}\n`, { flag: 'wx', mode: 0o600 })
    await rename(aside, yieldFile(folder, token))
  } finally {
    await rm(aside, { force: true })
  }
}

/** Reads who waits for the lease of an id; null where nobody does any more, or the file is none. */
export async function readYield(
  folder: string,
  token: string,
  self: ProcessIdentity,
  now: Instant,
): Promise<YieldRequest | null> {
  const text = await readFile(yieldFile(folder, token), 'utf8').catch(() => '{}')
  const read = readStrictJson(text)
  const record = Object('value' in read ? read.value : undefined) as Readonly<Record<string, unknown>>
  const owner = readIdentity(record['owner'])
  const until = parseInstant(String(record['until']))
  if (owner === undefined || until === undefined || until <= now || (await isDead(owner, self))) return null
  const { planId } = record
  return { owner: describeOwner(owner), planId: typeof planId === 'string' ? planId : null }
}

/** Removes the request to the holder of one lease. */
export function removeYield(folder: string, token: string): Promise<void> {
  return rm(yieldFile(folder, token), { force: true })
}

/** Removes requests to the holders of earlier leases: those are over. */
export async function removeOldYields(folder: string, token: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (FILE.test(name) && !name.includes(token)) await rm(join(folder, name), { force: true })
  }
}
