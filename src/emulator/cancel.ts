import type { Call } from './call.ts'
import { notFound, Refusal, type Reply } from './exchange.ts'
import { hasEnded, type StoredAction, toWireAction } from './stored-action.ts'
import { readCancelComment } from './submit-body.ts'

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Finds the action of a path.
 *
 * @throws Refusal 400 where the key is no GUID, 404 where there is no such action, or not yet or no longer.
 */
export function findAction({ world, nowMs }: Call, id: string): StoredAction {
  if (!GUID.test(id))
    throw new Refusal(
      400,
      'BadRequest',
      `The key value (${id}) from request is not valid. The key value should be format of type 'Edm.Guid'.`,
    )
  const record = world.actions.find(id)
  const isHere = record !== undefined && record.foundFromMs <= nowMs && !world.isForgotten(record, nowMs)
  if (!isHere) throw notFound('MachineAction', id)
  return record
}

/** Answers `POST /machineactions/{id}/cancel`. */
export function cancelAction(call: Call): Reply {
  const { world, params, body, nowMs } = call
  const { settings } = world
  const comment = readCancelComment(body.toString(), settings.commentLimit)
  const record = findAction(call, params[0] ?? '')
  if (hasEnded(record))
    throw new Refusal(
      400,
      'BadRequest',
      `Machine action ${record.id} cannot be cancelled: it is ${record.status}`,
    )
  world.statuses.cancel(record, { requestor: call.caller.appId, comment }, nowMs)
  const context = `${settings.contextOrigin}/api/$metadata#MachineActions/$entity`
  return world.replies.odata(
    JSON.stringify({ '@odata.context': context, ...toWireAction(record, settings.statusWords) }),
  )
}
