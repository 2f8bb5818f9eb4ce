import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readStrictJson } from '../../src/schema/strict-json.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const RUNS = seededRuns('strict JSON', 300)

test.each<[string, string, unknown]>([
  ['the same key in two objects', '{"a":{"k":1},"b":{"k":2},"c":[{"k":3},{"k":4}]}', expect.anything()],
  ['a key that is the value of another', '{"a":"b","b":"a","c":["a","a"]}', expect.anything()],
  [
    'brackets, quotes and backslashes in strings',
    '{"a":"}{][\\"\\\\","b\\\\":"\\\\\\""}',
    { a: '}{]["\\', 'b\\': '\\"' },
  ],
  ['a text without an object', '"a"', 'a'],
  ['keys of every object', '{"toString":1,"__proto__":2,"constructor":3}', expect.anything()],
])('%s is read', (_what, text, value) => {
  expect(readStrictJson(text)).toStrictEqual({ value })
})

test.each<[string, string, number]>([
  ['twice', '{"after":"none","after":"full"}', 1],
  ['twice deep inside', '{"a":[1,{"b":{"after":"none",\n"x":[{"after":1}],\n"after":"full"}}]}', 3],
  ['twice, once with an escape', '{"\\u0061fter":1,"after":2}', 1],
  ['twice as __proto__', '{"__proto__":1,"__proto__":2}', 1],
])('a key that stands %s is a fault, with its line', (_how, text, line) => {
  expect(readStrictJson(text)).toStrictEqual({
    fault: expect.stringMatching(
      new RegExp(`^the key "\\w+" stands twice in one object \\(line ${line}\\)$`),
    ),
    isJson: true,
  })
})

test('so is what is nested deeper than any document of ours, however deep', () => {
  expect(readStrictJson(`${'['.repeat(64)}${']'.repeat(64)}`)).toHaveProperty('value')
  const deep = 100_000
  for (const text of [
    `${'['.repeat(deep)}${']'.repeat(deep)}`,
    `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`,
  ]) {
    expect(readStrictJson(text)).toStrictEqual({
      fault: 'it is nested more than 64 deep (line 1)',
      isJson: true,
    })
  }
})

test.each([
  '',
  '{',
  '{"a":1',
  '"',
  '"\\',
  '{"a\\',
  '{"\\x":1,"\\x":2}',
  "{'a':1}",
  '{"a":1,}',
  'undefined',
  '\ufeff{}',
])('a text that is no JSON says so: %s', text => {
  expect(readStrictJson(text)).toStrictEqual({ fault: 'it is not JSON', isJson: false })
})

test('whatever JSON can write is read as it was', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 20 }), fc.constantFrom(0, 2), (text, indent) => {
      const value: unknown = JSON.parse(text)
      expect(readStrictJson(JSON.stringify(value, null, indent))).toStrictEqual({ value })
    }),
    RUNS,
  )
})

test('any text is read or refused, and never throws', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    ',',
    ':',
    'a',
    '1',
    ' ',
    '\n',
    'null',
    '\u2028',
  )
  fc.assert(
    fc.property(
      fc.array(pieces).map(all => all.join('')),
      text => {
        const read = readStrictJson(text)
        let isJson = true
        try {
          JSON.parse(text)
        } catch {
          isJson = false
        }
        expect('value' in read || read.isJson).toBe(isJson)
      },
    ),
    RUNS,
  )
})
