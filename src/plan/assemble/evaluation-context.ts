import type { HoldLens } from '../../posture/hold-lens.ts'
import type { Machine } from '../../posture/machine.ts'
import { ownNames } from '../../posture/marker.ts'
import type { Note } from '../document/document.ts'
import { compileConfirmation } from '../judge/confirm-by-name.ts'
import type { EvaluationContext } from '../judge/evaluation.ts'
import { compileProtection } from '../judge/limits.ts'
import { promisedEnds } from '../judge/promised-end.ts'
import { restrictionsOf } from '../judge/restricted-device.ts'
import { compileUnprunable } from '../judge/unprunable.ts'
import type { AddressPattern } from '../select/address.ts'
import { lastKnownAt, type PlanInput } from '../select/plan-input.ts'
import type { MachineIndex } from '../select/resolve.ts'

/** Further apart the two clocks make the time alone too weak a reason to renew (docs/contract.md#no-evidence). */
const APART_MS = 5 * 60_000

function noInferenceOf({ observation: { clockSkewMs, evidenceUnread } }: PlanInput): Note | null {
  if (evidenceUnread !== undefined) {
    return {
      code: 'evidence-unread',
      message: `nothing but the time says that the isolation ended, and what the devices report could not be read: ${evidenceUnread}`,
    }
  }
  if (Math.abs(clockSkewMs) <= APART_MS) return null
  return {
    code: 'clocks-differ',
    message:
      'nothing but the time says that the isolation ended, and the clock of this machine is over 5 minutes from the service’s; set it right, then plan again.',
  }
}

/** Reads the addresses of one flag. */
export type ReadFlag = (flag: string, texts: readonly string[]) => readonly AddressPattern[]

/** What the evaluation of every machine shares, at the time of the lens. */
export function contextOf(
  input: PlanInput,
  lens: HoldLens,
  index: MachineIndex,
  read: ReadFlag,
): EvaluationContext {
  const { observation, configuration, policies, options } = input
  const { now: at } = lens
  const recordsOf = ({ id }: Machine): readonly Machine[] => index.merges.recordsOf(id)
  const observedAt = lastKnownAt(input, at)
  const protection = compileProtection(configuration, observedAt, recordsOf)
  return {
    limits: {
      configuration,
      protection,
      roles: observation.roles,
      restrictions: restrictionsOf(observation.restrictions),
    },
    contest: { now: at, withinMs: configuration.contested.within.ms, name: ownNames(configuration) },
    lens,
    now: at,
    observedAt,
    historyFrom: observation.historyFrom,
    name: ownNames(configuration),
    reassert: read('reassert', options.reassert),
    retry: read('retry', options.retry),
    resubmit: read('resubmit', options.resubmit),
    reason: options.reason,
    prune: options.prune && observation.acceptedEmpty !== true,
    renewalsAlone: options.renewals === true,
    askedNow: options.askedNow === true,
    noInference: noInferenceOf(input),
    unprunable: compileUnprunable(index, policies, at),
    promised: promisedEnds(input, at),
    sisters: new Set(configuration.sisters),
    mustBeNamed: compileConfirmation(configuration, observedAt, recordsOf),
    wholeTenant: observation.scope === 'tenant',
    keepGoing: options.keepGoing,
  }
}
