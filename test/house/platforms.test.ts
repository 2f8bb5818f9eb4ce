import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PLATFORMS_BEGIN, renderPlatforms } from '../../scripts/platforms-page.ts'
import { ROOT } from './source-files.ts'

const page = readFileSync(join(ROOT, 'docs/platforms.md'), 'utf8')

test('docs/platforms.md is what the table says (`npm run codes` writes it)', () => {
  expect(page.slice(page.indexOf(PLATFORMS_BEGIN))).toBe(renderPlatforms())
})

test('it says in so many words what is blocked', () => {
  const blocked = page.split('\n').filter(line => line.startsWith('| `') && line.includes('**blocked**'))
  expect(blocked).toHaveLength(8)
  expect(page).toMatch(/^\| `Isolate` Selective \|.*\| \*\*blocked\*\* \| \*\*blocked\*\* \| Plan 1 \|$/m)
})
