import { cleanText } from '../../defender/clean-text.ts'
import type { Environment } from '../environment.ts'
import { runProgram } from '../run-program.ts'

/** git's own variables, and what it reaches a remote with; tokens have other names. */
export const GIT_VARIABLES: RegExp =
  /^(GIT_(DIR|WORK_TREE|COMMON_DIR|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|PARAMETERS|COUNT|KEY_\d+|VALUE_\d+)|EXEC_PATH|SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|SSL_\w+|AUTHOR_\w+|COMMITTER_\w+)|SSH_(ASKPASS|AUTH_SOCK|AGENT_PID)|GNUPGHOME|GPG_TTY|EMAIL)$/

/** Keeps git from starting what a repository's own settings name; filters are turned off where they could matter. */
const NO_PROGRAMS = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null']

/** Where git runs. */
export interface GitPlace {
  readonly cwd: string
  readonly env: Environment
}

/** Why git gave nothing. */
export class GitError extends Error {
  override readonly name = 'GitError'
  /** What git said, on one line; null where there is no git. */
  readonly said: string | null

  constructor(said: string | null) {
    super(said ?? 'there is no git')
    this.said = said
  }

  /** Whether there simply is no repository, or no git; else one is there and git says why it gives nothing. */
  get isAbsence(): boolean {
    return this.said === null || /not a git repository/i.test(this.said)
  }
}

/** What {@link runGit} may be told beside its words. */
export interface GitOptions {
  readonly input?: string
  /** 10 s where absent. */
  readonly timeoutMs?: number
}

/**
 * Runs git to read: it takes no lock, gets none of our secrets, and starts no hook and no monitor.
 *
 * @throws GitError where there is no git, or it ends with an error.
 */
export async function runGit(
  args: readonly string[],
  { cwd, env }: GitPlace,
  { input, timeoutMs = 10_000 }: GitOptions = {},
): Promise<Buffer> {
  try {
    return await runProgram('git', [...NO_PROGRAMS, ...args], {
      cwd,
      env,
      takes: GIT_VARIABLES,
      sets: { GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
      timeoutMs,
      ...(input === undefined ? {} : { input }),
    })
  } catch (error) {
    throw new GitError(saidBy(error))
  }
}

/** The same for what git says in one line. */
export async function readGit(args: readonly string[], place: GitPlace): Promise<string> {
  return (await runGit(args, place)).toString().trim()
}

/** What a git that ended with an error said; null where none was started. */
export function saidBy(error: unknown): string | null {
  const { stderr, code, killed } = error as {
    readonly stderr?: Buffer
    readonly code?: unknown
    readonly killed?: boolean
  }
  if (code === 'ENOENT') return null
  const said = cleanText(stderr?.toString() ?? '')
  return said === '' ? (killed === true ? 'it took too long' : 'it ended with an error') : said
}
