import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT, readFilesBelow } from './source-files.ts'

const scripts = readFilesBelow('findings', '.sh')
const table = readFileSync(join(ROOT, 'findings/README.md'), 'utf8')

test('every row of the table has its script, and every script one row', () => {
  const rows = [...table.matchAll(/^\| \[([a-z0-9-]+)\]\(\1\.sh\) \|(?: [^|]+ \|){3}$/gm)].map(
    ([, name]) => name,
  )
  expect(rows.toSorted()).toStrictEqual(scripts.map(({ path }) => basename(path, '.sh')).toSorted())
})

describe.each(scripts)('$path', ({ path, text }) => {
  test('says when, what, the guess, the behaviour and the output, in this order', () => {
    expect(text).toMatch(
      /^#!\/usr\/bin\/env bash\n# .+\n#\n# Date: {6}\d{4}-\d\d-\d\d\n# Version: .+\n(?:# .+\n)*# Guess: .+\n(?:# .+\n)*# Behaviour: .+\n(?:# .+\n)*# Output: .+\n/,
    )
  })

  test('works in a folder of its own that it removes, without Holdfast, and can say that it was not tried', () => {
    expect(text).toMatch(/\ndir=\$\(mktemp -d\)\ntrap '[^']*rm -rf "\$dir"[^']*' EXIT\ncd "\$dir"\n/)
    expect(text).toMatch(/exit 2/)
    expect(text).not.toMatch(/holdfast/i)
  })

  test('pins what it installs, and can be run', () => {
    const installs = [...text.matchAll(/npm install(?: --[a-z-]+)* ([^>&\n\\]+)/g)].flatMap(
      ([, names = '']) => names.trim().split(/\s+/),
    )
    const fetches = [...text.matchAll(/apt-get download -qq ([^>&\n\\]+)/g)].flatMap(([, names = '']) =>
      names.trim().split(/\s+/),
    )
    expect([...installs, ...fetches].length).toBeGreaterThan(0)
    expect(installs.filter(name => !/@\d+\.\d+\.\d+$/.test(name))).toStrictEqual([])
    expect(fetches.filter(name => !/^[a-z0-9.-]+=\d\S+$/.test(name))).toStrictEqual([])
    expect(statSync(join(ROOT, path)).mode & 0o100).toBe(0o100)
  })
})
