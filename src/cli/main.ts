import { COMMANDS } from './commands.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { Failure, fail } from './failure.ts'
import { watchInterrupt } from './interrupt.ts'
import type { Io } from './io.ts'
import { readVersion } from './version.ts'

/** Whether another room threw an error with a code and a way out, such as the Defender client. */
function isExplained(error: unknown): error is Error & { readonly code: string; readonly wayOut: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    'wayOut' in error &&
    typeof error.wayOut === 'string'
  )
}

/** Turns whatever was thrown into a failure. Anything that is not one is a fault of ours: it says so, without a body. */
function toFailure(error: unknown, env: Io['env']): Failure {
  if (error instanceof Failure) return error
  if (isExplained(error)) return new Failure(error.code, error.message, { wayOut: error.wayOut })
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const shown = (env['HOLDFAST_DEBUG'] ?? '') === '' ? trace.split('\n', 1)[0] : trace
  return fail('internal', `Holdfast itself failed: ${shown}`)
}

/**
 * Runs one command line.
 *
 * @param argv - The words after the program's name.
 * @returns The exit code (product.md 4), 128+n after a signal. Never rejects.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  if (argv[0] === '--version' || argv[0] === '-V') {
    io.stdout.write(`${readVersion()}\n`)
    return EXIT_CODES.ok
  }
  const interrupt = watchInterrupt(io)
  try {
    const { runProgram } = await import('./program.ts')
    const code = await runProgram(argv, io, COMMANDS, { signal: interrupt.signal, main })
    return interrupt.code ?? code
  } catch (error) {
    const failure = toFailure(error, io.env)
    const { reportFailure } = await import('./report-failure.ts')
    const { code } = interrupt
    const exit =
      code === null
        ? { code: EXIT_CODES[failure.exit], name: failure.exit }
        : ({ code, name: 'signal' } as const)
    await reportFailure(failure, { argv, io, exit })
    return exit.code
  } finally {
    interrupt.stop()
  }
}
