import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, readFilesBelow } from './source-files.ts'

const PERMISSION =
  /\b(?:Machine|Library|AdvancedQuery|ThreatHunting)\.(?:[A-Z][A-Za-z]+\.All|[A-Z][A-Za-z]+)\b/g

test('docs/permissions.md names every permission that the sources name, and no other', () => {
  const page = readFileSync(join(ROOT, 'docs/permissions.md'), 'utf8')
  const inSources = readFilesBelow('src', '.ts').flatMap(({ text }) =>
    [...text.matchAll(/'((?:Machine|Library|AdvancedQuery|ThreatHunting)\.[A-Za-z.]+)'/g)].map(
      ([, name]) => name,
    ),
  )
  expect([...new Set(page.match(PERMISSION))].sort()).toStrictEqual([...new Set(inSources)].sort())
})
