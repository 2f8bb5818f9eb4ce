import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { manualClock } from '../../src/emulator/clock.ts'
import { createEmulator } from '../../src/emulator/emulator.ts'
import { parseScenario } from '../../src/emulator/scenario.ts'
import { seededRuns } from '../support/seeded-runs.ts'
import { START } from './drive.ts'

const RUNS = seededRuns('scenario', 200)

function problems(text: string): readonly string[] {
  const { scenario, diagnostics } = parseScenario({ path: 's.yaml', text })
  if (diagnostics.some(({ severity }) => severity === 'error')) expect(scenario).toBeUndefined()
  return diagnostics.map(({ place, code, message }) => `${place?.line}:${place?.column} ${code} ${message}`)
}

describe('a scenario file', () => {
  test('reads its texts as the schema has them: ids stay texts, numbers and nulls are what they are', () => {
    const { scenario, diagnostics } = parseScenario({
      path: 's.yaml',
      text: `version: 1
machines:
  - { id: 12e03, computerDnsName: null, osBuild: 19045, isAadJoined: ~, rbacGroupId: 0, offline: true, machineTags: [0123] }
actions:
  - { type: Isolate, machineId: 12e03, title: , creationDateTimeUtc: -3d }
behaviour:
  jitter: 0.25
  quotas: { enforce: false }
  outcomes: [ { nth: 2, end: never }, { nth: [1, 3], inProgressAfter: never } ]
`,
    })
    expect(diagnostics).toStrictEqual([])
    expect(structuredClone(scenario)).toStrictEqual({
      machines: [
        {
          id: '12e03',
          computerDnsName: null,
          osBuild: 19_045,
          isAadJoined: null,
          rbacGroupId: 0,
          offline: true,
          machineTags: ['0123'],
        },
      ],
      actions: [{ type: 'Isolate', machineId: '12e03', title: null, creationDateTimeUtc: '-3d' }],
      behaviour: {
        jitter: 0.25,
        quotas: { enforce: false },
        outcomes: [
          { nth: 2, end: 'never' },
          { nth: [1, 3], inProgressAfter: 'never' },
        ],
      },
    })
  })

  test.each([
    ['nothing', '', [/^1:1 no-document .*`version: 1`/]],
    ['two documents', 'version: 1\n---\nversion: 1\n', [/^3:1 several-documents/]],
    ['another version', 'version: 2\n', [/unsupported-version/]],
    ['no version', 'machines: []\n', [/missing-key/]],
    ['a key that is misspelt', 'version: 1\nmachins: []\n', [/^2:1 unknown-key .*did you mean `machines`/]],
    ['a word that is misspelt', 'version: 1\nbehaviour: { duplicates: rejct }\n', [/did you mean `reject`/]],
    ['a broken document', 'version: [1\n', [/yaml-syntax/]],
    ['a number that is none', 'version: 1\nmachines: [ { id: a, osBuild: abc } ]\n', [/^2:31 wrong-type/]],
    [
      'lengths of time that are none',
      `version: 1
behaviour:
  settle: { Isolate: 5 }
  enqueuedFor: soon
  visibility: { list: 1x }
  cancel: { settle: x, end: Failed }
  outcomes: [ { inProgressAfter: sometimes, after: 1 } ]
  tokens: { lifetime: -- }
  faults: [ { on: 'GET **', from: a, until: b, status: 500 } ]
`,
      [/^3:22/, /^4:16/, /^5:23/, /^6:21/, /^7:34/, /^7:52/, /^8:23/, /^9:35/, /^9:45/],
    ],
    [
      'times that are none',
      `version: 1
now: yesterday
machines: [ { id: a, lastSeen: never, onlineAt: 2h } ]
actions: [ { type: Isolate, machineId: a, creationDateTimeUtc: 2026-13-01 } ]
events: [ { at: noon, action: { type: Isolate, machineId: a } } ]
`,
      [/^2:6 invalid-time/, /^3:32/, /^3:49/, /^4:64/, /^5:17/],
    ],
    [
      'a machine without a name',
      'version: 1\nmachines: [ { osPlatform: Linux } ]\n',
      [/missing-key .*`id` or/],
    ],
    [
      'a fault that does nothing',
      "version: 1\nbehaviour: { faults: [ { on: 'x' } ] }\n",
      [/`fault`, `status` here: add/],
    ],
    [
      'a fault that does two things',
      "version: 1\nbehaviour: { faults: [ { on: 'x', fault: timeout, status: 500 } ] }\n",
      [/remove the others/],
    ],
    [
      'a name of no machine',
      'version: 1\nmachines: [ { id: a } ]\nactions: [ { type: Isolate, machineId: fin-ws-01 }, { type: Isolate, machineId: A } ]\n',
      [/^3:40 invalid-machine-id/],
    ],
    [
      'an event without a time',
      'version: 1\nevents: [ { machine: { id: a } } ]\n',
      [/`after`, `at`, `afterRequests`/],
    ],
  ])('says what is wrong with %s', (_what, text, expected) => {
    const found = problems(text)
    expect(found).toHaveLength(expected.length)
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern)
  })

  test('the cancel of an event names a machine, and no length of time', () => {
    expect(
      problems(
        'version: 1\nevents: [ { after: 1s, machine: { id: a } }, { after: 1s, cancel: { machineId: a, comment: x } } ]\n',
      ),
    ).toStrictEqual([])
  })

  test('no text breaks the reader', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map(text => `version: 1\nnow: ${text}`),
        ),
        text => {
          expect(Array.isArray(parseScenario({ path: 's.yaml', text }).diagnostics)).toBe(true)
        },
      ),
      RUNS,
    )
  })
})

const EXAMPLES = join(import.meta.dirname, '../../examples/scenarios')

describe('the examples', () => {
  test.each(readdirSync(EXAMPLES))('%s is a scenario that runs', async name => {
    const text = readFileSync(join(EXAMPLES, name), 'utf8')
    const { scenario, diagnostics } = parseScenario({ path: name, text })
    expect(diagnostics).toStrictEqual([])
    if (scenario === undefined) return
    const emulator = createEmulator({ scenario, clock: manualClock(Date.parse(START)) })
    const headers = { authorization: 'Bearer any' }
    expect(await emulator.handle({ method: 'GET', url: '/api/machines', headers })).toMatchObject({
      status: 200,
    })
    expect(emulator.machines().length).toBeGreaterThan(2)
  })
})

describe('the published schema', () => {
  const path = join(import.meta.dirname, '../../schemas/scenario.schema.json')

  function undescribed(schema: object, name: string): readonly string[] {
    const { properties = {}, definitions = {}, items } = schema as Record<string, Record<string, object>>
    const own = Object.entries(properties).flatMap(([key, value]) => [
      ...('description' in value || '$ref' in value ? [] : [`${name}.${key}`]),
      ...undescribed(value, `${name}.${key}`),
    ])
    const named = Object.entries(definitions ?? {}).flatMap(([key, value]) => undescribed(value, key))
    return [...own, ...named, ...(items === undefined ? [] : undescribed(items, `${name}[]`))]
  }

  test('says of every key what it means', () => {
    expect(undescribed(JSON.parse(readFileSync(path, 'utf8')), 'scenario')).toStrictEqual([])
  })
})
