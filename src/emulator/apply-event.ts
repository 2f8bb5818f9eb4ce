import type { SeededWorld } from './create-world.ts'
import { scheduleReach } from './create-world.ts'
import { joinMerged } from './isolations.ts'
import { lastsMs } from './lapse-settings.ts'
import type { ScenarioAction, ScenarioEvent, ScenarioMachine } from './scenario-types.ts'
import { createAction, machineIdOf } from './seed-action.ts'
import { createMachine, idFromName, statedFacts } from './seed-machine.ts'
import { hasEnded, type StoredAction } from './stored-action.ts'

/** Lets somebody else take an action at a moment. One that has ended takes effect at once. */
export function takeAction(stage: SeededWorld, action: ScenarioAction, atMs: number): StoredAction {
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
  if (change.refuses !== undefined) record.refuses = change.refuses
  const isMerged = typeof change.mergedIntoMachineId === 'string'
  if (change.offline ?? isMerged) statuses.goOffline(record, atMs)
  if (change.offline === false) statuses.goOnline(record, atMs)
  if (isMerged) joinMerged(machines, world.isolations, atMs)
  scheduleReach(schedule, statuses, record, change, atMs)
}

/** Frees or isolates a device without any action. */
export function changeDevice(
  { world }: SeededWorld,
  { machineId, isolation, lasts }: NonNullable<ScenarioEvent['device']>,
  atMs: number,
): void {
  const machine = world.machines.find(machineIdOf(world.machines, machineId))
  if (machine === undefined) return
  world.isolations.set(machine, isolation, atMs, lasts === undefined ? undefined : lastsMs(lasts))
}

/** Does what an event says. */
export function applyEvent(stage: SeededWorld, event: ScenarioEvent, atMs: number): void {
  if (event.device !== undefined) changeDevice(stage, event.device, atMs)
  if (event.machine !== undefined) changeMachine(stage, event.machine, atMs)
  if (event.action !== undefined) takeAction(stage, event.action, atMs)
  if (event.cancel !== undefined) cancelOnMachine(stage, event.cancel, atMs)
}
