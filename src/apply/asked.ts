import type { Claim } from '../plan/claim/claim.ts'
import type { Change } from '../plan/document/document.ts'
import { claimsOn, type Declared, whyNotAsked } from '../plan/judge/still-asked.ts'
import type { Machine } from '../posture/machine.ts'
import type { Instant } from '../schema/instant.ts'

/** What the declaration as it is now asks of machines, on the latest look at each. */
export class Asked {
  readonly #declared: Declared | undefined
  readonly #claims = new Map<string, readonly Claim[]>()

  /** @param declared - Absent where what is applied was just asked for by hand, and no policy has a say. */
  constructor(declared: Declared | undefined) {
    this.#declared = declared
  }

  /** Takes over records that were just read. */
  look(machines: readonly Machine[], now: Instant): void {
    if (this.#declared === undefined) return
    const claims = claimsOn(this.#declared.policies, machines, now)
    for (const { id } of machines) this.#claims.set(id, claims.get(id) ?? [])
  }

  /** Why a change is not asked for any more; undefined where it is. */
  whyNot(change: Change): string | undefined {
    const claims = this.#claims.get(change.machine.id)
    return this.#declared === undefined || claims === undefined
      ? undefined
      : whyNotAsked(change, claims, this.#declared)
  }
}
