import { resolve } from 'node:path'
import { writeNewFile } from '../../local/write-new-file.ts'
import type { Command } from '../command.ts'
import { displayPath } from '../declaration/read-text.ts'
import { readPublishedSchema, SCHEMA_NAMES } from '../published-schema.ts'
import { STARTER_FILES } from '../starter/files.ts'

async function starterFiles(): Promise<ReadonlyMap<string, string>> {
  const schemas = SCHEMA_NAMES.map(
    async name => [`schemas/${name}.schema.json`, await readPublishedSchema(name)] as const,
  )
  return new Map([...Object.entries(STARTER_FILES), ...(await Promise.all(schemas))])
}

/** `holdfast init`: writes a first configuration, policies, tests, a list and a scenario to try them on. */
export const init: Command = {
  description:
    'Writes holdfast.yaml, policies with a test, a machine list, their JSON schemas for the editor, and a scenario to try them on without a tenant. A file that is there already is left as it is.',
  arguments: '[dir]',
  options: [],
  examples: [
    { command: 'holdfast init', does: 'in the working directory' },
    { command: 'holdfast init response', does: 'in a folder of its own' },
  ],
  exits: { ok: 'every file is there', error: 'a file could not be written' },
  async run({ args, io }) {
    const folder = resolve(io.cwd, args[0] ?? '.')
    let kept = 0
    for (const [name, text] of await starterFiles()) {
      const path = resolve(folder, name)
      const written = await writeNewFile(path, text)
      if (!written) kept += 1
      io.stdout.write(`${written ? 'wrote' : 'kept '}  ${displayPath(path, io.cwd)}\n`)
    }
    const shown = displayPath(folder, io.cwd)
    const steps = [
      ...(shown === '.' ? [] : [`cd ${shown}`]),
      'holdfast validate',
      'holdfast test                             # what the policies must do, offline',
      'holdfast plan --emulate scenario.yaml     # no tenant needed',
      'holdfast apply --emulate scenario.yaml',
      'holdfast plan                             # your tenant: HOLDFAST_TOKEN, or `az login`',
    ]
    const note = kept > 0 ? `${kept} of them were there already and were left as they are.\n` : ''
    io.stdout.write(`${note}\nNext:\n${steps.map(step => `  ${step}\n`).join('')}`)
    return 0
  },
}
