import type { Amount, Configuration, StopRules } from '../../schema/configuration.ts'
import type { Change, Plan, PlannedRollout } from '../document/document.ts'
import { isRenewal } from './guards.ts'
import { inRolloutOrder } from './rollout-order.ts'
import { shareOf } from './share-of.ts'

/** Holds or live responses on more machines than this go in waves where the configuration says nothing. */
const HELD_AT_ONCE = 50

const ONE_MACHINE: Amount = { text: '1', count: 1 }
const FIFTH: Amount = { text: '20%', ratio: 0.2 }

/** The waves before the rest, and the stop rules, where the configuration says nothing. */
const DEFAULT_WAVES: readonly Amount[] = [ONE_MACHINE, { text: '10%', ratio: 0.1 }]
const DEFAULT_STOP_RULES: StopRules = { failed: FIFTH, silent: FIFTH }

/** In which waves the machines of a plan change, and when that stops. */
export interface Rollout {
  /** Machine ids, wave by wave, in the order of {@link inRolloutOrder}. None is empty. */
  readonly waves: readonly (readonly string[])[]
  readonly stopWhen: StopRules
}

/**
 * Computes the waves of a plan, renewals aside, which go at once: from what it says and the configuration alone, so that a run that resumes it comes to
 * the same ones.
 *
 * @returns Undefined where everything goes at once and nothing stops it: the plan changes one machine, or neither the
 * configuration nor the number of machines that are held, released or run commands asks for more.
 */
export function rolloutOf(
  { changes: all, risks = [] }: Pick<Plan, 'changes' | 'risks'>,
  { apply }: Pick<Configuration, 'apply'>,
): Rollout | undefined {
  const rules = apply.rollout
  if (rules === undefined) return undefined
  const changes = all.filter(change => !isRenewal(change))
  const machineIds = inRolloutOrder(changes, risks)
  if (machineIds.length < 2) return undefined
  const waves = cut(machineIds, rules.waves ?? (countHeld(changes) > HELD_AT_ONCE ? DEFAULT_WAVES : []))
  const stopWhen = rules.stopWhen ?? (waves.length > 1 ? DEFAULT_STOP_RULES : {})
  return waves.length > 1 || stopWhen.failed !== undefined ? { waves, stopWhen } : undefined
}

/** The same machines at once, and nothing that stops them. */
export function inOneWave({ waves }: Rollout): Rollout {
  return { waves: [waves.flat()], stopWhen: {} }
}

/** How many machines an amount is, of so many: a share is rounded up, and a count never more than there are. */
export function machinesOf(amount: Amount, machines: number): number {
  return 'count' in amount ? Math.min(amount.count, machines) : shareOf(amount.ratio, machines)
}

/** Describes a rollout as the plan document does. */
export function describeRollout({ waves, stopWhen }: Rollout): PlannedRollout {
  const { failed, silent } = stopWhen
  return {
    waves: waves.map(({ length }) => length),
    stopWhen: {
      ...(failed === undefined ? {} : { failed: failed.text }),
      ...(silent === undefined ? {} : { silent: silent.text }),
    },
  }
}

/** Facets that can stop the work of a machine. */
const FELT: ReadonlySet<string> = new Set(['isolated', 'restricted', 'liveResponse'])

/** Machines on which a hold is imposed or lifted, or commands are run; a cancel alone changes none. */
function countHeld(changes: readonly Change[]): number {
  const held = changes.filter(
    ({ facet, operations }) => FELT.has(facet) && operations.some(operation => operation !== 'cancel'),
  )
  return new Set(held.map(({ machine }) => machine.id)).size
}

function cut(machineIds: readonly string[], sizes: readonly Amount[]): Rollout['waves'] {
  const waves: (readonly string[])[] = []
  let from = 0
  for (const size of sizes) {
    const to = from + machinesOf(size, machineIds.length)
    waves.push(machineIds.slice(from, to))
    from = to
  }
  return [...waves, machineIds.slice(from)].filter(({ length }) => length > 0)
}
