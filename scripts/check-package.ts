import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { unexpectedFiles } from './package-contents.ts'

/**
 * Checks what users get: packs a tarball, looks at its contents, lets publint read it, installs it with an empty
 * prefix as README.md says, and runs it there. Ends with exit code 1 and the findings when something is wrong.
 */

const ROOT = join(import.meta.dirname, '..')

interface Packed {
  readonly filename: string
  readonly size: number
  readonly files: readonly { readonly path: string }[]
}

/** Packs into a folder. Scripts are off: the build has run, and `prepack` would only ask again. */
function pack(folder: string): Packed {
  const answer = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [packed] = JSON.parse(answer) as readonly Packed[]
  if (packed === undefined) throw new Error('npm pack packed nothing')
  return packed
}

async function publintFindings(tarball: string): Promise<readonly string[]> {
  const bytes = readFileSync(tarball)
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const { messages, pkg = {} } = await publint({ pack: { tarball: buffer }, strict: true })
  return messages.map(message => `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`)
}

/** Runs a command of the installed package; gives what is wrong with its end. */
function runInstalled(folder: string, args: readonly string[], wanted: RegExp): readonly string[] {
  const program = join(folder, 'bin', 'holdfast')
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (status === 0 && wanted.test(stdout)) return []
  return [`holdfast ${args.join(' ')}: exit ${status}, expected 0 and ${wanted}\n${stdout}${stderr}`]
}

function installAndRun(folder: string, tarball: string): readonly string[] {
  mkdirSync(folder)
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', ['install', '--global', '--prefix', folder, ...quiet, tarball], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly version: string
  }
  return [
    ...runInstalled(folder, ['--version'], new RegExp(version.replaceAll('.', '\\.'))),
    ...runInstalled(folder, ['schema', 'policy'], /"Holdfast policy"/),
    ...runInstalled(folder, ['init'], /./),
    ...runInstalled(folder, ['validate'], /./),
    ...runInstalled(folder, ['demo'], /./),
  ]
}

const work = mkdtempSync(join(tmpdir(), 'holdfast-package-'))
try {
  const packed = pack(work)
  const tarball = join(work, packed.filename)
  const findings = [
    ...unexpectedFiles(packed.files.map(({ path }) => path)),
    ...(await publintFindings(tarball)),
    ...installAndRun(join(work, 'empty'), tarball),
  ]
  for (const finding of findings) console.error(finding)
  if (findings.length > 0) process.exitCode = 1
  else
    console.log(`${packed.filename}: ${packed.files.length} files, ${packed.size} bytes, installs and runs.`)
} finally {
  rmSync(work, { recursive: true, force: true })
}
