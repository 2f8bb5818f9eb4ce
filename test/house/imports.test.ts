import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf, ROOT, readFilesBelow, readGeneratedFiles, roomOf } from './source-files.ts'

/** Which rooms a room may import from. `report` takes from `apply` and `audit` the shapes that it shows. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  posture: ['schema'],
  plan: ['schema', 'posture'],
  analysis: ['schema', 'posture', 'plan'],
  apply: ['schema', 'posture', 'plan'],
  audit: ['schema', 'posture', 'plan'],
  report: ['schema', 'posture', 'plan', 'analysis', 'apply', 'audit'],
  authoring: ['schema', 'posture', 'plan', 'analysis', 'report'],
  defender: ['schema', 'posture', 'plan', 'apply'],
  emulator: ['schema', 'posture', 'plan', 'apply'],
  watch: ['schema', 'posture', 'plan', 'analysis', 'apply', 'report'],
  pipeline: ['schema', 'posture', 'plan', 'analysis', 'apply', 'report'],
  local: ['schema', 'posture', 'plan', 'analysis', 'apply', 'audit', 'report', 'defender'],
  cli: [
    ...['schema', 'posture', 'plan', 'analysis', 'apply', 'audit', 'report', 'authoring'],
    ...['defender', 'emulator', 'pipeline', 'local', 'watch'],
  ],
}
const ROOMS = Object.keys(MAY_IMPORT)
const CORE = ['schema', 'posture', 'plan', 'analysis', 'apply', 'audit', 'report', 'authoring', 'watch']

/** Builtins that the core may use: they compute, and reach nothing. */
const PURE_BUILTINS: Readonly<Record<string, readonly string[]>> = {
  schema: ['node:path'],
  plan: ['node:crypto'],
  apply: ['node:crypto'],
  report: ['node:util'],
}

interface PackageJson {
  readonly dependencies: Readonly<Record<string, string>>
}

interface Import {
  readonly path: string
  readonly statement: string
  readonly specifier: string
  readonly typeOnly: boolean
}

