import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { parseConfiguration } from '../../src/schema/parse-configuration.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { TEXT_RULES, type TextFormat, textFormats } from '../../src/schema/text-formats.ts'
import { policyText } from './policy-text.ts'
import { toldAll } from './told.ts'

interface Schema {
  readonly [keyword: string]: unknown
  readonly title?: string
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema | boolean>>
  readonly definitions?: Readonly<Record<string, Schema>>
  readonly pattern?: string
  readonly format?: string
  readonly $ref?: string
}

function load(name: string): Schema {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas', `${name}.schema.json`), 'utf8'))
}

/** Every schema object inside a schema, by JSON pointer. */
function schemasIn(value: unknown, pointer = ''): readonly (readonly [pointer: string, schema: Schema])[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.entries(value)
    .filter(([key]) => !['examples', 'enum', 'required', 'type', 'discriminator'].includes(key))
    .flatMap(([key, member]) => schemasIn(member, `${pointer}/${key}`))
  return [[pointer, value as Schema], ...inner]
}

/** Every property that a schema declares, by JSON pointer. */
function propertiesIn(schema: Schema): readonly (readonly [pointer: string, property: Schema])[] {
  return schemasIn(schema).flatMap(([pointer, { properties = {} }]) =>
    Array.isArray(properties)
      ? []
      : Object.entries(properties).flatMap(([name, property]): [string, Schema][] =>
          typeof property === 'object' ? [[`${pointer}/properties/${name}`, property]] : [],
        ),
  )
}

const ajv = new Ajv({
  allowUnionTypes: true,
  discriminator: true,
  formats: textFormats,
  strictRequired: false,
})
const SCHEMAS = { policy: load('policy'), configuration: load('configuration') }

describe.each(Object.entries(SCHEMAS))('the %s schema', (name, schema) => {
  ajv.addSchema({ ...schema, $id: name })
  const properties = propertiesIn(schema)

  test('tells editors about every property', () => {
    expect(properties.length).toBeGreaterThan(20)
    for (const [pointer, property] of properties) {
      const told = property.$ref?.match(/definitions\/(since|within)$/)
        ? schema.definitions?.[property.$ref.slice(14)]
        : property
      expect(told, pointer).toMatchObject({
        title: expect.stringMatching(/^[A-Z]/),
        description: expect.stringMatching(/\.$/),
        examples: expect.arrayContaining([expect.anything()]),
      })
    }
  })

  test('is kept by every example in it', () => {
    for (const [pointer, { examples }] of schemasIn(schema)) {
      if (examples === undefined) continue
      const validate = ajv.getSchema(`${name}#${pointer}`)
      for (const example of examples)
        expect(validate?.(example), `${pointer} ${JSON.stringify(example)}`).toBe(true)
    }
  })

  test('asks of every scalar for editors what its format asks', () => {
    for (const [pointer, { pattern, format }] of schemasIn(schema)) {
      if (pattern === undefined || format === undefined) continue
      for (const text of TEXTS) {
        // A pattern cannot know the calendar or least durations, but must take all that we take.
        if (textFormats[format]?.(text))
          expect(text, `${pointer} ${format}`).toMatch(new RegExp(pattern, 'u'))
      }
      expect(
        TEXTS.some(text => textFormats[format]?.(text)),
        format,
      ).toBe(true)
      expect(
        TEXTS.some(text => !new RegExp(pattern, 'u').test(text)),
        format,
      ).toBe(true)
    }
  })
})

test('examples of whole documents are read without a word', () => {
  for (const example of SCHEMAS.policy.examples ?? []) {
    expect(toldAll(parsePolicyFile({ path: 'a.yaml', text: stringify(example) }).diagnostics)).toStrictEqual(
      [],
    )
  }
  for (const example of SCHEMAS.configuration.examples ?? []) {
    expect(
      toldAll(parseConfiguration({ path: 'h.yaml', text: stringify(example) }).diagnostics),
    ).toStrictEqual([])
  }
})

test('what both schemas define is the same in both', () => {
  const { policy, configuration } = SCHEMAS
  for (const [name, definition] of Object.entries(configuration.definitions ?? {})) {
    const own = policy.definitions?.[name]
    if (own !== undefined) expect(definition, name).toStrictEqual(own)
  }
})

// An editor reads scalars by YAML's own types; it must not complain of what we read.
describe('editors take as well', () => {
  test.each(
    Object.entries({
      'a number as a ticket': policyText({ more: 'ticket: 4211' }),
      'an id of digits': policyText({ machines: 'machines: [{ id: 12345678 }, { id: [12e03] }]' }),
      'a tag that is a number': policyText({ machines: 'machines: [{ tag: [4211, true] }]' }),
      'a name of digits': policyText({ policy: 'policy: 4211' }),
      'switches in other spellings': policyText({ state: 'state: { isolated: True, restricted: FALSE }' }),
      'bare dates': policyText({ state: 'state: { collected: { since: 2026-11-20 } }' }),
    }),
  )('%s', (_what, text) => {
    expect(ajv.getSchema('policy')?.(parse(text))).toBe(true)
    expect(parsePolicyFile({ path: 'a.yaml', text }).diagnostics).toStrictEqual([])
  })
})

