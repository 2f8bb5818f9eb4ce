import type { Command, CommandEntry } from '../command.ts'
import type { OptionSpec } from '../flags.ts'
import { COLOR_OPTION } from '../options.ts'
import { SCHEMA_NAMES } from '../published-schema.ts'

/** One way to go on with a command line. */
export interface Candidate {
  /** The whole word. */
  readonly value: string
  /** One line; empty where the word says it all. */
  readonly description: string
}

/** What a shell offers at the cursor. */
export interface Completion {
  readonly candidates: readonly Candidate[]
  /** Whether a path of this machine belongs here. */
  readonly wantsFiles: boolean
}

/** Names that only the declaration knows; asked for where one of them is wanted. */
export interface DeclaredNames {
  policies(): Promise<readonly string[]>
  machines(): Promise<readonly string[]>
}

/** The shells that {@link completeWords} has a script for. */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof SHELLS)[number]

type Wanted = 'files' | 'machines' | 'addresses' | readonly string[]

const NOTHING: Completion = { candidates: [], wantsFiles: false }

/** What a word of a usage line stands for. A word that only the service knows, such as an action's id, has none. */
export const ARGUMENT_WORDS: Readonly<Record<string, Wanted>> = {
  action: [],
  dir: 'files',
  file: 'files',
  files: 'files',
  id: [],
  ids: [],
  machine: 'machines',
  machines: 'machines',
  name: SCHEMA_NAMES,
  names: [],
  path: 'files',
  paths: 'files',
  planfile: 'files',
  planid: [],
  scenario: 'files',
  shell: SHELLS,
  tag: [],
  words: [],
}

const VALUE_WORDS: Readonly<Record<string, Wanted>> = {
  ADDR: 'addresses',
  DIR: 'files',
  FILE: 'files',
  'FILE|DIR': 'files',
}

const HELP_OPTION: OptionSpec = { name: 'help', kind: 'switch', description: 'what it is for, with examples' }
const VERSION_OPTION: OptionSpec = { name: 'version', kind: 'switch', description: 'print the version' }

/** Words of a usage line, without its brackets and dots: `[planfile|paths...]` gives `planfile` and `paths`. */
export function argumentWords(usage: string): readonly string[] {
  return usage.match(/[a-z]+/g) ?? []
}

/** Where the words before the cursor lead to. */
interface Position {
  readonly entries: readonly CommandEntry[]
  readonly command: Command | undefined
  readonly options: readonly OptionSpec[]
  readonly given: ReadonlySet<string>
  /** The option whose value is at the cursor. */
  readonly awaiting: OptionSpec | undefined
  readonly isPastOptions: boolean
}

function optionOf(position: Position, word: string): OptionSpec | undefined {
  return position.options.find(({ name }) => word === `--${name}`)
}

/** Takes one word further; undefined where there is no such command. */
async function step(position: Position, word: string): Promise<Position | undefined> {
  if (position.awaiting !== undefined) return { ...position, awaiting: undefined }
  if (word === '--') return { ...position, isPastOptions: true }
  if (word.startsWith('-') && !position.isPastOptions) {
    const option = optionOf(position, word.split('=', 1)[0] ?? '')
    if (option === undefined) return position
    const given = new Set([...position.given, option.name])
    const awaiting = option.kind === 'switch' || word.includes('=') ? undefined : option
    return { ...position, given, awaiting }
  }
  if (position.command !== undefined) return position
  const loaded = await position.entries.find(({ name }) => name === word)?.load()
  if (loaded === undefined) return undefined
  return 'subcommands' in loaded
    ? { ...position, entries: loaded.subcommands, options: [HELP_OPTION, COLOR_OPTION] }
    : { ...position, entries: [], command: loaded, options: [...loaded.options, HELP_OPTION, COLOR_OPTION] }
}

async function listWanted(wanted: Wanted, names: DeclaredNames): Promise<Completion> {
  if (wanted === 'files') return { candidates: [], wantsFiles: true }
  if (wanted === 'machines') return plain(await names.machines())
  if (wanted === 'addresses') {
    const policies = (await names.policies()).map(name => `policy:${name}`)
    return plain([...policies, ...(await names.machines())])
  }
  return plain(wanted)
}

function plain(values: readonly string[]): Completion {
  return { candidates: values.map(value => ({ value, description: '' })), wantsFiles: false }
}

function wantedBy({ choices, value }: OptionSpec): Wanted {
  return choices ?? VALUE_WORDS[value ?? ''] ?? []
}

/** The value after `--name=`, offered with the option before it, since a shell takes both for one word. */
async function completeJoined(
  position: Position,
  partial: string,
  names: DeclaredNames,
): Promise<Completion> {
  const head = partial.slice(0, partial.indexOf('='))
  const option = optionOf(position, head)
  if (option === undefined) return NOTHING
  const { candidates, wantsFiles } = await listWanted(wantedBy(option), names)
  return {
    candidates: candidates.map(({ value, description }) => ({ value: `${head}=${value}`, description })),
    wantsFiles,
  }
}

function listOptions({ options, given }: Position): Completion {
  const open = options.filter(({ name, kind }) => kind === 'list' || !given.has(name))
  return {
    candidates: open.map(({ name, description }) => ({ value: `--${name}`, description })),
    wantsFiles: false,
  }
}

async function listArguments({ command, entries }: Position, names: DeclaredNames): Promise<Completion> {
  if (command === undefined) {
    return {
      candidates: entries.map(({ name, summary }) => ({ value: name, description: summary })),
      wantsFiles: false,
    }
  }
  const lists = await Promise.all(
    argumentWords(command.arguments).map(word => listWanted(ARGUMENT_WORDS[word] ?? [], names)),
  )
  return {
    candidates: lists.flatMap(({ candidates }) => candidates),
    wantsFiles: lists.some(({ wantsFiles }) => wantsFiles),
  }
}

async function completeAt(position: Position, partial: string, names: DeclaredNames): Promise<Completion> {
  if (position.awaiting !== undefined) return listWanted(wantedBy(position.awaiting), names)
  if (!partial.startsWith('-') || position.isPastOptions) return listArguments(position, names)
  return partial.includes('=') ? completeJoined(position, partial, names) : listOptions(position)
}

/**
 * Says how a command line can go on.
 *
 * @param before - The whole words after `holdfast`, up to the one at the cursor.
 * @param partial - That one as far as it is typed; empty where it has yet to begin.
 * @returns What begins with it; nothing after a word that no command knows.
 */
export async function completeWords(
  before: readonly string[],
  partial: string,
  entries: readonly CommandEntry[],
  names: DeclaredNames,
): Promise<Completion> {
  let position: Position | undefined = {
    entries,
    command: undefined,
    options: [HELP_OPTION, VERSION_OPTION, COLOR_OPTION],
    given: new Set(),
    awaiting: undefined,
    isPastOptions: false,
  }
  for (const word of before) {
    position = await step(position, word)
    if (position === undefined) return NOTHING
  }
  const { candidates, wantsFiles } = await completeAt(position, partial, names)
  return { candidates: candidates.filter(({ value }) => value.startsWith(partial)), wantsFiles }
}
