import fc from 'fast-check'
import { expect, test } from 'vitest'
import { excludeMachines } from '../../src/authoring/adopt-holds.ts'
import { draftAdoption } from '../../src/cli/authoring/draft-adoption.ts'
import { examinePosture } from '../../src/plan/assemble/create-plan.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { anyHistory, anyMachines, anyPolicies } from '../support/arbitrary-core.ts'
import { at } from '../support/build-core.ts'
import { type Given, inputOf, planOf } from '../support/plan-of.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const RUNS = seededRuns('properties of an adoption', 200)
const TERMS = { reason: 'wanted', owner: undefined, expires: at('2026-11-29') }
const ADOPTED = new Set(['undeclared', 'held-by-other'])

const anyGiven: fc.Arbitrary<Given> = fc
  .tuple(anyMachines, anyHistory, fc.option(anyPolicies, { nil: [] }))
  .map(([machines, actions, policies]) => {
    return { policies, observed: { machines, actions }, options: { keepGoing: true } }
  })

test('after an adoption nothing that was adopted drifts, and nothing is planned that was not before', () => {
  fc.assert(
    fc.property(anyGiven, fc.boolean(), (given, isEditable) => {
      const before = planOf(given)
      const findings = examinePosture(inputOf(given))
      const found = before.drift.filter(({ kind }) => ADOPTED.has(kind)).map(({ address }) => address)
      const draft = draftAdoption(findings, new Set(found), TERMS, () => isEditable)
      const adopted = draft.files.flatMap(({ group, text }) => {
        return parsePolicyFile({ path: `${group.name}.yaml`, text }).policies
      })
      const policies = [...excludeMachines(findings.input.policies, draft.exclusions), ...adopted]
      const after = planOf({ ...given, policies })
      const left = new Set(draft.leftOut.map(({ address }) => address))
      const open = after.drift.filter(({ kind }) => ADOPTED.has(kind)).map(({ address }) => address)
      expect(open.filter(address => !left.has(address))).toStrictEqual([])
      const names = draft.files.flatMap(({ group }) => group.holds.map(({ address }) => address))
      expect([...names, ...left].toSorted()).toStrictEqual(found.toSorted())
      const planned = new Set(
        before.changes.map(({ address, operations }) => `${address} ${operations.join()}`),
      )
      const added = after.changes.filter(
        ({ address, operations }) => !planned.has(`${address} ${operations.join()}`),
      )
      expect(added).toStrictEqual([])
      const orphans = (plan: typeof before): number =>
        plan.drift.filter(({ kind }) => kind === 'orphaned').length
      expect(orphans(after)).toBe(orphans(before))
    }),
    RUNS,
  )
})
