import type { Command } from '../command.ts'
import { fail } from '../fail.ts'
import { readPublishedSchema, SCHEMA_NAMES } from '../published-schema.ts'

/** `holdfast schema`: prints a JSON schema. */
export const schema: Command = {
  description: `Prints the JSON schema of a file: ${SCHEMA_NAMES.join(', ')}.`,
  arguments: '<name>',
  options: [],
  examples: [
    { command: 'holdfast schema policy > policy.schema.json', does: 'for completion in an editor' },
    {
      command: 'holdfast schema scenario | jq .properties.behaviour',
      does: 'every way the emulator can misbehave',
    },
  ],
  exits: { ok: 'the schema was printed', error: 'there is no such schema' },
  async run({ args, io }) {
    const name = SCHEMA_NAMES.find(known => known === args[0])
    if (name === undefined) {
      throw fail('usage', `There is no schema named ${args[0]}; there are ${SCHEMA_NAMES.join(', ')}.`)
    }
    io.stdout.write(await readPublishedSchema(name))
    return 0
  },
}
