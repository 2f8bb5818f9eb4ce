import {
  type DownloadProgress,
  downloadFrame,
  downloadLine,
} from '../../report/terminal/download-progress.ts'
import { msBetween } from '../../schema/instant.ts'
import { isCi } from '../color.ts'
import type { CommandContext } from '../command.ts'
import { styleOf } from '../terminal-style.ts'

/** Shows on stderr how a download goes on. */
export interface DownloadView {
  show(received: number, size: number | undefined): void
  /** Writes a line that stays. Safe to print, without a newline. */
  tell(line: string): void
  /** Takes the bar away. */
  end(): void
}

/** A terminal is redrawn at most so often, in ms. */
const FRAME_MS = 100
/** A mean over less time says nothing. */
const MEAN_FROM_MS = 500

/** Opens a bar on a terminal, and a view that writes lines elsewhere and in CI. */
export async function openDownloadView(name: string, context: CommandContext): Promise<DownloadView> {
  const { io, color } = context
  const { stderr, env, clock } = io
  const started = clock.now()
  const progressOf = (received: number, size: number | undefined): DownloadProgress => {
    const ms = msBetween(started, clock.now())
    return { name, received, size, bytesPerSecond: ms < MEAN_FROM_MS ? undefined : (1000 * received) / ms }
  }
  const canRedraw = stderr.isTTY && stderr.stream !== undefined && env['TERM'] !== 'dumb' && !isCi(env)
  if (!canRedraw || stderr.stream === undefined) {
    let before = 0
    return {
      show(received, size) {
        const line = downloadLine(before, progressOf(received, size))
        before = received
        if (line !== undefined) stderr.write(`${line}\n`)
      },
      tell: line => stderr.write(`${line}\n`),
      end() {},
    }
  }
  const { createLogUpdate } = await import('log-update')
  const draw = createLogUpdate(stderr.stream)
  let drawn = started
  return {
    show(received, size) {
      const now = clock.now()
      if (msBetween(drawn, now) < FRAME_MS) return
      drawn = now
      const style = styleOf(stderr, color, env)
      draw(downloadFrame(progressOf(received, size), { ...style, width: style.width - 1 }))
    },
    tell(line) {
      draw.clear()
      stderr.write(`${line}\n`)
    },
    end: () => draw.clear(),
  }
}
