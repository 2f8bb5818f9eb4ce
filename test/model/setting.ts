import fc from 'fast-check'
import type { Machine } from '../../src/posture/machine.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import type { Configuration } from '../../src/schema/configuration.ts'
import type { Policy } from '../../src/schema/policy.ts'
import { permissive } from '../support/apply-harness.ts'
import { anyHistory, anyMachines, anyPolicy } from '../support/arbitrary-core.ts'
import { action, actionId, configuration, machineId, ownComment } from '../support/build-core.ts'
import { anyMachine } from './people.ts'
import type { Duplicates, Nature } from './tenant.ts'

/** What the world starts from. */
export interface Setting {
  readonly machines: readonly Machine[]
  readonly history: readonly MachineAction[]
  readonly policies: readonly Policy[]
  readonly duplicates: Duplicates
  readonly nature: Nature
  readonly configuration: Configuration
}

/** What leads into a change of scope, and a plan that follows it: the chain that must never leave a machine open. */
const held = fc.uniqueArray(anyMachine, { maxLength: 2 }).map(numbers =>
  numbers.map(number =>
    action({
      id: actionId(number),
      machineId: machineId(number),
      scope: 'Selective',
      requestorComment: ownComment(),
    }),
  ),
)

/** A policy as the schema lets it through: an offboarding names its machines. */
export function validPolicy(name: string): fc.Arbitrary<Policy> {
  return anyPolicy(name).map(policy => {
    const { offboarded, ...rest } = policy.state
    const isNamed = policy.machines.every(({ fields }) => fields.id !== undefined)
    return isNamed || offboarded === undefined ? policy : { ...policy, state: rest }
  })
}

export const anySetting: fc.Arbitrary<Setting> = fc
  .record({
    machines: anyMachines,
    history: fc.oneof(fc.constant([]), held, anyHistory),
    policies: fc
      .tuple(validPolicy('alpha'), validPolicy('beta'), validPolicy('gamma'))
      .chain(list => fc.subarray(list, { minLength: 1 })),
    duplicates: fc.constantFrom('reject' as const, 'existing' as const, 'enqueue' as const),
    nature: fc.record({
      lapses: fc.constantFrom('never' as const, 'silent' as const, 'written' as const),
      reports: fc.boolean(),
    }),
    configuration: fc.constantFrom(configuration(), permissive()),
  })
  .map(setting => ({ ...setting, [fc.toStringMethod]: () => describe(setting) }))

/** Says in a few lines what a counterexample starts from. */
function describe({
  machines,
  history,
  policies,
  duplicates,
  nature,
  configuration: { allow },
}: Setting): string {
  const short = (id: string): string => id.replace(/^0+/, '#')
  return [
    `duplicates ${duplicates}, ${JSON.stringify(nature)}, allow ${JSON.stringify(allow)}`,
    ...machines.map(
      ({ id, osPlatform, healthStatus, onboardingStatus, machineTags }) =>
        `${short(id)} ${osPlatform} ${healthStatus} ${onboardingStatus} [${machineTags.join()}]`,
    ),
    ...history.map(
      ({ machineId, type, scope, status, requestSource, requestorComment, lastUpdateDateTimeUtc: at }) =>
        `${short(machineId)} ${type} ${scope} ${status} ${requestSource} "${requestorComment}" ${at}`,
    ),
    ...policies.map(policy =>
      JSON.stringify(policy, (key, value) => (key === 'place' ? undefined : value)).replace(/0{30,}/g, '#'),
    ),
  ].join('\n')
}
