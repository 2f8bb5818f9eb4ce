import { describe, expect, test } from 'vitest'
import type { Style } from '../../../src/report/terminal/style.ts'
import { applyCommand } from '../../../src/report/words/apply-command.ts'
import { FULL, plan } from '../sample-plan.ts'

const ID = plan().planId
const emulated = { target: { endpoint: 'emulated:my scenario.yaml', tenantId: null } }

describe('the command that applies a plan', () => {
  test.each(
    Object.entries({
      'names the id': [{}, {}, `holdfast apply --expect ${ID}`],
      'names the file where there is one': [
        {},
        { planFile: 'out/plan.json' },
        'holdfast apply out/plan.json',
      ],
      'repeats what chose the changes': [
        {},
        { planningArguments: ['policies/a.yaml', '--target', 'srv1', '--reason', 'INC 7'] },
        `holdfast apply --expect ${ID} policies/a.yaml --target srv1 --reason 'INC 7'`,
      ],
      'leaves to a file what chose its changes': [
        {},
        { planFile: 'a.plan', planningArguments: ['--prune'], serviceArguments: ['--config', 'x.yaml'] },
        'holdfast apply a.plan --config x.yaml',
      ],
      'of an emulated service names its scenario': [
        emulated,
        { planFile: 'a.plan' },
        "holdfast apply a.plan --emulate 'my scenario.yaml'",
      ],
      'is not told for an emulated service that is gone': [emulated, {}, null],
      'is not told for a plan that does nothing': [{ changes: [] }, {}, null],
      'is not told for a plan that cannot be applied': [{ applyable: false }, {}, null],
    } satisfies Record<string, readonly [Partial<ReturnType<typeof plan>>, Partial<Style>, string | null]>),
  )('%s', (_rule, [change, style, want]) => {
    expect(applyCommand(plan({ changes: [FULL], ...change }), style)).toBe(want)
  })
})
