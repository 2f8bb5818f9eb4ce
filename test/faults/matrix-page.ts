import { FAULT_ROWS, type FaultRow } from './fault-rows.ts'
import { MEANINGS, POINTS, type Point } from './points.ts'
import type { Tried } from './try-case.ts'

/** What came of the tries of one cell. */
export interface Cell {
  readonly row: FaultRow
  readonly point: Point
  readonly tries: readonly Tried[]
}

const CODES: Readonly<Record<string, string>> = {
  ok: '0',
  error: '1',
  'no plan': '1',
  stale: '3',
  refused: '4',
  partial: '5',
  pending: '6',
  locked: '7',
  killed: 'killed',
}

/** How one try went, in exit codes: the struck command, the same command again, a new plan. */
export function describeTry({ end, then, last }: Tried): string {
  return [end, then, last].flatMap(name => (name === null ? [] : (CODES[name] ?? name))).join(' → ')
}

const BEFORE = `# What faults do to an apply

Written by the test that runs them, \`test/faults/fault-matrix.test.ts\`, which fails where this page is not what it saw
(\`UPDATE_FAULT_MATRIX=1 npx vitest run test/faults\` writes it anew). A plan of eight changes over seven machines (a hold
with a scan, a change of scope, a cancel with the impose after it, two quarantines, a release, a plain hold, one hold in
flight that is awaited) is made and applied against the emulator, through the client that talks to the service. Every
fault strikes at every point:
`

const READING = `
A cell holds the exit codes ([exit codes](exit-codes.md)) of the struck command, of the same command given again after
the fault, and where that did not end in 0 either, of a new plan and its apply: \`6 → 0\` is an apply that left something
pending, and a second one that found all of it. Each cell is tried on the first, a middle and the last request (or line)
of the point, once and for good, while the service refuses duplicates, answers them with the action that is there, and
enqueues them. A fault that is a trait of the service is combined with a reset after acceptance at the point. \`killed\`
is the process that died, before and after the request or line; \`observe\` strikes the plan, whose exit is 1.
`

const JUDGED = `
After every command the emulator's own record is held against it: no request of a change is there twice, no action that
the plan did not hold, every planned change has exactly one outcome, each outcome is what the history says, no machine is
left open by a chain without being named, and 0 is only given where all that is declared holds.

What cannot be promised: a service that lists an accepted action later than \`apply.lookup\` (15 s), after an answer that
was lost, may be sent that request a second time. Raise it where that is seen.
`

function heading(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n|${cells.map(() => '---').join('|')}|`
}

/** Writes docs/fault-matrix.md. */
export function matrixPage(cells: readonly Cell[]): string {
  const points = POINTS.map(point => `- **${point}**: ${MEANINGS[point]}`).join('\n')
  const notes: string[] = []
  const rows = FAULT_ROWS.map(row => {
    const staysOpen = row.kind === 'service' ? row.staysOpen : undefined
    if (staysOpen !== undefined) notes.push(staysOpen)
    const name = staysOpen === undefined ? row.name : `${row.name} (${notes.length})`
    const texts = POINTS.map(point => {
      const tries = cells.find(cell => cell.row === row && cell.point === point)?.tries ?? []
      const ends = [...new Set(tries.filter(({ struck }) => struck).map(describeTry))].sort()
      return ends.length === 0 ? 'not reached' : ends.join(', ')
    })
    return `| ${[name, ...texts].join(' | ')} |`
  })
  const remarks = notes.map((note, index) => `(${index + 1}) It does not end in 0: ${note}.`).join('\n')
  return [
    BEFORE,
    points,
    READING,
    heading(['fault', ...POINTS]),
    rows.join('\n'),
    `\n${remarks}`,
    JUDGED,
    countsOf(cells),
    '',
  ].join('\n')
}

function countsOf(cells: readonly Cell[]): string {
  const struck = cells.flatMap(({ tries }) => tries).filter(tried => tried.struck)
  const count = (kind: string): number =>
    struck.flatMap(({ violations }) => violations).filter(violation => violation.kind === kind).length
  const lines: readonly (readonly [string, number])[] = [
    ['faults', FAULT_ROWS.length],
    ['points', POINTS.length],
    ['faults × points', cells.length],
    ['tries in process, on the hand-driven clock', struck.length],
    [
      'tries over sockets, journal and lease in files (`sockets.test.ts` with `FAULT_SOCKETS=all`, a sixth of them without)',
      cells.length,
    ],
    ['duplicate submissions', count('duplicate')],
    ['actions that the plan did not hold', count('unplanned')],
    ['lost outcomes', count('lost')],
    ['outcomes that the history gives the lie', count('untrue')],
  ]
  return `${heading(['count', ''])}\n${lines.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}`
}
