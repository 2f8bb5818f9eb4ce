import { describeLease } from '../../local/lease/remove-lease.ts'
import { freezeInForce } from '../../plan/document/freeze.ts'
import { groupPosture } from '../../report/documents/group-posture.ts'
import type { MachineDocument } from '../../report/documents/machine-document.ts'
import type { FreezeDocument, TenantStatusDocument } from '../../report/documents/tenant-status-document.ts'
import { renderTenantStatus } from '../../report/terminal/render-tenant-status.ts'
import type { Configuration } from '../../schema/configuration.ts'
import { formatInstant, type Instant } from '../../schema/instant.ts'
import { findRunState } from '../applying/run-state.ts'
import type { Command, CommandContext } from '../command.ts'
import { loadDeclaration, placeOf } from '../declaration/declaration.ts'
import { DOCUMENT_OPTIONS, emitDocument } from '../emit-document.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { foldRecords } from '../service/fold-records.ts'
import { readInventory, withService } from '../service/inventory.ts'
import { withTenantFreeze } from '../service/tenant-freeze.ts'

/** Blanks and quotes come along where a name is pasted. */
function partOf({ args }: CommandContext): string | null {
  const part = (args[0] ?? '').replace(/^["'\s]+|["'\s]+$/g, '').toLowerCase()
  return part === '' ? null : part
}

function isMeant({ id, dnsName }: MachineDocument, part: string): boolean {
  return id.startsWith(part) || (dnsName?.toLowerCase().includes(part) ?? false)
}

/** When the policies that are declared here lift their holds. What is wrong with other policies is no matter here. */
async function readExpiries(
  { file }: Configuration,
  context: CommandContext,
): Promise<ReadonlyMap<string, string>> {
  if (file === undefined) return new Map()
  const { policies } = await loadDeclaration({ ...placeOf(context), paths: [] })
  return new Map(
    policies.flatMap(({ name, expires, onExpiry }) =>
      expires !== undefined && onExpiry === 'lift' ? [[name, formatInstant(expires)] as const] : [],
    ),
  )
}

function freezeDocument(configuration: Configuration, now: Instant): FreezeDocument | null {
  const freeze = freezeInForce(configuration, now)
  if (freeze === undefined) return null
  const { owner, reason, until, renewals = false } = freeze
  return { owner, reason, until: formatInstant(until), renewals }
}

async function run(context: CommandContext): Promise<number> {
  const part = partOf(context)
  return withService(context, async session => {
    const { service, configuration, historyFrom } = session
    const need = { scope: 'tenant', ids: [], dnsNames: [], historyFrom, countOnboarded: false } as const
    const observation = await readInventory(context, session, need, true)
    const { target, readAt, failures } = observation
    const all = foldRecords(observation.machines, observation, configuration, true)
    const meant = part === null ? all : all.filter(machine => isMeant(machine, part))
    if (part !== null && meant.length === 0)
      throw fail('machine-not-found', `No machine has ${part} in its name, or at the beginning of its id.`)
    const { lease } = await findRunState(context, service)
    const document: TenantStatusDocument = {
      formatVersion: '1.0',
      target,
      readAt: formatInstant(readAt),
      historyFrom: formatInstant(observation.historyFrom),
      complete: failures.length === 0,
      part,
      ...groupPosture(meant, await readExpiries(configuration, context), part !== null),
      freeze: freezeDocument(await withTenantFreeze(configuration, service, target, readAt), readAt),
      lease: lease === null ? null : describeLease(lease),
    }
    await emitDocument(document, renderTenantStatus, context)
    return document.complete ? EXIT_CODES.ok : EXIT_CODES.error
  })
}

/** `holdfast status`. */
export const status: Command = {
  description:
    'Shows on one screen who is held, by whom and until when, what is in flight, what is frozen and who applies. With a part of a name, or the beginning of an id, shows all machines that it finds, those with nothing on them too. Changes nothing: it works with a client that cannot write.',
  arguments: '[name]',
  options: [...DOCUMENT_OPTIONS, ...CONFIGURATION_OPTIONS, ...SERVICE_OPTIONS],
  examples: [
    { command: 'holdfast status', does: 'who is held, and what runs now?' },
    { command: 'holdfast status fin-ws', does: 'what is on the machines with fin-ws in their name?' },
    {
      command: "holdfast status --json | jq -r '.held[].machines[].dnsName'",
      does: 'the names of all that is held, for a script',
    },
  ],
  exits: { ok: 'it was shown', error: 'a read failed, or no machine has such a name' },
  run,
}
