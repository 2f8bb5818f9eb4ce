import type { Instant } from '../schema/instant.ts'
import { compareText } from './history.ts'
import type { MachineAction } from './machine-action.ts'
import { isOwn, type OwnNames } from './marker.ts'
import { hasEnded } from './status.ts'

/** Which actions are wanted: all that is given must hold, of a list any one. Words compare whole, whatever their case. */
export interface ActionSelector {
  readonly types?: readonly string[]
  readonly statuses?: readonly string[]
  readonly machineIds?: readonly string[]
  readonly requestors?: readonly string[]
  readonly ownership?: 'own' | 'foreign'
  /** Created at or after. */
  readonly since?: Instant
  /** Created at or before. */
  readonly until?: Instant
}

type Test = (action: MachineAction) => boolean

function oneOf(words: readonly string[] | undefined, read: (action: MachineAction) => string | null): Test {
  if (words === undefined) return () => true
  const wanted = new Set(words.map(word => word.toLowerCase()))
  return action => wanted.has(read(action)?.toLowerCase() ?? '')
}

/**
 * Chooses actions and gives them newest first, each id once.
 *
 * @param name - The configuration's name, which decides whose markers are ours.
 */
export function selectActions(
  actions: readonly MachineAction[],
  selector: ActionSelector,
  name: OwnNames,
): readonly MachineAction[] {
  const { types, statuses, machineIds, requestors, ownership, since, until } = selector
  const tests: readonly Test[] = [
    oneOf(types, action => action.type),
    oneOf(statuses, action => action.status),
    oneOf(machineIds, action => action.machineId),
    oneOf(requestors, action => action.requestor),
    action => ownership === undefined || isOwn(action, name) === (ownership === 'own'),
    action => since === undefined || action.creationDateTimeUtc >= since,
    action => until === undefined || action.creationDateTimeUtc <= until,
  ]
  const chosen = actions.filter(action => tests.every(test => test(action)))
  return [...new Map(chosen.map(action => [action.id, action])).values()].sort(compareNewestFirst)
}

/** Orders actions by creation, the newest first. */
export function compareNewestFirst(a: MachineAction, b: MachineAction): number {
  return compareText(b.creationDateTimeUtc, a.creationDateTimeUtc) || compareText(a.id, b.id)
}

/** Our own actions that have been in flight since before a time: those that hang. Newest first. */
export function selectStuck(
  actions: readonly MachineAction[],
  before: Instant,
  name: OwnNames,
): readonly MachineAction[] {
  return selectActions(actions, { ownership: 'own', until: before }, name).filter(action => !hasEnded(action))
}
