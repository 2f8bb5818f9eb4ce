import type { Change, Note } from '../plan/document/document.ts'
import { methodOf } from '../posture/methods.ts'
import type { Configuration } from '../schema/configuration.ts'
import { addMs, type Instant, parseInstant } from '../schema/instant.ts'
import type { JournalEntry, SubmitAnswer } from './ports.ts'

/** What a device's own refusal is called in outcomes and in the journal. */
export const RESTRICTED_DEVICE = 'restricted-device'

/** Codes that are known to mean something else than that the device refuses (docs/service.md#restricted-refusal). */
const OTHER_CODES: ReadonlySet<string> = new Set([
  'ActiveRequestAlreadyExists',
  'BadRequest',
  'ClientVersionNotSupported',
  'DisabledFeature',
  'Forbidden',
  'InvalidHashValue',
  'InvalidInput',
  'InvalidRequestBody',
  'MaximumBatchSizeExceeded',
  'MissingRequiredParameter',
  'ODataError',
  'OsPlatformNotSupported',
])

/** Live response is refused under the same code where the device group has no automation level. */
const AUTOMATION_LEVEL = /automation level/i
const NAMES_OPERATION = /operation|not allowed|disallow|restricted/i

/**
 * Says whether the service refused a request for the device: it was onboarded restricted, which is final for it.
 * Neither status nor code is documented (docs/service.md#restricted-refusal).
 */
export function isRestrictedRefusal(
  { status, code, message }: SubmitAnswer & { readonly kind: 'rejected' },
  type: string,
): boolean {
  if ((status !== 400 && status !== 403) || OTHER_CODES.has(code) || AUTOMATION_LEVEL.test(message))
    return false
  const isOfCategory = methodOf(type)?.category !== undefined
  return isOfCategory && (code === 'DisallowedOperation' || NAMES_OPERATION.test(message))
}

/**
 * Says why a change is not sent once more to a device that refused it as often as an action may fail
 * (docs/contract.md#attempts): a refusal leaves no action behind, so that the journal tells of it.
 */
export function refusedTooOften(
  { address }: Change,
  entries: readonly JournalEntry[],
  { maxAttempts, within }: Configuration['retry'],
  now: Instant,
): Note | undefined {
  const from = addMs(now, -within.ms)
  const refusals = entries.filter(
    entry =>
      entry.event === 'answer' &&
      entry['address'] === address &&
      entry['code'] === RESTRICTED_DEVICE &&
      (parseInstant(entry.at) ?? now) >= from,
  )
  if (refusals.length < maxAttempts) return undefined
  return {
    code: 'attempts-exhausted',
    message: `the device refused it ${refusals.length} times within ${within.text} (the limit is ${maxAttempts}): it was onboarded restricted. Take it out with \`except\`; after that time it is tried again.`,
  }
}
