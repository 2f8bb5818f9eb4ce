import { expect, test } from 'vitest'
import { codeOf, readFilesBelow } from './source-files.ts'

const files = readFilesBelow('test', '.ts')
  .filter(({ path }) => path !== 'test/house/test-files.test.ts')
  .map(({ path, text }) => ({ path, code: codeOf(text) }))

function having(pattern: RegExp): readonly string[] {
  return files.filter(({ code }) => pattern.test(code)).map(({ path }) => path)
}

test('every property names its runs and seed, so that each failure can be had again', () => {
  const seeded = having(/\bseededRuns\b|\bnumRuns: RUNS\b/)
  expect(having(/\bfc\.assert\(/).filter(path => !seeded.includes(path))).toStrictEqual([])
})

test('no file sets what another file of the same worker would draw', () => {
  expect(having(/\bfc\.configureGlobal\(/)).toStrictEqual([])
})

test('no test holds anything to a time on the clock: a busy machine must not fail it', () => {
  const timed = having(/expect\([^)\n]*(?:performance\.now\(\)|Date\.now\(\) - )/)
  expect(timed).toStrictEqual([])
})

test('no test is left out, kept alone or expected to fail', () => {
  expect(having(/\b(?:test|it|describe)\.(?:only|todo|fails|skip)\b/)).toStrictEqual([])
})
