import type { Command, CommandContext } from '../command.ts'
import { completeWords, type DeclaredNames, SHELLS } from '../completion/complete-words.ts'
import { COMPLETION_SCRIPTS } from '../completion/completion-scripts.ts'
import { type Declaration, loadDeclaration } from '../declaration/declaration.ts'
import { fail } from '../fail.ts'

/** What the scripts call with the words of a command line. */
const CANDIDATES = 'candidates'

/** The line that says that a path belongs at the cursor; no name of a policy or machine holds its first character. */
const FILES_LINE = ':files'

/** A name with anything else would have to be quoted, each shell in its own way. */
const PLAIN = /^[\w.:/-]+$/

/** Where there is no declaration, or one that cannot be read, there are no names: a key press is no place for an error. */
async function readDeclaration({ io }: CommandContext): Promise<Declaration | undefined> {
  return loadDeclaration({ cwd: io.cwd, paths: [] }).catch(() => undefined)
}

function namesIn(context: CommandContext): DeclaredNames {
  const load = async () => (await readDeclaration(context))?.policies ?? []
  const sorted = (names: readonly string[]) => [...new Set(names)].filter(name => PLAIN.test(name)).sort()
  return {
    policies: async () => sorted((await load()).map(({ name }) => name)),
    machines: async () => {
      const entries = (await load()).flatMap(({ machines }) => machines)
      return sorted(
        entries.flatMap(({ fields, list }) => [
          ...(fields.dnsName ?? []),
          ...(list?.machines ?? []).map(({ name }) => name),
        ]),
      )
    },
  }
}

/** One line for a candidate and its description, in whatever words the description has. */
function lineOf(value: string, description: string): string {
  return description === '' ? value : `${value}\t${description.replaceAll(/\s+/g, ' ')}`
}

async function printCandidates(context: CommandContext, words: readonly string[]): Promise<void> {
  const begins = context.flags.has('new-word')
  const before = begins ? words : words.slice(0, -1)
  const partial = begins ? '' : (words.at(-1) ?? '')
  const { candidates, wantsFiles } = await completeWords(before, partial, context.commands, namesIn(context))
  const lines = candidates.map(({ value, description }) => lineOf(value, description))
  context.io.stdout.write([...lines, ...(wantsFiles ? [FILES_LINE] : [])].map(line => `${line}\n`).join(''))
}

/** `holdfast completion`: prints the script of a shell, and answers it. */
export const completion: Command = {
  description: `Prints the script that completes command lines of holdfast, for ${SHELLS.join(', ')}. The script calls \`holdfast completion candidates -- WORDS\`, which reads the configuration and policies of the folder for names and never asks the service.`,
  arguments: '<shell> [words...]',
  options: [
    {
      name: 'new-word',
      kind: 'switch',
      description: 'with candidates: the word at the cursor has yet to begin',
    },
  ],
  examples: [
    { command: 'eval "$(holdfast completion bash)"', does: 'bash: in ~/.bashrc' },
    { command: 'eval "$(holdfast completion zsh)"', does: 'zsh: in ~/.zshrc, after compinit' },
    { command: 'holdfast completion fish | source', does: 'fish: in ~/.config/fish/config.fish' },
    {
      command: 'holdfast completion powershell | Out-String | Invoke-Expression',
      does: 'PowerShell: in $PROFILE',
    },
  ],
  exits: { ok: 'the script or the candidates were printed', error: 'there is no script for that shell' },
  async run(context) {
    const [first, ...words] = context.args
    if (first === CANDIDATES) {
      await printCandidates(context, words)
      return 0
    }
    const shell = SHELLS.find(known => known === first)
    if (shell === undefined || words.length > 0) {
      throw fail('usage', `There is no script for ${context.args.join(' ')}; there are ${SHELLS.join(', ')}.`)
    }
    context.io.stdout.write(COMPLETION_SCRIPTS[shell])
    return 0
  },
}
