import { expect, test } from 'vitest'
import { type ColorChoice, isCi, wantsColor } from '../../src/cli/color.ts'
import { fakeIo } from './fake-io.ts'

interface Row {
  readonly choice?: ColorChoice
  readonly env?: Readonly<Record<string, string>>
  readonly terminal: boolean
  readonly want: boolean
}

const ROWS: Readonly<Record<string, Row>> = {
  'a terminal gets colour': { terminal: true, want: true },
  'a pipe gets none': { terminal: false, want: false },
  'NO_COLOR takes it from a terminal': { terminal: true, env: { NO_COLOR: '1' }, want: false },
  'an empty NO_COLOR says nothing': { terminal: true, env: { NO_COLOR: '' }, want: true },
  'FORCE_COLOR gives it to a pipe': { terminal: false, env: { FORCE_COLOR: '1' }, want: true },
  'FORCE_COLOR=0 takes it from a terminal': { terminal: true, env: { FORCE_COLOR: '0' }, want: false },
  'FORCE_COLOR=false takes it from a terminal': {
    terminal: true,
    env: { FORCE_COLOR: 'false' },
    want: false,
  },
  'an empty FORCE_COLOR says nothing': { terminal: false, env: { FORCE_COLOR: '' }, want: false },
  'FORCE_COLOR outranks NO_COLOR, as in Node': {
    terminal: false,
    env: { FORCE_COLOR: '3', NO_COLOR: '1' },
    want: true,
  },
  '--color always outranks NO_COLOR': {
    choice: 'always',
    terminal: false,
    env: { NO_COLOR: '1' },
    want: true,
  },
  '--color never outranks FORCE_COLOR': {
    choice: 'never',
    terminal: true,
    env: { FORCE_COLOR: '1' },
    want: false,
  },
  'a dumb terminal gets none': { terminal: true, env: { TERM: 'dumb' }, want: false },
}

test.each(Object.entries(ROWS))('%s', (_rule, { choice = 'auto', env = {}, terminal, want }) => {
  const io = fakeIo({ env, terminal })
  expect(wantsColor(choice, io.env, io.stdout)).toBe(want)
})

test.each([
  ['', false],
  ['0', false],
  ['false', false],
  ['true', true],
  ['1', true],
])('CI=%s means %s', (value, want) => {
  expect(isCi({ CI: value })).toBe(want)
})

test('without the variable no CI service runs us', () => expect(isCi({})).toBe(false))
