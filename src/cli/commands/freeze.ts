import { Failure } from '../../local/failure.ts'
import { identifyRun } from '../../local/record/run-identity.ts'
import { type KeptFreeze, readFreeze, removeFreeze, writeFreeze } from '../../local/store/kept-freeze.ts'
import type { Shelf } from '../../local/store/shelf.ts'
import { describeFreeze } from '../../plan/document/freeze.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import { layOut, span } from '../../report/terminal/lay-out.ts'
import type { Style } from '../../report/terminal/style.ts'
import { shownTime } from '../../report/words/words.ts'
import { addMs, formatInstant } from '../../schema/instant.ts'
import { AUTO_APPROVE_OPTION, askForAgreement, requireAgreementOrTerminal } from '../by-hand/agreement.ts'
import { targetOf } from '../by-hand/conclude-ad-hoc.ts'
import type { Command, CommandContext } from '../command.ts'
import { DOCUMENT_OPTIONS, emitDocument } from '../emit-document.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { type Session, withService } from '../service/inventory.ts'
import type { Service } from '../service/service.ts'

/** What `freeze` found or did. */
interface FreezeCommandDocument {
  readonly formatVersion: '1.0'
  readonly target: Awaited<ReturnType<typeof targetOf>>
  /** Where the freeze lies: every run that keeps its lease there is bound. */
  readonly folder: string
  /** The one that is in force; of one that was ended, what it was; null where there is none. */
  readonly freeze: {
    readonly owner: string
    readonly reason: string
    readonly since: string
    readonly until: string
    readonly renewals: boolean
  } | null
  readonly action: 'shown' | 'frozen' | 'ended'
}

/** What is asked for. */
type Request =
  | { readonly kind: 'show' | 'end' }
  | { readonly kind: 'freeze'; readonly ms: number; readonly reason: string }

function readRequest({ flags }: CommandContext): Request {
  const length = flags.duration('for')
  const reason = flags.text('reason')
  if (flags.has('end')) {
    if (length === undefined && !flags.has('renewals')) return { kind: 'end' }
    throw fail('flags-contradict', '--end ends a freeze, and --for and --renewals are of one that begins.')
  }
  if (length !== undefined && reason === undefined) {
    throw fail('reason-missing', '--for stops everybody, so it needs --reason TEXT, which they are told.')
  }
  if (length !== undefined && reason !== undefined) return { kind: 'freeze', ms: length.ms, reason }
  if (reason === undefined && !flags.has('renewals')) return { kind: 'show' }
  throw fail('usage', 'A freeze needs an end: expected --for DUR beside --reason TEXT.')
}

/** The person where a pipeline or the system names one. */
async function ownerOf({ io }: CommandContext, { token }: Service): Promise<string> {
  const { user, host, ci } = await identifyRun(io.env, token)
  return ci?.['actor'] ?? `${user ?? 'somebody'} on ${host}`
}

function sentences({ freeze, action, folder }: FreezeCommandDocument): readonly string[] {
  if (freeze === null) return [`Nobody has frozen this tenant (${folder}).`]
  const { owner, reason, until, renewals } = freeze
  const words = `${owner}, until ${shownTime(until)}: ${reason}.`
  if (action === 'ended') return [`Ended: the freeze by ${words}`]
  const go = renewals ? 'Renewals go on.' : 'Renewals stop too: what ends by itself meanwhile stays ended.'
  return [`Frozen by ${words}`, `${go} \`holdfast freeze --end\` ends it.`]
}

function render(document: FreezeCommandDocument, style: Style): string {
  const lines = sentences(document).map(text => layOut({ body: [span(escapeTerminal(text))] }, style))
  return `${lines.join('\n')}\n`
}

/** Asks before a freeze of somebody else is ended or replaced. */
async function requireConsent(
  found: KeptFreeze | undefined,
  owner: string,
  what: string,
  context: CommandContext,
): Promise<void> {
  if (found === undefined || found.owner === owner) return
  requireAgreementOrTerminal(context)
  await askForAgreement(`\n${escapeTerminal(describeFreeze(found))}\n${what}`, context)
}

/** What cannot be read may be somebody's freeze, and ending it is the way out all the same: with consent. */
async function readEnding(freezes: Shelf, context: CommandContext): Promise<KeptFreeze | undefined> {
  try {
    return await readFreeze(freezes)
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'freeze-not-readable') throw error
    requireAgreementOrTerminal(context)
    await askForAgreement(`\n${escapeTerminal(error.message)}\nIt is removed, whosever it is.`, context)
    return undefined
  }
}

async function runIn(session: Session, request: Request, context: CommandContext): Promise<number> {
  const { service } = session
  const target = await targetOf(service)
  const state = await service.openState(target)
  const now = service.clock.now()
  const kept =
    request.kind === 'end' ? await readEnding(state.freezes, context) : await readFreeze(state.freezes)
  const found = kept === undefined || kept.until <= now ? undefined : kept
  let shown = found
  if (request.kind === 'end') {
    await requireConsent(
      found,
      await ownerOf(context, service),
      'Whoever froze it may still be at work.',
      context,
    )
    await removeFreeze(state.freezes)
  }
  if (request.kind === 'freeze') {
    const owner = await ownerOf(context, service)
    await requireConsent(found, owner, 'The new one would take its place.', context)
    const { ms, reason } = request
    shown = { owner, reason, since: now, until: addMs(now, ms), renewals: context.flags.has('renewals') }
    await writeFreeze(state.freezes, shown)
  }
  const document: FreezeCommandDocument = {
    formatVersion: '1.0',
    target,
    folder: state.freezes.place,
    freeze:
      shown === undefined
        ? null
        : { ...shown, since: formatInstant(shown.since), until: formatInstant(shown.until) },
    action: ({ show: 'shown', end: 'ended', freeze: 'frozen' } as const)[request.kind],
  }
  await emitDocument(document, render, context)
  return EXIT_CODES.ok
}

/** `holdfast freeze`. */
export const freeze: Command = {
  description:
    'Freezes the tenant for a while: until then every apply, live response and collection that keeps its lease in the same place, the state directory of this host or the store, is refused and says who, why and until when. Cancelling is never frozen. Without --for shows the freeze that is in force. `freeze:` in the configuration does the same by review; both count.',
  arguments: '',
  options: [
    {
      name: 'for',
      kind: 'duration',
      value: 'DUR',
      description: 'freeze for so long, such as 2h (needs --reason)',
    },
    { name: 'reason', kind: 'text', value: 'TEXT', description: 'why; told to everybody who is refused' },
    { name: 'renewals', kind: 'switch', description: 'let `apply --renewals` go on all the same' },
    { name: 'end', kind: 'switch', description: 'end the freeze that is in force' },
    AUTO_APPROVE_OPTION,
    ...DOCUMENT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS.filter(({ name }) => name !== 'emulate'),
  ],
  examples: [
    {
      command: 'holdfast freeze --for 2h --reason "INC-4211 forensics"',
      does: 'nothing is applied for two hours',
    },
    { command: 'holdfast freeze', does: 'is it frozen, by whom and until when?' },
    { command: 'holdfast freeze --end', does: 'before its end' },
  ],
  exits: {
    ok: 'the freeze was shown, begun or ended, or there is none',
    error: 'usage, authentication, or the place of the lease cannot be used',
    refused: "the freeze is somebody else's and nobody consented; it stands",
  },
  run: context => {
    const request = readRequest(context)
    return withService(context, session => runIn(session, request, context))
  },
}
