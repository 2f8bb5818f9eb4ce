import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] as const

/**
 * Finds the browser: `HOLDFAST_CHROMIUM`, else the first of the usual names on PATH.
 *
 * @throws Error where there is none: a check of the page without a browser is no check.
 */
export function findChromium(): string {
  const named = process.env['HOLDFAST_CHROMIUM']
  if (named !== undefined) return named
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  for (const path of NAMES.flatMap(name => folders.map(folder => join(folder, name)))) {
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not this one.
    }
  }
  throw new Error(
    'No Chromium was found: install it (Debian: apt-get install chromium), or name one in HOLDFAST_CHROMIUM.',
  )
}
