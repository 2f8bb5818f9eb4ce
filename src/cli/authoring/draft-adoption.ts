import { type Exclusion, excludeMachines, exclusionsOf, foreignHolds } from '../../authoring/adopt-holds.ts'
import type { LeftOut } from '../../authoring/import-holds.ts'
import type { ImportTerms } from '../../authoring/import-text.ts'
import type { Findings } from '../../plan/assemble/assemble-plan.ts'
import { examinePosture } from '../../plan/assemble/create-plan.ts'
import type { Policy } from '../../schema/policy.ts'
import { type DraftFile, draftImport } from './draft-import.ts'

/** What an adoption would write and change, and what it cannot. */
export interface DraftAdoption {
  readonly files: readonly DraftFile[]
  /** Machines that leave a policy that declares them free. */
  readonly exclusions: readonly Exclusion[]
  readonly leftOut: readonly LeftOut[]
}

/**
 * Drafts the policies that declare what other people hold, and what policies have to let go for that. Everything is
 * planned as it would be on the same observation: what the planner would not then leave alone is left out.
 *
 * @param wanted - Addresses that are to be adopted at all.
 * @param isEditable - Says whether a machine can be taken out of a policy by changing its text.
 * @throws Failure `declaration-invalid` where the reason or the owner cannot stand in a policy.
 */
export function draftAdoption(
  findings: Findings,
  wanted: ReadonlySet<string>,
  terms: ImportTerms,
  isEditable: (policy: Policy) => boolean,
): DraftAdoption {
  const { input } = findings
  const { exclusions, leftOut } = exclusionsOf(findings, wanted, isEditable)
  const policies = excludeMachines(input.policies, exclusions)
  const released = examinePosture({ ...input, policies })
  const kept = new Set(leftOut.map(({ address }) => address))
  const draft = draftImport(foreignHolds(released, wanted), released, terms, 'adopted')
  const undone = new Set(draft.leftOut.map(({ address }) => address).filter(address => !kept.has(address)))
  const blocked = exclusions.filter(({ address }) => undone.has(address))
  if (blocked.length === 0) return { files: draft.files, exclusions, leftOut: [...leftOut, ...draft.leftOut] }
  const rest = new Set([...wanted].filter(address => !blocked.some(one => one.address === address)))
  const again = draftAdoption(findings, rest, terms, isEditable)
  const dropped = draft.leftOut.filter(({ address }) => !rest.has(address))
  return { ...again, leftOut: [...again.leftOut, ...dropped] }
}
