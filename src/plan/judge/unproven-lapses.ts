import type { HoldLens } from '../../posture/hold-lens.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { isHoldItem } from './evaluate-hold.ts'
import type { Item } from './item.ts'

/**
 * Says of a plan that rests on isolations which only their time calls over that nobody has seen one end in this tenant
 * (docs/contract.md#until-uncertain), and how many wait for somebody to ask for them.
 */
export function lapseDiagnostics(items: readonly Item[], lens: HoldLens): readonly Diagnostic[] {
  const lapses = items.filter(isHoldItem).flatMap(({ posture, decision, drift }) => {
    const { lapsed } = posture
    const counts = decision.kind === 'change' || decision.kind === 'blocked' || drift !== null
    return lapsed !== null && counts ? [{ lapsed, decision }] : []
  })
  const isSeen = lens.hasSeenLapse === true || lapses.some(({ lapsed }) => lapsed.isObserved)
  const inferred = lapses.filter(({ lapsed }) => lapsed.by === null).length
  const longFree = lapses.filter(
    ({ decision }) => decision.kind === 'blocked' && decision.code === 'long-free',
  ).length
  return [
    ...(isSeen || inferred === 0 ? [] : [unproven(inferred)]),
    ...(longFree === 0 ? [] : [waiting(longFree)]),
  ]
}

function unproven(count: number): Diagnostic {
  const what =
    count === 1 ? '1 isolation is taken to have ended' : `${count} isolations are taken to have ended`
  return {
    severity: 'warning',
    code: 'lapse-unproven',
    message: `${what} by time alone, and no lapse was seen in this tenant yet: neither a lift of the service nor a report of a device. Look at one of the machines; where isolation stays, set \`effects: { isolated: { lasts: never } }\` in the configuration.`,
  }
}

function waiting(count: number): Diagnostic {
  const what = count === 1 ? '1 machine is' : `${count} machines are`
  return {
    severity: 'warning',
    code: 'long-free',
    message: `${what} declared isolated and free since an isolation ended by itself long ago; nobody is isolated again for it until somebody asks: \`--resubmit ADDR --reason TEXT\`, where ADDR may be \`policy:NAME\`.`,
  }
}
