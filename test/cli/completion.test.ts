import { spawnSync } from 'node:child_process'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CommandEntry } from '../../src/cli/command.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import { ARGUMENT_WORDS, argumentWords, SHELLS } from '../../src/cli/completion/complete-words.ts'
import { main } from '../../src/cli/main.ts'
import { ROOT } from '../house/source-files.ts'
import { fakeIo } from './fake-io.ts'
import { temporaryFolder } from './temporary-folder.ts'

const POLICY = `version: 1
policy: contain-finance
reason: r
machines:
  - dnsName: fin-ws-1.contoso.com
  - dnsName: 'a$(x)'
  - list: more.txt
state: { isolated: full }
`

function declaration(): Promise<string> {
  return temporaryFolder({
    'holdfast.yaml': 'version: 1\npolicies: [policies]\n',
    'policies/a.yaml': POLICY,
    'policies/more.txt': 'fin-ws-2.contoso.com\n',
  })
}

/** What is offered at the end of a line; a blank at its end begins a new word. */
async function offered(line: string, cwd = '/'): Promise<readonly string[]> {
  const io = fakeIo({ cwd })
  const words = line.trim() === '' ? [] : line.trim().split(' ')
  const begins = line === '' || line.endsWith(' ') ? ['--new-word'] : []
  const code = await main(['completion', 'candidates', ...begins, '--', ...words], io)
  expect([code, io.stderr.text()]).toStrictEqual([0, ''])
  return io.stdout
    .text()
    .split('\n')
    .slice(0, -1)
    .map(row => row.split('\t', 1)[0] ?? '')
}

test.each(
  Object.entries({
    'commands at the start': ['', COMMANDS.map(({ name }) => name)],
    'commands that begin so': ['ex', ['explain']],
    'subcommands of a group': ['machines ', ['list', 'show', 'tag']],
    'the option that begins so': ['plan --prun', ['--prune']],
    'an option once': ['plan --prune --prun', []],
    'a repeatable option again': ['plan --target a --targ', ['--target']],
    'the choices of an option': ['plan --format ', ['human', 'json', 'markdown', 'html', 'junit', 'sarif']],
    'the choice that begins so': ['plan --format ma', ['markdown']],
    'a joined choice with its option': ['plan --format=h', ['--format=human', '--format=html']],
    'files for an option that takes one': ['plan --out ', [':files']],
    'files for a joined option that takes one': ['plan --out=', [':files']],
    'nothing for an option whose value nobody knows': ['plan --reason ', []],
    'an argument after the value of an option': ['plan --reason x ', [':files']],
    'no option after the end of options': ['plan -- --prun', [':files']],
    'files for a saved plan': ['show ', [':files']],
    'the names of schemas': ['schema pol', ['policy']],
    'options of the whole program': ['--v', ['--version']],
    'a command after an option of the whole program': ['--color never expl', ['explain']],
    'an option of every command': ['demo --col', ['--color']],
    'nothing after a word that is no command': ['plam --', []],
    'nothing for a joined option that there is not': ['plan --nothing=', []],
    'on past an option that there is not': ['plan --nothing --prun', ['--prune']],
  }),
)('%s', async (_rule, [line, expected]) => {
  expect(await offered(String(line))).toStrictEqual(expected)
})

test('addresses are the policies and the machines that the declaration names, where they need no quotes', async () => {
  const cwd = await declaration()
  const machines = ['fin-ws-1.contoso.com', 'fin-ws-2.contoso.com']
  expect(await offered('plan --target ', cwd)).toStrictEqual(['policy:contain-finance', ...machines])
  expect(await offered('explain fin-ws-2', cwd)).toStrictEqual(['fin-ws-2.contoso.com'])
})

test('a declaration that cannot be read has no names, and a key press gets no error', async () => {
  const cwd = await temporaryFolder({ 'holdfast.yaml': 'version: [' })
  expect(await offered('plan --target ', cwd)).toStrictEqual([])
})

