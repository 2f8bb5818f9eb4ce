import { expect, test } from 'vitest'
import { excludeMachines, exclusionsOf, foreignHolds } from '../../src/plan/adopt-holds.ts'
import { examinePosture } from '../../src/plan/create-plan.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import type { DesiredState, Policy } from '../../src/schema/policy.ts'
import { action, actionId, isolated, machineId, ownComment, placed, policy } from '../support/build-core.ts'
import { inputOf } from '../support/plan-of.ts'

const ISOLATED = `${machineId(1)}/isolated`
const RESTRICTED = `${machineId(1)}/restricted`
const BOTH = new Set([ISOLATED, RESTRICTED])
const FREE = isolated('none')
const RESTRICT = action({ id: actionId(2), type: 'RestrictCodeExecution' })
const OWN_RESTRICT = { ...RESTRICT, requestorComment: ownComment() }

function free(restricted: 'none' | 'restricted'): DesiredState {
  return { ...FREE, restricted: placed(restricted) }
}

function found(
  policies: readonly Policy[],
  actions: readonly MachineAction[] = [action()],
  wanted: ReadonlySet<string> = BOTH,
  isEditable: (policy: Policy) => boolean = () => true,
) {
  const findings = examinePosture(inputOf({ policies, observed: { actions }, options: { keepGoing: true } }))
  const { exclusions, leftOut } = exclusionsOf(findings, wanted, isEditable)
  return [
    ...exclusions.map(one => `${one.address.split('/')[1]} leaves ${one.policy.name}`),
    ...leftOut.map(({ why }) => why),
  ]
}

test.each(
  Object.entries({
    'a machine leaves the policy that declares it free': [
      found([policy({ state: FREE })]),
      ['isolated leaves contain'],
    ],
    'it leaves every one of them': [
      found([policy({ state: FREE }), policy({ name: 'other', state: FREE })]),
      ['isolated leaves contain', 'isolated leaves other'],
    ],
    'what was not asked for stays': [found([policy({ state: FREE })], [action()], new Set()), []],
    'what is merely undeclared leaves nothing': [found([]), []],
    'a policy that declares the other hold keeps it': [
      found([policy({ state: free('restricted') })]),
      ['policy-asks-restricted'],
    ],
    'a policy that is about to release the other keeps it': [
      found([policy({ state: free('none') })], [action(), OWN_RESTRICT]),
      ['policy-asks-restricted'],
    ],
    'another release that is done already is no obstacle': [
      found([policy({ state: free('none') })]),
      ['isolated leaves contain'],
    ],
    'both holds of others are adopted together': [
      found([policy({ state: free('none') })], [action(), RESTRICT]),
      ['isolated leaves contain', 'restricted leaves contain'],
    ],
    'from a restriction the other hold is the isolation': [
      found([policy({ state: { ...isolated('full'), restricted: placed('none') } })], [RESTRICT]),
      ['policy-asks-isolated'],
    ],
    'a text that cannot be changed keeps it': [
      found([policy({ state: FREE })], [action()], BOTH, () => false),
      ['cannot-edit'],
    ],
  }),
)('%s', (_rule, [have, want]) => {
  expect(have).toStrictEqual(want)
})

test('a machine leaves a policy once, however many of its holds do', () => {
  const findings = examinePosture(
    inputOf({
      policies: [policy({ state: free('none') }), policy({ name: 'zzz' })],
      observed: { actions: [action(), RESTRICT] },
      options: { keepGoing: true },
    }),
  )
  const { exclusions } = exclusionsOf(findings, BOTH, () => true)
  const [left, other] = excludeMachines(findings.input.policies, exclusions)
  expect(left?.except.map(({ fields }) => fields.id)).toStrictEqual(
    exclusions.length === 0 ? [] : [[machineId(1)]],
  )
  expect(other?.except).toStrictEqual([])
})

test('only what others hold is taken over, and only what was asked for', () => {
  const actions = [action({ requestorComment: ownComment() }), RESTRICT]
  const findings = examinePosture(inputOf({ policies: [], observed: { actions } }))
  expect(foreignHolds(findings, BOTH).map(({ address }) => address)).toStrictEqual([RESTRICTED])
  expect(foreignHolds(findings, new Set([ISOLATED]))).toStrictEqual([])
})
