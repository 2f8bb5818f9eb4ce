import type { ServiceTarget } from '../../src/defender/clouds.ts'
import { resolveTarget } from '../../src/defender/clouds.ts'
import { DefenderError } from '../../src/defender/defender-error.ts'
import type { ReadLimits } from '../../src/defender/limits.ts'
import type { ClientDependencies } from '../../src/defender/read-client.ts'
import { staticToken, type TokenSource } from '../../src/defender/token.ts'
import type { Send } from '../../src/defender/transport.ts'
import { FakeClock } from '../support/fake-clock.ts'

/** The commercial cloud, or what the fields say. */
export function target(
  fields: { endpoint?: string; tenantId?: string; cloud?: 'commercial' | 'gcc' } = {},
): ServiceTarget {
  const { cloud = 'commercial', ...rest } = fields
  const resolved = resolveTarget({ configuration: { cloud, ...rest } })
  if (resolved instanceof DefenderError) throw resolved
  return resolved
}

/** What a client is made of, with a clock in hand and an opaque token. */
export function dependencies(
  send: Send,
  fields: {
    target?: ServiceTarget
    token?: TokenSource
    clock?: FakeClock
    limits?: Partial<ReadLimits>
  } = {},
): ClientDependencies & { readonly clock: FakeClock } {
  return {
    send,
    token: fields.token ?? staticToken('opaque-token'),
    target: fields.target ?? target(),
    clock: fields.clock ?? new FakeClock(),
    // No test waits for a minute to end that did not ask to.
    limits: { callsPerMinute: 1_000_000, ...fields.limits },
  }
}

/** A JWT with these claims and no signature worth the name. */
export function jwt(claims: object): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${encode({ alg: 'RS256' })}.${encode(claims)}.c2ln`
}

/** The code and message of what a promise rejects with, and its way out. */
export async function rejection(promise: Promise<unknown>): Promise<DefenderError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof DefenderError) return error
    throw error
  }
  throw new Error('expected a DefenderError')
}
