import { chooseRecords, needOfEntry } from '../../analysis/by-hand/choose-records.ts'
import { lensFor } from '../../plan/select/plan-lens.ts'
import { type History, indexHistory } from '../../posture/history.ts'
import type { HoldLens } from '../../posture/hold-lens.ts'
import type { Machine } from '../../posture/machine.ts'
import { foldMachine } from '../../posture/machine-posture.ts'
import { selectActions } from '../../posture/select-actions.ts'
import { actionDocument } from '../../report/documents/action-document.ts'
import { machineDocument } from '../../report/documents/machine-document.ts'
import {
  type DetailedMachine,
  type MachineDetailsDocument,
  renderMachineDetails,
} from '../../report/terminal/render-machine-details.ts'
import { formatInstant } from '../../schema/instant.ts'
import type { Command, CommandContext } from '../command.ts'
import { DOCUMENT_OPTIONS, emitDocument } from '../emit-document.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { readInventory, withService } from '../service/inventory.ts'
import { offerMachines } from '../service/offer-machines.ts'
import { readSelectors } from '../service/selectors.ts'

/** Actions shown of one machine where nothing else is asked for. */
const SHOWN = 20

function detail(machine: Machine, history: History, limit: number, lens: HoldLens): DetailedMachine {
  const { name } = lens
  const ordered = history.of(machine.id)
  const actions = selectActions(ordered, {}, name)
  return {
    ...machineDocument(machine, foldMachine(ordered, lens), name),
    actions: actions.slice(0, limit).map(action => actionDocument(action, machine.computerDnsName, name)),
    olderActions: Math.max(0, actions.length - limit),
  }
}

async function run(context: CommandContext): Promise<number> {
  const { args, flags } = context
  const entry = await readSelectors(context, args)
  return withService(context, async session => {
    const observation = await readInventory(context, session, needOfEntry(entry, session.historyFrom))
    const { readAt, historyFrom, target, scope } = observation
    const { machines, unknown } = chooseRecords(entry, observation.machines, readAt, true)
    if (unknown.length > 0) {
      const names = unknown.map(({ text }) => text).join(', ')
      const all = await session.service.client.listMachines({ kind: 'all' }, context.signal)
      throw fail('machine-not-found', `No machine record has the id or the whole name ${names}.`, {
        wayOut: unknown.map(({ text }) => offerMachines(text, all)),
      })
    }
    const history = indexHistory(observation.actions)
    const limit = flags.number('limit') ?? SHOWN
    const lens = lensFor(observation, session.configuration, readAt, history)
    const document: MachineDetailsDocument = {
      formatVersion: '1.0',
      target,
      readAt: formatInstant(readAt),
      historyFrom: formatInstant(historyFrom),
      scope,
      machines: machines.map(machine => detail(machine, history, limit, lens)),
    }
    await emitDocument(document, renderMachineDetails, context)
    return EXIT_CODES.ok
  })
}

/** `holdfast machines show`. */
export const machinesShow: Command = {
  description:
    'Shows machines by id or whole name: the record, what holds on it, and the newest actions behind that. A name that several records have shows them all.',
  arguments: '<machines...>',
  options: [
    {
      name: 'limit',
      kind: 'integer',
      value: 'N',
      description: `show so many actions each; ${SHOWN} by default`,
    },
    ...DOCUMENT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    { command: 'holdfast machines show fin-ws-014.contoso.com', does: 'what happened to this machine?' },
    {
      command: 'holdfast machines show fin-ws-014.contoso.com --json | jq .machines[].posture',
      does: 'its posture for a script',
    },
  ],
  exits: { ok: 'all were shown', error: 'a read failed, or a machine has no record' },
  run,
}
