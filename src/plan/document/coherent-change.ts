import { methodOf } from '../../posture/methods.ts'
import { ISOLATION_TYPES } from '../judge/decide-hold.ts'
import { formatAddress } from '../select/address.ts'
import type { Change, PlannedRequest, SubmitRequest } from './document.ts'

/**
 * Says whether a change sends what it says: to the machine of its address, and for each of its operations the request
 * that its facet and declared level lead to. A reviewer, the guards and `protected` see the former, the service gets
 * the latter, and anybody who can write a plan file can make its digests fit.
 */
export function isCoherent(change: Change): boolean {
  const { address, machine, facet, operations, requests } = change
  const place = formatAddress(machine.id, facet)
  if (address !== place && !address.startsWith(`${place}/`)) return false
  const cancels = requests.filter(({ type }) => type === 'Cancel').length
  const steps = operations.filter(operation => operation !== 'cancel')
  const begins = operations.length - steps.length
  return (
    begins === Math.min(cancels, 1) &&
    requests.length === cancels + steps.length &&
    requests.slice(cancels).every((request, index) => leadsTo(request, steps[index], change))
  )
}

/** A cancel leads to no step, so that cancels stand before all steps. */
function leadsTo(request: PlannedRequest, step: string | undefined, change: Change): boolean {
  const method = methodOf(request.type)
  if (method === undefined || method.facet !== change.facet || method.effect !== step) return false
  const { machineId, body: whole } = request as SubmitRequest
  // Only what releases goes to another record than that of the change.
  if (machineId !== undefined && step !== 'lift') return false
  const { Comment: _comment, ...body } = whole
  return (
    Object.keys(body).length === method.bodyKeys.length &&
    method.bodyKeys.every(key => key in body) &&
    Object.entries(body).every(([key, value]) => SHOWN[key]?.(value, change) ?? true)
  )
}

/** The parts of a body that stand in the words of a change as well. */
const SHOWN: Readonly<Record<string, (value: unknown, change: Change) => boolean>> = {
  IsolationType: (value, { after }) => value === ISOLATION_TYPES[after],
  ScanType: (value, { after }) => after.split(' ')[0] === String(value).toLowerCase(),
  Sha1: (value, { address, machine, facet }) => address === formatAddress(machine.id, facet, String(value)),
}
