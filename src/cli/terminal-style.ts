import type { Style } from '../report/terminal/style.ts'
import { type ColorChoice, wantsColor } from './color.ts'
import type { Io, Output } from './io.ts'

/** Text that goes into a file or pipe is never wrapped: a line is what `grep` looks at. */
const PIPE_WIDTH = Number.POSITIVE_INFINITY

function speaksUnicode(env: Io['env']): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return /utf-?8/i.test(locale) || env['WT_SESSION'] !== undefined
}

/** Decides how text on one stream is laid out; colour, width and characters are each stream's own. */
export function styleOf(output: Output, color: ColorChoice, env: Io['env']): Style {
  return {
    color: wantsColor(color, env, output),
    width: output.columns ?? PIPE_WIDTH,
    unicode: output.isTTY && env['TERM'] !== 'dumb' && speaksUnicode(env),
  }
}
