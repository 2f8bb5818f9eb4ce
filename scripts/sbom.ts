import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Prints the bill of materials of the package: CycloneDX by `npm sbom`, from the lockfile without what only development
 * needs. Run as `npm run --silent sbom`.
 *
 * The lockfile is cut down here and not by npm's `--omit dev`, which leaves out whatever a development dependency needs
 * as well, such as `yaml`; and in a folder of the package's name, by which npm calls it.
 */

interface Project {
  readonly name: string
  readonly devDependencies?: Readonly<Record<string, string>>
}

interface Lockfile extends Project {
  readonly packages: Readonly<Record<string, Project & { readonly dev?: boolean }>>
}

const ROOT = join(import.meta.dirname, '..')

function read<T>(file: string): T {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as T
}

function withoutDevelopment<T extends Project>({ devDependencies: _development, ...rest }: T): object {
  return rest
}

const manifest = read<Project>('package.json')
const lockfile = read<Lockfile>('package-lock.json')
const packages = Object.entries(lockfile.packages)
  .filter(([, { dev }]) => dev !== true)
  .map(([path, locked]) => [path, withoutDevelopment(locked)])

const parent = mkdtempSync(join(tmpdir(), 'holdfast-sbom-'))
try {
  const folder = join(parent, manifest.name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify(withoutDevelopment(manifest)))
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ ...lockfile, packages: Object.fromEntries(packages) }),
  )
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only']
  execFileSync('npm', args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' })
} finally {
  rmSync(parent, { recursive: true, force: true })
}
