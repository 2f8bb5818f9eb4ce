import type { RunPosture } from '../../posture/fold-run.ts'
import type { Machine } from '../../posture/machine.ts'
import { addMs } from '../../schema/instant.ts'

/** A record may still report this long after it was offboarded (docs/service.md#offboarded). */
const LINGER_MS = 24 * 3_600_000

/** How an offboarding stands: a record says Onboarded ever after, so only the history and later reports tell. */
export type Offboarding = 'none' | 'offboarded' | 're-onboarded'

/** Reads from the Offboard actions and the machine's last report whether it is offboarded. */
export function offboardingOf(machine: Machine, posture: RunPosture): Offboarding {
  const latest = posture.succeeded.at(-1)
  if (latest === undefined) return 'none'
  const seenLater =
    machine.lastSeen !== null && machine.lastSeen > addMs(latest.lastUpdateDateTimeUtc, LINGER_MS)
  return seenLater ? 're-onboarded' : 'offboarded'
}