const IMPORT = /\b(?:(import|export)\s+(type\s)?[^'";]*?from\s*|import\s*\(\s*|import\s+)'([^']+)'/g

function importsOf(path: string, text: string): readonly Import[] {
  return [...codeOf(text).matchAll(IMPORT)].map(([statement, , type, specifier = '']) => ({
    path,
    statement,
    specifier,
    typeOnly: type !== undefined,
  }))
}

const imports = readFilesBelow('src', '.ts').flatMap(({ path, text }) => importsOf(path, text))

function targetRoom({ path, specifier }: Import): string {
  return roomOf(posix.join(dirname(path), specifier))
}

describe('the sources', () => {
  const inside = imports.filter(({ specifier }) => specifier.startsWith('.'))

  test('are read: every room imports something', () => {
    expect(new Set(imports.map(({ path }) => roomOf(path)))).toStrictEqual(new Set([...ROOMS, '']))
  })

  test.each(ROOMS)('%s imports only from the rooms below it', room => {
    const allowed = [room, ...(MAY_IMPORT[room] ?? [])]
    const wrong = inside.filter(found => roomOf(found.path) === room && !allowed.includes(targetRoom(found)))
    expect(wrong).toStrictEqual([])
  })

  test('report takes nothing but types and the table of outcomes from apply and audit, so that showing a result loads neither', () => {
    const values = inside.filter(
      found =>
        roomOf(found.path) === 'report' && ['apply', 'audit'].includes(targetRoom(found)) && !found.typeOnly,
    )
    expect(values.filter(({ specifier }) => !specifier.endsWith('/apply/outcomes.ts'))).toStrictEqual([])
    const behind = imports.filter(({ path, typeOnly }) => path === 'src/apply/outcomes.ts' && !typeOnly)
    expect(behind).toStrictEqual([])
  })

  test.each(CORE)('%s uses no builtin and no package that reaches outside', room => {
    const reaching = imports
      .filter(({ path, specifier }) => roomOf(path) === room && !specifier.startsWith('.'))
      .map(({ specifier }) => specifier)
      .filter(specifier => specifier.startsWith('node:') || /^(undici|@azure|log-update)/.test(specifier))
    expect(reaching.filter(name => !PURE_BUILTINS[room]?.includes(name))).toStrictEqual([])
  })

  test('the packages that are used at run time are exactly the dependencies', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as PackageJson
    const packages = [...readFilesBelow('src', '.ts'), ...readGeneratedFiles()]
      .flatMap(({ path, text }) => importsOf(path, text))
      .filter(({ specifier, typeOnly }) => !typeOnly && !/^(\.|node:)/.test(specifier))
      .map(({ specifier }) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0])
    expect([...new Set(packages)].sort()).toStrictEqual(Object.keys(dependencies).sort())
  })

  test('the core draws no random numbers', () => {
    const drawing = readFilesBelow('src', '.ts')
      .filter(({ path, text }) => CORE.includes(roomOf(path)) && codeOf(text).includes('Math.random'))
      .map(({ path }) => path)
    expect(drawing).toStrictEqual([])
  })
})

/** What is planted, by the rule that must find it: [room, code]. */
type Plant = readonly [room: string, rule: string, code: string]

function everyWay(from: string, to: string): readonly Plant[] {
  const rule = 'noRestrictedImports'
  return [
    [from, rule, `import { x } from '../${to}/x.ts'\nexport const y = x\n`],
    [from, rule, `import type { X } from '../${to}/x.ts'\nexport type Y = X\n`],
    [from, rule, `import { x } from './../${to}/deep/x.ts'\nexport const y = x\n`],
    [from, rule, `import { x } from '../../src/${to}/x.ts'\nexport const y = x\n`],
    [from, rule, `export const y = (): unknown => import('../${to}/x.ts')\n`],
    [from, rule, `export { x } from '../${to}/x.ts'\n`],
  ]
}

const FORBIDDEN_ROOMS = ROOMS.flatMap(from =>
  ROOMS.filter(to => to !== from && MAY_IMPORT[from]?.includes(to) === false).map(to => [from, to] as const),
)

const PLANTS: readonly Plant[] = [
  ...FORBIDDEN_ROOMS.flatMap(([from, to]) => everyWay(from, to)),
  ...CORE.flatMap((room): readonly Plant[] => [
    [room, 'noRestrictedImports', "import { readFileSync } from 'node:fs'\nexport const y = readFileSync\n"],
    [room, 'noRestrictedImports', "import { readFile } from 'node:fs/promises'\nexport const y = readFile\n"],
    [room, 'useNodejsImportProtocol', "import { readFileSync } from 'fs'\nexport const y = readFileSync\n"],
    [room, 'noRestrictedImports', "import { request } from 'undici'\nexport const y = request\n"],
    [
      room,
      'noRestrictedImports',
      "import type { TokenCredential } from '@azure/identity'\nexport type Y = TokenCredential\n",
    ],
    [room, 'noRestrictedGlobals', 'export const y = Date.now()\n'],
    [room, 'noRestrictedGlobals', 'export const y = new Date()\n'],
    [room, 'noRestrictedGlobals', 'export const y = globalThis.Date\n'],
    [room, 'noRestrictedGlobals', 'export const y = process.env\n'],
    [room, 'noRestrictedGlobals', "export const y = fetch('http://localhost')\n"],
    [room, 'noRestrictedGlobals', 'export const y = setTimeout(() => {}, 1)\n'],
    [room, 'noConsole', "console.log('x')\n"],
  ]),
  ['plan', 'noCommonJs', "export const y = require('node:fs')\n"],
]

const CLEAN: readonly Plant[] = CORE.flatMap(room => [
  ...(MAY_IMPORT[room] ?? []).map(
    (to): Plant => [room, '', `import type { X } from '../${to}/x.ts'\nexport type Y = X\n`],
  ),
  ...(PURE_BUILTINS[room] ?? []).map(
    (name): Plant => [room, '', `import * as y from '${name}'\nexport const z = y\n`],
  ),
])

/** Lints the planted files in one run, under the project's own biome.json; gives the rules that each file broke. */
function lint(plants: readonly Plant[], folder: string): readonly (readonly string[])[] {
  copyFileSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'))
  writeFileSync(join(folder, '.gitignore'), '')
  plants.forEach(([room, , code], index) => {
    mkdirSync(join(folder, 'src', room), { recursive: true })
    writeFileSync(join(folder, 'src', room, `planted-${index}.ts`), code)
  })
  const found = new Map<string, string[]>()
  for (const { category, location } of runBiome(folder)) {
    const file = posix.basename(location.path)
    found.set(file, [...(found.get(file) ?? []), category.slice(category.lastIndexOf('/') + 1)])
  }
  return plants.map((_plant, index) => found.get(`planted-${index}.ts`) ?? [])
}

interface Finding {
  readonly category: string
  readonly location: { readonly path: string }
}

function runBiome(folder: string): readonly Finding[] {
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome')
  const args = [biome, 'lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none']
  try {
    execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    const { stdout } = error as { readonly stdout: string }
    return (JSON.parse(stdout) as { readonly diagnostics: readonly Finding[] }).diagnostics
  }
  return []
}

describe('the linter', () => {
  let folder: string
  let planted: readonly (readonly string[])[]
  let clean: readonly (readonly string[])[]

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-lint-'))
    const found = lint([...PLANTS, ...CLEAN], folder)
    planted = found.slice(0, PLANTS.length)
    clean = found.slice(PLANTS.length)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(PLANTS.map((plant, index) => ({ room: plant[0], rule: plant[1], code: plant[2], index })))(
    'finds in $room by $rule: $code',
    ({ rule, index }) => expect(planted[index]).toContain(rule),
  )

  test('says nothing of imports that go the right way', () => {
    expect(CLEAN.filter((_plant, index) => clean[index]?.includes('noRestrictedImports'))).toStrictEqual([])
  })
})
