import { isCi } from './color.ts'
import type { Io } from './io.ts'

/** Says whether somebody can be asked: question and answer both go through a terminal, and no CI service runs us. */
export function canAsk(io: Io): boolean {
  return io.stdin.isTTY && io.stderr.isTTY && !isCi(io.env)
}

/**
 * Asks on stderr, since stdout may be a document.
 *
 * @returns True for the answer `yes` alone; false for any other, the end of input or a signal.
 */
export async function askForYes(question: string, io: Io, signal: AbortSignal): Promise<boolean> {
  io.stderr.write(question)
  const answer = await io.stdin.readLine(signal)
  if (answer === null) io.stderr.write('\n')
  return answer?.trim() === 'yes'
}
