import { COMMANDS } from './commands.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { watchInterrupt } from './interrupt.ts'
import type { Io } from './io.ts'
import { readVersion } from './version.ts'

/**
 * Runs one command line.
 *
 * @param argv - The words after the program's name.
 * @returns The exit code (docs/contract.md#exit-codes), 128+n after a signal. Never rejects.
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
    const [{ toFailure }, { reportFailure }] = await Promise.all([
      import('./to-failure.ts'),
      import('./report-failure.ts'),
    ])
    const failure = toFailure(error, io.env)
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