const TEXTS = [
  'contain-finance',
  'A',
  'a b',
  '',
  '0',
  '12e03',
  'ABCDEF0123456789',
  'g',
  '87662bc3d60e4200ceaf7aae249d1c343f4b83c9',
  '2026-11-20',
  '2026-11-20T10:00Z',
  '2026-11-20 10:00:00.1234567z',
  '2026-11-20t10:00:00+0130',
  '2026-11-20T10:00:00-01:00',
  '7d',
  '12h',
  '90m',
  '30s',
  '2w',
  '0s',
  '999999999w',
  '1234567890s',
  '10%',
  '2.5%',
  '100%',
  '101%',
  '.5%',
  'a.ps1',
  'a/b',
  'tool_1-2.exe',
  '80fe8ff8-2624-418e-9591-41f0491218f9',
  'https://api.security.microsoft.com',
] // prettier-ignore

describe('a text of the format', () => {
  test.each(
    Object.entries<
      readonly [format: TextFormat, good: readonly string[], bad: Readonly<Record<string, string>>]
    >({
      line: [
        'line',
        ['x', ' x ', 'x\n', 'ü 😀'],
        {
          '': 'empty-text',
          ' \n': 'empty-text',
          'a\tb': 'control-character',
          'a\u2028b': 'control-character',
          'a\u009bb': 'control-character',
        },
      ],
      policyName: [
        'policyName',
        ['a', '0-9', 'a'.repeat(63)],
        {
          '': 'invalid-name',
          A: 'invalid-name',
          a_b: 'invalid-name',
          'a\n': 'invalid-name',
          ['a'.repeat(64)]: 'invalid-name',
        },
      ],
      machineId: [
        'machineId',
        ['12e03', 'ABCdef01', 'f'.repeat(64)],
        { '': 'invalid-machine-id', '0x1F': 'invalid-machine-id', ['f'.repeat(65)]: 'invalid-machine-id' },
      ],
      machineName: [
        'machineName',
        ['pc-1', 'PC_1.contoso.com', 'büro', 'a'.repeat(255)],
        {
          '': 'invalid-machine-name',
          'a b': 'invalid-machine-name',
          'a?': 'invalid-machine-name',
          'a/b': 'invalid-machine-name',
          'https://a': 'invalid-machine-name',
          'a\u202eb': 'invalid-machine-name',
          ['a'.repeat(256)]: 'invalid-machine-name',
        },
      ],
      instant: [
        'instant',
        ['2026-11-20', '2026-11-20T10:00Z'],
        {
          '2026-11-20T10:00': 'time-without-offset',
          '2026-11-20 10:00:00.5': 'time-without-offset',
          '2026-02-30': 'no-such-time',
          '2026-02-30T10:00': 'no-such-time',
          '2026-11-20T25:00Z': 'no-such-time',
          '2026-11-20T10:00+19:00': 'no-such-time',
          '': 'invalid-time',
          '20.11.2026': 'invalid-time',
          '1763600000': 'invalid-time',
        },
      ],
      duration: [
        'duration',
        ['1s', '7d'],
        { '0s': 'duration-too-short', '7': 'invalid-duration', '': 'invalid-duration' },
      ],
      durationOrZero: ['durationOrZero', ['0s', '7d'], { '-1s': 'invalid-duration' }],
      freshness: ['freshness', ['1h', '60m'], { '59m': 'duration-too-short', h: 'invalid-duration' }],
      sha1: [
        'sha1',
        ['A'.repeat(40)],
        {
          ['a'.repeat(39)]: 'invalid-sha1',
          ['a'.repeat(41)]: 'invalid-sha1',
          ['g'.repeat(40)]: 'invalid-sha1',
        },
      ],
      fileName: [
        'fileName',
        ['a.ps1', 'A_b-1', 'a'.repeat(255)],
        {
          '': 'invalid-file-name',
          'a b': 'invalid-file-name',
          'a\\b': 'invalid-file-name',
          ['a'.repeat(256)]: 'invalid-file-name',
        },
      ],
      guid: [
        'guid',
        ['80FE8FF8-2624-418e-9591-41f0491218f9'],
        {
          '80fe8ff82624418e959141f0491218f9': 'invalid-guid',
          '{80fe8ff8-2624-418e-9591-41f0491218f9}': 'invalid-guid',
        },
      ],
      endpoint: ['endpoint', ['https://a', 'http://localhost'], { 'http://a': 'invalid-endpoint' }],
      store: [
        'store',
        [
          'local',
          'https://acct.blob.core.windows.net/holdfast',
          'http://127.0.0.1:10000/devstoreaccount1/holdfast/a',
        ],
        {
          'http://acct.blob.core.windows.net/holdfast': 'invalid-store',
          'https://acct.blob.core.windows.net': 'invalid-store',
          'https://acct.blob.core.windows.net/holdfast?sig=abc': 'secret-in-store',
          'https://key@acct.blob.core.windows.net/holdfast': 'secret-in-store',
          'AccountName=acct;AccountKey=abc==': 'secret-in-store',
          Local: 'invalid-store',
        },
      ],
      share: [
        'share',
        ['0%', '100%', '2.5%'],
        { '101%': 'invalid-share', '10': 'invalid-share', '1e1%': 'invalid-share', '-1%': 'invalid-share' },
      ],
      wholeNumber: [
        'wholeNumber',
        ['0', '999999999'],
        {
          '01': 'invalid-number',
          '1000000000': 'invalid-number',
          '-1': 'invalid-number',
          '1.5': 'invalid-number',
          '': 'invalid-number',
        },
      ],
      positiveNumber: [
        'positiveNumber',
        ['1', '999999999'],
        { '0': 'invalid-number', '1e3': 'invalid-number' },
      ],
    }),
  )('%s', (_name, [format, good, bad]) => {
    for (const text of good) expect(TEXT_RULES[format](text), text).toBeUndefined()
    for (const [text, code] of Object.entries(bad)) expect(TEXT_RULES[format](text)?.code, text).toBe(code)
  })
})
