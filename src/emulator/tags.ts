import type { Call } from './call.ts'
import { Refusal, type Reply } from './exchange.ts'
import { answerMachine, machineOf } from './inventory.ts'
import { machineRow, type StoredMachine } from './stored-machine.ts'
import { readBody, requiredText } from './submit-body.ts'

/** Most machines of one bulk request (docs/service.md#tags-bulk). */
const BULK_LIMIT = 500
const TAG_LIMIT = 200

interface TagChange {
  readonly tag: string
  readonly adds: boolean
}

function readChange(body: Readonly<Record<string, unknown>>): TagChange {
  const tag = requiredText(body, 'Value')
  const action = requiredText(body, 'Action')
  if (action !== 'Add' && action !== 'Remove')
    throw new Refusal(400, 'InvalidInput', `Invalid input Action: ${action}`)
  if (tag.length > TAG_LIMIT)
    throw new Refusal(400, 'InvalidInput', `Invalid input Value: at most ${TAG_LIMIT} characters are allowed`)
  return { tag, adds: action === 'Add' }
}

function changeTags({ world }: Call, record: StoredMachine, { tag, adds }: TagChange): void {
  const others = record.facts.machineTags.filter(own => own !== tag)
  world.machines.change(record, { machineTags: adds ? [...others, tag] : others })
}

/** Answers `POST /machines/{id}/tags` with the changed machine. */
export function tagMachine(call: Call): Reply {
  const change = readChange(readBody(call.body.toString(), ['Value', 'Action']))
  const record = machineOf(call, call.params[0] ?? '')
  changeTags(call, record, change)
  return answerMachine(call, record)
}

/** Answers `POST /machines/AddOrRemoveTagForMultipleMachines`: all of them, or none where one is unknown. */
export function tagMachines(call: Call): Reply {
  const body = readBody(call.body.toString(), ['Value', 'Action', 'MachineIds'])
  const change = readChange(body)
  const ids = body['MachineIds']
  if (!Array.isArray(ids) || ids.length === 0)
    throw new Refusal(400, 'MissingRequiredParameter', 'Parameter MachineIds is missing')
  if (ids.length > BULK_LIMIT)
    throw new Refusal(400, 'InvalidInput', `Invalid input MachineIds: at most ${BULK_LIMIT} are allowed`)
  const records = ids.map(id => machineOf(call, String(id)))
  for (const record of records) changeTags(call, record, change)
  const context = JSON.stringify(`${call.world.settings.contextOrigin}/api/$metadata#Machines`)
  const rows = records.map(record => machineRow(record, call.nowMs))
  return call.world.replies.odata(`{"@odata.context":${context},"value":[${rows.join(',')}]}`)
}

const DEVICE_VALUES: ReadonlySet<unknown> = new Set(['Normal', 'Low', 'High'])

function readTags(value: unknown): readonly string[] {
  const isList =
    Array.isArray(value) && value.every(tag => typeof tag === 'string' && tag.length <= TAG_LIMIT)
  if (!isList) throw new Refusal(400, 'InvalidInput', 'Invalid input machineTags')
  return [...new Set(value)]
}

/** Answers `PATCH /machines/{id}`; its tags replace those that are there (docs/service.md#tags-patch). */
export function updateMachine(call: Call): Reply {
  const { deviceValue, machineTags } = readBody(call.body.toString(), ['deviceValue', 'machineTags'])
  if (deviceValue !== undefined && !DEVICE_VALUES.has(deviceValue))
    throw new Refusal(400, 'InvalidInput', 'Invalid input deviceValue')
  const record = machineOf(call, call.params[0] ?? '')
  const { machines, settings } = call.world
  const kept = settings.patchAppendsTags ? record.facts.machineTags : []
  machines.change(record, {
    ...(deviceValue === undefined ? {} : { deviceValue: String(deviceValue) }),
    ...(machineTags === undefined ? {} : { machineTags: [...new Set([...kept, ...readTags(machineTags)])] }),
  })
  return answerMachine(call, record)
}
