import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unexpectedFiles } from '../../scripts/package-contents.ts'
import { ROOT, readFilesBelow } from './source-files.ts'

interface Manifest {
  readonly version: string
  readonly bin: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
}

const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

describe('the clone, installed as README.md says', () => {
  test('a global install with an empty prefix runs the command from the clone, and changes nothing in it', () => {
    const prefix = mkdtempSync(join(tmpdir(), 'holdfast-prefix-'))
    const npm = ['install', '--global', '--prefix', prefix, '--offline', '--no-audit', '--no-fund', '.']
    const program = join(prefix, 'bin', 'holdfast')
    const mode = statSync(join(ROOT, 'bin/holdfast.js')).mode
    try {
      execFileSync('npm', npm, { cwd: ROOT, stdio: 'ignore' })
      const { status, stdout } = spawnSync(process.execPath, [program, '--version'], {
        cwd: prefix,
        encoding: 'utf8',
      })
      expect([status, stdout]).toStrictEqual([0, `${MANIFEST.version}\n`])
      expect(statSync(join(ROOT, 'bin/holdfast.js')).mode).toBe(mode)
    } finally {
      rmSync(prefix, { recursive: true, force: true })
    }
  }, 60_000)

  test('no page says to install a name that nobody of us has published', () => {
    const pages = [
      { path: 'README.md', text: readFileSync(join(ROOT, 'README.md'), 'utf8') },
      ...readFilesBelow('docs', '.md'),
    ]
    expect(
      pages
        .filter(({ text }) => /npm (install|i|exec) [^`\n]*\bholdfast(?![-/\w.])/.test(text))
        .map(({ path }) => path),
    ).toStrictEqual([])
  })
})

/**
 * The tarball as a user gets it, unpacked with its dependencies linked beside it and nothing else of the checkout in
 * reach. `npm run package` goes further and installs it from the registry.
 */
describe('the packed tarball', () => {
  let folder: string
  let packed: Packed

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-tarball-'))
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
    const answer = execFileSync('npm', args, {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    packed = (JSON.parse(answer) as readonly [Packed])[0]
    const modules = join(folder, 'node_modules')
    mkdirSync(join(modules, 'holdfast'), { recursive: true })
    execFileSync('tar', [
      '-xzf',
      join(folder, packed.filename),
      '--strip-components=1',
      '-C',
      join(modules, 'holdfast'),
    ])
    for (const name of Object.keys(MANIFEST.dependencies)) {
      mkdirSync(dirname(join(modules, name)), { recursive: true })
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
    }
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function holdfast(...args: readonly string[]): {
    readonly status: number | null
    readonly stdout: string
    readonly stderr: string
  } {
    const program = join(folder, 'node_modules/holdfast', MANIFEST.bin['holdfast'] ?? '')
    const env = { ...process.env, CI: 'true', XDG_STATE_HOME: join(folder, 'state') }
    return spawnSync(process.execPath, [program, ...args], { cwd: folder, env, encoding: 'utf8' })
  }

  test('holds what users need and nothing else', () => {
    expect(unexpectedFiles(packed.files.map(({ path }) => path))).toStrictEqual([])
  })

  test('says its version', () => {
    expect(holdfast('--version')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(MANIFEST.version),
    })
  })

  test('starts a repository, checks it, plans and applies against its scenario', () => {
    expect(holdfast('init', '.').status).toBe(0)
    expect(holdfast('validate').status).toBe(0)
    expect(holdfast('plan', '--emulate', 'scenario.yaml', '--detailed-exitcode')).toMatchObject({ status: 2 })
    const applied = holdfast('apply', '--emulate', 'scenario.yaml', '--auto-approve')
    expect(applied).toMatchObject({ status: 0, stdout: expect.stringContaining('Apply complete:') })
  })

  test('can be imported', () => {
    const code =
      "import('holdfast').then(all => console.log(typeof all.createPlan, typeof all.createEmulator))"
    const { stdout } = spawnSync(process.execPath, ['-e', code], { cwd: folder, encoding: 'utf8' })
    expect(stdout.trim()).toBe('function function')
  })
})

describe('what a package must hold and may not', () => {
  test('a missing file and a file too many are named', () => {
    const files = ['package.json', 'LICENSE', 'src/index.ts', 'dist/index.js.map']
    expect(unexpectedFiles(files)).toStrictEqual(
      expect.arrayContaining([
        'The package lacks README.md.',
        'The package lacks dist/index.js.',
        'The package holds src/index.ts, which no user needs.',
        'The package holds dist/index.js.map, which no user needs.',
      ]),
    )
  })
})
