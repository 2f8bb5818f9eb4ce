import { methodsOf } from '../../analysis/by-hand/policy-permissions.ts'
import type { PermissionProbe, ProbeAnswer } from '../../defender/permission-probe.ts'
import { ACTION_METHODS, type ActionMethod, CANCEL_QUOTA } from '../../posture/methods.ts'
import type { DoctorCheck, DoctorProbe } from '../../report/documents/doctor-document.ts'
import { counted } from '../../report/words/words.ts'
import type { Policy } from '../../schema/policy.ts'
import { createPace, tellWait } from '../by-hand/paced.ts'
import type { CommandContext } from '../command.ts'
import type { Service } from '../service/service.ts'
import { check } from './doctor-checks.ts'

/** How long a used-up quota is waited for, per probe. */
const PATIENCE_MS = 120_000

/** What probing found. */
export interface Probed {
  readonly probes: readonly DoctorProbe[]
  readonly checks: readonly DoctorCheck[]
}

/** The methods that policies may send; every one where there is no policy. */
function probedMethods(policies: readonly Policy[]): readonly ActionMethod[] {
  const needed = new Set(policies.flatMap(methodsOf))
  return policies.length === 0 ? ACTION_METHODS : ACTION_METHODS.filter(method => needed.has(method))
}

function probeOf(
  method: string,
  permission: string,
  answer: ProbeAnswer | { readonly kind: 'no-time' },
): DoctorProbe {
  switch (answer.kind) {
    case 'proven':
      return { method, permission, status: 'proven', message: null }
    case 'throttled':
    case 'no-time':
      return { method, permission, status: 'unclear', message: 'the quota of this path is used up' }
    case 'refused':
      return { method, permission, status: 'refused', message: `${answer.code}: ${answer.message}` }
    default:
      return { method, permission, status: answer.kind, message: answer.message }
  }
}

const WAYS_OUT: Readonly<Record<Exclude<DoctorProbe['status'], 'proven'>, string>> = {
  missing: 'Grant the application the permission with admin consent, then get a new token.',
  refused: 'The permission may be there; mend what the service names, such as a feature that is off.',
  unclear: 'This proves nothing; run it again.',
  accepted: 'Look into the Action center at once, and cancel what is there.',
}

function checksOf(probes: readonly DoctorProbe[], policies: readonly Policy[]): readonly DoctorCheck[] {
  const wrong = probes.flatMap(({ method, permission, status, message }) => {
    if (status === 'proven') return []
    const names = policies
      .filter(policy => method === 'Cancel' || methodsOf(policy).some(({ type }) => type === method))
      .map(({ name }) => name)
    const stopped = names.length === 0 ? '' : `; policies: ${names.sort().join(', ')}`
    const text = `${method} needs ${permission}: ${status}, ${message ?? ''}${stopped}`
    return [check('probe', 'error', text, WAYS_OUT[status])]
  })
  const proven = probes.length - wrong.length
  const all = check('probe', 'ok', `${counted(proven, 'method')} proven, and no device was touched`)
  return proven > 0 ? [all, ...wrong] : wrong
}

/**
 * Proves what may be written, with the real requests, to a machine that does not exist. Nothing is sent unless the
 * service has said that it knows no such machine.
 */
export async function probePermissions(
  policies: readonly Policy[],
  probe: PermissionProbe,
  { clock }: Service,
  { signal, io }: CommandContext,
): Promise<Probed> {
  const absence = await probe.findNoMachine(signal)
  if (absence.kind !== 'proven') {
    const why = 'message' in absence ? absence.message : 'the quota is used up'
    const message = `not sent, since the service did not say that the machine of the probes does not exist: ${why}`
    return { probes: [], checks: [check('probe', 'error', message)] }
  }
  const probes: DoctorProbe[] = []
  const send = async (
    method: ActionMethod | 'Cancel',
  ): Promise<ProbeAnswer | { readonly kind: 'no-time' }> => {
    const quota = method === 'Cancel' ? CANCEL_QUOTA : method.quota
    const pace = createPace(clock, quota, PATIENCE_MS, signal, tellWait(io))
    return pace.send(() => probe.write(method, signal))
  }
  const methods = probedMethods(policies)
  for (const method of methods) probes.push(probeOf(method.type, method.permission, await send(method)))
  const any = [...new Set(ACTION_METHODS.map(({ permission }) => permission))].join(' or ')
  if (methods.length > 0) probes.push(probeOf('Cancel', any, await send('Cancel')))
  return { probes, checks: checksOf(probes, policies) }
}
