import { posix, resolve } from 'node:path'
import { adoptionPatch, type PatchedFile, patchReach, renderAdoption } from '../../authoring/adoption-text.ts'
import { addExceptions, type Leaving } from '../../authoring/except-text.ts'
import { readGitPrefix } from '../../local/git/git-state.ts'
import type { Findings } from '../../plan/assemble/assemble-plan.ts'
import { readFailures } from '../../plan/select/read-failures.ts'
import type { DriftDocument } from '../../report/documents/drift-document.ts'
import type { Policy } from '../../schema/policy.ts'
import type { CommandContext } from '../command.ts'
import type { Declaration } from '../declaration/declaration.ts'
import { displayPath } from '../declaration/read-text.ts'
import { fail } from '../fail.ts'
import type { Flags, OptionSpec } from '../flags.ts'
import { styleOf } from '../terminal-style.ts'
import { type DraftAdoption, draftAdoption } from './draft-adoption.ts'
import { IMPORT_TERM_OPTIONS, POLICY_FOLDER, readImportTerms, requireReason } from './import-terms.ts'

/** The options of `drift --adopt`. */
export const ADOPT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'adopt',
    kind: 'switch',
    description:
      'stdout gets a patch in place of the report: policies that declare what other people hold (needs --reason)',
  },
  {
    name: 'reason',
    kind: 'text',
    value: 'TEXT',
    description: 'with --adopt: the reason of the policies; with --accept-empty: why',
  },
  ...IMPORT_TERM_OPTIONS.map(option => ({ ...option, description: `with --adopt: ${option.description}` })),
]

/**
 * Checks what `--adopt` goes with.
 *
 * @throws Failure `usage`, `reason-missing` or `flags-contradict`.
 */
export function checkAdoptFlags(flags: Flags, args: readonly string[]): void {
  const asked = ADOPT_OPTIONS.map(({ name }) => name).filter(name => name !== 'adopt' && flags.has(name))
  if (!flags.has('adopt')) {
    const [stray] = asked.filter(name => name !== 'reason' || !flags.has('accept-empty'))
    if (stray !== undefined) throw fail('usage', `--${stray} is for --adopt, which was not given.`)
    return
  }
  requireReason(flags)
  const other = ['events', 'json', 'format', 'as-of'].find(name => flags.has(name))
  if (other !== undefined) {
    throw fail(
      'flags-contradict',
      `--adopt writes a patch of now to stdout, and --${other} asks for something else.`,
      {
        wayOut: 'Use the -into options for the report of the same run.',
      },
    )
  }
  if (args.length > 0) throw fail('flags-contradict', '--adopt is for all of the tenant: it takes no paths.')
}

/** The policies of the declaration that machines leave, by file. */
function leavingByFile({ exclusions }: DraftAdoption): ReadonlyMap<string, readonly Leaving[]> {
  const files = new Map<string, Map<string, Leaving>>()
  for (const { policy, machine } of exclusions) {
    const { file } = policy.place
    const byName = files.get(file) ?? new Map<string, Leaving>()
    const machines = byName.get(policy.name)?.machines ?? []
    const isKnown = machines.some(({ id }) => id === machine.id)
    byName.set(policy.name, { policy, machines: isKnown ? machines : [...machines, machine] })
    files.set(file, byName)
  }
  return new Map([...files].map(([file, byName]) => [file, [...byName.values()]]))
}

/** What a patch has to make of the files there are, and which it adds. */
function patchedFiles(
  draft: DraftAdoption,
  { sources }: Declaration,
  folder: string,
  prefix: string,
): readonly PatchedFile[] {
  const leaving = leavingByFile(draft)
  const changed = sources.flatMap(file => {
    const after = addExceptions(file, leaving.get(file.path) ?? [])
    return after === undefined || after === file.text ? [] : [{ path: file.path, before: file.text, after }]
  })
  const added = draft.files.map(({ group, text }) => {
    return { path: `${folder}/${group.name}.yaml`, before: null, after: text }
  })
  return [...changed, ...added].map(file => ({ ...file, path: posix.join(prefix, file.path) }))
}

/**
 * Writes the patch that declares what other people hold, and tells people on stderr what it does.
 *
 * @returns The patch; empty where there is nothing to adopt.
 * @throws Failure `read-incomplete`, and `declaration-invalid` where the reason cannot stand in a policy.
 */
export async function adoptForeign(
  document: DriftDocument,
  findings: Findings,
  declaration: Declaration,
  { flags, io, color }: CommandContext,
): Promise<string> {
  const { observation, now } = findings.input
  if (observation.failures.length > 0) {
    throw fail('read-incomplete', 'Not everything could be read, so nothing is adopted.', {
      diagnostics: readFailures(observation),
    })
  }
  const terms = readImportTerms(flags, requireReason(flags), now)
  const wanted = new Set(document.drift.map(({ address }) => address))
  const isEditable = (policy: Policy): boolean => {
    const file = declaration.sources.find(({ path }) => path === policy.place.file)
    const [machine] = observation.machines
    return (
      file !== undefined &&
      machine !== undefined &&
      addExceptions(file, [{ policy, machines: [machine] }]) !== undefined
    )
  }
  const draft = draftAdoption(findings, wanted, terms, isEditable)
  const folder = displayPath(resolve(io.cwd, flags.text('out') ?? POLICY_FOLDER), io.cwd)
  const adopted = draft.files.reduce((sum, { group }) => sum + group.holds.length, 0)
  const style = styleOf(io.stderr, color, io.env)
  const prefix = await readGitPrefix({ cwd: io.cwd, env: io.env })
  const files = patchedFiles(draft, declaration, folder, prefix)
  const reach = patchReach(files, prefix)
  io.stderr.write(renderAdoption(adopted, draft.exclusions, draft.leftOut, reach, style))
  return adoptionPatch(files)
}
