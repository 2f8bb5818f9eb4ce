import type { Machine } from '../../posture/machine.ts'
import { normalText } from '../../schema/machine-name.ts'

/** Whether a tag is put on machines or taken off. */
export type TagAction = 'Add' | 'Remove'

/** What has to be sent for a tag to be, or not be, on some machines. */
export interface TagPlan {
  /** By the tag as it is to be spelt in the request. */
  readonly changes: readonly { readonly tag: string; readonly machines: readonly Machine[] }[]
  /** Machines that have it, or have it not, already. */
  readonly unchanged: readonly Machine[]
}

/** The tags of a machine that compare equal to a tag: whole, without regard to case, as selectors do. */
export function spellingsOn(machine: Machine, tag: string): readonly string[] {
  return machine.machineTags.filter(own => normalText(own) === normalText(tag))
}

/**
 * Decides which machines a tag is sent for.
 *
 * A machine that has the tag in another spelling has it: selectors match it already. To take a tag off is to take off
 * every spelling of it, or selectors would match it still.
 */
export function planTags(action: TagAction, tag: string, machines: readonly Machine[]): TagPlan {
  const bySpelling = new Map<string, Machine[]>()
  const unchanged: Machine[] = []
  for (const machine of machines) {
    const spellings = spellingsOn(machine, tag)
    const sent = action === 'Remove' ? spellings : spellings.length > 0 ? [] : [tag]
    if (sent.length === 0) unchanged.push(machine)
    for (const spelling of sent) {
      const group = bySpelling.get(spelling)
      if (group === undefined) bySpelling.set(spelling, [machine])
      else group.push(machine)
    }
  }
  return {
    changes: [...bySpelling].map(([spelling, group]) => ({ tag: spelling, machines: group })),
    unchanged,
  }
}

/** Says whether a machine is now as the change wanted it. */
export function isTagged(action: TagAction, tag: string, machine: Machine): boolean {
  return spellingsOn(machine, tag).length > 0 === (action === 'Add')
}
