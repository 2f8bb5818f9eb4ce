import type { Io, Output } from './io.ts'

export type ColorChoice = 'auto' | 'always' | 'never'

/**
 * Decides whether one stream gets colour.
 *
 * `--color` decides; else `FORCE_COLOR` (https://force-color.org, every value but empty, 0 and false), which as in Node
 * outranks `NO_COLOR` (https://no-color.org, every value but empty); else a terminal that is not `TERM=dumb` gets it.
 */
export function wantsColor(choice: ColorChoice, env: Io['env'], output: Output): boolean {
  if (choice !== 'auto') return choice === 'always'
  const force = env['FORCE_COLOR'] ?? ''
  if (force !== '') return force !== '0' && force !== 'false'
  if ((env['NO_COLOR'] ?? '') !== '') return false
  return output.isTTY && env['TERM'] !== 'dumb'
}

/** Says whether a CI service runs us: then nobody is asked and nothing is animated. */
export function isCi(env: Io['env']): boolean {
  const value = env['CI'] ?? ''
  return value !== '' && value !== '0' && value !== 'false'
}
