import { type ActionRecord, hasEnded } from './action-record.ts'
import type { SeededWorld } from './create-world.ts'
import { scheduleReach } from './create-world.ts'
import type { ScenarioAction, ScenarioEvent, ScenarioMachine } from './scenario-types.ts'
import { createAction, machineIdOf } from './seed-action.ts'
import { createMachine, idFromName, statedFacts } from './seed-machine.ts'

/** Lets somebody else take an action at a moment. One that has ended takes effect at once. */
export function takeAction(stage: SeededWorld, action: ScenarioAction, atMs: number): ActionRecord {
  const { world, actionContext } = stage
  const creation = action.creationDateTimeUtc ?? world.stamper.stamp(atMs)
  const record = createAction(
    { ...action, creationDateTimeUtc: creation },
    { ...actionContext, startMs: atMs },
  )
  world.actions.add(record)
  if (record.status === 'Succeeded') world.statuses.applyEffect(record)
  if (!hasEnded(record)) world.statuses.begin(record, action.fate ?? {}, atMs)
  return record
}

function cancelOnMachine(
  { world }: SeededWorld,
  { machineId, type, requestor = 'analyst@contoso.com', comment }: NonNullable<ScenarioEvent['cancel']>,
  atMs: number,
): void {
  for (const record of world.actions.inFlightOn(machineIdOf(world.machines, machineId)))
    if (type === undefined || record.type === type)
      world.statuses.cancel(record, { requestor, comment: comment ?? null }, atMs)
}

/** Changes a machine, or adds one that was not there. */
function changeMachine({ world, schedule }: SeededWorld, change: ScenarioMachine, atMs: number): void {
  const { machines, statuses } = world
  const name = change.id ?? change.computerDnsName ?? ''
  const known = machines.find(name) ?? machines.named(name)[0] ?? machines.find(idFromName(name))
  const record = known ?? createMachine(change, atMs)
  if (known === undefined) machines.add(record)
  else machines.change(record, statedFacts(change))
  if (change.noAutomation !== undefined) record.noAutomation = change.noAutomation
  if (change.mitigation !== undefined) record.mitigation = change.mitigation
  if (change.offline === true) statuses.goOffline(record, atMs)
  if (change.offline === false) statuses.goOnline(record, atMs)
  scheduleReach(schedule, statuses, record, change, atMs)
}

/** Does what an event says. */
export function happen(stage: SeededWorld, event: ScenarioEvent, atMs: number): void {
  if (event.machine !== undefined) changeMachine(stage, event.machine, atMs)
  if (event.action !== undefined) takeAction(stage, event.action, atMs)
  if (event.cancel !== undefined) cancelOnMachine(stage, event.cancel, atMs)
}
