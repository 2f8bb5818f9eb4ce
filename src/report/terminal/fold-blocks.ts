import type { PlanBlock } from '../views/plan-blocks.ts'

/** As many machines as may be alike before they share one block. */
const FOLD_OVER = 20

/** What two blocks must share to be told as one; undefined where a warning must be read machine by machine. */
function foldKey({ sentence, origin, lines }: PlanBlock): string | undefined {
  const warned = lines.some(line => line.notes.some(note => note.tone === 'warning'))
  return warned ? undefined : JSON.stringify([sentence, origin, lines])
}

/**
 * Joins the blocks of more than {@link FOLD_OVER} machines that differ in nothing but the machine into one, at the
 * place of the first. A block with a warning is never joined.
 */
export function foldBlocks(blocks: readonly PlanBlock[]): readonly PlanBlock[] {
  const groups = new Map<string, [PlanBlock, ...PlanBlock[]]>()
  blocks.forEach((block, index) => {
    const key = foldKey(block) ?? `alone ${index}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [block])
    else group.push(block)
  })
  return [...groups.values()].flatMap(group => {
    if (group.length <= FOLD_OVER) return group
    return [{ ...group[0], machines: group.flatMap(block => block.machines) }]
  })
}
