import { methodOf } from '../posture/methods.ts'
import { fromEpochMs, type Instant, msBetween, parseInstant } from '../schema/instant.ts'
import { ActionStore } from './action-store.ts'
import { Isolations, joinMerged } from './isolations.ts'
import { Library } from './library-store.ts'
import { Links } from './links.ts'
import { MachineStore } from './machine-store.ts'
import { createOutcomes } from './outcomes.ts'
import { Quotas } from './quota.ts'
import { createRandom } from './random.ts'
import { GraphReplies, Replies } from './reply.ts'
import type { Scenario, ScenarioLibraryFile, ScenarioMachine } from './scenario-types.ts'
import { Schedule } from './schedule.ts'
import { type ActionContext, createAction } from './seed-action.ts'
import { createMachine } from './seed-machine.ts'
import { resolveSettings } from './settings.ts'
import { scenarioMs, scenarioTime } from './span.ts'
import { createStamper } from './stamp.ts'
import { StatusMachine } from './status-machine.ts'
import { hasEnded, type StoredAction } from './stored-action.ts'
import { type StoredMachine, toWireMachine } from './stored-machine.ts'
import type { World } from './world.ts'

const DAY_MS = 86_400_000

/** A world and what moves it. */
export interface SeededWorld {
  readonly world: World
  readonly schedule: Schedule
  readonly actionContext: ActionContext
}

/** Builds everything a scenario states, as it is at the emulator's start. */
export function createWorld(
  scenario: Scenario,
  startMs: number,
  nowMs: () => number,
  seed: number,
): SeededWorld {
  const settings = resolveSettings(scenario.behaviour ?? {}, startMs)
  const random = createRandom(seed)
  const stamper = createStamper(random)
  const [machines, actions, schedule] = [new MachineStore(), new ActionStore(), new Schedule()]
  const actionContext: ActionContext = { machines, random, startMs, settleMs: settings.settleMs }
  const isolations = new Isolations(settings.lapse, schedule, actions, actionContext)
  const statuses = new StatusMachine(settings, schedule, actions, machines, isolations, stamper, random)
  const dateMs = (): number => nowMs() + settings.clockSkewMs
  const world: World = {
    settings,
    machines,
    actions,
    library: new Library(),
    links: new Links(random.hex(32), settings.linkLifetimeMs),
    outcomes: createOutcomes(scenario.behaviour?.outcomes ?? [], seed),
    statuses,
    isolations,
    quotas: new Quotas(settings.quotas),
    replies: new Replies(random, dateMs),
    graphReplies: new GraphReplies(random, dateMs),
    random,
    stamper,
    isForgotten: (record, now) => record.creation < fromEpochMs(now - settings.retentionMs),
  }
  for (const machine of scenario.machines ?? []) seedMachine(world, schedule, machine, startMs)
  joinMerged(machines, isolations, startMs)
  seedActions(world, scenario, actionContext)
  for (const file of scenario.libraryFiles ?? []) seedFile(world, file, startMs)
  return { world, schedule, actionContext }
}

function seedMachine(
  { machines, statuses }: World,
  schedule: Schedule,
  machine: ScenarioMachine,
  startMs: number,
): void {
  const record = createMachine(machine, startMs)
  machines.add(record)
  scheduleReach(schedule, statuses, record, machine, startMs)
}

/** Puts on the schedule when a machine stops answering, and when it answers again. */
export function scheduleReach(
  schedule: Schedule,
  statuses: StatusMachine,
  record: StoredMachine,
  { onlineAt, offlineAt }: ScenarioMachine,
  startMs: number,
): void {
  if (offlineAt !== undefined)
    schedule.at(scenarioMs(offlineAt, startMs), atMs => statuses.goOffline(record, atMs))
  if (onlineAt !== undefined)
    schedule.at(scenarioMs(onlineAt, startMs), atMs => statuses.goOnline(record, atMs))
}

function seedActions(
  { actions, machines, statuses }: World,
  scenario: Scenario,
  context: ActionContext,
): void {
  const seeded = (scenario.actions ?? []).map(action => ({ record: createAction(action, context), action }))
  seeded.sort(({ record: left }, { record: right }) => compareInstants(left.creation, right.creation))
  for (const { record } of seeded) actions.add(record)
  for (const record of effects(actions.all()))
    if (!isReonboarded(record, machines, context.startMs)) statuses.applyEffect(record)
  for (const { record, action } of seeded)
    if (!hasEnded(record)) statuses.begin(record, action.fate ?? {}, context.startMs)
}

function compareInstants(left: Instant, right: Instant): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** The actions that took effect before the start, in the order in which they did: what holds follows from them. */
function effects(records: readonly StoredAction[]): readonly StoredAction[] {
  return records
    .filter(({ status, type }) => status === 'Succeeded' && methodOf(type)?.effect !== undefined)
    .toSorted((left, right) => compareInstants(left.update, right.update))
}

/** A machine seen more than a day after its offboarding was onboarded again. */
function isReonboarded(record: StoredAction, machines: MachineStore, startMs: number): boolean {
  if (record.type !== 'Offboard') return false
  const machine = machines.find(record.machineId)
  const lastSeen = machine === undefined ? null : toWireMachine(machine, startMs).lastSeen
  const seen = lastSeen === null ? undefined : parseInstant(lastSeen)
  return seen !== undefined && msBetween(record.update, seen) > DAY_MS
}

function seedFile({ library, settings }: World, file: ScenarioLibraryFile, startMs: number): void {
  const created = scenarioTime(file.creationTime ?? '-30d', startMs)
  library.put({
    fileName: file.fileName,
    content: Buffer.from(file.content ?? ''),
    description: file.description ?? '',
    created,
    updated: created,
    createdBy: file.createdBy ?? settings.requestor,
    hasParameters: false,
    parametersDescription: null,
  })
}
