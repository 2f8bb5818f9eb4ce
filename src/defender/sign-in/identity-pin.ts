import { DefenderError } from '../defender-error.ts'
import { type TokenClaims, tokenClaims } from '../token.ts'

/** Holds a run to the identity that its first token was given to. */
export interface IdentityPin {
  /**
   * Looks at a token before it is used.
   *
   * @throws DefenderError `identity-changed`; from then on for every token, since the run has ended.
   */
  check(token: string): void
  /** Throws what {@link check} threw; nothing before that. */
  requireUnchanged(): void
}

const PINNED = [
  ['tid', 'tenant'],
  ['objectId', 'object'],
  ['appId', 'application'],
] as const satisfies readonly (readonly [keyof TokenClaims, string])[]

type PinnedClaim = (typeof PINNED)[number][0]

/** Pins tenant, object and application of the first token that tells each, over all audiences of a run. */
export function pinIdentity(): IdentityPin {
  const held = new Map<PinnedClaim, string>()
  let changed: DefenderError | undefined

  function requireUnchanged(): void {
    if (changed !== undefined) throw changed
  }

  return {
    requireUnchanged,
    check(token) {
      requireUnchanged()
      const claims = tokenClaims(token)
      for (const [claim, word] of PINNED) {
        const value = claims?.[claim]?.toLowerCase()
        if (value === undefined) continue
        const first = held.get(claim)
        if (first === undefined) held.set(claim, value)
        else if (first !== value) changed ??= identityChanged(word, first, value)
      }
      requireUnchanged()
    },
  }
}

function identityChanged(word: string, first: string, now: string): DefenderError {
  return new DefenderError(
    'identity-changed',
    `This run began as ${word} ${first}, and a renewed token is of ${word} ${now}.`,
  )
}
