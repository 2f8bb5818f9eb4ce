import { globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './source-files.ts'

const page = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8')

/** The rows of the tables whose last column is to name tests: `test/folder/name`, then further names of the same folder. */
const rows = page
  .split('\n\n')
  .filter(block => /^\| could.*\| tests \|$/m.test(block))
  .flatMap(block => block.split('\n').slice(2))
  .map(line => line.split('|').map(cell => cell.trim()))
  .filter(cells => cells.length === 5)

/** What the text beside the tables says is named by tests too. */
const prose = page.split('\n').filter(line => !line.startsWith('|'))

/** The tests or folders of tests that a cell names, as paths with wildcards; a test may lie deeper than it is named. */
function testsOf(cell: string): readonly string[] {
  const names = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
  let folder = ''
  return names.map(name => {
    const isPath = name.startsWith('test/')
    const path = isPath ? name : `${folder}/${name}`
    if (isPath) folder = path.split('/').slice(0, 2).join('/')
    return path
  })
}

/** Names in a cell that no test has. */
function missingOf(cell: string): readonly string[] {
  return testsOf(cell).filter(
    path =>
      globSync(
        [
          `${path}.test.ts`,
          `${posix.dirname(path)}/**/${posix.basename(path)}.test.ts`,
          `${path}/**/*.test.ts`,
          `${path}/*.browser.ts`,
        ],
        { cwd: ROOT },
      ).length === 0,
  )
}

test('SECURITY.md has what can be done, what stops it and which tests hold that in place', () => {
  expect(rows.length).toBeGreaterThan(30)
})

test('what it says beside the tables of files and requests names tests as well', () => {
  expect(prose.join('\n').match(/`test\/[^`]+`/g)?.length).toBeGreaterThan(3)
})

test.each(prose.flatMap(line => line.match(/`test\/[^`]+`/g) ?? []))('%s is there', name => {
  expect(missingOf(name)).toStrictEqual([])
})

test.each(rows.map(cells => [cells[1] ?? '', cells[3] ?? '']))('%s: its tests are there', (_threat, cell) => {
  const missing = missingOf(cell)
  expect(testsOf(cell), 'no test holds it').not.toHaveLength(0)
  expect(missing).toStrictEqual([])
})
