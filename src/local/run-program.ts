import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Environment } from './environment.ts'

const run = promisify(execFile)

/** What any program needs to find itself, its user and its files; none of it is secret. */
const COMMON =
  /^(PATH|PATHEXT|HOME|HOMEDRIVE|HOMEPATH|USER|LOGNAME|USERNAME|USERPROFILE|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|TEMP|TMP|TMPDIR|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES(\(X86\))?|LANG|LANGUAGE|LC_\w+|TZ|TERM|XDG_CONFIG_HOME|XDG_DATA_HOME|XDG_RUNTIME_DIR|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE)$/i

/** How a program is run. */
export interface ProgramOptions {
  readonly env: Environment
  /** Which variables it gets beside the common ones. */
  readonly takes?: RegExp
  /** Variables of ours for it. */
  readonly sets?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly timeoutMs: number
  /** What it reads from stdin; nothing where absent. */
  readonly input?: string
}

/** How much a program may say, in bytes. */
const LARGEST = 256 * 1024 * 1024

/**
 * Runs a program to its end and gives what it wrote to stdout.
 *
 * It gets the variables that are named for it and no others: our environment holds tokens, and programs start programs.
 *
 * Rejects with execFile's error, `stderr` on it, where it cannot be started, takes too long or ends with an error.
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<Buffer> {
  const { env, takes, sets, cwd, timeoutMs, input = '' } = options
  const taken = Object.entries(env).filter(([name]) => COMMON.test(name) || takes?.test(name) === true)
  const running = run(command, [...args], {
    env: { ...Object.fromEntries(taken), ...sets },
    timeout: timeoutMs,
    maxBuffer: LARGEST,
    encoding: 'buffer',
    windowsHide: true,
    ...(cwd === undefined ? {} : { cwd }),
  })
  // One that ends without reading what it is given says itself what is wrong.
  running.child.stdin?.on('error', () => undefined)
  running.child.stdin?.end(input)
  return (await running).stdout
}
