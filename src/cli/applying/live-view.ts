import type { Progress } from '../../apply/progress.ts'
import { progressLine } from '../../report/terminal/progress-line.ts'
import { renderProgress } from '../../report/terminal/render-progress.ts'
import { isCi } from '../color.ts'
import type { CommandContext } from '../command.ts'
import { styleOf } from '../terminal-style.ts'

/** Shows how an apply goes on, on stderr. */
export interface LiveView {
  show(progress: Progress): void
  /** Ends the view; the last frame stays on the screen. */
  end(): void
}

/** Lines of the terminal that a frame leaves free, for the prompt above it and the cursor below. */
const FREE_ROWS = 3

async function frames(context: CommandContext, stream: NodeJS.WritableStream): Promise<LiveView> {
  const { createLogUpdate } = await import('log-update')
  const { io, color } = context
  const draw = createLogUpdate(stream)
  let shown = false
  return {
    show(progress) {
      const style = styleOf(io.stderr, color, io.env)
      const rows = Math.max(4, (io.stderr.rows ?? 24) - FREE_ROWS)
      // The last column stays free: a terminal may wrap a line that fills it.
      draw(renderProgress(progress, { ...style, rows, width: style.width - 1 }))
      shown = true
    },
    end() {
      if (shown) draw.done()
    },
  }
}

function lines({ io }: CommandContext): LiveView {
  let previous: Progress | null = null
  return {
    show(progress) {
      for (const line of progressLine(previous, progress)) io.stderr.write(`${line}\n`)
      previous = progress
    },
    end() {},
  }
}

/** Opens a view that redraws itself on a terminal, and one that writes lines elsewhere and in CI. */
export async function openLiveView(context: CommandContext): Promise<LiveView> {
  const { stderr, env } = context.io
  const canRedraw = stderr.isTTY && stderr.stream !== undefined && env['TERM'] !== 'dumb' && !isCi(env)
  return canRedraw && stderr.stream !== undefined ? frames(context, stderr.stream) : lines(context)
}
