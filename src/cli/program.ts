import { Command as Commander, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { ExitName } from '../apply/result.ts'
import type { Failure } from '../local/failure.ts'
import { canFollow, followable } from '../report/words/ways-out.ts'
import { canAsk } from './ask.ts'
import { type ColorChoice, wantsColor } from './color.ts'
import type { Command, CommandContext, CommandEntry, CommandGroup } from './command.ts'
import { EXIT_CODES, EXIT_MEANINGS } from './exit-codes.ts'
import { fail } from './fail.ts'
import { Flags, faultOf, type OptionSpec } from './flags.ts'
import type { Io } from './io.ts'
import { meantBy } from './meant-commands.ts'
import { COLOR_OPTION } from './options.ts'
import { toFailure } from './to-failure.ts'
import { readVersion } from './version.ts'

/** Columns of help that goes into a file or pipe. */
const HELP_WIDTH = 100

function describeExits(exits: Command['exits']): string {
  const names = Object.keys(EXIT_CODES).filter((name): name is ExitName => name in exits)
  const lines = names.map(name => {
    const words = exits[name]
    return `  ${EXIT_CODES[name]}  ${typeof words === 'string' ? words : EXIT_MEANINGS[name]}`
  })
  return ['Exit codes:', ...lines, '  128+n  ended by signal n'].join('\n')
}

function describeExamples(examples: Command['examples']): string {
  const lines = examples.flatMap(({ command, does }) => [`  # ${does}`, `  $ ${command}`])
  return ['Examples:', ...lines].join('\n')
}

function toCommanderOption(spec: OptionSpec): Option {
  const flags = spec.kind === 'switch' ? `--${spec.name}` : `--${spec.name} <${spec.value ?? 'VALUE'}>`
  const option = new Option(
    flags,
    spec.required === true ? `${spec.description} (required)` : spec.description,
  )
  if (spec.kind === 'switch') return option
  return option.argParser<string | readonly string[] | undefined>((text, previous) => {
    const fault = faultOf(spec, text)
    if (fault !== undefined) throw new InvalidArgumentError(fault)
    if (spec.kind === 'list') return [...(previous ?? []), text]
    if (previous !== undefined) throw new InvalidArgumentError('It was given twice.')
    return text
  })
}

/** Reads what commander collected, under the long names. */
function readFlags(specs: readonly OptionSpec[], commander: Commander): Flags {
  const options = commander.optsWithGlobals<Readonly<Record<string, string | readonly string[] | true>>>()
  const values = new Map<string, string | readonly string[] | true>()
  for (const spec of specs) {
    const value = options[toCommanderOption(spec).attributeName()]
    if (value !== undefined) values.set(spec.name, value)
  }
  return new Flags(values)
}

/** Arguments as commander may read them: whether one is missing is told together with missing options. */
function optional(words: string): string {
  return words.replaceAll('<', '[').replaceAll('>', ']')
}

function joinWords(...words: readonly string[]): string {
  return words.filter(word => word !== '').join(' ')
}

/** What a command cannot do without and was not given, each as a usage line has it and with what it is. */
function missingWords(
  command: Command,
  flags: Flags,
  args: readonly string[],
): readonly { readonly word: string; readonly description: string }[] {
  const names = [...command.arguments.matchAll(/<[^>]+>/g)].map(([name]) => name)
  const options = command.options.filter(({ name, required }) => required === true && !flags.has(name))
  return [
    ...names.slice(args.length).map(word => ({ word, description: '' })),
    ...options.map(({ name, value = '', description }) => ({
      word: joinWords(`--${name}`, value),
      description,
    })),
  ]
}

/**
 * Says everything that a command line leaves out at once, so that nobody has to type it once more for each.
 *
 * @throws Failure `reason-missing` where that alone is missing, else `usage`.
 */
function requireWords(name: string, command: Command, flags: Flags, args: readonly string[], io: Io): void {
  const missing = missingWords(command, flags, args)
  if (missing.length === 0) return
  const consents = command.options.some(option => option.name === 'auto-approve')
  const consent =
    consents && !flags.has('auto-approve') && !canAsk(io) ? ['--auto-approve (nobody can be asked here)'] : []
  const added = missing.map(({ word, description }) =>
    description === '' ? word : `${word} (${description})`,
  )
  throw fail(
    missing.length === 1 && missing[0]?.word.startsWith('--reason ') === true ? 'reason-missing' : 'usage',
    `${name} needs ${missing.map(({ word }) => word).join(' and ')}.`,
    { wayOut: `Add ${[...added, ...consent].join(', ')}.` },
  )
}

/** The name of a command as it is typed: `live-response run`. */
function nameOf(commander: Commander): string {
  const parent = commander.parent
  return parent === null || parent.parent === null
    ? commander.name()
    : `${nameOf(parent)} ${commander.name()}`
}

/** Runs a command; what it throws is told with the ways out that this very command has. */
async function runCommand(command: Command, context: CommandContext): Promise<number> {
  try {
    return await command.run(context)
  } catch (error) {
    throw withWaysOut(toFailure(error, context.io.env), command)
  }
}

/** Leaves out the ways out that the command does not have. */
function withWaysOut(failure: Failure, command: Command): Failure {
  const names = [...command.options.map(({ name }) => name), COLOR_OPTION.name, 'help']
  const ways = failure.ways.filter(way => canFollow(way, names, command.arguments))
  return failure.withWays(ways.map(way => followable(way, names)))
}

/** Runs a command whose words were read. */
type RunCommand = (command: Command, commander: Commander) => Promise<void>

/** Completes a command or group that so far only had a name and a summary. */
function define(commander: Commander, loaded: Command | CommandGroup, run: RunCommand): void {
  commander.description(loaded.description)
  if ('subcommands' in loaded) {
    addCommands(commander.helpCommand(false), loaded.subcommands, run)
  } else {
    if (loaded.arguments !== '') commander.arguments(optional(loaded.arguments))
    commander.usage(joinWords('[options]', loaded.arguments))
    for (const spec of loaded.options) commander.addOption(toCommanderOption(spec))
    commander.action(() => run(loaded, commander))
  }
  commander.addHelpText('after', `\n${describeExamples(loaded.examples)}\n\n${describeExits(loaded.exits)}`)
}

/** Adds commands by name and summary; the one that is asked for is loaded and completed once its name was read. */
function addCommands(parent: Commander, entries: readonly CommandEntry[], run: RunCommand): void {
  for (const { name, summary } of entries) parent.command(name).summary(summary)
  parent.hook('preSubcommand', async (_parent, commander) => {
    const entry = entries.find(({ name }) => name === commander.name())
    if (entry !== undefined) define(commander, await entry.load(), run)
  })
}

/** Ends commander's own ways out: help is no error, all else is an error of usage (1, never 2). */
function concludeCommander(error: CommanderError, said: string): number {
  if (error.exitCode === 0) return EXIT_CODES.ok
  if (error.code === 'commander.help') throw fail('usage', 'No command was given.')
  const [, word = ''] = /unknown command '([^']*)'/.exec(said) ?? []
  const meant = meantBy(word)
  if (meant !== undefined) throw fail('usage', `There is no command \`${word}\`.`, { wayOut: meant })
  throw fail(
    'usage',
    said
      .replace(/^error: /, '')
      .trim()
      .replaceAll('\n', ' '),
  )
}

