import { parseInstant, toEpochMs } from '../schema/instant.ts'
import type { Call } from './call.ts'
import { machineEntity } from './entities.ts'
import { notFound, Refusal, type Reply } from './exchange.ts'
import { answerCount, answerList } from './list-answer.ts'
import { valuesAllowed } from './odata/narrow.ts'
import { sortRows } from './odata/page.ts'
import { type QueryOptions, readQueryOptions } from './odata/query-options.ts'
import { machineRow, type StoredMachine, toWireMachine } from './stored-machine.ts'

/** How far from the time that is asked for a machine may have had the address (docs/service.md#find-by-ip). */
const FOUND_BY_IP_MS = 15 * 60_000

function readOptions(call: Call): QueryOptions<StoredMachine> {
  return readQueryOptions(
    call.query,
    machineEntity(() => call.nowMs),
    call.world.settings,
  )
}

/** What the caller may see. */
function visible(records: readonly StoredMachine[]): readonly StoredMachine[] {
  return records.filter(({ hidden }) => !hidden)
}

/** Finds the machine of a path by its id, where the caller may see it. */
export function machineOf({ world }: Call, id: string): StoredMachine {
  const record = world.machines.find(id)
  if (record === undefined || record.hidden) throw notFound('Machine', id)
  return record
}

function select(
  { world, nowMs }: Call,
  { expression, predicate, orderBy }: QueryOptions<StoredMachine>,
): readonly StoredMachine[] {
  const ids = expression === undefined ? undefined : valuesAllowed(expression, 'id')
  const rows = visible(ids === undefined ? world.machines.all() : world.machines.withIds(ids))
  const kept = predicate === undefined ? rows : rows.filter(predicate)
  return sortRows(
    machineEntity(() => nowMs),
    kept,
    orderBy,
  )
}

function answerMachines(call: Call, rows: readonly StoredMachine[]): Reply {
  return answerList(call, 'Machines', rows, readOptions(call), record => machineRow(record, call.nowMs))
}

/** Answers `GET /machines`. */
export function listMachines(call: Call): Reply {
  const { machines, settings } = call.world
  if (settings.noMachinesIs404 && visible(machines.all()).length === 0)
    throw new Refusal(404, 'ResourceNotFound', 'No machines were found')
  return answerMachines(call, select(call, readOptions(call)))
}

/** Answers `GET /machines/$count`. */
export function countMachines(call: Call): Reply {
  return answerCount(call, select(call, readOptions(call)))
}

/** Answers `GET /machines/{id or name}`; of several records with one name, the one seen last. */
export function getMachine(call: Call): Reply {
  const { world, params, nowMs } = call
  const name = params[0] ?? ''
  const namesakes = visible(world.machines.named(name)).toSorted(
    (left, right) => lastSeenMs(right, nowMs) - lastSeenMs(left, nowMs),
  )
  const record = namesakes[0] ?? machineOf(call, name)
  return answerMachine(call, record)
}

/** Answers one machine as an entity. */
export function answerMachine({ world, nowMs }: Call, record: StoredMachine): Reply {
  const context = `${world.settings.contextOrigin}/api/$metadata#Machines/$entity`
  const row = machineRow(record, nowMs)
  return world.replies.odata(`{"@odata.context":${JSON.stringify(context)},${row.slice(1)}`)
}

function lastSeenMs(record: StoredMachine, nowMs: number): number {
  const { lastSeen } = toWireMachine(record, nowMs)
  const instant = lastSeen === null ? undefined : parseInstant(lastSeen)
  return instant === undefined ? 0 : toEpochMs(instant)
}

/** Answers `GET /machines/findbytag`: the whole tag, or its start with `useStartsWithFilter=true`. */
export function findByTag(call: Call): Reply {
  const { query, world } = call
  const named = new Map([...query].map(([key, value]) => [key.toLowerCase(), value]))
  const tag = named.get('tag') ?? ''
  if (tag === '') throw new Refusal(400, 'MissingRequiredParameter', 'Parameter tag is missing')
  const byStart = named.get('usestartswithfilter')?.toLowerCase() === 'true'
  const rows = visible(world.machines.all()).filter(({ facts }) =>
    facts.machineTags.some(own => (byStart ? own.startsWith(tag) : own === tag)),
  )
  return answerMachines(call, rows)
}

/** Answers `GET /machines/findbyip(ip='…',timestamp=…)`: machines seen with the address around that time. */
export function findByIp(call: Call): Reply {
  const { params, nowMs, world } = call
  const [, ip = '', time = ''] = /^ip='([^']*)',\s*timestamp=(\S+)$/i.exec(params[0] ?? '') ?? []
  const timestamp = parseInstant(time)
  if (timestamp === undefined) throw new Refusal(400, 'InvalidInput', `Invalid input ${params[0] ?? ''}`)
  const rows = visible(world.machines.all()).filter(record => {
    const { lastIpAddress, lastExternalIpAddress } = record.facts
    const isNear = Math.abs(lastSeenMs(record, nowMs) - toEpochMs(timestamp)) <= FOUND_BY_IP_MS
    return isNear && (lastIpAddress === ip || lastExternalIpAddress === ip)
  })
  return answerMachines(call, rows)
}