test('a description is one line, however it is written', async () => {
  const io = fakeIo()
  await main(['completion', 'candidates', '--', 'plan', '--'], io)
  for (const line of io.stdout.text().trimEnd().split('\n')) expect(line).toMatch(/^--[a-z-]+\t\S[^\t]*$/)
})

async function usagesOf(entries: readonly CommandEntry[]): Promise<readonly string[]> {
  const loaded = await Promise.all(entries.map(({ load }) => load()))
  const usages = loaded.map(one => ('subcommands' in one ? usagesOf(one.subcommands) : [one.arguments]))
  return (await Promise.all(usages)).flat()
}

test('it is said of every word of every usage line what completes it', async () => {
  const words = new Set((await usagesOf(COMMANDS)).flatMap(argumentWords))
  expect(Object.keys(ARGUMENT_WORDS).sort()).toStrictEqual([...words].sort())
})

test('there is a script for each shell, and an error that names them for another', async () => {
  for (const shell of SHELLS) {
    const io = fakeIo()
    expect(await main(['completion', shell], io)).toBe(0)
    expect(io.stdout.text()).toContain('completion candidates')
  }
  const io = fakeIo()
  expect(await main(['completion', 'tcsh'], io)).toBe(1)
  expect(io.stderr.text()).toContain('bash, zsh, fish, powershell')
})

/** Runs a script in a shell that finds this program, in a folder with a declaration. */
async function inShell(shell: string, script: (printed: string) => string): Promise<readonly string[]> {
  const cwd = await declaration()
  const bin = await temporaryFolder({
    holdfast: `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'bin/holdfast.js')}' "$@"\n`,
  })
  await chmod(join(bin, 'holdfast'), 0o755)
  const io = fakeIo()
  await main(['completion', shell], io)
  const { stdout, stderr } = spawnSync(shell, ['-c', script(io.stdout.text())], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, HOME: cwd },
  })
  expect(stderr).toBe('')
  return stdout.split('\n').slice(0, -1)
}

/** The shells that this machine has are tried; the answers that all of them get are tested above. */
function isThere(shell: string): boolean {
  return spawnSync(shell, ['--version']).error === undefined
}

const LINES: readonly (readonly [string, string, readonly string[]])[] = [
  ['commands', 'holdfast expl', ['explain']],
  ['a word that has yet to begin', 'holdfast machines ', ['list', 'show', 'tag']],
  ['an address, beyond its colon', 'holdfast plan --target policy:c', ['policy:contain-finance']],
  ['a joined option', 'holdfast plan --format=js', ['--format=json']],
  ['a file', 'holdfast show poli', ['policies']],
]

/** bash replaces only what follows its last break, and knows files itself. */
const IN_BASH: Readonly<Record<string, readonly string[]>> = {
  'an address, beyond its colon': ['contain-finance'],
  'a joined option': ['json'],
  'a file': [],
}

test.each(isThere('bash') ? LINES : [])('bash completes %s', async (rule, line, expected) => {
  const lines = await inShell(
    'bash',
    printed => `${printed}
COMP_LINE=${JSON.stringify(line)}; COMP_POINT=\${#COMP_LINE}
compopt() { :; }
_holdfast
for reply in "\${COMPREPLY[@]}"; do printf '%s\\n' "$reply"; done`,
  )
  expect(lines).toStrictEqual(IN_BASH[rule] ?? expected)
})

test.each(isThere('fish') ? LINES : [])('fish completes %s', async (_rule, line, expected) => {
  const lines = await inShell('fish', printed => `${printed}\ncomplete -C ${JSON.stringify(line)}`)
  expect(lines.map(row => row.split('\t', 1)[0]?.replace(/\/$/, ''))).toStrictEqual(expected)
})

test.each(isThere('zsh') ? ['zsh'] : [])('%s reads its script', async zsh => {
  const lines = await inShell(
    zsh,
    printed => `autoload -U compinit && compinit -u -D\n${printed}\nprint $_comps[holdfast]`,
  )
  expect(lines).toStrictEqual(['_holdfast'])
})
