import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ROOT } from './source-files.ts'

const LOCKFILE = {
  packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { optional: true } },
}

/** Stands in for npm: says how it was called, and installs a Node and a compiler that say so too. */
const NPM = `#!/bin/sh
echo "npm $*" >> calls.txt
[ -f npm-fails ] && { echo 'npm error E404' >&2; exit 1; }
rm -rf node_modules
mkdir -p node_modules/.bin node_modules/node/bin
echo '#!/bin/sh' > node_modules/.bin/node
echo 'echo "node $*" >> calls.txt; mkdir -p src/schema/generated src/emulator/generated src/plan/generated src/cli/generated' >> node_modules/.bin/node
cp node_modules/.bin/node node_modules/node/bin/node
echo '#!/bin/sh' > node_modules/.bin/tsc
echo 'echo "tsc $*" >> calls.txt; [ -f tsc-fails ] && { echo "error TS1005" ; exit 2; }; mkdir -p node_modules/.holdfast-dist/cli; touch node_modules/.holdfast-dist/index.js' >> node_modules/.bin/tsc
chmod +x node_modules/.bin/* node_modules/node/bin/node
`

describe('npm test and npm run demo on a fresh clone', () => {
  let folder: string

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }

  /** Prepares the checkout; gives the programs that were called for it, by their first word and argument. */
  function prepare(): {
    readonly status: number | null
    readonly stderr: string
    readonly calls: readonly string[]
  } {
    rmSync(join(folder, 'calls.txt'), { force: true })
    const { npm_execpath: _npm, ...env } = process.env
    const { status, stderr } = spawnSync(process.execPath, ['scripts/prepare.mjs'], {
      cwd: folder,
      env: { ...env, PATH: `${join(folder, 'path')}:/usr/bin:/bin`, NODE_ENV: 'production' },
      encoding: 'utf8',
    })
    const list = join(folder, 'calls.txt')
    return { status, stderr, calls: existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n') : [] }
  }

  function names(calls: readonly string[]): readonly string[] {
    return calls.map(call => call.split(' ', 2).join(' '))
  }

  const ALL = ['npm ci', 'node scripts/generate-schema.ts', 'tsc -p']
  const BUILD = ALL.slice(1)

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-prepare-'))
    cpSync(join(ROOT, 'scripts/prepare'), join(folder, 'scripts/prepare'), { recursive: true })
    cpSync(join(ROOT, 'scripts/prepare.mjs'), join(folder, 'scripts/prepare.mjs'))
    write('package-lock.json', JSON.stringify(LOCKFILE))
    write('src/index.ts', 'export {}\n')
    write('path/npm', NPM)
    chmodSync(join(folder, 'path/npm'), 0o755)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('installs and builds, with install scripts and development dependencies whatever npm is set to', () => {
    const { status, calls } = prepare()
    expect(status).toBe(0)
    expect(names(calls)).toStrictEqual(ALL)
    expect(calls[0]).toContain('--ignore-scripts=false --include=dev')
    expect(existsSync(join(folder, 'dist/index.js'))).toBe(true)
    expect(existsSync(join(folder, '.prepare.lock'))).toBe(false)
  })

  test('says at once what takes so long, and how far it is by what lies there', () => {
    expect(prepare().stderr.split('\n')[0]).toBe(
      'Installing 1 packages (npm ci), this once; minutes on a busy machine…',
    )
    const script = "import('./scripts/prepare/install.mjs').then(m => console.log(m.progressOf('.', 14_400)))"
    const progress = (): string =>
      spawnSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' }).stdout
    expect(progress()).toBe('14 s: 0 of 1 packages\n')
    write('node_modules/a/package.json', '{}')
    expect(progress()).toBe('14 s: 1 of 1 packages\n')
  })

  test('does nothing, and says nothing, the second time', () => {
    prepare()
    expect(prepare()).toStrictEqual({ status: 0, stderr: '', calls: [] })
  })

  test.each(['src/new.ts', 'schemas/policy.schema.json', 'tsconfig.json'])(
    'builds again after %s changed',
    path => {
      prepare()
      write(path, 'changed\n')
      expect(names(prepare().calls)).toStrictEqual(BUILD)
    },
  )

  test('builds again where a result was removed, and leaves no result of a removed source behind', () => {
    prepare()
    write('dist/stale.js', '')
    rmSync(join(folder, 'src/plan/generated'), { recursive: true })
    expect(names(prepare().calls)).toStrictEqual(BUILD)
    expect(existsSync(join(folder, 'dist/stale.js'))).toBe(false)
  })

  test('does not build again for what it generated itself', () => {
    prepare()
    write('src/schema/generated/policy.ts', 'export {}\n')
    expect(prepare().calls).toStrictEqual([])
  })

  test('installs again after the lockfile changed', () => {
    prepare()
    write('package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '2.0.0' } } }))
    expect(names(prepare().calls)).toStrictEqual(ALL)
  })

  test('installs again where the pinned Node is not there, as after --ignore-scripts', () => {
    prepare()
    rmSync(join(folder, 'node_modules/node/bin'), { recursive: true })
    expect(names(prepare().calls)).toStrictEqual(ALL)
  })

  test('takes an install that somebody else made from the same lockfile', () => {
    prepare()
    rmSync(join(folder, 'node_modules/.holdfast-install'))
    write(
      'node_modules/.package-lock.json',
      JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }),
    )
    expect(prepare().calls).toStrictEqual([])
  })

  test('takes over the lock of a run that is gone', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0'])
    write('.prepare.lock', String(pid))
    expect(names(prepare().calls)).toStrictEqual(ALL)
  })

  test.each([
    ['npm', 'npm error E404', '`npm ci` failed'],
    ['tsc', 'error TS1005', '`tsc -p'],
  ])('says what failed, after the words of %s, and does not take it for done', (program, words, message) => {
    write(`${program}-fails`, '')
    const { status, stderr } = prepare()
    expect(status).toBe(1)
    expect(stderr).toContain(words)
    expect(stderr.trim().split('\n').at(-1)).toContain(`prepare: ${message}`)
    rmSync(join(folder, `${program}-fails`))
    expect(prepare()).toMatchObject({ status: 0 })
    expect(existsSync(join(folder, 'dist/index.js'))).toBe(true)
  })
})
