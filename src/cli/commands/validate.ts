import { findLongHolds } from '../../plan/long-holds.ts'
import { serializeDocument } from '../../report/serialize-document.ts'
import { quoteSources } from '../../schema/indexed-text.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Command } from '../command.ts'
import { type Declaration, loadDeclaration, placeOf } from '../declaration.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { CONFIGURATION_OPTIONS } from '../options.ts'
import { documentDiagnostic, tellDiagnostics } from '../tell-diagnostics.ts'
import { writeCopies } from '../write-copies.ts'

/** What was checked, in numbers. */
function countsOf({ policies, diagnostics, files, configuration }: Declaration) {
  const count = (severity: string): number => diagnostics.filter(each => each.severity === severity).length
  return {
    configuration: configuration.file ?? null,
    files: Object.keys(files).length,
    policies: policies.length,
    errors: count('error'),
    warnings: count('warning'),
  }
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

function sentenceOf(counts: ReturnType<typeof countsOf>): string {
  const { files, policies, errors, warnings } = counts
  const read = `${counted(policies, 'policy', 'policies')} in ${counted(files, 'file')}`
  return `${errors === 0 ? 'Valid' : 'Not valid'}: ${read}, ${counted(errors, 'error')}, ${counted(warnings, 'warning')}.\n`
}

/** What only a time tells: `plan` finds it by the service's clock, this by our own. */
function withLongHolds(declaration: Declaration, now: Instant): Declaration {
  const { policies, configuration, diagnostics, sources } = declaration
  const found = quoteSources(findLongHolds(policies, configuration, now), sources)
  return { ...declaration, diagnostics: [...diagnostics, ...found] }
}

/** `holdfast validate`. */
export const validate: Command = {
  description:
    'Checks the configuration, all policies and the lists they name, each by itself and all together. Asks nothing of the service, so it needs no token.',
  arguments: '[paths...]',
  options: [
    { name: 'json', kind: 'switch', description: 'print one JSON document' },
    {
      name: 'json-into',
      kind: 'text',
      value: 'FILE',
      description: 'write the JSON document into a file too',
    },
    ...CONFIGURATION_OPTIONS,
  ],
  examples: [
    { command: 'holdfast validate', does: 'all that the configuration names' },
    {
      command: 'holdfast validate policies/contain.yaml',
      does: 'one file, in a folder without a configuration',
    },
  ],
  exits: { ok: 'there is no error', error: 'there are errors, or a file cannot be read' },
  async run(context) {
    const { io, flags } = context
    const declaration = withLongHolds(await loadDeclaration(placeOf(context)), io.clock.now())
    const diagnostics = declaration.diagnostics.map(documentDiagnostic)
    tellDiagnostics(diagnostics, declaration.diagnostics, context)
    const counts = countsOf(declaration)
    const document = serializeDocument({
      formatVersion: '1.0',
      valid: counts.errors === 0,
      ...counts,
      diagnostics,
    })
    io.stdout.write(flags.has('json') ? document : sentenceOf(counts))
    const file = flags.text('json-into')
    if (file !== undefined) await writeCopies([{ path: file, text: document }], io)
    return counts.errors === 0 ? EXIT_CODES.ok : EXIT_CODES.error
  },
}
