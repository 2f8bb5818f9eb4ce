import { lasting, machineId } from '../support/build-core.ts'
import { QUIET } from './commands.ts'
import { declaredLevel, declaredOf } from './declared.ts'
import { judge } from './judge.ts'
import { MACHINES } from './people.ts'
import { knownAt, levelAt } from './record.ts'
import type { World } from './world.ts'

/** Rounds after which a plan is empty: a hold, the cancel that came too late, the lift, the offboarding behind it. */
const ROUNDS = 6

/** By then everything that was in flight has ended, also on machines that are away. */
const ALL_ENDED_MS = 100 * 3_600_000

/**
 * Lets everybody rest, and applies until the plan is empty; each sentence is a violation.
 *
 * Then what is declared, and not blocked, must be true on the devices.
 */
export async function converge(world: World): Promise<readonly string[]> {
  const { tenant } = world
  const { freeze: _over, ...configuration } = world.configuration
  world.configuration = { ...configuration, guards: {} }
  for (let number = 1; number <= MACHINES; number += 1) {
    tenant.change(machineId(number), { healthStatus: 'Active' })
  }
  await tenant.clock.advance(ALL_ENDED_MS)
  world.configuration = { ...world.configuration, retry: { maxAttempts: 3, within: lasting('1h') } }
  const violations: string[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const planned = await world.plan()
    const { changes, inFlight } = planned.plan
    if (changes.length === 0 && inFlight.every(({ awaited }) => !awaited))
      return [...violations, ...untrue(world)]
    const runs = await world.apply([{ planned, manner: QUIET, afterMs: 0 }])
    violations.push(...runs.flatMap(run => judge(run, tenant.record)))
  }
  const left = (await world.plan()).plan.changes
  return [
    ...violations,
    ...left.map(
      ({ address, operations, reason }) => `${address} is planned again: ${operations.join()} ${reason}`,
    ),
  ]
}

/** What the last plan found to be as declared and is not so on the device. */
function untrue(world: World): readonly string[] {
  const planned = world.plans.at(-1)
  if (planned === undefined || !planned.plan.complete) return []
  const blocked = new Set([...planned.plan.blocked, ...planned.plan.inFlight].map(({ address }) => address))
  return planned.machines.flatMap(({ id, healthStatus }) =>
    (['isolated', 'restricted'] as const).flatMap(hold => {
      const declared = declaredOf(planned, id)
      const want = declared === null ? undefined : declaredLevel(declared, hold)
      // A device that is away cannot tell what was done to it off the record.
      const level = healthStatus === 'Active' ? levelAt : knownAt
      const have = level(world.tenant.record, id, hold, planned.at)
      const holds =
        have === want || (have !== 'none' && want !== 'none' && (have === 'unknown' || have === 'full'))
      if (want === undefined || want === null || holds || blocked.has(`${id}/${hold}`)) return []
      return [`${id}/${hold} is ${have} instead of ${want}, and the plan is empty`]
    }),
  )
}
