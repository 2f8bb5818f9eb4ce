import { expect, test } from 'vitest'
import { excludeMachines, exclusionsOf, foreignHolds } from '../../src/authoring/adopt-holds.ts'
import { examinePosture } from '../../src/plan/assemble/create-plan.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import type { DesiredState, Policy } from '../../src/schema/policy.ts'
import {
  action,
  actionId,
  entry,
  isolated,
  machine,
  machineId,
  ownComment,
  PLACE,
  placed,
  policy,
} from '../support/build-core.ts'
import { inputOf } from '../support/plan-of.ts'

const ISOLATED = `${machineId(1)}/isolated`
const RESTRICTED = `${machineId(1)}/restricted`
const BOTH = new Set([ISOLATED, RESTRICTED])
const FREE = isolated('none')
const RESTRICT = action({ id: actionId(2), type: 'RestrictCodeExecution' })
const OWN_RESTRICT = { ...RESTRICT, requestorComment: ownComment() }
const OTHER = policy({ name: 'other', state: FREE })
/** A second machine, which somebody else isolated. */
const SECOND = machine({ id: machineId(2), computerDnsName: 'fin-ws-002.contoso.com' })
const SECOND_ISOLATED = action({ id: actionId(3), machineId: machineId(2) })

function free(restricted: 'none' | 'restricted'): DesiredState {
  return { ...FREE, restricted: placed(restricted) }
}

/** What is examined: somebody isolated machine 1, and everything is wanted, unless said otherwise. */
interface Case {
  readonly policies: readonly Policy[]
  readonly actions?: readonly MachineAction[]
  readonly wanted?: ReadonlySet<string>
  /** Names of policies whose text cannot be changed. */
  readonly fixed?: readonly string[]
}

function found({ policies, actions = [action()], wanted = BOTH, fixed = [] }: Case) {
  const observed = { machines: [machine(), SECOND], actions }
  const findings = examinePosture(inputOf({ policies, observed, options: { keepGoing: true } }))
  return exclusionsOf(findings, wanted, ({ name }) => !fixed.includes(name))
}

