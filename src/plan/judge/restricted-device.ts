import type { DeviceRestriction } from '../../posture/device-restriction.ts'
import type { Machine } from '../../posture/machine.ts'
import { methodOf } from '../../posture/methods.ts'
import type { Note } from '../document/document.ts'
import type { DecidedChange, DraftRequest } from './decision.ts'

/** The tag that a device onboarded restricted gets by itself (docs/service.md#restricted-signs). */
const RESTRICTED_TAG = 'restricted security operations'

/** What devices refuse, by machine; a machine that is missing may be a full one. */
export type Restrictions = ReadonlyMap<string, DeviceRestriction['refuses']>

/** Finds what devices refuse, as far as hunting showed it. */
export function restrictionsOf(found: readonly DeviceRestriction[] = []): Restrictions {
  return new Map(found.map(({ machineId, refuses }) => [machineId, refuses]))
}

/**
 * Says why a device would refuse a change: hunting shows that it was onboarded without the category
 * (docs/contract.md#restricted-device). Live response scripts never run on such a device.
 */
export function restrictedNote(
  { requests }: Pick<DecidedChange, 'requests'>,
  { id }: Pick<Machine, 'id'>,
  restrictions: Restrictions,
): Note | undefined {
  const refuses = restrictions.get(id)
  const request = refuses === undefined ? undefined : requests.find(draft => isRefused(draft, refuses))
  if (request === undefined) return undefined
  return {
    code: 'restricted-device',
    message: `the device was onboarded restricted and refuses ${request.type} (${what(request)}); it would have to be onboarded anew. Take it out with \`except\`, or act on it by other means.`,
  }
}

function what(request: DraftRequest): string {
  if (request.type === 'LiveResponse') return 'live response, or its scripts'
  const category = methodOf(request.type)?.category
  return category === 'BasicResponse' ? 'basic response' : 'advanced response'
}

function isRefused(request: DraftRequest, refuses: DeviceRestriction['refuses']): boolean {
  const category = methodOf(request.type)?.category
  if (category === undefined) return false
  // A word of a later version says that something is refused, and not what.
  if (refuses.length === 0 || refuses.includes(category)) return true
  return request.type === 'LiveResponse' && runsScript(request)
}

function runsScript(request: DraftRequest): boolean {
  return 'body' in request && JSON.stringify(request.body).includes('"type":"RunScript"')
}

/** Warns where the tag says that a device was onboarded restricted, and nobody knows what it refuses. */
export function restrictedTagWarning(
  change: Pick<DecidedChange, 'requests'>,
  { id, machineTags }: Machine,
  restrictions: Restrictions,
): Note | undefined {
  const isTagged = machineTags.some(tag => tag.toLowerCase() === RESTRICTED_TAG)
  const concerns = change.requests.some(({ type }) => methodOf(type)?.category !== undefined)
  if (!isTagged || !concerns || restrictions.has(id)) return undefined
  return {
    code: 'restricted-device',
    message:
      'the tag says that the device was onboarded restricted: it may refuse this. `evidence: { read: auto }` reads what it refuses.',
  }
}
