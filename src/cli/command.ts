import type { ExitName } from '../apply/result.ts'
import type { ColorChoice } from './color.ts'
import type { Flags, OptionSpec } from './flags.ts'
import type { Io } from './io.ts'

/** What a command works with. */
export interface CommandContext {
  readonly io: Io
  readonly flags: Flags
  readonly args: readonly string[]
  /** Aborts at the first signal. */
  readonly signal: AbortSignal
  readonly color: ColorChoice
  readonly main: Main
  /** Names of the options of this very command. */
  readonly options: readonly string[]
  /** The table of commands. */
  readonly commands: readonly CommandEntry[]
}

/** Runs one command line and gives its exit code; see `main.ts`. */
export type Main = (argv: readonly string[], io: Io) => Promise<number>

/** One command: what `--help` says of it and what it does. */
export interface Command {
  /** What it is for, below its usage line. */
  readonly description: string
  /** Positional arguments as in a usage line, such as `[paths...]`; empty where it takes none. */
  readonly arguments: string
  readonly options: readonly OptionSpec[]
  readonly examples: readonly { readonly command: string; readonly does: string }[]
  /** The exits that it can end with, in the words of this command where the general ones are too wide. */
  readonly exits: { readonly [name in ExitName]?: string | true }
  /** Does the work. Returns the exit code; throws Failure where there is nothing to conclude. */
  run(context: CommandContext): Promise<number>
}

/** A word that commands stand below, such as the `machines` of `machines list`. */
export interface CommandGroup extends Pick<Command, 'description' | 'examples' | 'exits'> {
  readonly subcommands: readonly CommandEntry[]
}

/** A row of the table of commands: enough for `holdfast --help`, the rest is loaded when it is asked for. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Command | CommandGroup>
}
