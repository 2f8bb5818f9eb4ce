import type { RunAzureCli } from '../../defender/sign-in/azure-cli.ts'
import { runProgram } from '../../local/run-program.ts'
import type { Io } from '../io.ts'

/** Where `az` keeps its sign-in and its settings. */
const VARIABLES = /^AZURE_(CONFIG_DIR|EXTENSION_DIR|CORE_\w+)$/i

/** What may be part of an argument, where a shell of Windows stands in between. */
const PLAIN = /^[\w:/.-]+$/

/** Runs `az` for its sign-in; on Windows it is a batch file. */
export function azureCli(env: Io['env'], platform: NodeJS.Platform = process.platform): RunAzureCli {
  return async args => {
    if (!args.every(text => PLAIN.test(text))) throw new TypeError('az gets plain words alone.')
    const [command, first] = platform === 'win32' ? ['cmd.exe', ['/d', '/s', '/c', 'az.cmd']] : ['az', []]
    const options = { env, takes: VARIABLES, timeoutMs: 60_000 }
    return (await runProgram(command, [...first, ...args], options)).toString()
  }
}
