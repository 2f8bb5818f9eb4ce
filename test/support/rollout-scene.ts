import type { Plan } from '../../src/plan/document/document.ts'
import type { Amount, Configuration, RolloutRules, Share } from '../../src/schema/configuration.ts'
import type { Policy } from '../../src/schema/policy.ts'
import { clockAtNow, permissive, planFor, policyFor, type Scene, sceneOf } from './apply-harness.ts'
import { at, isolated, machine, machineId } from './build-core.ts'
import { FakeService, type FakeServiceSettings, type Fault } from './fake-service.ts'

/** A share of machines, in percent. */
export function share(percent: number): Share {
  return { text: `${percent}%`, ratio: percent / 100 }
}

/** A number of machines. */
export function machines(count: number): Amount {
  return { text: String(count), count }
}

/** A wave of one, a wave of two, the rest; half of a wave stops. */
export const IN_THREE: RolloutRules = {
  waves: [machines(1), machines(2)],
  stopWhen: { failed: share(50), silent: share(50) },
}

/** A configuration in which everything is allowed, with these waves. */
export function inWaves(rollout: RolloutRules = IN_THREE): Configuration {
  const { apply, ...rest } = permissive()
  return { ...rest, apply: { ...apply, rollout } }
}

/** A plan in waves, and what it is applied with. */
export interface RolloutScene {
  readonly scene: Scene
  readonly plan: Plan
  readonly configuration: Configuration
}

/** Machines 1 to `count` that are to be isolated, in waves. */
export async function rolloutScene(
  count: number,
  over: Partial<FakeServiceSettings> & {
    readonly rollout?: RolloutRules
    readonly state?: Policy['state']
    /** Numbers of machines that do not report. */
    readonly silent?: readonly number[]
    /** Numbers of machines that are Active and were not seen for three days: nobody waits for them. */
    readonly stale?: readonly number[]
  } = {},
): Promise<RolloutScene> {
  const { rollout, state = isolated('full'), silent = [], stale = [], ...settings } = over
  const clock = clockAtNow()
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const service = new FakeService({
    clock,
    machines: numbers.map(number =>
      machine({
        id: machineId(number),
        computerDnsName: `ws-${number}`,
        healthStatus: silent.includes(number) ? 'Inactive' : 'Active',
        ...(stale.includes(number) ? { lastSeen: at('2026-11-19') } : {}),
      }),
    ),
    ...settings,
  })
  const configuration = inWaves(rollout)
  const plan = await planFor(service, [policyFor(numbers, state)], configuration)
  return { scene: sceneOf(clock, service), plan, configuration }
}

/** Refuses every request to the machines with these numbers. */
export function refuse(...numbers: readonly number[]): NonNullable<FakeServiceSettings['fault']> {
  const ids = new Set(numbers.map(machineId))
  const answer = { kind: 'rejected', status: 403, code: 'Forbidden', message: 'no' } as const
  const fault: Fault = { kind: 'answer', answer }
  return ({ machineId: id }) => (ids.has(id) ? fault : undefined)
}

/** Numbers of the machines that were asked for something, in the order of their first request. */
export function askedOf({ service }: Scene): readonly number[] {
  return [...new Set(service.posts.map(({ machineId: id }) => Number.parseInt(id, 16)))]
}

const ENDED: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'TimeOut', 'Cancelled'])

/**
 * Requests that went to a machine before everything on the machines of earlier waves had ended, in words: what nobody
 * may find. Machines that are not Active never end and are not waited for.
 */
export function earlyRequests(
  service: FakeService,
  waves: readonly (readonly string[])[],
): readonly string[] {
  const active = new Set(
    service.machines.filter(({ healthStatus }) => healthStatus === 'Active').map(({ id }) => id),
  )
  const waveOf = new Map(waves.flatMap((ids, wave) => ids.map(id => [id, wave] as const)))
  const place = (id: string): number => waveOf.get(id) ?? 0
  const { actions } = service
  return service.posts.flatMap(post => {
    const before = actions.filter(
      ({ machineId: id, status, lastUpdateDateTimeUtc }) =>
        active.has(id) &&
        place(id) < place(post.machineId) &&
        !(ENDED.has(status) && lastUpdateDateTimeUtc <= post.at),
    )
    return before.map(
      action =>
        `${Number.parseInt(post.machineId, 16)} ${post.type} before the end of ${Number.parseInt(action.machineId, 16)}`,
    )
  })
}