const ALL_EXITS: Command['exits'] = {
  ok: true,
  error: true,
  differences: true,
  stale: true,
  refused: true,
  partial: true,
  pending: true,
  locked: true,
}

const FIRST_STEPS: Command['examples'] = [
  { command: 'holdfast demo', does: 'see it work, on an emulated fleet' },
  { command: 'holdfast init', does: 'start a repository of your own' },
  { command: 'holdfast plan', does: 'what is to be done?' },
  { command: 'holdfast apply', does: 'do it, after asking' },
]

function createProgram(io: Io, say: (text: string) => void): Commander {
  return new Commander('holdfast')
    .description('Response posture as code for Microsoft Defender for Endpoint: declare, plan, apply, drift.')
    .version(readVersion(), '-V, --version', 'print the version')
    .addOption(toCommanderOption(COLOR_OPTION))
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: text => io.stdout.write(text),
      writeErr: say,
      getOutHelpWidth: () => io.stdout.columns ?? HELP_WIDTH,
      getErrHelpWidth: () => io.stderr.columns ?? HELP_WIDTH,
      getOutHasColors: () => wantsColor('auto', io.env, io.stdout),
      getErrHasColors: () => wantsColor('auto', io.env, io.stderr),
    })
    .addHelpText(
      'after',
      `\n${describeExamples(FIRST_STEPS)}\n\n${describeExits(ALL_EXITS)}\n\nRun \`holdfast COMMAND --help\` for the options of a command.`,
    )
}

/** `help plan` is another way to say `plan --help`. */
function withoutHelpCommand(argv: readonly string[]): readonly string[] {
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv
}

/**
 * Reads the command line, loads the one command it names and runs it.
 *
 * @throws Failure `usage` for a command line that cannot be read, and what the command throws.
 */
export async function runProgram(
  argv: readonly string[],
  io: Io,
  entries: readonly CommandEntry[],
  { signal, main }: Pick<CommandContext, 'signal' | 'main'>,
): Promise<number> {
  let said = ''
  let exitCode = 0
  const program = createProgram(io, text => {
    said += text
  })
  addCommands(program, entries, async (command, commander) => {
    const flags = readFlags([...command.options, COLOR_OPTION], commander)
    const color = (flags.text('color') ?? 'auto') as ColorChoice
    const { args } = commander
    requireWords(nameOf(commander), command, flags, args, io)
    const options = command.options.map(({ name }) => name)
    exitCode = await runCommand(command, { io, flags, args, signal, main, options, color, commands: entries })
  })
  try {
    await program.parseAsync([...withoutHelpCommand(argv)], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return concludeCommander(error, said)
    throw error
  }
  return exitCode
}
