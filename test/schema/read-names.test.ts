import { expect, test } from 'vitest'
import { parseConfiguration } from '../../src/schema/parse-configuration.ts'

const read = (text: string) => parseConfiguration({ path: 'holdfast.yaml', text: `version: 1\n${text}` })

test('former names and sisters are read as they stand', () => {
  expect(read('name: emea\nformerNames: ["", 2024]\nsisters: [apac]\n').configuration).toMatchObject({
    name: 'emea',
    formerNames: ['', '2024'],
    sisters: ['apac'],
  })
  const bare = read('').configuration
  expect([bare?.name, bare?.formerNames, bare?.sisters]).toStrictEqual([undefined, undefined, undefined])
})

test.each<[string, string, string]>([
  ['a former name that is the name', 'name: emea\nformerNames: [emea]\n', 'name-taken'],
  ['a former name that is none, without a name', 'formerNames: [""]\n', 'name-taken'],
  ['a sister that is a former name', 'name: emea\nformerNames: [west]\nsisters: [west]\n', 'name-taken'],
  ['a sister twice', 'sisters: [apac, apac]\n', 'name-taken'],
  ['a sister without a name', 'sisters: [""]\n', 'invalid-name'],
  ['a former name that can be none', 'name: emea\nformerNames: [West]\n', 'invalid-name'],
])('%s is an error', (_what, text, code) => {
  const { configuration, diagnostics } = read(text)
  expect(configuration).toBeUndefined()
  expect(diagnostics.map(diagnostic => diagnostic.code)).toStrictEqual([code])
})
