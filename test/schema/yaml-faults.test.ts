import { expect, test } from 'vitest'
import { explainYamlFault } from '../../src/schema/yaml-faults.ts'

test('what the YAML library finds is said in our words, and what has none of its own is said plainly', () => {
  expect(explainYamlFault('TAB_AS_INDENT')).toStrictEqual({
    code: 'yaml-tab',
    message: 'a tab cannot indent: use spaces',
  })
  expect(explainYamlFault('IMPOSSIBLE')).toStrictEqual({
    code: 'yaml-syntax',
    message: 'this is not YAML: check quotes, brackets and indentation',
  })
})
