import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { actionRow, createdMs, machineRow } from './dataset.ts'
import { type ListBytes, listBytes, placeOf } from './list-bytes.ts'

/**
 * Serves the pages of one tenant over loopback, in a process of its own: `page-server.ts MACHINES ACTIONS LATENCY_MS`.
 * Tells its parent the port. Knows `$top`, `$skip`, `$count` and windows of creation, as Holdfast asks for them.
 */

const [machineCount = 1000, actionsPerMachine = 10, latencyMs = 0] = process.argv.slice(2).map(Number)
const nowMs = Date.now()
const numbers = Array.from({ length: machineCount }, (_unused, index) => index)

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function machines(): ListBytes {
  const rows = numbers.map(index => machineRow(index, nowMs))
  const ids = rows.map(row => String(row['id']))
  const order = numbers.toSorted((a, b) => compare(ids[a] ?? '', ids[b] ?? ''))
  return listBytes(
    rows.map((row, index) => [ids[index] ?? '', JSON.stringify(row)] as const),
    order,
  )
}

function actions(): ListBytes {
  const count = machineCount * actionsPerMachine
  const created = new Float64Array(count)
  for (let at = 0; at < count; at += 1) {
    created[at] = createdMs(
      Math.floor(at / actionsPerMachine),
      at % actionsPerMachine,
      actionsPerMachine,
      nowMs,
    )
  }
  const order = Array.from(created, (_ms, at) => at).sort((a, b) => compare(created[a] ?? 0, created[b] ?? 0))
  function* rows(): Generator<readonly [string, string]> {
    for (let at = 0; at < count; at += 1) {
      const row = actionRow(
        Math.floor(at / actionsPerMachine),
        at % actionsPerMachine,
        actionsPerMachine,
        nowMs,
      )
      yield [String(row['creationDateTimeUtc']), JSON.stringify(row)]
    }
  }
  return listBytes(rows(), order)
}

const lists: Readonly<Record<string, ListBytes>> = { machines: machines(), machineactions: actions() }

/** Writes the instant of a filter with the digits that keys have. */
function padded(text: string): string {
  const [seconds = '', digits = ''] = text.slice(0, -1).split('.')
  return `${seconds}.${digits.padEnd(7, '0')}Z`
}

/** The stretch of a list that a filter by creation leaves. */
function window(list: ListBytes, filter: string): readonly [first: number, last: number] {
  const from = /creationDateTimeUtc ge (\S+)/.exec(filter)?.[1]
  const to = /creationDateTimeUtc lt (\S+)/.exec(filter)?.[1]
  return [
    from === undefined ? 0 : placeOf(list.keys, padded(from)),
    to === undefined ? list.rows : placeOf(list.keys, padded(to)),
  ]
}

function answer(url: URL, response: ServerResponse): void {
  const name = url.pathname.split('/').at(-1) ?? ''
  const list = lists[name]
  if (list === undefined) {
    response.writeHead(404).end()
    return
  }
  const { searchParams } = url
  const [first, last] = window(list, searchParams.get('$filter') ?? '')
  const skip = first + Number(searchParams.get('$skip') ?? 0)
  const top = Math.min(10_000, Number(searchParams.get('$top') ?? 10_000), Math.max(0, last - skip))
  const count = searchParams.get('$count') === 'true' ? `"@odata.count":${last - first},` : ''
  const context = `https://api.security.microsoft.com/api/$metadata#${name}`
  response.writeHead(200, { 'content-type': 'application/json; odata.metadata=minimal' })
  response.write(`{"@odata.context":"${context}",${count}"value":[`)
  response.write(list.page(skip, top))
  response.end(']}')
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  setTimeout(() => answer(url, response), latencyMs)
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
