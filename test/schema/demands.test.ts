import { describe, expect, test } from 'vitest'
import { attachConfigurationLists, listPaths } from '../../src/schema/attach-lists.ts'
import { checkPolicySet } from '../../src/schema/check-policy-set.ts'
import type { Configuration } from '../../src/schema/configuration.ts'
import { parseConfiguration } from '../../src/schema/parse-configuration.ts'
import { parseListFile } from '../../src/schema/parse-list.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { policyText } from './policy-text.ts'

function parse(text: string): ReturnType<typeof parseConfiguration> {
  return parseConfiguration({ path: 'holdfast.yaml', text: `version: 1\n${text}` })
}

function configurationOf(text: string): Configuration {
  const { configuration, diagnostics } = parse(text)
  expect(diagnostics).toStrictEqual([])
  return configuration as Configuration
}

describe('what a configuration demands', () => {
  test('is typed; what is named twice is demanded once', () => {
    const { require, longestHold, confirmByName, risks } = configurationOf(
      'require: [owner, ticket, owner]\nlongestHold: 14d\nconfirmByName: [{ deviceValue: High }]\nrisks: [{ name: " hosts ", match: { tag: host } }]\n',
    )
    expect(require).toStrictEqual(['owner', 'ticket'])
    expect(longestHold).toStrictEqual({ text: '14d', ms: 1_209_600_000 })
    expect(confirmByName).toMatchObject([{ fields: { deviceValue: ['High'] } }])
    expect(risks).toMatchObject([{ name: 'hosts', match: { fields: { tag: ['host'] } } }])
  })

  test.each([
    ['require: [owners]', 'invalid-value'],
    ['longestHold: 30m', 'duration-too-short'],
    ['longestHold: soon', 'invalid-duration'],
    ['confirmByName: [{}]', 'empty-entry'],
    ['risks: [{ name: servers }]', 'missing-key'],
    ['risks: [{ name: all, match: { all: true } }]', 'all-outside-machines'],
  ])('%s is an error', (text, code) => {
    expect(parse(text).diagnostics.map(diagnostic => diagnostic.code)).toStrictEqual([code])
  })
})

test('lists of every entry of a configuration are read and attached', () => {
  const configuration = configurationOf(
    'protected: [{ match: { list: a.txt } }]\nconfirmByName: [{ list: b.txt }]\nrisks: [{ name: hosts, match: { list: c.txt } }]\n',
  )
  expect(listPaths([], configuration)).toStrictEqual(['a.txt', 'b.txt', 'c.txt'])
  const { machines } = parseListFile({ path: 'b.txt', text: 'pc-1' })
  const lists = new Map([
    ['b.txt', machines],
    ['c.txt', machines],
  ])
  const attached = attachConfigurationLists(configuration, lists)
  expect(attached.confirmByName?.[0]?.list?.machines).toStrictEqual(machines)
  expect(attached.risks?.[0]?.match.list?.machines).toStrictEqual(machines)
  expect(attached.risks?.[0]?.name).toBe('hosts')
})

describe('a key that is demanded', () => {
  const { policies } = parsePolicyFile({
    path: 'a.yaml',
    text: `${policyText({})}\n---\n${policyText({ policy: 'policy: q', more: 'owner: anna\nticket: INC-1\nexpires: 2026-12-01' })}`,
  })

  test.each([
    ['require: [owner]', ['owner']],
    ['require: [expires, owner, ticket]', ['expires', 'owner', 'ticket']],
    ['require: []', []],
    ['', []],
  ])('%s is an error at the policy that lacks it, once per key', (text, missing) => {
    const diagnostics = checkPolicySet(policies, configurationOf(text))
    expect(diagnostics).toMatchObject(
      missing.map(key => ({
        severity: 'error',
        code: 'required-by-configuration',
        message: `the policy has no \`${key}\`, and \`require\` of holdfast.yaml demands it: add the key`,
        place: { file: 'a.yaml', line: 2 },
      })),
    )
    expect(diagnostics).toHaveLength(missing.length)
  })

  test('names the configuration where it has no file', () => {
    const { file: _none, ...configuration } = configurationOf('require: [owner]')
    expect(checkPolicySet(policies, configuration)[0]?.message).toContain('`require` of the configuration')
  })
})
