import { chooseRecords, needOfEntry } from '../../analysis/by-hand/choose-records.ts'
import type { Observation } from '../../plan/select/observation.ts'
import {
  byName,
  isHeld,
  type MachineDocument,
  type MachinesDocument,
  summarizeMachines,
} from '../../report/documents/machine-document.ts'
import { renderMachines } from '../../report/terminal/render-machines.ts'
import { formatInstant } from '../../schema/instant.ts'
import type { MachineEntry } from '../../schema/policy.ts'
import type { Command, CommandContext } from '../command.ts'
import { DOCUMENT_OPTIONS, emitDocument } from '../emit-document.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import type { Flags } from '../flags.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { foldRecords } from '../service/fold-records.ts'
import { readInventory, type Session, withService } from '../service/inventory.ts'
import { readSelectors, SELECTOR_OPTIONS } from '../service/selectors.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'

/** The holds that options ask for: of several one is enough. */
function heldTest(flags: Flags): ((machine: MachineDocument) => boolean) | undefined {
  const holds = (['isolated', 'restricted'] as const).filter(hold => flags.has(hold))
  if (holds.length === 0) return undefined
  return ({ posture }) => holds.some(hold => isHeld(posture[hold]))
}

/**
 * Puts the list together. Where holds are asked for, every record counts: a machine that is not onboarded, merged away
 * or without a record can be held as well.
 */
function listMachines(
  entry: MachineEntry | undefined,
  observation: Observation,
  { configuration }: Session,
  flags: Flags,
): MachinesDocument {
  const { machines: records, readAt, scope, historyFrom, target } = observation
  const isHeldOne = heldTest(flags)
  const chosen = chooseRecords(entry, records, readAt, isHeldOne !== undefined)
  const withLost = isHeldOne !== undefined && entry === undefined
  const all = foldRecords(chosen.machines, observation, configuration, withLost)
  const machines = all.filter(isHeldOne ?? (() => true)).sort(byName)
  const leftOut = isHeldOne === undefined ? records.length - machines.length : 0
  return {
    formatVersion: '1.0',
    target,
    readAt: formatInstant(readAt),
    historyFrom: formatInstant(historyFrom),
    scope,
    complete: observation.failures.length === 0,
    machines,
    summary: summarizeMachines(machines, leftOut),
  }
}

async function run(context: CommandContext): Promise<number> {
  const entry = await readSelectors(context)
  return withService(context, async session => {
    const observation = await readInventory(context, session, needOfEntry(entry, session.historyFrom), true)
    const document = listMachines(entry, observation, session, context.flags)
    await emitDocument(document, renderMachines, context)
    const { unknown } = chooseRecords(entry, observation.machines, observation.readAt, true)
    const diagnostics = unknown.map(({ text }) => ({
      severity: 'error' as const,
      code: 'machine-not-found',
      message: `No machine record has the id or the whole name ${text}.`,
    }))
    tellDiagnostics(diagnostics, [], context)
    return unknown.length > 0 || !document.complete ? EXIT_CODES.error : EXIT_CODES.ok
  })
}

/** `holdfast machines list`. */
export const machinesList: Command = {
  description:
    'Lists machines with what the action history says of them: isolated or restricted, since when, by whom and under which policy, what is in flight, the last scan. The service itself cannot answer this. Changes nothing: it works with a client that cannot write.',
  arguments: '',
  options: [
    {
      name: 'isolated',
      kind: 'switch',
      description: 'only those that are isolated now, in all of the tenant',
    },
    { name: 'restricted', kind: 'switch', description: 'only those whose app execution is restricted now' },
    ...SELECTOR_OPTIONS,
    ...DOCUMENT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    { command: 'holdfast machines list --isolated', does: 'which machines are isolated now?' },
    {
      command: 'holdfast machines list --tag INC-4211 --os-platform Windows10 --os-platform Windows11',
      does: 'the machines that a policy with these fields would match',
    },
    {
      command: "holdfast machines list --isolated --restricted --json | jq -r '.machines[].dnsName'",
      does: 'the names of all that is held, for a script',
    },
  ],
  exits: {
    ok: 'the list is complete',
    error:
      'a read failed, a machine that was named has no record, or the service counts one that it does not list',
  },
  run,
}
