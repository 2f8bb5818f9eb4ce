import { describeLease, type FoundLease } from '../../local/lease/remove-lease.ts'
import type { TargetState } from '../../local/store/target-state.ts'
import type { LeaseDocument } from '../../report/documents/status-document.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import { shownTime } from '../../report/words/words.ts'
import { askForYes, canAsk } from '../ask.ts'
import { AUTO_APPROVE_OPTION } from '../by-hand/agreement.ts'
import { targetOf } from '../by-hand/conclude-ad-hoc.ts'
import type { Command, CommandContext } from '../command.ts'
import { DOCUMENT_OPTIONS, emitDocument } from '../emit-document.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { type Session, withService } from '../service/inventory.ts'

/** What `unlock` found and did. */
interface UnlockDocument {
  readonly formatVersion: '1.0'
  readonly target: Awaited<ReturnType<typeof targetOf>>
  /** Where leases and, unless `--journal` says otherwise, journals of the target are. */
  readonly folder: string
  /** As it was found; null where nobody holds one. */
  readonly lease: LeaseDocument | null
  readonly action: 'shown' | 'removed'
}

const STATES: Readonly<Record<LeaseDocument['state'], string>> = {
  live: 'its owner runs, or nobody can tell from here',
  dead: 'its owner is gone or stopped renewing it; the next apply takes it over by itself',
}

function renderLease(lease: LeaseDocument): string {
  const rows = [
    ['owner', lease.owner],
    ['plan', lease.planId ?? 'not told'],
    ['created', shownTime(lease.created)],
    ['renewed', shownTime(lease.renewed)],
    ['expires', shownTime(lease.expires)],
    ['journal', lease.journal ?? 'not told'],
    ['state', lease.removed ? 'removed already; free once it expires' : STATES[lease.state]],
  ] as const
  const lines = rows.map(([label, value]) => `  ${label.padEnd(9)}${escapeTerminal(value)}\n`)
  return `Lease ${escapeTerminal(lease.id)}\n${lines.join('')}`
}

function render({ lease, action, folder }: UnlockDocument): string {
  if (lease === null) return `Nobody holds the lease of this tenant (${escapeTerminal(folder)}).\n`
  if (action === 'removed') {
    const rest =
      lease.state === 'live'
        ? ' Its owner stops at its next renewal, within 20 seconds; until then the lease still counts.'
        : ''
    return `${renderLease(lease)}Removed.${rest}\n`
  }
  return `${renderLease(lease)}\`holdfast unlock ${escapeTerminal(lease.id)}\` removes it.\n`
}

/** Asks before a lease is taken from an owner that is not known to be dead. */
async function requireConsent(lease: LeaseDocument, { io, flags, signal }: CommandContext): Promise<void> {
  if (lease.state === 'dead' || flags.has('auto-approve')) return
  const facts = `Lease ${lease.id} belongs to ${lease.owner}, which runs or cannot be seen from here.`
  if (!canAsk(io)) throw fail('lease-live', `${facts} Nothing was removed.`, { exit: 'refused' })
  const question = `\n${escapeTerminal(facts)}\nTwo applies at once can undo each other. Only \`yes\` removes it: `
  const agreed = await askForYes(question, io, signal)
  if (signal.aborted) throw fail('interrupted', 'Interrupted before anything was removed.')
  if (!agreed)
    throw fail('approval-refused', 'Nothing was removed: the answer was not `yes`.', { exit: 'refused' })
}

async function remove(
  id: string,
  found: FoundLease | null,
  state: TargetState,
  context: CommandContext,
): Promise<void> {
  if (found === null) throw fail('lease-not-found', `Nobody holds the lease of this tenant; ${id} is none.`)
  if (found.record.token !== id || found.record.removed === true) {
    const what = found.record.removed ? 'was removed already' : 'is the lease now'
    throw fail('lease-not-found', `${found.record.token} ${what}; nothing was removed for ${id}.`)
  }
  await requireConsent(describeLease(found), context)
  if (await state.removeLease(found)) return
  throw fail('lease-not-found', `Another run took the lease just now; nothing was removed for ${id}.`)
}

async function runIn(session: Session, context: CommandContext): Promise<number> {
  const { service } = session
  const [id] = context.args
  const target = await targetOf(service)
  const state = await service.openState(target)
  const found = await state.findLease({ self: await context.io.host.identify(), clock: service.clock })
  if (id !== undefined) await remove(id.toLowerCase(), found, state, context)
  const document: UnlockDocument = {
    formatVersion: '1.0',
    target,
    folder: state.place,
    lease: found === null ? null : describeLease(found),
    action: id === undefined ? 'shown' : 'removed',
  }
  await emitDocument(document, render, context)
  return EXIT_CODES.ok
}

/** `holdfast unlock`. */
export const unlock: Command = {
  description:
    'Shows the lease of the tenant: who is applying, with which plan, since when, and where its journal is. With the id of that lease, as the error of an apply that found it held names it, removes it. Asks first where the owner is not known to be dead. Never removes another lease than the one named, and asks nothing of the service but a token.',
  arguments: '[id]',
  options: [
    AUTO_APPROVE_OPTION,
    ...DOCUMENT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS.filter(({ name }) => name !== 'emulate'),
  ],
  examples: [
    { command: 'holdfast unlock', does: 'who is applying?' },
    { command: 'holdfast unlock 0f3a9c51d2b84e67', does: 'remove that lease, after a crash of another host' },
  ],
  exits: {
    ok: 'the lease was shown or removed, or there is none to show',
    error: 'configuration or authentication, the folder cannot be used, or there is no lease of that id',
    refused: 'its owner is not known to be dead and nobody consented; nothing was removed',
  },
  run: context => withService(context, session => runIn(session, context)),
}
