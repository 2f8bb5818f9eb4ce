import { cutText, escapeTerminal } from './escape-terminal.ts'
import { type Style, usableWidth } from './style.ts'

/** How far a download is. */
export interface DownloadProgress {
  /** Name of the file, not yet escaped. */
  readonly name: string
  readonly received: number
  /** Bytes of the whole; undefined where they are not known. */
  readonly size: number | undefined
  /** Mean so far; undefined where too little time has passed. */
  readonly bytesPerSecond: number | undefined
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const
const BAR_WIDTH = 24
/** Without a known size a line is written each time so many more bytes are there. */
const STEP_BYTES = 64 * 1_048_576

/** Writes a number of bytes in decimal units: `640 B`, `200.0 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`
}

function amount({ received, size }: DownloadProgress): string {
  return size === undefined ? formatBytes(received) : `${formatBytes(received)} of ${formatBytes(size)}`
}

function bar({ received, size }: DownloadProgress, unicode: boolean): string {
  if (size === undefined || size === 0) return ''
  const full = Math.min(BAR_WIDTH, Math.floor((received / size) * BAR_WIDTH))
  const [done, open] = unicode ? ['█', '░'] : ['#', '.']
  const percent = `${Math.floor((100 * Math.min(received, size)) / size)}`.padStart(3)
  return `[${done.repeat(full)}${open.repeat(BAR_WIDTH - full)}] ${percent} % `
}

/** One line that is redrawn in place on a terminal. */
export function downloadFrame(progress: DownloadProgress, style: Style): string {
  const { bytesPerSecond } = progress
  const speed = bytesPerSecond === undefined ? '' : `, ${formatBytes(Math.round(bytesPerSecond))}/s`
  const tail = ` ${bar(progress, style.unicode === true)}${amount(progress)}${speed}`
  const room = Math.max(12, usableWidth(style) - tail.length)
  return escapeTerminal(cutText(progress.name, room)).slice(0, room) + tail
}

/**
 * The line that is written where nothing can be redrawn: at each quarter, or each 64 MiB where the size is not known.
 *
 * @param before - Bytes at the call before; a line is written only where a step was passed since.
 * @returns Undefined where there is nothing new to tell; without a newline.
 */
export function downloadLine(before: number, progress: DownloadProgress): string | undefined {
  const { name, received, size } = progress
  const step = size === undefined ? STEP_BYTES : Math.max(1, Math.ceil(size / 4))
  const passed = Math.floor(received / step) > Math.floor(before / step)
  const isDone = size !== undefined && received >= size
  return passed && !isDone ? `${escapeTerminal(name)}: ${amount(progress)}` : undefined
}
