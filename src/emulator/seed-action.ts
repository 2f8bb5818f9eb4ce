import { fromEpochMs, type Instant, toEpochMs } from '../schema/instant.ts'
import { commandsFailed, commandsRun } from './command-results.ts'
import { hresultOf } from './hresult.ts'
import { lastsMs } from './lapse-settings.ts'
import type { MachineStore } from './machine-store.ts'
import type { Random } from './random.ts'
import type { ScenarioAction } from './scenario-types.ts'
import { scenarioTime } from './span.ts'
import { addTicks } from './stamp.ts'
import { createdCommands, type StoredAction, type WireCommand } from './stored-action.ts'

const MINUTE_MS = 60_000

/** What the records of stated actions are made with. */
export interface ActionContext {
  readonly machines: MachineStore
  readonly random: Random
  /** What relative times count from: the start, or the moment of an event. */
  readonly startMs: number
  readonly settleMs: (type: string, scope: string | null) => number
}

function commandsOf(
  action: ScenarioAction,
  status: string,
  creation: Instant,
  update: Instant,
): readonly WireCommand[] {
  const commands = createdCommands(action.commands ?? [])
  if (commands.length === 0) return commands
  if (status === 'Succeeded') return commandsRun(commands, creation, update)
  return status === 'Failed' ? commandsFailed(commands, update, action.fate?.errors ?? []) : commands
}

function times(action: ScenarioAction, status: string, context: ActionContext): readonly [Instant, Instant] {
  const { startMs, random, settleMs } = context
  const creation =
    action.creationDateTimeUtc === undefined
      ? addTicks(scenarioTime('-5m', startMs), random.below(10_000))
      : scenarioTime(action.creationDateTimeUtc, startMs)
  if (action.lastUpdateDateTimeUtc !== undefined)
    return [creation, scenarioTime(action.lastUpdateDateTimeUtc, startMs)]
  const isOpen = status === 'Pending' || status === 'InProgress'
  const first = addTicks(creation, 3 + random.below(32))
  if (isOpen) return [creation, first]
  const settle =
    status === 'TimeOut' ? (72 * 60 + 14) * MINUTE_MS : settleMs(action.type, action.scope ?? null)
  const ended = addTicks(creation, Math.round(settle) * 10_000 + random.below(10_000))
  const now = fromEpochMs(startMs)
  // What is said to have ended has ended by now, however short ago it was created.
  if (ended < now) return [creation, ended]
  if (first < now) return [creation, now]
  return [creation, first]
}

/** Says who cancelled: what is stated, or an analyst where the status is Cancelled and nobody is named. */
function cancellationOf(
  action: ScenarioAction,
  status: string,
  update: Instant,
  startMs: number,
): Pick<StoredAction, 'cancellationRequestor' | 'cancellationComment' | 'cancellation'> {
  if (status !== 'Cancelled' && action.cancellationRequestor == null)
    return { cancellationRequestor: null, cancellationComment: null, cancellation: null }
  const at = action.cancellationDateTimeUtc
  return {
    cancellationRequestor: action.cancellationRequestor ?? 'analyst@contoso.com',
    cancellationComment: action.cancellationComment ?? null,
    cancellation: at == null ? addTicks(update, -1) : scenarioTime(at, startMs),
  }
}

function whoAsked(action: ScenarioAction): Pick<StoredAction, 'requestor' | 'requestSource'> {
  const requestSource = action.requestSource ?? 'Portal'
  const requestor = requestSource === 'Portal' ? 'analyst@contoso.com' : 'Customer App'
  return { requestor: action.requestor === undefined ? requestor : action.requestor, requestSource }
}

/** Resolves a machine that a scenario names by id or by name; an id of no machine stands for itself. */
export function machineIdOf(machines: MachineStore, name: string): string {
  const found = machines.find(name) ?? machines.named(name)[0]
  return found?.facts.id ?? name.toLowerCase()
}

/** Makes the record of an action that a scenario, or somebody in a test, states. */
export function createAction(action: ScenarioAction, context: ActionContext): StoredAction {
  const machineId = machineIdOf(context.machines, action.machineId)
  const status = action.status ?? 'Succeeded'
  const [creation, update] = times(action, status, context)
  const createdMs = toEpochMs(creation)
  return {
    id: action.id?.toLowerCase() ?? context.random.guid(),
    type: action.type,
    title: action.title ?? null,
    ...whoAsked(action),
    requestorComment: action.requestorComment ?? null,
    status,
    machineId,
    computerDnsName: context.machines.find(machineId)?.facts.computerDnsName ?? null,
    creation,
    update,
    ...cancellationOf(action, status, update, context.startMs),
    errorHResult: action.errorHResult ?? hresultOf(status),
    scope: action.scope ?? null,
    externalId: action.externalId ?? null,
    relatedFileInfo: action.relatedFileInfo ?? null,
    commands: commandsOf(action, status, creation, update),
    troubleshootInfo: action.troubleshootInfo ?? null,
    listedFromMs: createdMs,
    foundFromMs: createdMs,
    exitCode: action.fate?.exitCode ?? 0,
    lastsMs: action.lasts === undefined ? undefined : lastsMs(action.lasts),
    listed: action.listed ?? true,
    course: 0,
    json: undefined,
  }
}
