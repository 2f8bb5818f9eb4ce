import fc from 'fast-check'
import { expect, test } from 'vitest'
import { undeclaredHolds } from '../../src/authoring/import-holds.ts'
import { draftImport } from '../../src/cli/authoring/draft-import.ts'
import { examinePosture } from '../../src/plan/assemble/create-plan.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { anyHistory, anyMachines, anyPolicies } from '../support/arbitrary-core.ts'
import { at } from '../support/build-core.ts'
import { type Given, inputOf, planOf } from '../support/plan-of.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const RUNS = seededRuns('properties of an import', 200)
const TERMS = { reason: 'found on adoption', owner: undefined, expires: at('2026-11-29') }

const anyGiven: fc.Arbitrary<Given> = fc
  .tuple(anyMachines, anyHistory, fc.option(anyPolicies, { nil: [] }))
  .map(([machines, actions, policies]) => {
    return { policies, observed: { machines, actions }, options: { keepGoing: true } }
  })

test('after an import the plan is what it was, and nothing that was imported is undeclared any more', () => {
  fc.assert(
    fc.property(anyGiven, given => {
      const findings = examinePosture(inputOf(given))
      const holds = undeclaredHolds(findings)
      const { files, leftOut } = draftImport(holds, findings, TERMS)
      const imported = files.flatMap(({ group, text }) => {
        return parsePolicyFile({ path: `${group.name}.yaml`, text }).policies
      })
      const before = planOf(given)
      const after = planOf({ ...given, policies: [...findings.input.policies, ...imported] })
      expect(after.planId).toBe(before.planId)
      expect(after.blocked).toStrictEqual(before.blocked)
      const open = after.drift.filter(({ kind }) => kind === 'orphaned' || kind === 'undeclared')
      const moved = new Set(open.map(({ address }) => address))
      const names = files.flatMap(({ group }) => group.holds.map(({ address }) => address))
      expect(names.filter(address => moved.has(address))).toStrictEqual([])
      expect(names.length + leftOut.length).toBe(holds.length)
    }),
    RUNS,
  )
})
