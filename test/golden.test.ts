import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readPlan, sealPlan } from '../src/plan/document/plan-file.ts'
import { readCase, writePlan } from './support/golden-case.ts'

/**
 * Each folder of test/golden is a whole run of the core: policy.yaml (and holdfast.yaml where limits matter), what the
 * service answered in machines.json and history.json, what was asked in ask.json, and the plan, byte for byte.
 * `UPDATE_GOLDEN=1 npm test -- test/golden` writes the plans anew.
 */
const ROOT = join(import.meta.dirname, 'golden')
const UPDATE = process.env['UPDATE_GOLDEN'] === '1'
const CASES = readdirSync(ROOT).sort()

function shuffled<T>(list: readonly T[]): readonly T[] {
  return [...list].reverse()
}

describe('golden plans', () => {
  test('are there', () => expect(CASES.length).toBeGreaterThanOrEqual(20))

  test.each(CASES)('%s', async name => {
    const folder = join(ROOT, name)
    const input = await readCase(folder)
    const { plan, text } = writePlan(input)
    const path = join(folder, 'plan.json')
    if (UPDATE) writeFileSync(path, text)

    expect(text).toBe(readFileSync(path, 'utf8'))
    const { observation } = input
    const turned = {
      ...input,
      policies: shuffled(input.policies),
      observation: {
        ...observation,
        machines: shuffled(observation.machines),
        actions: shuffled([...observation.actions, ...observation.actions.slice(0, 3)]),
      },
    }
    const { observed: _turned, ...rest } = writePlan(turned).plan
    const { observed: _straight, ...expected } = plan
    expect(rest).toStrictEqual(expected)
  })

  test.each(CASES)('%s has the published shape and survives being saved', async name => {
    const { plan } = writePlan(await readCase(join(ROOT, name)))
    const sealed = sealPlan(plan)
    expect(readPlan(`${JSON.stringify(sealed)}\n`)).toMatchObject({ plan: sealed })
  })
})
