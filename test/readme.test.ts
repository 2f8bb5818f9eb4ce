import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMMANDS } from '../src/cli/commands.ts'
import { anchorsOf } from './house/anchors.ts'
import { readFilesBelow } from './house/source-files.ts'
import { missingPieces, shownIn } from './support/shown-output.ts'

/**
 * What README.md shows is what happens: every console block is run and compared. A line of … leaves something out;
 * times, ids and digests, and where lines are wrapped, may differ.
 */
const ROOT = join(import.meta.dirname, '..')
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

const SHOWN = shownIn(README)

describe('README.md', () => {
  let folder: string
  const outputs = new Map<string, string>()

  function holdfast(args: readonly string[]): string {
    const env = {
      ...process.env,
      CI: 'true',
      NO_COLOR: '1',
      COLUMNS: '110',
      XDG_STATE_HOME: join(folder, '.state'),
    }
    const program = join(ROOT, 'bin/holdfast.js')
    const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
    })
    return stdout + stderr
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-readme-'))
    holdfast(['init', '.'])
    for (const { command } of SHOWN) {
      const args = command === 'npm run demo' ? ['demo'] : command.replace(/^holdfast /, '').split(' ')
      if (!outputs.has(command)) outputs.set(command, holdfast(args))
    }
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('shows the demo, the first check and the first plan', () => {
    expect(SHOWN.map(({ command }) => command)).toStrictEqual([
      'npm run demo',
      'npm run demo',
      'holdfast validate',
      'holdfast test',
      'holdfast plan --emulate scenario.yaml',
    ])
  })

  test.each(SHOWN)('shows what `$command` prints', ({ command, pieces }) => {
    const output = outputs.get(command) ?? ''
    expect(missingPieces(output, pieces), output).toStrictEqual([])
  })
})

/** Says whether a file or folder is there, and the anchor in it where the link names one. */
function leadsSomewhere(path: string, anchor: string | undefined): boolean {
  if (!existsSync(join(ROOT, path))) return false
  return anchor === undefined || anchorsOf(readFileSync(join(ROOT, path), 'utf8')).has(anchor)
}

describe('documents', () => {
  const documents = [
    ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].map(path => ({
      path,
      text: readFileSync(join(ROOT, path), 'utf8'),
    })),
    ...readFilesBelow('docs', '.md'),
  ]

  test('link to files and headings that are there', () => {
    const broken = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)]
        .filter(
          ([, target = '', anchor]) =>
            !leadsSomewhere(target === '' ? path : join(dirname(path), target), anchor),
        )
        .map(([link]) => `${path}: ${link}`),
    )
    expect(broken).toStrictEqual([])
  })

  test('name only commands that there are', () => {
    const known = COMMANDS.map(({ name }) => name)
    const named = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/(?:`|^|\$ |&& |npx )holdfast ([a-z-]+)/gm)].map(([, name = '']) => ({ path, name })),
    )
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter(({ name }) => !known.includes(name))).toStrictEqual([])
  })

  test('name only npm scripts that are there', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>
    }
    const named = documents.flatMap(({ text }) =>
      [...text.matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g)].map(([, name = '']) => name),
    )
    expect(named.filter(name => scripts[name] === undefined)).toStrictEqual([])
  })
})
