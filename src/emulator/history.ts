import { fromEpochMs } from '../schema/instant.ts'
import { writeActionRow } from './action-row.ts'
import { firstCreatedFrom } from './action-store.ts'
import type { Call } from './call.ts'
import { findAction } from './cancel.ts'
import { actionEntity } from './entities.ts'
import type { Reply } from './exchange.ts'
import { answerCount, answerList } from './list-answer.ts'
import type { Entity } from './odata/entity.ts'
import type { Expression } from './odata/expression.ts'
import { valuesAllowed } from './odata/narrow.ts'
import { sortRows } from './odata/page.ts'
import { type QueryOptions, readQueryOptions } from './odata/query-options.ts'
import type { StoredAction } from './stored-action.ts'
import type { World } from './world.ts'

/** The row of an action as lists and entities show it. */
function actionRow({ settings }: World, record: StoredAction): string {
  const updateField = settings.legacyUpdateField ? 'lastUpdateTimeUtc' : 'lastUpdateDateTimeUtc'
  record.json ??= writeActionRow(record, settings.statusWords, updateField)
  return record.json
}

/** The actions a filter can be about, oldest first: by an index where the filter names ids or machines. */
function candidates({ actions }: World, expression: Expression | undefined): readonly StoredAction[] {
  if (expression === undefined) return actions.all()
  const ids = valuesAllowed(expression, 'id')
  if (ids !== undefined) return actions.withIds(ids)
  const machineIds = valuesAllowed(expression, 'machineid')
  return machineIds === undefined ? actions.all() : actions.ofMachines(machineIds)
}

/** Filters and sorts; without `$orderby` the newest come first (docs/service.md#default-order). */
function select(
  world: World,
  entity: Entity<StoredAction>,
  options: QueryOptions<StoredAction>,
  nowMs: number,
): readonly StoredAction[] {
  const { predicate, orderBy } = options
  const oldestFirst = candidates(world, options.expression)
  const start = firstCreatedFrom(oldestFirst, fromEpochMs(nowMs - world.settings.retentionMs))
  const kept: StoredAction[] = []
  for (let index = start; index < oldestFirst.length; index += 1) {
    const record = oldestFirst[index] as StoredAction
    if (record.listedFromMs <= nowMs && (predicate === undefined || predicate(record))) kept.push(record)
  }
  const [first, ...others] = orderBy
  if (first === undefined) return kept.reverse()
  const isByCreation = first.property === 'creationDateTimeUtc' && others.length === 0
  if (!isByCreation) return sortRows(entity, kept, orderBy)
  return first.descending ? kept.reverse() : kept
}

/** Answers `GET /machineactions`. */
export function listActions(call: Call): Reply {
  const { world, query, nowMs } = call
  const entity = actionEntity(world.settings.statusWords)
  const options = readQueryOptions(query, entity, world.settings)
  const rows = select(world, entity, options, nowMs)
  return answerList(call, 'MachineActions', rows, options, record => actionRow(world, record))
}

/** Answers `GET /machineactions/$count`. */
export function countActions(call: Call): Reply {
  const { world, query, nowMs } = call
  const entity = actionEntity(world.settings.statusWords)
  return answerCount(call, select(world, entity, readQueryOptions(query, entity, world.settings), nowMs))
}

/** Answers `GET /machineactions/{id}`. */
export function getAction(call: Call): Reply {
  const { world, params } = call
  const row = actionRow(world, findAction(call, params[0] ?? ''))
  const context = `${world.settings.contextOrigin}/api/$metadata#MachineActions/$entity`
  return world.replies.odata(`{"@odata.context":${JSON.stringify(context)},${row.slice(1)}`)
}
