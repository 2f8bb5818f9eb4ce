import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from './source-files.ts'

interface Locked {
  readonly version: string
  readonly resolved?: string
  readonly integrity?: string
  readonly license?: string
  readonly dev?: true
  readonly optional?: true
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly hasInstallScript?: true
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly allowScripts: Readonly<Record<string, boolean>>
  readonly devDependencies: Readonly<Record<string, string>>
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as T
}

const MANIFEST = read<Manifest>('package.json')
const LOCKED = Object.entries(
  read<{ readonly packages: Readonly<Record<string, Locked>> }>('package-lock.json').packages,
)
  .filter(([path]) => path !== '')
  .map(([path, locked]) => ({ ...locked, name: path.slice(path.lastIndexOf('node_modules/') + 13) }))

/**
 * Binaries of development tools for other platforms that the registry did not have when the lockfile was written, so
 * that their digests could not be read. Nothing installs them from this lockfile but a developer on such a platform,
 * and none of them is in the package or runs in its pipeline. Where one of these tests fails because a digest is there
 * now, take the name out.
 */
const WITHOUT_DIGEST: Readonly<Record<string, readonly string[]>> = {
  '@biomejs/cli-': [
    'android-arm64',
    'android-x64',
    'darwin-arm64',
    'darwin-x64',
    'linux-arm64-musl',
    'linux-x64-musl',
    'win32-arm64',
    'win32-x64',
  ],
  '@oxc-parser/binding-': [
    'android-arm-eabi',
    'android-arm64',
    'darwin-arm64',
    'darwin-x64',
    'freebsd-x64',
    'linux-arm-gnueabihf',
    'linux-arm-musleabihf',
    'linux-ppc64-gnu',
    'linux-riscv64-gnu',
    'linux-riscv64-musl',
    'linux-s390x-gnu',
    'openharmony-arm64',
    'win32-arm64-msvc',
    'win32-ia32-msvc',
    'win32-x64-msvc',
  ],
}

describe('the lockfile', () => {
  test('holds the SHA-512 of every package but binaries of development tools for other platforms', () => {
    const without = LOCKED.filter(({ integrity }) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))
    const known = Object.entries(WITHOUT_DIGEST).flatMap(([tool, platforms]) =>
      platforms.map(platform => tool + platform),
    )
    expect(without.map(({ name }) => name).sort()).toStrictEqual(known.sort())
    for (const { name, dev, optional, os, cpu } of without) {
      const isForeign = os?.includes(process.platform) !== true || cpu?.includes(process.arch) !== true
      expect({ name, dev, optional, isForeign: isForeign || name.endsWith('-musl') }).toStrictEqual({
        name,
        dev: true,
        optional: true,
        isForeign: true,
      })
    }
  })

  test('names no place to take a package from but the public registry, or none', () => {
    const elsewhere = LOCKED.filter(
      ({ resolved }) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
    )
    expect(elsewhere.map(({ name }) => name)).toStrictEqual([])
  })

  test('lets no package but the pinned Node run a script when it is installed', () => {
    const scripted = LOCKED.filter(({ hasInstallScript }) => hasInstallScript === true)
    const names = scripted.map(({ name }) => name)
    expect(names.filter(name => MANIFEST.allowScripts[name] !== false)).toStrictEqual(['node'])
    // What comes with the store of the tests only warns of versions; its script is denied, not merely left unrun.
    expect(MANIFEST.allowScripts).toStrictEqual({ node: true, protobufjs: false })
    expect(scripted.find(({ name }) => name === 'protobufjs')?.dev).toBe(true)
    expect(MANIFEST.devDependencies['node']).toBe(scripted.find(({ name }) => name === 'node')?.version)
  })
})

interface Component {
  readonly type: string
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly 'bom-ref': string
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
  readonly licenses?: readonly { readonly license?: { readonly id?: string } }[]
}

interface Sbom {
  readonly bomFormat: string
  readonly specVersion: string
  readonly serialNumber: string
  readonly version: number
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

/** Licences under which a dependency may be passed on with the package: they ask for no more than their own text. */
const LICENCES: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
])

describe('the bill of materials of `npm run sbom`', () => {
  const text = execFileSync('npm', ['run', '--silent', 'sbom'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const sbom = JSON.parse(text) as Sbom
  const runtime = LOCKED.filter(({ dev }) => dev !== true)

  test('is CycloneDX of this version of the package', () => {
    expect(sbom).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: expect.stringMatching(/^1\.[5-9]$/),
      serialNumber: expect.stringMatching(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      version: 1,
    })
    const { type, name, purl } = sbom.metadata.component
    expect({ type, name, purl }).toStrictEqual({
      type: 'application',
      name: MANIFEST.name,
      purl: `pkg:npm/${MANIFEST.name}@${MANIFEST.version}`,
    })
  })

  test('lists what the lockfile installs beside the package, no more and no less, each with its digest', () => {
    const listed = sbom.components.map(({ name, version, hashes = [] }) =>
      [name, version, ...hashes.map(({ alg, content }) => `${alg} ${content}`)].join(' '),
    )
    const locked = runtime.map(({ name, version, integrity = '' }) => {
      const digest = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex')
      return `${name} ${version} SHA-512 ${digest}`
    })
    expect(listed.length).toBeGreaterThan(0)
    expect(listed.sort()).toStrictEqual([...new Set(locked)].sort())
  })

  test('says of each component what needs it, down from the package', () => {
    const root = sbom.metadata.component['bom-ref']
    const needs = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))
    const reached = new Set<string>()
    for (const queue = [root]; queue.length > 0; ) {
      const ref = queue.pop() ?? ''
      if (reached.has(ref)) continue
      reached.add(ref)
      queue.push(...(needs.get(ref) ?? []))
    }
    const refs = [root, ...sbom.components.map(component => component['bom-ref'])]
    expect([...reached].sort()).toStrictEqual(refs.sort())
  })

  test('holds licences that let the package pass its dependencies on, and no other', () => {
    const others = sbom.components.filter(
      ({ licenses = [] }) =>
        licenses.length === 0 || !licenses.every(({ license }) => LICENCES.has(license?.id ?? '')),
    )
    expect(others.map(({ name }) => name)).toStrictEqual([])
  })
})
