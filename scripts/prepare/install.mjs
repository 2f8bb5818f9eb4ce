import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'

/** How often an install says how far it is. */
const TICK_MS = 5000

const WINDOWS = process.platform === 'win32'

/** Path of a program that the development dependencies bring along. */
export function tool(root, name) {
  return join(root, 'node_modules', '.bin', WINDOWS ? `${name}.cmd` : name)
}

/** Says whether node_modules is missing, incomplete, or was installed from another lockfile. */
export function installIsDue(root) {
  if (!nodeIsInstalled(root)) return true
  return readText(stampPath(root)) !== lockDigest(root) && !matchesLockfile(root)
}

/**
 * Runs `npm ci` with install scripts on: the pinned Node comes through one.
 *
 * Every option that the caller's npm settings could turn against it is given by hand. Throws when npm fails, or when
 * the pinned Node is not there afterwards.
 */
export async function install(root) {
  const packages = lockedPaths(root).length
  process.stderr.write(`Installing ${packages} packages (npm ci), this once; minutes on a busy machine…\n`)
  const [command, ...first] = npmCommand()
  const flags = ['--ignore-scripts=false', '--include=dev', '--include=optional', '--include=prod']
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--no-dry-run', '--loglevel=error']
  const { status, words } = await runShowing(root, command, [...first, 'ci', ...flags, ...quiet], {
    cwd: root,
    env: { ...process.env, PATH: pathWithout(join(root, 'node_modules')), NODE_ENV: 'development' },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: WINDOWS && first.length === 0,
  })
  if (status !== 0) {
    process.stderr.write(words)
    throw new Error(
      '`npm ci` failed; its words are above. The network or the npm registry may be out of reach',
    )
  }
  if (!nodeIsInstalled(root)) {
    throw new Error('`npm ci` did not install the pinned Node: its install script must be allowed to run')
  }
  writeFileSync(stampPath(root), lockDigest(root))
}

/** Runs npm and says every five seconds how far it is; gives what it said, which only a failure shows. */
async function runShowing(root, command, args, options) {
  const began = Date.now()
  const timer = setInterval(
    () => process.stderr.write(`  ${progressOf(root, Date.now() - began)}\n`),
    TICK_MS,
  )
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(command, args, options)
      const chunks = []
      for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => chunks.push(chunk))
      child.on('error', error =>
        reject(new Error(`npm could not be started (${error.message}); npm 11 must be on the PATH`)),
      )
      child.on('close', status => resolve({ status, words: Buffer.concat(chunks).toString('utf8') }))
    })
  } finally {
    clearInterval(timer)
  }
}

/** How many of the packages lie where they belong: `14 s: 231 of 530 packages`. */
export function progressOf(root, ms) {
  const paths = lockedPaths(root)
  const there = paths.filter(path => existsSync(join(root, path, 'package.json'))).length
  return `${Math.round(ms / 1000)} s: ${there} of ${paths.length} packages`
}

/** Where the lockfile puts packages, those of other platforms left out. */
function lockedPaths(root) {
  const { packages } = JSON.parse(readText(join(root, 'package-lock.json')))
  return Object.keys(packages).filter(path => path !== '' && packages[path].optional !== true)
}

function stampPath(root) {
  return join(root, 'node_modules', '.holdfast-install')
}

function lockDigest(root) {
  return createHash('sha256')
    .update(readText(join(root, 'package-lock.json')))
    .digest('hex')
}

function readText(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

function nodeIsInstalled(root) {
  const binary = WINDOWS ? ['node.exe'] : ['bin', 'node']
  return existsSync(join(root, 'node_modules', 'node', ...binary)) && existsSync(tool(root, 'node'))
}

/** Says whether an install that somebody else made holds what the lockfile names, so that it need not be repeated. */
function matchesLockfile(root) {
  const installed = readText(join(root, 'node_modules', '.package-lock.json'))
  if (installed === '') return false
  const have = JSON.parse(installed).packages
  const want = JSON.parse(readText(join(root, 'package-lock.json'))).packages
  const matches = Object.entries(want).every(
    ([path, entry]) => path === '' || entry.optional === true || have[path]?.version === entry.version,
  )
  if (matches) writeFileSync(stampPath(root), lockDigest(root))
  return matches
}

/** The npm that runs this script where one does, else the one on the PATH; never run by the Node it will replace. */
function npmCommand() {
  const script = process.env.npm_execpath
  if (!script?.endsWith('.js') || process.execPath.includes('node_modules')) return ['npm']
  return [process.execPath, script]
}

/** The PATH without folders inside `folder`: npm ci empties it while programs found there would run. */
function pathWithout(folder) {
  const entries = (process.env.PATH ?? '').split(delimiter)
  return entries.filter(entry => relative(folder, entry).startsWith('..')).join(delimiter)
}
