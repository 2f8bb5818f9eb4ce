import { serializeDocument } from '../../report/documents/serialize-document.ts'
import type { Command } from '../command.ts'
import { type Declaration, loadDeclaration, placeOf } from '../declaration/declaration.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { LINT_OPTIONS, requireLintFlags, withLint } from '../planning/linting.ts'
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

function sentenceOf(counts: ReturnType<typeof countsOf>, isStrict: boolean): string {
  const { files, policies, errors, warnings } = counts
  const isClean = errors + (isStrict ? warnings : 0) === 0
  const read = `${counted(policies, 'policy', 'policies')} in ${counted(files, 'file')}`
  return `${isClean ? 'Valid' : 'Not valid'}: ${read}, ${counted(errors, 'error')}, ${counted(warnings, 'warning')}.\n`
}

/** `holdfast validate`. */
export const validate: Command = {
  description:
    'Checks the configuration, all policies and the lists they name, each by itself and all together. Asks nothing of the service, so it needs no token, unless --online says so.',
  arguments: '[paths...]',
  options: [
    { name: 'json', kind: 'switch', description: 'print one JSON document' },
    {
      name: 'json-into',
      kind: 'text',
      value: 'FILE',
      description: 'write the JSON document into a file too',
    },
    ...LINT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    { command: 'holdfast validate', does: 'all that the configuration names' },
    {
      command: 'holdfast validate --lint --strict',
      does: 'in a pull request: nothing doubtful either',
    },
    {
      command: 'holdfast validate --lint --online',
      does: 'also: which names and selectors find no machine any more?',
    },
    {
      command: 'holdfast validate policies/contain.yaml',
      does: 'one file, in a folder without a configuration',
    },
  ],
  exits: {
    ok: 'there is no error; with --strict no warning either',
    error: 'there are errors, with --strict also warnings, or a file cannot be read',
  },
  async run(context) {
    const { io, flags } = context
    requireLintFlags(context)
    const declaration = await withLint(await loadDeclaration(placeOf(context)), context)
    const diagnostics = declaration.diagnostics.map(documentDiagnostic)
    tellDiagnostics(diagnostics, declaration.diagnostics, context)
    const counts = countsOf(declaration)
    const document = serializeDocument({
      formatVersion: '1.0',
      valid: counts.errors === 0,
      ...counts,
      diagnostics,
    })
    io.stdout.write(flags.has('json') ? document : sentenceOf(counts, flags.has('strict')))
    const file = flags.text('json-into')
    if (file !== undefined) await writeCopies([{ path: file, text: document }], io)
    const faults = counts.errors + (flags.has('strict') ? counts.warnings : 0)
    return faults === 0 ? EXIT_CODES.ok : EXIT_CODES.error
  },
}
