import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SCHEMA_CODES } from '../../src/schema/codes.ts'
import type { Diagnostic } from '../../src/schema/diagnostic.ts'
import { parseConfiguration } from '../../src/schema/parse-configuration.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const RUNS = seededRuns('any text', 100)

const POLICY = `version: 1
policy: contain-finance
reason: INC-4211 ransomware
machines: &m
  - id: 1e5bc9d7e413ddd7902c2932e418702b84d0cc07
  - { tag: INC-4211, osPlatform: [Windows10, Windows11], lastSeenWithin: 30d }
  - list: lists/finance.txt
except: *m
state:
  isolated: full
  restricted: false
  scanned: { scan: full, since: 2026-11-20T00:00:00Z }
  quarantined: [ { sha1: 87662bc3d60e4200ceaf7aae249d1c343f4b83c9 } ]
  liveResponse:
    - name: triage
      within: 12h
      commands: [{ type: RunScript, script: "a.ps1" }, { type: GetFile, path: 'C:\\x' }]
expires: 2026-12-01
liftAfter: [scanned]
---
version: 1
policy: release
reason: >-
  it is
  over
machines: [{ all: true }]
state: { isolated: false }
`
const CONFIGURATION = `version: 1
policies: [policies/**/*.yaml]
guards: { maxMachines: 50, maxShare: 10% }
protected:
  - match: { tag: domain-controller }
    allow: [scanned]
history: { lookback: 180d }
`

/** Pieces that mean something to YAML or to us. */
const PIECES = [
  ':',
  ': ',
  '- ',
  '-',
  '? ',
  '[',
  ']',
  '{',
  '}',
  ',',
  '\n',
  '\r\n',
  '\r',
  ' ',
  '  ',
  '\t',
  '#',
  ' #',
  '&a ',
  '*a',
  '*m',
  '!x ',
  '!!str ',
  '"',
  "'",
  '|',
  '>',
  '|2-\n',
  '%TAG ! x\n',
  '---',
  '...\n',
  '\n---\n',
  '@',
  '`',
  '\\',
  '\0',
  '\u2028',
  '\ufeff',
  '😀',
  '\ud800',
  '~',
  'null',
  'true',
  '12e03',
  'version',
  'policy',
  'isolated',
  'all',
  '__proto__',
  'constructor',
  '<<',
  '2026-02-30',
  '7d',
  '-1',
  '1e999',
] // prettier-ignore

/** The text with some stretches of it replaced by pieces. */
function mutated(text: string): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.nat({ max: text.length }),
    drop: fc.nat({ max: 12 }),
    put: fc.constantFrom('', ...PIECES),
  })
  return fc
    .array(change, { minLength: 1, maxLength: 6 })
    .map(changes =>
      changes.reduce(
        (before, { at, drop, put }) => before.slice(0, at) + put + before.slice(at + drop),
        text,
      ),
    )
}

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map(pieces => pieces.join('')),
)

/** What must be true of everything that is said about a text. */
function checkTold(text: string, diagnostics: readonly Diagnostic[]): void {
  const lines = text.replace(/^\ufeff/, '').split('\n')
  for (const { code, message, place, sourceLine = '', caret, length = 0 } of diagnostics) {
    expect(SCHEMA_CODES).toHaveProperty(code)
    expect(message).not.toMatch(/undefined|\[object|NaN/)
    const line = lines[(place?.line ?? 0) - 1]
    expect(line).toBeDefined()
    expect(place?.column).toBeGreaterThanOrEqual(1)
    expect(place?.column).toBeLessThanOrEqual((line?.length ?? 0) + 1)
    expect(line).toContain(sourceLine)
    expect(length).toBeGreaterThanOrEqual(1)
    expect(caret ?? (place?.column ?? 0) - 1).toBeLessThanOrEqual(sourceLine.length)
  }
}

test('the texts that are changed below are right', () => {
  expect(parsePolicyFile({ path: 'a.yaml', text: POLICY })).toMatchObject({
    diagnostics: [],
    policies: [{}, {}],
  })
  expect(parseConfiguration({ path: 'h.yaml', text: CONFIGURATION }).diagnostics).toStrictEqual([])
})

describe.each([
  ['any text', anyText, anyText, 1000],
  ['a policy or configuration with mistakes', mutated(POLICY), mutated(CONFIGURATION), 500],
] as const)('%s', (_what, policies, configurations, numRuns) => {
  test('gives policies or says why not, with a place in the text', () => {
    fc.assert(
      fc.property(policies, text => {
        const parsed = parsePolicyFile({ path: 'a.yaml', text })
        checkTold(text, parsed.diagnostics)
        if (parsed.policies.length === 0)
          expect(parsed.diagnostics.some(({ severity }) => severity === 'error')).toBe(true)
      }),
      seededRuns('any text', numRuns),
    )
  })

  test('gives a configuration or says why not, with a place in the text', () => {
    fc.assert(
      fc.property(configurations, text => {
        const parsed = parseConfiguration({ path: 'h.yaml', text })
        checkTold(text, parsed.diagnostics)
        const isWrong = parsed.diagnostics.some(({ severity }) => severity === 'error')
        expect(isWrong).toBe(parsed.configuration === undefined)
      }),
      seededRuns('any text', numRuns),
    )
  })
})

test('a policy is the same in whatever order its keys stand', () => {
  const [document = ''] = POLICY.replaceAll('&m', '').replace('except: *m\n', '').split('---\n')
  const blocks = document.split(/\n(?=\w)/)
  const meaning = (text: string): unknown =>
    JSON.parse(JSON.stringify(parsePolicyFile({ path: 'a.yaml', text }).policies), (key, value) =>
      key === 'place' ? undefined : value,
    )
  fc.assert(
    fc.property(fc.shuffledSubarray(blocks, { minLength: blocks.length }), shuffled => {
      expect(meaning(shuffled.join('\n'))).toStrictEqual(meaning(document))
    }),
    RUNS,
  )
})
