import { createHash } from 'node:crypto'
import { formatInstant, fromEpochMs, parseInstant, toEpochMs } from '../schema/instant.ts'

/** Writes and checks addresses that are good for a while without a token, as those of a storage service are. */
export class Links {
  readonly #secret: string
  readonly #lifetimeMs: number

  constructor(secret: string, lifetimeMs: number) {
    this.#secret = secret
    this.#lifetimeMs = lifetimeMs
  }

  #signature(path: string, expiry: string): string {
    return createHash('sha256').update(`${this.#secret} ${path} ${expiry}`).digest('base64url')
  }

  /** The address of a path, good until its expiry. */
  sign(origin: string, path: string, nowMs: number): string {
    const expiry = formatInstant(fromEpochMs(nowMs + this.#lifetimeMs))
    return `${origin}${path}?se=${encodeURIComponent(expiry)}&sp=r&sig=${this.#signature(path, expiry)}`
  }

  /** Says whether an address carries a signature of ours that has not expired. */
  isGood({ pathname, searchParams }: URL, nowMs: number): boolean {
    const expiry = searchParams.get('se') ?? ''
    const until = parseInstant(expiry)
    return (
      until !== undefined &&
      toEpochMs(until) > nowMs &&
      searchParams.get('sig') === this.#signature(pathname, expiry)
    )
  }
}
