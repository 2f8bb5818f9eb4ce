/** Files that the package must hold, whatever else changes. */
const REQUIRED = [
  'package.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'SECURITY.md',
  'bin/holdfast.js',
  'dist/index.js',
  'dist/index.d.ts',
  'schemas/policy.schema.json',
  'schemas/configuration.schema.json',
  'schemas/scenario.schema.json',
  'schemas/test.schema.json',
] as const

/** Further files that it may hold: compiled code with its types, and schemas. Sources, tests and maps stay out. */
const ALLOWED = [/^dist\/[a-z0-9/-]+\.(js|d\.ts)$/, /^schemas\/[a-z-]+(-1\.0)?\.schema\.json$/]

/** Compares the paths of a packed tarball with what users should get; gives one sentence for each difference. */
export function unexpectedFiles(paths: readonly string[]): readonly string[] {
  const required = new Set<string>(REQUIRED)
  return [
    ...REQUIRED.filter(path => !paths.includes(path)).map(path => `The package lacks ${path}.`),
    ...paths
      .filter(path => !required.has(path) && !ALLOWED.some(pattern => pattern.test(path)))
      .map(path => `The package holds ${path}, which no user needs.`),
  ]
}
