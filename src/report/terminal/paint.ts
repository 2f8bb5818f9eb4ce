import { styleText } from 'node:util'
import type { Style } from './style.ts'

/** What a piece of text is; colour only repeats what the words and symbols say. */
export type Tone =
  | 'strong'
  | 'quiet'
  | 'impose'
  | 'lift'
  | 'change'
  | 'run'
  | 'cancel'
  | 'waiting'
  | 'blocked'
  | 'error'
  | 'warning'
  | 'info'
  | 'calm'

type Format = Parameters<typeof styleText>[0]

/** Green is for "nothing to do" alone: to lift a hold is not good, and neither is to impose one. */
const FORMATS: Readonly<Record<Tone, Format>> = {
  strong: 'bold',
  quiet: 'dim',
  impose: 'cyan',
  lift: 'magenta',
  change: 'yellow',
  run: 'blue',
  cancel: 'magenta',
  waiting: 'dim',
  blocked: ['bold', 'red'],
  error: ['bold', 'red'],
  warning: 'yellow',
  info: 'cyan',
  calm: 'green',
}

/** Colours a text where the style says so, whatever the environment says. */
export function paint(text: string, tone: Tone | undefined, style: Pick<Style, 'color'>): string {
  if (!style.color || tone === undefined || text === '') return text
  return styleText(FORMATS[tone], text, { validateStream: false })
}
