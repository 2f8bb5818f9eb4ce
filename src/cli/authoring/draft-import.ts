import {
  groupHolds,
  type ImportGroup,
  type ImportWord,
  type LeftOut,
  settledHolds,
  type UndeclaredHold,
} from '../../authoring/import-holds.ts'
import { type ImportTerms, importedPolicyText } from '../../authoring/import-text.ts'
import type { Findings } from '../../plan/assemble/assemble-plan.ts'
import { examinePosture } from '../../plan/assemble/create-plan.ts'
import { parsePolicyFile } from '../../schema/parse-policy.ts'
import type { Policy } from '../../schema/policy.ts'
import { fail } from '../fail.ts'

/** A policy file as it would be written. */
export interface DraftFile {
  readonly group: ImportGroup
  readonly text: string
}

/** What an import would write, and what it cannot. */
export interface DraftImport {
  readonly files: readonly DraftFile[]
  readonly leftOut: readonly LeftOut[]
}

function draftFiles(
  holds: readonly UndeclaredHold[],
  { input }: Findings,
  terms: ImportTerms,
  word: ImportWord,
): readonly DraftFile[] {
  const taken = new Set(input.policies.map(({ name }) => name))
  return groupHolds(holds, input.now, taken, word).map(group => ({
    group,
    text: importedPolicyText(group, terms),
  }))
}

function readBack({ group, text }: DraftFile): readonly Policy[] {
  const { policies, diagnostics } = parsePolicyFile({ path: `${group.name}.yaml`, text })
  if (diagnostics.some(({ severity }) => severity === 'error'))
    throw fail('declaration-invalid', 'What was given cannot stand in a policy.', { diagnostics })
  return policies
}

/**
 * Drafts the policies of an import. Each is read back as it will be and planned together with those that there are, on
 * the same observation: only what the planner then leaves alone is imported.
 *
 * @throws Failure `declaration-invalid` where the reason or the owner cannot stand in a policy.
 */
export function draftImport(
  holds: readonly UndeclaredHold[],
  findings: Findings,
  terms: ImportTerms,
  word: ImportWord = 'imported',
): DraftImport {
  const { input } = findings
  const imported = draftFiles(holds, findings, terms, word).flatMap(readBack)
  const declared = examinePosture({ ...input, policies: [...input.policies, ...imported] })
  const { settled, leftOut } = settledHolds(holds, declared)
  return { files: draftFiles(settled, findings, terms, word), leftOut }
}
