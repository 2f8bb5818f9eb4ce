import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ImportGroup } from '../../src/authoring/import-holds.ts'
import { type ImportDocument, importedPolicyText, renderImport } from '../../src/authoring/import-text.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { hostileText } from '../support/arbitrary-plan.ts'
import { at, machine, machineId } from '../support/build-core.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const RUNS = seededRuns('import text', 100)

const TERMS = { reason: 'INC-1: "found" # here', owner: 'soc@contoso.com', expires: at('2026-11-29') }

function group(over: Partial<ImportGroup> = {}, dnsName: string | null = 'ws-1'): ImportGroup {
  const { facet = 'isolated', level = 'full', own = true } = over
  const address = `${machineId(1)}/${facet}`
  const holds = [{ address, machine: machine({ computerDnsName: dnsName }), facet, level, own }]
  return { name: 'imported', facet, level, own, holds, ...over }
}

const read = (text: string) => parsePolicyFile({ path: 'a.yaml', text })

test.each<readonly [string, Partial<ImportGroup>, unknown]>([
  ['an isolation as it is', { level: 'selective' }, { isolated: { value: 'selective' } }],
  ['an isolation without a scope as a full one', { level: 'unknown' }, { isolated: { value: 'full' } }],
  [
    'a restriction',
    { facet: 'restricted', level: 'restricted', own: false },
    { restricted: { value: 'restricted' } },
  ],
])('a policy reads back: %s', (_rule, over, state) => {
  const { policies, diagnostics } = read(importedPolicyText(group(over), TERMS))
  expect(diagnostics).toStrictEqual([])
  expect(policies).toMatchObject([
    {
      ...{ name: 'imported', reason: TERMS.reason, owner: TERMS.owner, expires: TERMS.expires },
      ...{ onExpiry: 'report', reassert: false, machines: [{ fields: { id: [machineId(1)] } }], state },
    },
  ])
})

test('the machine stands by id with its name in a comment, and whose hold it is at the top', () => {
  expect(importedPolicyText(group(), TERMS)).toContain(`  - id: "${machineId(1)}" # ws-1\n`)
  expect(importedPolicyText(group(), TERMS)).toMatch(/^# Held by an action of ours/)
  const foreign = importedPolicyText(group({ own: false }, null), { ...TERMS, owner: undefined })
  expect(foreign).toContain(`  - id: "${machineId(1)}"\n`)
  expect(foreign).toMatch(/^# Imposed by somebody else/)
  expect(foreign).not.toContain('owner')
})

test('no name of a machine gets out of its comment', () => {
  fc.assert(
    fc.property(hostileText, name => {
      const text = importedPolicyText(group({}, name), TERMS)
      expect(text.split('\n')).toHaveLength(13)
      expect(read(text)).toMatchObject({ diagnostics: [], policies: [{ name: 'imported' }] })
    }),
    RUNS,
  )
})

test('a character that no text holds does not spoil the file', () => {
  const text = importedPolicyText(group({}, 'a\ufffd\uffff'), TERMS)
  expect(text).toContain(' # a??\n')
  expect(read(text).diagnostics).toStrictEqual([])
})

const DOCUMENT: ImportDocument = {
  formatVersion: '1.0',
  readAt: '2026-11-22T18:00:00Z',
  expires: '2026-11-29T00:00:00Z',
  files: [{ path: 'p/a.yaml', policy: 'a', facet: 'isolated', level: 'full', own: true, machines: 2 }],
  leftOut: [
    { address: 'm1/isolated', dnsName: 'ws-1', why: 'opposite-in-flight' },
    { address: 'm2/isolated', dnsName: null, why: 'no-record' },
  ],
}

test('people are told what was written, what was left and what is next', () => {
  const style = { color: false, width: 100 }
  expect(renderImport(DOCUMENT, style)).toBe(
    'wrote  p/a.yaml  (2 machines, isolated full, own)\nleft   ws-1 m1/isolated: opposite-in-flight\nleft   m2/isolated: no-record\n\nThey expire 2026-11-29T00:00:00Z. Next: holdfast validate, holdfast plan\n',
  )
  const [file] = DOCUMENT.files
  const foreign = { ...DOCUMENT, leftOut: [], files: file === undefined ? [] : [{ ...file, own: false }] }
  expect(renderImport(foreign, style)).toContain('isolated full, foreign')
  expect(renderImport({ ...DOCUMENT, files: [] }, style)).not.toContain('Next')
  expect(renderImport({ ...DOCUMENT, files: [], leftOut: [] }, style)).toMatch(/^Nothing to import: .*\n$/)
})
