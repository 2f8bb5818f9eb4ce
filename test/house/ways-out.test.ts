import { describe, expect, test } from 'vitest'
import { listCodes } from '../../scripts/error-codes.ts'
import type { Command, CommandEntry } from '../../src/cli/command.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import { canFollow, followable, optionsIn } from '../../src/report/words/ways-out.ts'
import { codeOf, readFilesBelow } from './source-files.ts'

interface Named {
  readonly name: string
  readonly command: Command
}

async function commandsBelow(entries: readonly CommandEntry[], path = ''): Promise<readonly Named[]> {
  const found = await Promise.all(
    entries.map(async entry => {
      const loaded = await entry.load()
      const name = `${path} ${entry.name}`.trim()
      return 'subcommands' in loaded ? commandsBelow(loaded.subcommands, name) : [{ name, command: loaded }]
    }),
  )
  return found.flat()
}

const commands = await commandsBelow(COMMANDS)

/** What keeps a printed command line from being typed; undefined where nothing does. */
function faultOf(line: string): string | undefined {
  const words = line.trim()
  const typed = commands
    .filter(({ name }) => words === name || words.startsWith(`${name} `))
    .sort((a, b) => b.name.length - a.name.length)[0]
  if (typed === undefined) return `there is no such command: ${line}`
  const rest = words
    .slice(typed.name.length)
    .split(' ')
    .filter(word => word !== '')
  for (const [index, word] of rest.entries()) {
    if (word === '--') break
    if (!word.startsWith('--')) continue
    const spec = typed.command.options.find(({ name }) => `--${name}` === word)
    if (spec === undefined) return `${typed.name} has no ${word}: ${line}`
    const next = rest[index + 1]
    const hasValue = next !== undefined && !next.startsWith('--')
    if (spec.kind !== 'switch' && !hasValue) return `${word} takes a value: ${line}`
  }
  return undefined
}

/**
 * Command lines that our own texts print, in backticks; what is put in when it is printed stands for one word. A line
 * that is put in whole is printed by what made it.
 */
const printed = readFilesBelow('src', '.ts').flatMap(({ path, text }) =>
  [...codeOf(text).matchAll(/\\?`holdfast ((?:[^`\\]|\\(?!`))*)\\?`/g)].map(([, line = '']) => ({
    path,
    line: line.replace(/\$\{[^}]*\}/g, 'X'),
  })),
)

test('every command line that a text prints can be typed: the command is there, and takes those options', () => {
  expect(printed.length).toBeGreaterThan(40)
  const faults = printed.flatMap(({ path, line }) => {
    const fault = /^[a-z]/.test(line) ? faultOf(line) : undefined
    return fault === undefined ? [] : [`${path}: ${fault}`]
  })
  expect(faults).toStrictEqual([])
})

test('every option that a way out names is one of some command', () => {
  const known = new Set(commands.flatMap(({ command }) => command.options.map(({ name }) => name)))
  const named = listCodes().flatMap(({ code, text }) => optionsIn(text).map(option => ({ code, option })))
  expect(
    named.filter(({ option }) => !known.has(option) && !['help', 'ignore-scripts'].includes(option)),
  ).toStrictEqual([])
})

describe.each(commands.map(({ name, command }) => [name, command] as const))(
  'holdfast %s',
  (_name, command) => {
    const names = command.options.map(({ name }) => name)
    const ways = listCodes().flatMap(({ text }) => text.split(/(?<=\.) /))

    test('shows no way out that it cannot be typed with', () => {
      const shown = ways
        .filter(way => canFollow(way, names, command.arguments))
        .map(way => followable(way, names))
      const bare = shown.flatMap(way => optionsIn(way.replace(/`holdfast [^`]*`/g, '')))
      expect(bare.filter(option => !names.includes(option))).toStrictEqual([])
    })
  },
)

test.each([
  [
    'Talk to them, then `--reassert ADDR --reason TEXT`.',
    ['reassert', 'reason'],
    'Talk to them, then `--reassert ADDR --reason TEXT`.',
  ],
  [
    'Talk to them, then `--reassert ADDR --reason TEXT`.',
    ['reason'],
    'Talk to them, then `holdfast apply --reassert ADDR --reason TEXT`.',
  ],
  ['`holdfast apply --prune` lifts it.', [], '`holdfast apply --prune` lifts it.'],
])('%s where a command has %j reads %s', (text, options, shown) => {
  expect(followable(text, options)).toBe(shown)
  expect(followable(text, undefined)).toBe(text)
})

test.each([
  ['Give --expect PLANID.', ['expect'], '', true],
  ['Give --expect PLANID.', ['reason'], '', false],
  ['Give a PLANFILE.', [], '[planfile|paths...]', true],
  ['Give a PLANFILE.', [], '<machines...>', false],
  ['Then `--retry ADDR` allows one more.', [], '', true],
])('%s where a command has %j and takes "%s": %s', (way, options, usage, can) => {
  expect(canFollow(way, options, usage)).toBe(can)
})
