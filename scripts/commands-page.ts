import type { Command, CommandEntry, CommandGroup } from '../src/cli/command.ts'
import { COMMANDS } from '../src/cli/commands.ts'
import { EXIT_CODES, EXIT_MEANINGS } from '../src/cli/exit-codes.ts'
import type { OptionSpec } from '../src/cli/flags.ts'
import { COLOR_OPTION } from '../src/cli/options.ts'

/** Everything below this line of docs/commands.md is written from the table of commands. */
export const COMMANDS_BEGIN = '<!-- From here on written by `npm run codes` from src/cli/commands.ts. -->'

/** A bar would end the cell of a table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function optionRow({ name, kind, value, description, required }: OptionSpec): string {
  const flag = kind === 'switch' ? `--${name}` : `--${name} ${value ?? 'VALUE'}`
  return `| \`${cell(flag)}\` | ${cell(description)}${required === true ? ' (required)' : ''} |`
}

function optionTable(options: readonly OptionSpec[]): string {
  return ['| option | |', '|---|---|', ...options.map(optionRow)].join('\n')
}

function exampleBlock(examples: Command['examples']): string {
  return ['```sh', ...examples.flatMap(({ command, does }) => [`# ${does}`, command]), '```'].join('\n')
}

function exitLine(exits: Command['exits']): string {
  const parts = Object.entries(EXIT_CODES).flatMap(([name, code]) => {
    const words = exits[name as keyof typeof EXIT_CODES]
    if (words === undefined) return []
    return [`**${code}** ${words === true ? EXIT_MEANINGS[name as keyof typeof EXIT_CODES] : words}`]
  })
  return `Exits: ${parts.join('; ')}.`
}

async function section(path: string, entry: CommandEntry, level: string): Promise<readonly string[]> {
  const loaded: Command | CommandGroup = await entry.load()
  const name = `${path} ${entry.name}`
  const head = [`${level} ${name}`, loaded.description]
  const tail = [exampleBlock(loaded.examples), exitLine(loaded.exits)]
  if ('subcommands' in loaded) {
    const below = await Promise.all(loaded.subcommands.map(sub => section(name, sub, `${level}#`)))
    return [...head, ...tail, ...below.flat()]
  }
  const usage = [name, ...(loaded.arguments === '' ? [] : [loaded.arguments])].join(' ')
  return [...head, `\`${usage}\``, optionTable([...loaded.options, COLOR_OPTION]), ...tail]
}

/** Writes the part of docs/commands.md below {@link COMMANDS_BEGIN}: every command with options, examples and exits. */
export async function renderCommands(): Promise<string> {
  const sections = await Promise.all(COMMANDS.map(entry => section('holdfast', entry, '##')))
  return `${[COMMANDS_BEGIN, ...sections.flat()].join('\n\n')}\n`
}
