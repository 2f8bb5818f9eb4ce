import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { casesOf, countPasses } from './cases.ts'
import { FAULT_ROWS, type FaultRow } from './fault-rows.ts'
import { type Cell, describeTry, matrixPage } from './matrix-page.ts'
import { POINTS, type Point } from './points.ts'
import { type Case, type Tried, tryCase } from './try-case.ts'

const PAGE = new URL('../../docs/fault-matrix.md', import.meta.url)

const passes = await countPasses()
const cells: Cell[] = []

test.each(FAULT_ROWS.map(row => [row.name, row] as const))(
  '%s: nothing twice, nothing unplanned, nothing lost, at any point',
  async (_name, row) => {
    const faults: string[] = []
    for (const point of POINTS) {
      const tries: Tried[] = []
      for (const tested of casesOf(row, point, passes)) {
        const tried = await tryCase(tested)
        tries.push(tried)
        faults.push(...doubts(tested, tried))
      }
      cells.push({ row, point, tries })
      const isReached = tries.some(({ struck }) => struck)
      if (isReached === isUnreached(row, point)) faults.push(`${point}: struck is ${isReached}`)
    }
    expect(faults).toStrictEqual([])
  },
)

function isUnreached(row: FaultRow, point: Point): boolean {
  return row.kind === 'service' && row.unreached?.includes(point) === true
}

/** What is wrong with a try: what the emulator's record says against it, and an end that is not the declared one. */
function doubts({ row, point, ordinal, often, side, duplicates }: Case, tried: Tried): readonly string[] {
  const where = `${point} ${ordinal} ${often} ${side} ${duplicates}: ${describeTry(tried)}`
  const isOpen = row.kind === 'service' && row.staysOpen !== undefined
  const isWell = (tried.last ?? tried.then ?? tried.end) === 'ok'
  return [
    ...tried.violations.map(({ kind, what }) => `${where}: ${kind}: ${what}`),
    ...(isWell || isOpen ? [] : [`${where}: does not come to the declared end`]),
  ]
}

test('docs/fault-matrix.md says what the runs came to (`UPDATE_FAULT_MATRIX=1` writes it)', async () => {
  const page = matrixPage(cells)
  if (process.env['UPDATE_FAULT_MATRIX'] === '1') await writeFile(PAGE, page)
  expect(await readFile(PAGE, 'utf8')).toBe(page)
})
