import { expect, test } from 'vitest'
import { casesOf, countPasses } from './cases.ts'
import { FAULT_ROWS, type FaultRow } from './fault-rows.ts'
import { describeTry } from './matrix-page.ts'
import { onSockets } from './on-sockets.ts'
import { POINTS, type Point } from './points.ts'
import { tryCase } from './try-case.ts'

const passes = await countPasses()

/**
 * Whether it matters which of several requests that leave at once comes first, which over sockets may be any: somebody
 * else acts between them, or the disk is full from a look on, while the first half of a chain may end or be cancelled.
 */
function isRaced(row: FaultRow, point: Point): boolean {
  return row.kind === 'service' ? row.scene.events !== undefined : row.kind === 'disk' && point === 'look'
}

/** Each answer that does not come costs real time here: once is enough. */
function isHanging(row: FaultRow): boolean {
  return row.kind === 'request' && row.fault.fault?.startsWith('timeout') === true
}

/** Of its six points each row takes one, another one than its neighbours; `FAULT_SOCKETS=all` takes all of them. */
const STRIDE = process.env['FAULT_SOCKETS'] === 'all' ? 1 : 6

test.each(FAULT_ROWS.map((row, index) => [row.name, row, index] as const))(
  '%s: over sockets, with journal and lease in files, it ends as in process',
  async (_name, row, index) => {
    const points = POINTS.map((point, place) => ({ point, place })).filter(
      ({ place }) => (index + place) % STRIDE === 0,
    )
    await Promise.all(
      points.map(({ point, place }) => endsAlike(row, point, Math.floor((index + place) / STRIDE))),
    )
  },
)

/** Tries one case of a cell both ways. */
async function endsAlike(row: FaultRow, point: Point, turn: number): Promise<void> {
  const all = casesOf(row, point, passes)
  const cases = isHanging(row) ? all.filter(({ often }) => often === 'once') : all
  const tested = cases[turn % cases.length]
  if (tested === undefined) throw new Error(`no case of ${row.name} at ${point}`)
  const tried = await tryCase(tested, onSockets)
  const where = `${point} ${tested.ordinal} ${tested.often}`
  expect(tried.violations, where).toStrictEqual([])
  if (row.kind === 'disk') expect([tried.end, tried.then, tried.last], where).toContain('ok')
  if (isRaced(row, point)) return
  const inProcess = await tryCase(tested)
  expect(`${where}: ${describeTry(tried)}`).toBe(`${where}: ${describeTry(inProcess)}`)
}
