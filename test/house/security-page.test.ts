import { globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './source-files.ts'

const page = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8')

/** The rows of a table whose last column names tests: `test/folder/name`, then further names of the same folder. */
const rows = page
  .split('\n')
  .map(line => line.split('|').map(cell => cell.trim()))
  .filter(cells => cells.length === 5 && /`test\//.test(cells[3] ?? ''))

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

test('SECURITY.md has what can be done, what stops it and which tests hold that in place', () => {
  expect(rows.length).toBeGreaterThan(30)
})

test.each(rows.map(cells => [cells[1] ?? '', cells[3] ?? '']))('%s: its tests are there', (_threat, cell) => {
  const missing = testsOf(cell).filter(
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
  expect(missing).toStrictEqual([])
})
