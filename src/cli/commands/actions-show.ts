import { ownNames } from '../../posture/marker.ts'
import { compareNewestFirst } from '../../posture/select-actions.ts'
import { type ActionsDocument, actionDocument } from '../../report/documents/action-document.ts'
import { renderActionDetails } from '../../report/terminal/render-action-details.ts'
import { formatInstant } from '../../schema/instant.ts'
import { readActionIds, requireListed } from '../by-hand/action-ids.ts'
import { namesOfMachines, targetOf } from '../by-hand/conclude-ad-hoc.ts'
import type { Command, CommandContext } from '../command.ts'
import { DOCUMENT_OPTIONS, emitDocument } from '../emit-document.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { withService } from '../service/inventory.ts'

async function run(context: CommandContext): Promise<number> {
  const { args, signal } = context
  const ids = readActionIds(args)
  return withService(context, async ({ service, configuration }) => {
    const found = await service.client.listActions({ kind: 'ids', ids }, signal)
    const listed = new Set(found.map(({ id }) => id))
    requireListed(ids.filter(id => !listed.has(id)))
    const machineIds = found.map(({ machineId }) => machineId)
    const names = await namesOfMachines(service, machineIds, signal)
    const document: ActionsDocument = {
      formatVersion: '1.0',
      target: await targetOf(service),
      readAt: formatInstant(service.client.firstDate ?? service.clock.now()),
      since: null,
      complete: true,
      actions: found
        .toSorted(compareNewestFirst)
        .map(action => actionDocument(action, names.get(action.machineId) ?? null, ownNames(configuration))),
      summary: { actions: found.length, leftOut: 0 },
    }
    await emitDocument(document, renderActionDetails, context)
    return EXIT_CODES.ok
  })
}

/** `holdfast actions show`. */
export const actionsShow: Command = {
  description:
    'Shows actions by id: who asked for what and why, how it stands, who cancelled it, each command.',
  arguments: '<ids...>',
  options: [...DOCUMENT_OPTIONS, ...CONFIGURATION_OPTIONS, ...SERVICE_OPTIONS],
  examples: [
    { command: 'holdfast actions show cd46c651-f570-4e32-abdb-a02a9e022a92', does: 'what was this one for?' },
  ],
  exits: { ok: 'all were shown', error: 'a read failed, or the service lists no such action' },
  run,
}
