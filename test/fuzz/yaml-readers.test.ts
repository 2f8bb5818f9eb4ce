import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTests } from '../../src/cli/posture-test/parse-tests.ts'
import { parseScenario } from '../../src/emulator/scenario.ts'
import type { Diagnostic, SourceFile } from '../../src/schema/diagnostic.ts'
import { parseConfiguration } from '../../src/schema/parse-configuration.ts'
import { parseListFile } from '../../src/schema/parse-list.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { seededRuns } from '../support/seeded-runs.ts'
import { anyBytes, isPolluted, mutatedText, NASTY_YAML } from './nasty.ts'

const RUNS = seededRuns('readers of YAML', 150)

/** Every reader of a file that a person writes, and a file that it takes. */
const READERS: Readonly<{
  [what: string]: {
    readonly read: (source: SourceFile) => { readonly diagnostics: readonly Diagnostic[] }
    readonly right: string
  }
}> = {
  policy: { read: parsePolicyFile, right: example('policies/contain-incident.yaml') },
  configuration: {
    read: parseConfiguration,
    right:
      'version: 1\npolicies: [policies/**/*.yaml]\nguards: { maxMachines: 50, maxShare: 10% }\nprotected:\n  - match: { tag: domain-controller }\n    allow: [scanned]\nfreeze: { owner: a, reason: b, until: 2026-12-01 }\n',
  },
  scenario: { read: parseScenario, right: example('scenario.yaml') },
  'list file': {
    read: parseListFile,
    right: '# machines\nfin-ws-014.contoso.com\n1e5bc9d7e413ddd7902c2932e418702b84d0cc07\n',
  },
  'tests of policies': { read: parseTests, right: example('policies/contain-incident.test.yaml') },
}

function example(name: string): string {
  return readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8')
}

describe.each(Object.entries(READERS))('%s', (_what, { read, right }) => {
  const told = (text: string): readonly Diagnostic[] => read({ path: 'a.yaml', text }).diagnostics

  test.each(Object.entries(NASTY_YAML))('takes %s, and says what is wrong with it', (_name, text) => {
    const diagnostics = told(text)
    expect(Array.isArray(diagnostics)).toBe(true)
    expect(isPolluted()).toBe(false)
  })

  test('takes any bytes, and any text that was right once', () => {
    fc.assert(
      fc.property(fc.oneof(anyBytes, mutatedText(right)), text => {
        expect(Array.isArray(told(text))).toBe(true)
        expect(isPolluted()).toBe(false)
      }),
      RUNS,
    )
  })
})
