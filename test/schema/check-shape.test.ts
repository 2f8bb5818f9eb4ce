import { describe, expect, test } from 'vitest'
import { checkShape } from '../../src/schema/check-shape.ts'
import { diagnoseAll, indexText } from '../../src/schema/indexed-text.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { readYaml } from '../../src/schema/read-yaml.ts'
import type { SchemaError, Validator } from '../../src/schema/validator.ts'
import { policyText } from './policy-text.ts'
import { told } from './told.ts'

const TEXT = 'speed: 0\nname: [a]\na/b~c: x\n'

/** What is said of errors that a validator reports about {@link TEXT}. */
function say(...errors: readonly Partial<SchemaError>[]): readonly string[] {
  const validate: Validator<never> = Object.assign((_data: unknown): _data is never => false, {
    errors: errors.map(error => ({
      keyword: 'type',
      instancePath: '',
      schemaPath: '#',
      params: {},
      parentSchema: {},
      ...error,
    })),
  })
  const text = indexText({ path: 'a.yaml', text: TEXT })
  const [root] = readYaml(text).documents
  if (root === undefined) throw new Error('no document')
  return diagnoseAll(text, checkShape(root, validate).findings).map(
    diagnostic => `${told(diagnostic)} ${diagnostic.message}`,
  )
}

describe('schemas of other documents', () => {
  test('have their limits named', () => {
    expect(
      say({
        keyword: 'minimum',
        instancePath: '/speed',
        params: { comparison: '>=', limit: 1 },
        parentSchema: { type: 'number', minimum: 1 },
      }),
    ).toStrictEqual(['1:8 invalid-value |0| expected a number (minimum >= 1), found `0`'])
  })

  test('have their types named, other ones as a value', () => {
    expect(
      say({ instancePath: '/name', parentSchema: { type: ['integer', 'boolean', 'null'] } }),
    ).toStrictEqual([
      '2:7 wrong-type |[a]| expected a whole number, `true` or `false` or a value, found a list',
    ])
  })

  test('may have alternatives, which are named together', () => {
    const anyOf = [{ type: 'object' }, { type: 'array' }, { type: 'object' }]
    expect(
      say(
        { instancePath: '/speed', schemaPath: '#/properties/speed/anyOf/0/type' },
        { keyword: 'anyOf', instancePath: '/speed', parentSchema: { anyOf } },
        {
          keyword: 'oneOf',
          instancePath: '/name',
          params: { passingSchemas: null },
          parentSchema: { oneOf: [{ enum: ['on', 'off'] }] },
        },
      ),
    ).toStrictEqual([
      '1:8 wrong-type |0| expected a map or a list, found `0`',
      '2:7 wrong-type |[a]| expected `on` or `off`, found a list',
    ])
  })

  test('may have formats of their own', () => {
    expect(
      say({
        keyword: 'format',
        instancePath: '/speed',
        params: { format: 'wholeNumber' },
        parentSchema: { type: 'string', format: 'wholeNumber' },
      }),
    ).toStrictEqual(['1:8 invalid-value |0| expected a whole number, found `0`'])
  })

  test('may have keys that a JSON pointer escapes', () => {
    expect(say({ instancePath: '/a~1b~0c', parentSchema: { type: 'object' } })).toStrictEqual([
      '3:8 wrong-type |x| expected a map, found `x`',
    ])
  })

  test('are told at the map where they point to nothing', () => {
    expect(say({ instancePath: '/gone/too', parentSchema: { type: 'string' } })).toStrictEqual([
      '1:1 wrong-type |speed: 0| expected a text, found a map',
    ])
  })

  test('may forbid all keys', () => {
    expect(say({ keyword: 'additionalProperties', params: { additionalProperty: 'speed' } })).toStrictEqual([
      '1:1 unknown-key |speed| unknown key `speed`: no keys are known here',
    ])
  })
})

test('one cause gives one error', () => {
  const path = { instancePath: '/speed', parentSchema: { type: 'string', enum: ['fast'] } }
  expect(
    say(
      { ...path, keyword: 'enum' },
      { ...path, keyword: 'type', schemaPath: '#/properties/speed/anyOf/0/type' },
      { ...path, keyword: 'type' },
      { ...path, keyword: 'pattern' },
      { keyword: 'discriminator' },
      { keyword: 'required', schemaPath: '#/oneOf/1/required', params: { missingProperty: 'x' } },
    ),
  ).toStrictEqual(['1:8 wrong-type |0| expected `fast`, found `0`'])
})

test('a validator that says nothing of what is wrong leaves nothing to say', () => {
  const validate = (_data: unknown): _data is never => false
  const [root] = readYaml(indexText({ path: 'a.yaml', text: TEXT })).documents
  expect(root && checkShape(root, validate).findings).toStrictEqual([])
})

test('a document with more mistakes than anybody reads is refused in time', () => {
  const lines = Array.from({ length: 3000 }, (_, index) => `isolatd${index}: 1`).join('\n')
  const { policies, diagnostics } = parsePolicyFile({ path: 'a.yaml', text: `${policyText()}\n${lines}` })
  expect(policies).toStrictEqual([])
  expect(diagnostics).toHaveLength(101)
  expect(diagnostics.at(-1)).toMatchObject({
    code: 'too-many-problems',
    message: 'at least 900 more problems from here on: mend the first ones and look again',
  })
})
