import type { FaultRow } from './fault-rows.ts'
import { inProcess } from './outside.ts'
import type { Point } from './points.ts'
import { type Rig, startRig } from './rig.ts'
import type { Case } from './try-case.ts'

/** How often each point is passed by a run that nothing strikes. */
export type Passes = Rig['counts']

/** Counts the requests and journal lines of a run that nothing strikes. Throws where it does not end well. */
export async function countPasses(): Promise<Passes> {
  const rig = await startRig({ scene: {}, open: inProcess })
  const planned = await rig.plan()
  if (planned.kind !== 'plan') throw new Error('the scene has no plan')
  const end = await rig.apply(planned.plan, 'run-1')
  if (end.kind !== 'result' || end.result.exit.code !== 0) throw new Error('the scene does not end well')
  return rig.counts
}

const MODES = ['reject', 'existing', 'enqueue'] as const

/** The tries of one cell: the first, a middle and the last request or line of the point, in every way of its row. */
export function casesOf(row: FaultRow, point: Point, passes: Passes): readonly Case[] {
  const strikesRequests = row.kind === 'request' || row.kind === 'service'
  const last = passes[strikesRequests && point === 'journal' ? 'submit' : point]
  const middle = Math.ceil(last / 2)
  const modes = row.kind === 'service' && row.duplicates !== undefined ? [row.duplicates] : MODES
  const mode = (index: number): Case['duplicates'] => modes[index % modes.length] ?? 'reject'
  const once = { row, point, often: 'once', side: 'after' } as const
  if (strikesRequests) {
    return [
      { ...once, ordinal: 1, duplicates: mode(0) },
      { ...once, ordinal: last, duplicates: mode(2) },
      { ...once, ordinal: 1, often: 'for good', duplicates: mode(1) },
      { ...once, ordinal: middle, often: 'for good', duplicates: mode(0) },
    ]
  }
  const sides = row.kind === 'kill' ? (['before', 'after'] as const) : (['after'] as const)
  return [1, middle, last].flatMap((ordinal, index) =>
    sides.map(side => ({ ...once, ordinal, side, duplicates: mode(index) })),
  )
}
