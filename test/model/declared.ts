import type { Machine } from '../../src/posture/machine.ts'
import type { FacetName, MachineEntry, Policy } from '../../src/schema/policy.ts'
import type { Planned } from './world.ts'

/** What policies say of one machine at the time of a plan, read by rules of its own. */
export interface Declared {
  readonly machine: Machine
  /** Policies that reach the machine and have not expired. */
  readonly live: readonly Policy[]
  readonly expired: readonly Policy[]
}

/** Reads the declaration that a plan was made from; null for a machine that the plan could not know. */
export function declaredOf({ policies, machines, at }: Planned, machineId: string): Declared | null {
  const machine = machines.find(({ id }) => id === machineId)
  if (machine === undefined) return null
  const reaching = policies.filter(policy => reaches(policy, machine))
  const isOver = ({ expires }: Policy): boolean => expires !== undefined && expires <= at
  return { machine, live: reaching.filter(policy => !isOver(policy)), expired: reaching.filter(isOver) }
}

function reaches({ machines, except }: Policy, machine: Machine): boolean {
  return (
    machines.some(entry => (isNamed(entry) || isOnboarded(machine)) && matches(entry, machine)) &&
    !except.some(entry => matches(entry, machine))
  )
}

function isNamed({ fields, list }: MachineEntry): boolean {
  return fields.id !== undefined || list !== undefined
}

function isOnboarded({ onboardingStatus, mergedIntoMachineId }: Machine): boolean {
  return onboardingStatus === 'Onboarded' && mergedIntoMachineId === null
}

/** The three kinds of entries that the model has: an id, a tag, all of them; and the lists that an import writes. */
function matches({ fields, list, all }: MachineEntry, machine: Machine): boolean {
  const { id, tag } = fields
  if (all) return true
  if (list !== undefined) return list.machines.some(({ name }) => name === machine.id)
  return (
    (id === undefined || id.includes(machine.id)) &&
    (tag === undefined || tag.some(one => machine.machineTags.includes(one)))
  )
}

/** The one level of a hold that live policies declare: undefined where none does, null where they contradict. */
export function declaredLevel(
  { live }: Pick<Declared, 'live'>,
  hold: 'isolated' | 'restricted',
): string | null | undefined {
  const levels = new Set<string>(live.flatMap(({ state }) => state[hold]?.value ?? []))
  if (levels.size <= 1) return [...levels][0]
  return levels.size === 2 && levels.has('full') && levels.has('selective') ? 'full' : null
}

/** Whether an expired policy asks for a hold to be lifted that no live one speaks of. */
export function isToBeLifted({ live, expired }: Declared, hold: 'isolated' | 'restricted'): boolean {
  return (
    live.every(({ state }) => state[hold] === undefined) &&
    expired.some(
      ({ state, onExpiry }) =>
        onExpiry === 'lift' && state[hold] !== undefined && state[hold].value !== 'none',
    )
  )
}

/** Whether no policy speaks of a hold. */
export function isUndeclared({ live, expired }: Declared, hold: 'isolated' | 'restricted'): boolean {
  return [...live, ...expired].every(
    ({ state }) => state[hold] === undefined || (expired.length > 0 && state[hold].value === 'none'),
  )
}

/** Live policies that ask for a run, and expired ones whose lift waits for it. */
export function runPolicies(declared: Declared, facet: FacetName): readonly Policy[] {
  const lifts = (['isolated', 'restricted'] as const).filter(hold => isToBeLifted(declared, hold))
  const waits = declared.expired.filter(
    ({ liftAfter, state }) =>
      liftAfter.includes(facet) && lifts.some(hold => (state[hold]?.value ?? 'none') !== 'none'),
  )
  return [...declared.live, ...waits].filter(
    ({ state, liftAfter }) => state[facet] !== undefined || liftAfter.includes(facet),
  )
}
