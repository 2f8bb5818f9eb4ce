import { foldHold } from '../../posture/fold-hold.ts'
import { compareText, type History } from '../../posture/history.ts'
import type { HoldLens } from '../../posture/hold-lens.ts'
import { HOLD_PAIRS } from '../../posture/holds.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { writerOf } from './sisters.ts'

/** How many machines are named. */
const SHOWN = 3

/**
 * Tells which machines other configurations hold: those that this one calls its sisters, and those that nothing is said
 * of, which may be this one under a name that it had before (docs/contract.md#names-of-configurations).
 */
export function nameDiagnostics(
  history: History,
  lens: HoldLens,
  sisters: ReadonlySet<string>,
): readonly Diagnostic[] {
  const byWriter = new Map<string, Set<string>>()
  for (const id of history.machineIds) {
    // A fold is only worth its time where somebody else's marker is.
    if (history.of(id).some(action => writerOf(action) !== undefined))
      noteWriters(id, history, lens, byWriter)
  }
  return [...byWriter]
    .sort(([a], [b]) => compareText(a, b))
    .map(([writer, ids]) => (sisters.has(writer) ? heldBySister(writer, ids) : heldByOtherName(writer, ids)))
}

function noteWriters(id: string, history: History, lens: HoldLens, byWriter: Map<string, Set<string>>): void {
  for (const pair of Object.values(HOLD_PAIRS)) {
    const impose = foldHold(history.of(id), pair, lens).imposes.at(-1)
    const writer = impose === undefined || impose.own ? undefined : writerOf(impose.action)
    if (writer !== undefined) byWriter.set(writer, new Set([...(byWriter.get(writer) ?? []), id]))
  }
}

function held(ids: ReadonlySet<string>, who: string): string {
  const shown = [...ids].slice(0, SHOWN).join(', ')
  const count = ids.size === 1 ? 'a machine is' : `${ids.size} machines are`
  return `${count} held by ${who} (${shown}${ids.size > SHOWN ? ', …' : ''})`
}

function heldBySister(writer: string, ids: ReadonlySet<string>): Diagnostic {
  return {
    severity: 'info',
    code: 'held-by-sister',
    message: `${held(ids, `${writer}, which \`sisters\` names`)}: that is its business.`,
  }
}

function heldByOtherName(writer: string, ids: ReadonlySet<string>): Diagnostic {
  const isNameless = writer === ''
  const who = isNameless ? 'a configuration without a name' : `a configuration of the name ${writer}`
  const sister = isNameless ? 'give it a name, then list that in `sisters`' : 'list it in `sisters`'
  return {
    severity: 'warning',
    code: 'other-configuration',
    message: `${held(ids, who)}, and that counts as somebody else's. Was it this one, before \`name\` was given or changed: \`formerNames: ["${writer}"]\` claims the holds. Is it another one: ${sister}.`,
  }
}
