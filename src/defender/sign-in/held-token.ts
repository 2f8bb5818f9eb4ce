import type { Clock } from '../../apply/ports.ts'
import { addMs, type Instant, msBetween } from '../../schema/instant.ts'
import type { AccessToken, TokenSource } from '../token.ts'
import type { IdentityPin } from './identity-pin.ts'

/** A token is renewed with a third of its life left, and never more than this before its end. */
const EARLIEST_MS = 20 * 60_000

/** The longest time between two tries to renew a token that is still good. */
const LONGEST_PAUSE_MS = 30_000

/**
 * Holds a token and its end, and renews it early.
 *
 * Whoever asks while the token in hand is good gets it at once: a renewal goes on beside, and one that fails is tried
 * again, while the token serves until it ends. Callers that ask at the same time share one acquisition. The library's
 * own keeping of tokens is not relied on: it asks for assertions that it does not need, and fails where they are away.
 *
 * @param acquire - Signs in.
 * @param pin - Looks at every token before it is used.
 */
export function heldToken(
  acquire: () => Promise<AccessToken>,
  clock: Pick<Clock, 'now'>,
  pin: IdentityPin,
): TokenSource {
  let held: { readonly token: AccessToken; readonly renewAt: Instant | undefined } | undefined
  let pending: Promise<AccessToken> | undefined

  async function renew(): Promise<AccessToken> {
    try {
      const token = await acquire()
      pin.check(token.text)
      held = { token, renewAt: token.expiresAt && renewalOf(clock.now(), token.expiresAt) }
      return token
    } catch (error) {
      if (held !== undefined) held = { ...held, renewAt: nextTry(clock.now(), held.token.expiresAt) }
      throw error
    } finally {
      pending = undefined
    }
  }

  function share(): Promise<AccessToken> {
    pending ??= renew()
    return pending
  }

  return {
    async get(request) {
      pin.requireUnchanged()
      const now = clock.now()
      const isGood =
        held !== undefined &&
        (held.token.expiresAt === undefined || now < held.token.expiresAt) &&
        (!request.fresh || (request.refused !== undefined && held.token.text !== request.refused))
      if (held === undefined || !isGood) return share()
      // What a failed renewal means shows where the token in hand has ended, or where the identity has changed.
      if (held.renewAt !== undefined && now >= held.renewAt) share().catch(() => undefined)
      return held.token
    },
  }
}

function renewalOf(now: Instant, expiresAt: Instant): Instant {
  return addMs(expiresAt, -Math.min(EARLIEST_MS, msBetween(now, expiresAt) / 3))
}

function nextTry(now: Instant, expiresAt: Instant | undefined): Instant | undefined {
  return expiresAt && addMs(now, Math.min(LONGEST_PAUSE_MS, Math.max(0, msBetween(now, expiresAt)) / 4))
}
