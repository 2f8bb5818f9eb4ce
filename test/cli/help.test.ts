import { expect, test } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { main } from '../../src/cli/main.ts'
import { fakeIo } from './fake-io.ts'

async function run(...argv: readonly string[]) {
  const io = fakeIo()
  return { code: await main(argv, io), stdout: io.stdout.text(), stderr: io.stderr.text() }
}

test.each(COMMANDS.map(({ name }) => [name]))('%s --help shows examples and exit codes', async name => {
  const { code, stdout, stderr } = await run(name, '--help')
  expect([code, stderr]).toStrictEqual([0, ''])
  expect(stdout).toMatch(new RegExp(`^Usage: holdfast ${name} `))
  expect(stdout).toMatch(/Examples:\n {2}# .+\n {2}\$ .*holdfast /)
  expect(stdout).toMatch(/Exit codes:\n {2}\d {2}\S/)
  expect(await run('help', name)).toStrictEqual({ code, stdout, stderr })
})

test('every command has a summary in the general help', async () => {
  const { stdout } = await run('--help')
  for (const { name, summary } of COMMANDS)
    expect(stdout).toMatch(new RegExp(`\\n {2}${name} +${summary.slice(0, 30)}`))
  expect(stdout).toContain('Exit codes:')
  expect((await run('help')).stdout).toBe(stdout)
})

test.each([
  [[], 'No command was given'],
  [['pln'], 'Did you mean plan?'],
  [['plan', '--targt', 'x'], 'Did you mean --target?'],
  [['plan', '--target'], 'argument missing'],
  [['plan', '--target', ' '], 'not empty'],
  [['plan', '--out', 'a', '--out', 'b'], 'given twice'],
  [['plan', '--as-of', '2026-01-01T00:00'], 'a time with an offset'],
  [['apply', '--timeout', '5 minutes'], 'a whole number with a unit'],
  [['plan', '--format', 'yaml'], 'one of: human, json, markdown'],
  [['emulator', '--port', 'x'], 'a whole number'],
  [['emulator', '--port', '70000'], 'is no port'],
  [['emulator', '--speed', '0'], 'greater than 0'],
  [['schema'], 'schema needs <name>'],
  [['schema', 'nothing'], 'no schema named nothing'],
  [['init', 'a', 'b'], 'too many arguments'],
  [['--color', 'purple', 'plan'], 'one of: auto, always, never'],
])('%j is an error of usage: 1, never 2', async (argv, says) => {
  const { code, stdout, stderr } = await run(...argv)
  expect([code, stdout]).toStrictEqual([1, ''])
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(says)
  expect(stderr).toMatch(/^error\[usage\]: /)
  expect(stderr).toContain('try: ')
})

test.each([
  ['', /^error\[internal\]: Holdfast itself failed: TypeError: broken\n {2}try: /],
  ['1', /TypeError: broken.* at /s],
])('a fault of ours says so in one line, with the trace where HOLDFAST_DEBUG is %j', async (debug, says) => {
  const io = fakeIo({ env: { HOLDFAST_DEBUG: debug } })
  const write = (): never => {
    throw new TypeError('broken')
  }
  expect(await main(['schema', 'policy'], { ...io, stdout: { ...io.stdout, write } })).toBe(1)
  expect(io.stderr.text()).toMatch(says)
})

test.each([
  ['isolate', '`holdfast contain NAME --for 24h --reason TEXT`'],
  ['Unisolate', '`holdfast release NAME --reason TEXT`'],
  ['ls', '`holdfast machines list`'],
  ['cancel', '`holdfast actions cancel NAME --reason TEXT`'],
])('%s is answered with the command that is meant', async (word, command) => {
  const io = fakeIo()
  expect(await main([word, 'ws-1'], io)).toBe(1)
  expect(io.stderr.text()).toContain(command)
})

test('a word that means nothing is answered with the nearest command', async () => {
  const io = fakeIo()
  expect(await main(['relese'], io)).toBe(1)
  expect(io.stderr.text()).toContain('Did you mean release?')
})
