import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseTests } from '../../../src/cli/posture-test/parse-tests.ts'
import { at } from '../../support/build-core.ts'

const HEAD = 'version: 1\nname: a is isolated\nnow: 2026-11-22T18:00:00Z\n'
const GIVEN = 'given:\n  machines:\n    - { computerDnsName: a.contoso.com }\n'

function parse(text: string) {
  return parseTests({ path: 'policies/a.test.yaml', text })
}

function told(text: string): readonly string[] {
  return parse(text).diagnostics.map(({ code, place }) => `${code} ${place?.line}:${place?.column}`)
}

test('what is not said is nothing: no options, no policies named, nothing expected', () => {
  const { tests, diagnostics } = parse(`${HEAD}${GIVEN}expect: {}\n`)
  expect(diagnostics).toStrictEqual([])
  expect(tests).toEqual([
    {
      name: 'a is isolated',
      place: { file: 'policies/a.test.yaml', line: 2, column: 1 },
      now: at('2026-11-22T18:00:00Z'),
      scenario: { now: '2026-11-22T18:00:00Z', machines: [{ computerDnsName: 'a.contoso.com' }] },
      policies: undefined,
      options: {
        targets: [],
        excludes: [],
        reassert: [],
        retry: [],
        resubmit: [],
        prune: false,
        keepGoing: false,
        exceedGuards: [],
      },
      expected: { lists: {}, atLeast: [], place: { file: 'policies/a.test.yaml', line: 7, column: 1 } },
    },
  ])
})

test('expectations are read with their places, their numbers and switches typed', () => {
  const expected = `expect:
  guards: [{ name: maxMachines, limit: 3 }]
  inFlight:
    - { machine: a.contoso.com, own: true }
  atLeast: [inFlight]
`
  const [only] = parse(`${HEAD}${GIVEN}${expected}`).tests
  expect(only?.expected.lists).toEqual({
    guards: [
      {
        fields: { name: 'maxMachines', limit: 3 },
        place: { file: 'policies/a.test.yaml', line: 8, column: 12 },
      },
    ],
    inFlight: [
      {
        fields: { machine: 'a.contoso.com', own: true },
        place: { file: 'policies/a.test.yaml', line: 10, column: 7 },
      },
    ],
  })
  expect(only?.expected.atLeast).toStrictEqual(['inFlight'])
})

test('options are those of the command line', () => {
  const options =
    'options: { target: [a], exclude: [b], reassert: [c], retry: [d], resubmit: [e], prune: true, keepGoing: true, reason: " agreed " }\n'
  expect(parse(`${HEAD}${GIVEN}${options}expect: {}\n`).tests[0]?.options).toStrictEqual({
    targets: ['a'],
    excludes: ['b'],
    reassert: ['c'],
    retry: ['d'],
    resubmit: ['e'],
    prune: true,
    keepGoing: true,
    reason: 'agreed',
    exceedGuards: [],
  })
})

test('what is given can be null, as at the service', () => {
  const given = 'given: { machines: [{ computerDnsName: a, lastSeen: null }] }\n'
  expect(parse(`${HEAD}${given}expect: {}\n`).tests[0]?.scenario.machines).toEqual([
    { computerDnsName: 'a', lastSeen: null },
  ])
})

describe('an error', () => {
  test.each<[rule: string, text: string, codes: readonly string[]]>([
    ['a file without a document', '# nothing\n', ['no-document 1:1']],
    ['text that is no YAML', 'version: [1\n', ['yaml-syntax 2:1']],
    ['a key that is none', `${HEAD}${GIVEN}expects: {}\n`, ['unknown-key 7:1']],
    ['a test without anything given', `${HEAD}expect: {}\n`, ['missing-key 1:1']],
    [
      'a machine key that the service does not have',
      `${HEAD}given: { machines: [{ computerDnsName: a, dnsName: a }] }\nexpect: {}\n`,
      ['unknown-key 4:43'],
    ],
    [
      'a time that is none',
      `${HEAD.replace('18:00:00Z', '25:00:00Z')}${GIVEN}expect: {}\n`,
      ['no-such-time 3:6'],
    ],
    [
      'a given time that is none',
      `${HEAD}given: { machines: [{ computerDnsName: a, lastSeen: soon }] }\nexpect: {}\n`,
      ['invalid-time 4:53'],
    ],
    [
      'a given time that is none, beside another error',
      `${HEAD}given: { machines: [{ computerDnsName: a, lastSeen: soon }] }\n`,
      ['missing-key 1:1', 'invalid-time 4:53'],
    ],
    [
      'an action of a machine that is not given',
      `${HEAD}given: { actions: [{ type: Isolate, machineId: b.contoso.com }] }\nexpect: {}\n`,
      ['invalid-machine-id 4:48'],
    ],
    [
      'an expectation that names nothing',
      `${HEAD}${GIVEN}expect: { changes: [{}] }\n`,
      ['empty-collection 7:21'],
    ],
    [
      'a facet that is none',
      `${HEAD}${GIVEN}expect: { changes: [{ facet: isolate }] }\n`,
      ['invalid-value 7:30'],
    ],
    [
      'a safety that is overridden without a reason',
      `${HEAD}${GIVEN}options: { reassert: [a], retry: [a] }\nexpect: {}\n`,
      ['missing-key 7:12', 'missing-key 7:27'],
    ],
  ])('%s', (_rule, text, codes) => {
    expect(told(text)).toStrictEqual(codes)
    expect(parse(text).tests).toStrictEqual([])
  })
})

test('each document is a test, and one with an error leaves the others', () => {
  const good = `${HEAD}${GIVEN}expect: {}\n`
  const { tests, diagnostics } = parse(`${good}---\nversion: 2\n---\n${good}`)
  expect(tests.map(({ place }) => place.line)).toStrictEqual([2, 12])
  expect(diagnostics.length).toBeGreaterThan(0)
})

test('the published schema gives machines and actions the words of scenarios', () => {
  const load = (name: string): Readonly<Record<'definitions', Readonly<Record<string, unknown>>>> =>
    JSON.parse(readFileSync(join(import.meta.dirname, '../../../schemas', `${name}.schema.json`), 'utf8'))
  const [own, scenario] = [load('test').definitions, load('scenario').definitions]
  for (const name of ['machine', 'action', 'command', 'fate'])
    expect(own[name], name).toStrictEqual(scenario[name])
})
