import { formatInstant, fromEpochMs } from '../schema/instant.ts'
import type { Call } from './call.ts'
import { DEVICE_INFO_TYPES, type DeviceInfo, deviceInfos } from './device-info.ts'
import { Refusal, type Reply } from './exchange.ts'
import { type Column, type Query, readQuery, TABLE } from './kql.ts'
import { optionalText, readBody, requiredText } from './submit-body.ts'
import { readTimespan } from './timespan.ts'

/** Both paths go back so far (docs/service.md#hunting-limits). */
const REACH_MS = 30 * 86_400_000

/** What both paths answer where tenant or token may not see the table, in place of a 403 on demand. */
export function unresolved(): Refusal {
  const message = `Failed to resolve table or column expression named '${TABLE}'. Fix semantic errors in your query.`
  return new Refusal(400, 'BadRequest', message)
}

function rowsOf(
  { world, nowMs, tampering }: Call,
  { tests, ends }: Query,
  reachMs: number,
): readonly DeviceInfo[] {
  const { noTable, rowLimit } = world.settings.hunting
  if (noTable) throw unresolved()
  const from = fromEpochMs(nowMs - reachMs)
  const rows = deviceInfos(world, nowMs, ends).filter(
    row => row.Timestamp > from && tests.every(test => test(row, nowMs)),
  )
  if (rows.length > rowLimit)
    throw new Refusal(400, 'BadRequest', `Query execution has exceeded the allowed limits: ${rowLimit} rows.`)
  return tampering === 'no-rows' ? [] : rows
}

/** Answers `POST /advancedqueries/run`, until it is switched off (docs/service.md#hunting-old). */
export function answerHunting(call: Call): Reply {
  const { world, body, nowMs } = call
  const { oldPathEndsMs, oldPathAnswer } = world.settings.hunting
  if (nowMs >= oldPathEndsMs && oldPathAnswer !== 'empty') throw RETIRED[oldPathAnswer]()
  const query = readQuery(requiredText(readBody(body.toString(), ['Query']), 'Query'))
  const rows = nowMs >= oldPathEndsMs ? [] : rowsOf(call, query, REACH_MS)
  return world.replies.json(200, {
    Schema: query.columns.map(column => ({ Name: column, Type: DEVICE_INFO_TYPES[column] })),
    Results: rows.map(row => Object.fromEntries(query.columns.map(column => [column, cellOf(row, column)]))),
  })
}

/** How the old path may look once it is gone; no page says (docs/service.md#hunting-retirement). */
const RETIRED = {
  gone: () => new Refusal(410, 'Gone', 'This API has been retired.'),
  'not-found': () => new Refusal(404, 'NotFound', 'Not found'),
  forbidden: () => new Refusal(403, 'Forbidden', 'This API has been retired.'),
}

/** Answers `POST /v1.0/security/runHuntingQuery` of Microsoft Graph (docs/service.md#hunting-graph-answer). */
export function answerGraphHunting(call: Call): Reply {
  const { world, body, url } = call
  const { camelKeys } = world.settings.hunting
  const read = readBody(body.toString(), ['Query', 'Timespan', 'workspaceId'])
  const query = readQuery(requiredText(read, 'Query'))
  const timespan = optionalText(read, 'Timespan')
  const reachMs = timespan === null ? REACH_MS : Math.min(REACH_MS, readTimespan(timespan))
  const rows = rowsOf(call, query, reachMs)
  const keyOf = (column: Column): string =>
    camelKeys ? column.slice(0, 1).toLowerCase() + column.slice(1) : column
  return world.graphReplies.odata(
    JSON.stringify({
      '@odata.context': `${url.origin}/v1.0/$metadata#microsoft.graph.security.huntingQueryResults`,
      schema: query.columns.map(column => ({ name: column, type: DEVICE_INFO_TYPES[column] })),
      results: rows.map(row =>
        Object.fromEntries(query.columns.flatMap(column => graphCells(row, column, keyOf(column)))),
      ),
    }),
  )
}

/** A boolean stands as 0 or 1 beside its type, as it was captured. */
function graphCells(row: DeviceInfo, column: Column, key: string): readonly (readonly [string, unknown])[] {
  const cell = cellOf(row, column)
  return typeof cell === 'boolean'
    ? [
        [`${key}@odata.type`, '#SByte'],
        [key, Number(cell)],
      ]
    : [[key, cell]]
}

function cellOf(row: DeviceInfo, column: Column): string | boolean | null {
  if (column === 'Timestamp') return formatInstant(row.Timestamp)
  const isUnrestricted = column === 'RestrictedDeviceSecurityOperations' && row[column] === ''
  return isUnrestricted ? null : row[column]
}
