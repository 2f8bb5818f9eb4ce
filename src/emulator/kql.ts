import { parseInstant, toEpochMs } from '../schema/instant.ts'
import { DEVICE_INFO_TYPES, type DeviceInfo } from './device-info.ts'
import { Refusal } from './exchange.ts'

/** A column of `DeviceInfo`. */
export type Column = keyof DeviceInfo
type Test = (row: DeviceInfo, nowMs: number) => boolean

/** A query taken apart. */
export interface Query {
  readonly tests: readonly Test[]
  readonly columns: readonly Column[]
  /** Times, by device, before and after which the latest row is wanted. */
  readonly ends: ReadonlyMap<string, number>
}

/** The only table of this emulator. */
export const TABLE = 'DeviceInfo'
const COLUMNS = Object.keys(DEVICE_INFO_TYPES) as Column[]
const LOOKUP = 'lookup kind=leftouter ends on DeviceId'
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** What the service says to a query that it cannot read. */
function unreadable(): Refusal {
  return new Refusal(400, 'BadRequest', 'A recognition error occurred.. Fix syntax errors in your query.')
}

function columnOf(text: string): Column {
  const column = COLUMNS.find(name => name === text.trim())
  if (column === undefined) throw unreadable()
  return column
}

/** Reads `"a", "b"`, without escapes. */
function literals(text: string): readonly string[] {
  return text.split(',').map(part => {
    const literal = /^\s*(["'])([^"'\\]*)\1\s*$/.exec(part)?.[2]
    if (literal === undefined) throw unreadable()
    return literal
  })
}

function readCondition(text: string): Test {
  const age = /^Timestamp\s*>=?\s*ago\((\d{1,4})([mhd])\)$/.exec(text)
  if (age !== null) {
    const ms = Number(age[1]) * (UNIT_MS[age[2] ?? ''] ?? 0)
    return (row, nowMs) => toEpochMs(row.Timestamp) > nowMs - ms
  }
  const among = /^(\w+)\s+in\s*\(([^()]*)\)$/.exec(text)
  if (among !== null) {
    const [column, values] = [columnOf(among[1] ?? ''), new Set(literals(among[2] ?? ''))]
    return row => values.has(String(row[column]))
  }
  const filled = /^isnotempty\((\w+)\)$/.exec(text)
  if (filled !== null) {
    const column = columnOf(filled[1] ?? '')
    return row => row[column] !== ''
  }
  return readTerm(text)
}

function readTerm(text: string): Test {
  const term = /^(\w+)\s+(has|==)\s+(["'][^"']*["'])$/.exec(text)
  if (term === null) throw unreadable()
  const [column, [value = '']] = [columnOf(term[1] ?? ''), literals(term[3] ?? '')]
  if (term[2] === '==') return row => String(row[column]) === value
  // A term is a run of letters and digits, whatever its case.
  return row =>
    String(row[column])
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .includes(value.toLowerCase())
}

/** `let ends = datatable(…) [ "id", datetime(…), … ];` before the query: a time for each of some devices. */
const ENDS = /^\s*let ends = datatable\(DeviceId: string, End: datetime\) \[([^\]]*)\];/

function readEnds(text: string): ReadonlyMap<string, number> {
  const ends = new Map<string, number>()
  if (text.trim() === '') return ends
  for (const part of text.split(/,(?=\s*")/)) {
    const [, id = '', time = ''] = /^\s*"([0-9a-f]+)",\s*datetime\(([^()]+)\)\s*$/.exec(part) ?? []
    const at = parseInstant(time)
    if (at === undefined) throw unreadable()
    ends.set(id, toEpochMs(at))
  }
  return ends
}

/** `extend X = column_ifexists("X", "")`: every column that this emulator knows exists, and no other one. */
function readExtension(text: string): readonly Test[] {
  if (text === 'BeforeEnd = Timestamp < End') return []
  const [, name, column] = /^(\w+)\s*=\s*column_ifexists\("(\w+)",\s*""\)$/.exec(text) ?? []
  if (name === undefined || name !== column) throw unreadable()
  columnOf(name)
  return []
}

function readOperator(text: string): readonly Test[] | { readonly columns: readonly Column[] } {
  const [, operator, rest = ''] = /^(where|summarize|project|extend)\s+(.*)$/s.exec(text) ?? []
  if (operator === 'where') {
    const tests = rest.split(/\s+or\s+/).map(part => readCondition(part.trim()))
    return [(row, nowMs) => tests.some(test => test(row, nowMs))]
  }
  if (operator === 'extend') return readExtension(rest)
  if (operator === 'project') return { columns: rest.split(',').map(columnOf) }
  const latest = /^arg_max\(\s*Timestamp\s*,([^()]*)\)\s+by\s+DeviceId(?:, BeforeEnd)?$/.exec(rest)
  if (operator !== 'summarize' || latest === null) throw unreadable()
  const kept = (latest[1] ?? '').trim()
  // The table of this emulator holds the latest rows alone, so that only the columns are left to do.
  return { columns: kept === '*' ? COLUMNS : ['DeviceId', 'Timestamp', ...kept.split(',').map(columnOf)] }
}

/**
 * Reads the queries that ask for evidence and their like: `DeviceInfo` through `where`, `extend … column_ifexists`,
 * `summarize arg_max(…) by DeviceId` and `project`; and with a table `ends`, on which `BeforeEnd` of a `lookup` rests,
 * by `DeviceId, BeforeEnd`.
 *
 * @throws Refusal in the service's words for every other one.
 */
export function readQuery(text: string): Query {
  const stated = ENDS.exec(text)
  const [table = '', ...operators] = text
    .slice(stated?.[0].length ?? 0)
    .split(/\s*\|\s*/)
    .map(part => part.trim())
  const isSplit = /by DeviceId, BeforeEnd\b/.test(text)
  const isJoined = operators.includes(LOOKUP) && text.includes('extend BeforeEnd = Timestamp < End')
  if (table !== TABLE || isSplit !== (stated !== null) || isSplit !== isJoined) throw unreadable()
  const tests: Test[] = []
  let columns: readonly Column[] = COLUMNS
  for (const operator of operators.filter(one => one !== LOOKUP).map(readOperator)) {
    if ('columns' in operator) columns = operator.columns
    else tests.push(...operator)
  }
  return { tests, columns, ends: readEnds(stated?.[1] ?? '') }
}
