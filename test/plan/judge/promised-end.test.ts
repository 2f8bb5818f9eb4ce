import { expect, test } from 'vitest'
import { createPlan } from '../../../src/plan/assemble/create-plan.ts'
import { NO_OPTIONS, type PlanInput } from '../../../src/plan/select/plan-input.ts'
import type { Configuration } from '../../../src/schema/configuration.ts'
import type { Policy } from '../../../src/schema/policy.ts'
import {
  action,
  at,
  configuration,
  entry,
  isolated,
  machine,
  machineId,
  NOW,
  observation,
  ownComment,
  policy,
} from '../../support/build-core.ts'

const OVER = policy({
  expires: at('2026-11-22T06:00:00Z'),
  machines: [entry({ fields: { dnsName: ['old.contoso.com'] } })],
})
const HELD = action({ requestorComment: ownComment({ policy: 'soc/contain' }) })

function planned(over: {
  readonly policies?: readonly Policy[]
  readonly config?: Partial<Configuration>
  readonly read?: Partial<PlanInput['observation']>
}) {
  return createPlan({
    policies: over.policies ?? [OVER],
    configuration: configuration({ name: 'soc', ...over.config }),
    observation: observation({ machines: [machine()], actions: [HELD], ...over.read }),
    now: NOW,
    toolVersion: 'test',
    source: { commit: null, dirty: null, files: {} },
    diagnostics: [],
    options: NO_OPTIONS,
  })
}

test.each<[string, Parameters<typeof planned>[0], number, readonly string[]]>([
  ['is lifted wherever it is', {}, 1, ['expired']],
  [
    'under a former name too',
    {
      config: { formerNames: ['west'] },
      read: { actions: [action({ requestorComment: ownComment({ policy: 'west/contain' }) })] },
    },
    1,
    ['expired'],
  ],
  [
    'is told and left where the configuration has no name',
    { read: { actions: [action({ requestorComment: ownComment() })] }, config: { name: undefined as never } },
    0,
    ['orphaned'],
  ],
  ['is only told where the policy says so', { policies: [{ ...OVER, onExpiry: 'report' }] }, 0, ['expired']],
  ['is left where a live policy declares it', { policies: [OVER, policy({ name: 'live' })] }, 0, []],
  [
    'is orphaned where the policy declared another facet',
    { policies: [{ ...OVER, state: { restricted: { value: 'restricted', place: OVER.place } } }] },
    0,
    ['orphaned'],
  ],
  [
    'is orphaned where the policy declared the machine free',
    { policies: [{ ...OVER, state: isolated('none') }] },
    0,
    ['orphaned'],
  ],
  [
    'is orphaned where the policy is not declared any more',
    { policies: [policy({ name: 'other', machines: [entry({ fields: { tag: ['x'] } })] })] },
    0,
    ['orphaned'],
  ],
  [
    'is somebody else’s where another hold lies on it',
    { read: { actions: [HELD, action({ id: 'later', lastUpdateDateTimeUtc: at('2026-11-22T17:00:00Z') })] } },
    0,
    ['undeclared'],
  ],
  ['is lifted of a machine that has no record', { read: { machines: [] } }, 1, ['expired']],
  [
    'is left of such a machine where the list is empty on somebody’s word',
    { read: { machines: [], acceptedEmpty: true } },
    0,
    ['orphaned'],
  ],
  ['is not spoken of where only named machines were read', { read: { scope: 'named' } }, 0, []],
  [
    'is blocked on a record whose merge leads to none',
    { read: { machines: [machine({ mergedIntoMachineId: machineId(9) })] } },
    0,
    ['expired'],
  ],
])('a hold whose policy expired %s', (_rule, input, lifts, drift) => {
  const plan = planned(input)
  expect(plan.summary.lift).toBe(lifts)
  expect(plan.drift.map(({ kind }) => kind)).toStrictEqual(drift)
})
