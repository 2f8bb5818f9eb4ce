import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { tool } from './install.mjs'

/** What the build reads. Its own results lie in folders named `generated` and are left out. */
const INPUTS = [
  'src',
  'schemas',
  'scripts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
]
/** What the build writes and everything else relies on. */
const OUTPUTS = [
  'dist/index.js',
  'dist/cli',
  'src/schema/generated',
  'src/emulator/generated',
  'src/plan/generated',
  'src/cli/generated',
]

/** Says whether a result is missing or was built from other sources. Goes by content: a checkout touches every time stamp. */
export function buildIsDue(root) {
  if (OUTPUTS.some(output => !existsSync(join(root, output)))) return true
  const stamp = stampPath(root)
  return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== digestOf(root)
}

/** Generates the schemas, then compiles `src` into `dist`. Throws when a step fails, after showing its words. */
export function build(root) {
  process.stderr.write('Building…\n')
  const digest = digestOf(root)
  const next = join(root, 'node_modules', '.holdfast-dist')
  rmSync(next, { recursive: true, force: true })
  run(root, 'node', ['scripts/generate-schema.ts'])
  run(root, 'tsc', ['-p', 'tsconfig.build.json', '--outDir', next])
  // Compiled aside and moved into place, so that a removed source leaves no result behind and a failed build no half.
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  renameSync(next, join(root, 'dist'))
  writeFileSync(stampPath(root), digest)
}

function run(root, name, args) {
  const { status, error, stdout, stderr } = spawnSync(tool(root, name), args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (error) throw new Error(`${name} could not be started: ${error.message}`)
  if (status === 0) return
  process.stderr.write(`${stdout}${stderr}`)
  throw new Error(`\`${[name, ...args].join(' ')}\` failed; its words are above`)
}

function stampPath(root) {
  return join(root, 'node_modules', '.holdfast-build')
}

function digestOf(root) {
  const hash = createHash('sha256')
  for (const input of INPUTS) {
    for (const file of filesOf(join(root, input))) {
      hash
        .update(`${relative(root, file)}\0`)
        .update(readFileSync(file))
        .update('\0')
    }
  }
  return hash.digest('hex')
}

/** Files below a path, sorted; the path itself where it is a file. */
function filesOf(path) {
  if (!existsSync(path)) return []
  let entries
  try {
    entries = readdirSync(path, { withFileTypes: true })
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path]
    throw error
  }
  return entries
    .filter(entry => entry.name !== 'generated')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => (entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)]))
}
