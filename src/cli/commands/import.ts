import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { chooseRecords } from '../../analysis/by-hand/choose-records.ts'
import { type UndeclaredHold, undeclaredHolds } from '../../authoring/import-holds.ts'
import { type ImportDocument, type ImportedFile, renderImport } from '../../authoring/import-text.ts'
import { writeNewFile } from '../../local/write-new-file.ts'
import type { Findings } from '../../plan/assemble/assemble-plan.ts'
import { readFailures } from '../../plan/select/read-failures.ts'
import { formatInstant } from '../../schema/instant.ts'
import type { MachineEntry } from '../../schema/policy.ts'
import { type DraftFile, draftImport } from '../authoring/draft-import.ts'
import { IMPORT_TERM_OPTIONS, POLICY_FOLDER, readImportTerms } from '../authoring/import-terms.ts'
import type { Command, CommandContext } from '../command.ts'
import { type Declaration, loadDeclaration, requireValid } from '../declaration/declaration.ts'
import { displayPath } from '../declaration/read-text.ts'
import { DOCUMENT_OPTIONS, emitDocument } from '../emit-document.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { makePlan } from '../planning/planning.ts'
import { readSelectors, SELECTOR_OPTIONS } from '../service/selectors.ts'
import { openService } from '../service/service.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'

async function look(context: CommandContext, declaration: Declaration): Promise<Findings> {
  const service = await openService(context, declaration.configuration)
  try {
    const { plan, findings } = await makePlan(context, declaration, service, { wholeTenant: true })
    const { observation } = findings.input
    if (observation.failures.length > 0) {
      throw fail('read-incomplete', 'Not everything could be read, so nothing is imported.', {
        diagnostics: readFailures(observation),
      })
    }
    const errors = plan.diagnostics.filter(({ severity }) => severity === 'error')
    tellDiagnostics(errors, declaration.diagnostics, context)
    return findings
  } finally {
    await service.close()
  }
}

/** The holds that options choose. Throws Failure `machine-not-found` for a name that no record has. */
function chooseHolds(
  findings: Findings,
  entry: MachineEntry | undefined,
  { flags }: CommandContext,
): readonly UndeclaredHold[] {
  const facets = (['isolated', 'restricted'] as const).filter(facet => flags.has(facet))
  const held = undeclaredHolds(findings).filter(({ facet }) => facets.length === 0 || facets.includes(facet))
  if (entry === undefined) return held
  const { machines, readAt } = findings.input.observation
  const chosen = chooseRecords(entry, machines, readAt, true)
  if (chosen.unknown.length > 0) {
    const names = chosen.unknown.map(({ text }) => text).join(', ')
    throw fail('machine-not-found', `No machine record has the id or the whole name ${names}.`)
  }
  const ids = new Set(chosen.machines.map(({ id }) => id))
  return held.filter(({ machine }) => ids.has(machine.id))
}

/** Writes all files, or none where one of them is there. */
async function writeAll(
  files: readonly DraftFile[],
  folder: string,
  cwd: string,
): Promise<readonly ImportedFile[]> {
  const placed = files.map(file => ({ ...file, path: resolve(folder, `${file.group.name}.yaml`) }))
  for (const { path } of placed) {
    const isThere = await stat(path).then(
      () => true,
      () => false,
    )
    if (isThere) throw alreadyThere(path, cwd)
  }
  for (const { path, text } of placed) {
    if (!(await writeNewFile(path, text))) throw alreadyThere(path, cwd)
  }
  return placed.map(({ path, group: { name, facet, level, own, holds } }) => {
    return { path: displayPath(path, cwd), policy: name, facet, level, own, machines: holds.length }
  })
}

function alreadyThere(path: string, cwd: string): Error {
  return fail('file-exists', `${displayPath(path, cwd)} is there already; nothing is overwritten.`, {
    wayOut: 'Move it away, add it to `policies` of holdfast.yaml, or give another folder with --out.',
  })
}

/** Says where the configuration does not load what was written: a plan would not know of it. */
async function tellUnloaded(files: readonly ImportedFile[], context: CommandContext): Promise<void> {
  const config = context.flags.text('config')
  const { files: loaded } = await loadDeclaration({ cwd: context.io.cwd, config, paths: [] })
  const unloaded = files.filter(({ path }) => loaded[path] === undefined)
  const warnings = unloaded.map(({ path }) => ({
    severity: 'warning' as const,
    code: 'path-not-configured',
    message: `${path} is not loaded by the configuration; add it to \`policies\` in holdfast.yaml.`,
  }))
  tellDiagnostics(warnings, [], context)
}

async function run(context: CommandContext): Promise<number> {
  const { io, flags } = context
  const reason = flags.required('reason')
  const config = flags.text('config')
  const declaration = requireValid(await loadDeclaration({ cwd: io.cwd, config, paths: [] }))
  const entry = await readSelectors(context)
  const findings = await look(context, declaration)
  const terms = readImportTerms(flags, reason, findings.input.now)
  const holds = chooseHolds(findings, entry, context)
  const draft = draftImport(holds, findings, terms)
  const files = await writeAll(draft.files, resolve(io.cwd, flags.text('out') ?? POLICY_FOLDER), io.cwd)
  const document: ImportDocument = {
    formatVersion: '1.0',
    readAt: formatInstant(findings.input.observation.readAt),
    expires: formatInstant(terms.expires),
    files,
    leftOut: draft.leftOut,
  }
  await emitDocument(document, renderImport, context)
  await tellUnloaded(files, context)
  return EXIT_CODES.ok
}

/** `holdfast import`. */
export const importHolds: Command = {
  description:
    'Writes policies for what is held now and no policy declares: own orphaned holds and those of other people, grouped by facet, level and whose they are. Nothing follows from them: the plan right after leaves all of it alone, which is tried before anything is written. A hold that a plan would touch is left out and named. Sends nothing to the service, and overwrites no file.',
  arguments: '',
  options: [
    {
      name: 'reason',
      kind: 'text',
      value: 'TEXT',
      description: 'the reason of the policies',
      required: true,
    },
    ...IMPORT_TERM_OPTIONS,
    { name: 'isolated', kind: 'switch', description: 'only isolations' },
    { name: 'restricted', kind: 'switch', description: 'only restrictions of app execution' },
    ...SELECTOR_OPTIONS,
    ...DOCUMENT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    {
      command: 'holdfast import --reason "found on adoption" --owner soc-tier2@contoso.com',
      does: 'declare all that is held now',
    },
    {
      command: 'holdfast import --isolated --tag INC-4211 --reason INC-4211 --expires 2026-12-01',
      does: 'the isolations of one incident',
    },
  ],
  exits: { ok: 'what can be declared was written', error: true },
  run,
}
