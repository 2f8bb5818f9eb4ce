import { describe, expect, test } from 'vitest'
import { createPlan } from '../../../src/plan/assemble/create-plan.ts'
import { NO_OPTIONS, type PlanInput } from '../../../src/plan/select/plan-input.ts'
import {
  action,
  configuration,
  entry,
  NOW,
  observation,
  ownComment,
  policy,
} from '../../support/build-core.ts'

const BY_TAG = policy({ machines: [entry({ fields: { tag: ['INC-1'] } })] })

const input = (over: Partial<PlanInput>): PlanInput => ({
  policies: [BY_TAG],
  configuration: configuration(),
  observation: observation(),
  now: NOW,
  toolVersion: 'test',
  source: { commit: null, dirty: null, files: {} },
  diagnostics: [],
  options: NO_OPTIONS,
  ...over,
})

const codes = (over: Partial<PlanInput>): readonly string[] =>
  createPlan(input(over)).diagnostics.map(({ code }) => code)

describe('a selector that matches nothing', () => {
  test('is told where all of the tenant was read', () => {
    expect(codes({})).toContain('matches-nothing')
  })

  test('says nothing where only some machines were read', () => {
    expect(codes({ observation: observation({ scope: 'named' }) })).not.toContain('matches-nothing')
  })

  test('is told of an entry that names its machine all the same', () => {
    const policies = [policy({ machines: [entry({ lastSeenWithin: { ms: 1, text: '1s' } })] })]
    expect(codes({ policies, observation: observation({ scope: 'named' }) })).toContain('matches-nothing')
  })
})

test('on an empty list that somebody vouches for nothing is lifted', () => {
  const actions = [action({ requestorComment: ownComment({ policy: 'gone' }) })]
  const options = { ...NO_OPTIONS, prune: true }
  const planned = (acceptedEmpty: boolean) =>
    createPlan(input({ options, observation: observation({ machines: [], actions, acceptedEmpty }) }))
  expect(planned(false).summary.lift).toBe(1)
  expect(planned(true)).toMatchObject({ changes: [], drift: [{ kind: 'orphaned' }] })
})