// Examined inside the test, not where the table is built: else no rule would be seen to run in any test.
test.each<readonly [string, Case, readonly string[]]>([
  [
    'a machine leaves the policy that declares it free',
    { policies: [policy({ state: FREE })] },
    ['isolated leaves contain'],
  ],
  [
    'it leaves every one of them',
    { policies: [policy({ state: FREE }), OTHER] },
    ['isolated leaves contain', 'isolated leaves other'],
  ],
  ['what was not asked for stays', { policies: [OTHER], wanted: new Set() }, []],
  ['of two, only the one that was asked for goes', { policies: [OTHER], wanted: new Set([RESTRICTED]) }, []],
  ['what is merely undeclared leaves nothing', { policies: [] }, []],
  [
    'an own hold that a policy releases is nobody else’s',
    { policies: [OTHER], actions: [action({ requestorComment: ownComment() })] },
    [],
  ],
  [
    'a policy of the other facet alone is not left',
    { policies: [OTHER, policy({ name: 'apps', state: { restricted: placed('none') } })] },
    ['isolated leaves other'],
  ],
  [
    'a policy of another machine is not left',
    {
      policies: [OTHER, policy({ state: FREE, machines: [entry({ fields: { id: [machineId(2)] } })] })],
      actions: [action(), SECOND_ISOLATED],
    },
    ['isolated leaves other'],
  ],
  [
    'a policy that declares the other hold keeps it',
    { policies: [policy({ state: free('restricted') })] },
    ['policy-asks-restricted'],
  ],
  [
    'a policy that declares the other hold, imposed by itself, keeps it',
    { policies: [policy({ state: free('restricted') })], actions: [action(), OWN_RESTRICT] },
    ['policy-asks-restricted'],
  ],
  [
    'a policy that is about to release the other keeps it',
    { policies: [policy({ state: free('none') })], actions: [action(), OWN_RESTRICT] },
    ['policy-asks-restricted'],
  ],
  [
    'another release that is done already is no obstacle',
    { policies: [policy({ state: free('none') })] },
    ['isolated leaves contain'],
  ],
  [
    'both holds of others are adopted together',
    { policies: [policy({ state: free('none') })], actions: [action(), RESTRICT] },
    ['isolated leaves contain', 'restricted leaves contain'],
  ],
  [
    'a hold of others beside it that nobody asked for keeps it',
    {
      policies: [policy({ state: free('none') })],
      actions: [action(), RESTRICT],
      wanted: new Set([ISOLATED]),
    },
    ['policy-asks-restricted'],
  ],
  [
    'from a restriction the other hold is the isolation',
    {
      policies: [policy({ state: { ...isolated('full'), restricted: placed('none') } })],
      actions: [RESTRICT],
    },
    ['policy-asks-isolated'],
  ],
  [
    'from a restriction an isolation that is over is no obstacle',
    { policies: [policy({ state: free('none') })], actions: [RESTRICT] },
    ['restricted leaves contain'],
  ],
  ['a text that cannot be changed keeps it', { policies: [OTHER], fixed: ['other'] }, ['cannot-edit']],
  [
    'what the policy asks is told before what its text allows',
    { policies: [policy({ state: free('restricted') })], fixed: ['contain'] },
    ['policy-asks-restricted'],
  ],
  [
    'one policy that keeps it keeps it in all, and the first reason is told once',
    { policies: [policy({ state: free('restricted') }), OTHER], fixed: ['other'] },
    ['policy-asks-restricted'],
  ],
  [
    'the last of the policies keeps it too',
    { policies: [policy({ state: FREE }), OTHER], fixed: ['other'] },
    ['cannot-edit'],
  ],
  [
    'what keeps one machine keeps no other',
    {
      policies: [OTHER, policy({ state: FREE, machines: [entry({ fields: { id: [machineId(2)] } })] })],
      actions: [action(), SECOND_ISOLATED],
      wanted: new Set([ISOLATED, `${machineId(2)}/isolated`]),
      fixed: ['other'],
    },
    ['isolated leaves contain', 'cannot-edit'],
  ],
])('%s', (_rule, given, want) => {
  const { exclusions, leftOut } = found(given)
  expect([
    ...exclusions.map(one => `${one.address.split('/')[1]} leaves ${one.policy.name}`),
    ...leftOut.map(({ why }) => why),
  ]).toStrictEqual(want)
})

test('what leaves and what stays is told with its address and its machine', () => {
  expect(found({ policies: [OTHER] })).toStrictEqual({
    exclusions: [{ address: ISOLATED, machine: machine(), policy: OTHER }],
    leftOut: [],
  })
  expect(found({ policies: [OTHER], fixed: ['other'] })).toStrictEqual({
    exclusions: [],
    leftOut: [{ address: ISOLATED, dnsName: 'fin-ws-001.contoso.com', why: 'cannot-edit' }],
  })
})

test('a machine leaves a policy once, before the exceptions that there are; other policies stay as they are', () => {
  const was = entry({ fields: { id: [machineId(9)] } })
  const left = policy({ state: free('none'), except: [was] })
  const other = policy({ name: 'zzz' })
  const exclusions = [
    { address: ISOLATED, machine: machine(), policy: left },
    { address: RESTRICTED, machine: machine(), policy: left },
    { address: `${machineId(2)}/isolated`, machine: SECOND, policy: left },
  ]
  const leaving = (id: string) => ({ fields: { id: [id] }, all: false, missing: 'error', place: PLACE })
  const [changed, same] = excludeMachines([left, other], exclusions)
  expect(changed).toStrictEqual({ ...left, except: [leaving(machineId(1)), leaving(machineId(2)), was] })
  expect(same).toBe(other)
})

test('only what others hold is taken over, and only what was asked for', () => {
  const actions = [action({ requestorComment: ownComment() }), RESTRICT]
  const findings = examinePosture(inputOf({ policies: [], observed: { actions } }))
  expect(foreignHolds(findings, BOTH).map(({ address }) => address)).toStrictEqual([RESTRICTED])
  expect(foreignHolds(findings, new Set([ISOLATED]))).toStrictEqual([])
})
