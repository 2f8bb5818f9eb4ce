import { randomBytes } from 'node:crypto'
import { adHocRefusal } from '../../analysis/by-hand/ad-hoc-refusal.ts'
import { Failure } from '../../local/failure.ts'
import { canonicalJson, sha256 } from '../../plan/document/digest.ts'
import type { Machine } from '../../posture/machine.ts'
import type { Marker } from '../../posture/marker.ts'
import type { ActionType } from '../../posture/methods.ts'
import { safeName } from '../../report/words/machine-label.ts'
import { addMs } from '../../schema/instant.ts'
import type { CommandContext } from '../command.ts'
import type { Session } from '../service/inventory.ts'
import { openRecordedActions } from '../service/recorded-requests.ts'
import { withTenantFreeze } from '../service/tenant-freeze.ts'
import { askForAdHoc } from './agreement.ts'
import { questionAt, targetOf } from './conclude-ad-hoc.ts'
import { type Submitted, submitOne } from './submit-one.ts'

/** What a person asks of one machine. */
export interface AdHocRequest {
  readonly machine: Machine
  readonly type: ActionType
  /** Beside the comment. */
  readonly body: Readonly<Record<string, unknown>>
  readonly reason: string
  /** Name of the command that asks. */
  readonly command: string
  /** What is going to be done, for the question; the machine is added. Safe to print. */
  readonly what: string
}

/** The policy of the marker: none asks for it. The rest tells this request from every other. */
function markerOf(request: AdHocRequest, name: string | undefined): Marker {
  const { machine, type, body } = request
  return {
    policy: name === undefined ? 'none' : `${name}/none`,
    plan: randomBytes(4).toString('hex'),
    change: sha256(canonicalJson({ machineId: machine.id, type, body })).slice(0, 8),
  }
}

/**
 * Asks, and sends one action that no policy asks for. Its comment ends in our marker all the same, so that it is known
 * as ours.
 *
 * @throws Failure for a machine that the configuration protects or whose platform cannot do it, where consent is not
 * given, and where no request can succeed; nothing was sent then.
 */
export async function submitAdHoc(
  request: AdHocRequest,
  context: CommandContext,
  { configuration, service }: Session,
): Promise<Submitted> {
  const { machine, type, body, reason, what } = request
  const { clock, client } = service
  const now = addMs(clock.now(), client.clockSkewMs)
  const frozen = await withTenantFreeze(configuration, service, await targetOf(service), now)
  const refusal = adHocRefusal(request, frozen, now)
  const name = safeName(machine.computerDnsName ?? machine.id)
  if (refusal !== undefined) {
    throw new Failure(refusal.code, `Nothing was sent to ${name}: ${refusal.message}`, { exit: 'refused' })
  }
  const question = await questionAt(`${what} on ${name} (${safeName(machine.id)})`, service)
  await askForAdHoc(request.command, question, context, service)
  return submitOne({
    api: await openRecordedActions(service),
    clock,
    clockSkewMs: client.clockSkewMs,
    machineId: machine.id,
    type,
    body,
    reason,
    marker: markerOf(request, configuration.name),
    lookupMs: configuration.apply.lookup.ms,
    signal: context.signal,
    onThrottled: ms =>
      context.io.stderr.write(
        `The quota is used up; waiting ${Math.ceil(ms / 1000)} s as the service asks.\n`,
      ),
  })
}
