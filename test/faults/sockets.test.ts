import { expect, test } from 'vitest'
import { casesOf, countPasses } from './cases.ts'
import { FAULT_ROWS, type FaultRow } from './fault-rows.ts'
import { describeTry } from './matrix-page.ts'
import { onSockets } from './on-sockets.ts'
import { POINTS } from './points.ts'
import { tryCase } from './try-case.ts'

const passes = await countPasses()

/** Whether somebody else acts between requests that leave at once: over sockets any of them may come first. */
function isRaced(row: FaultRow): boolean {
  return row.kind === 'service' && row.scene.events !== undefined
}

/** Each answer that does not come costs real time here: once is enough. */
function isHanging(row: FaultRow): boolean {
  return row.kind === 'request' && row.fault.fault?.startsWith('timeout') === true
}

test.each(FAULT_ROWS.map((row, index) => [row.name, row, index] as const))(
  '%s: over sockets, with journal and lease in files, it ends as in process',
  async (_name, row, index) => {
    for (const [place, point] of POINTS.entries()) {
      const all = casesOf(row, point, passes)
      const cases = isHanging(row) ? all.filter(({ often }) => often === 'once') : all
      const tested = cases[(index + place) % cases.length] ?? cases[0]
      if (tested === undefined) throw new Error(`no case of ${row.name} at ${point}`)
      const tried = await tryCase(tested, onSockets)
      const where = `${point} ${tested.ordinal} ${tested.often}`
      expect(tried.violations, where).toStrictEqual([])
      if (!isRaced(row))
        expect(`${where}: ${describeTry(tried)}`).toBe(`${where}: ${describeTry(await tryCase(tested))}`)
    }
  },
)
