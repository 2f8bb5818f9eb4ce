import { readFileSync } from 'node:fs'

/** Reads the version of this package from its package.json, which lies two folders up in source and in build. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { readonly version: string }
  return version
}
