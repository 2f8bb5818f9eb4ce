import { RowsMissing } from '../../defender/rows-missing.ts'
import { namesOf } from '../../plan/select/need.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { ownNames } from '../../posture/marker.ts'
import { type ActionSelector, selectActions } from '../../posture/select-actions.ts'
import { type ActionsDocument, actionDocument } from '../../report/documents/action-document.ts'
import { renderActions } from '../../report/terminal/render-actions.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { parseDuration } from '../../schema/duration.ts'
import { addMs, formatInstant, type Instant } from '../../schema/instant.ts'
import { normalName } from '../../schema/machine-name.ts'
import { namesOfMachines, targetOf } from '../by-hand/conclude-ad-hoc.ts'
import type { Command, CommandContext } from '../command.ts'
import { DOCUMENT_OPTIONS, emitDocument } from '../emit-document.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import type { Flags } from '../flags.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { readTimeOrAge } from '../read-time.ts'
import { type Session, withService } from '../service/inventory.ts'
import { namedMachines } from '../service/selectors.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'

/** Longer than any action stays in flight (docs/service.md#action-timeout), and short enough to be one page in most tenants. */
const DEFAULT_SINCE = '7d'
const DEFAULT_LIMIT = 50

function readOwnership(flags: Flags): ActionSelector['ownership'] {
  if (flags.has('own') && flags.has('foreign')) {
    throw fail('flags-contradict', '--own and --foreign together leave nothing; without both all are listed.')
  }
  return flags.has('own') ? 'own' : flags.has('foreign') ? 'foreign' : undefined
}

/** The ids of the machines that `--machine` names: every record of a name, since its history is wanted. */
async function machineIdsOf(
  { flags, signal }: CommandContext,
  { service }: Session,
): Promise<readonly string[] | undefined> {
  const given = flags.list('machine')
  if (given.length === 0) return undefined
  const entry = namedMachines(given)
  const names = namesOf(entry)
  const dnsNames = names.filter(({ kind }) => kind === 'dnsName').map(({ text }) => text)
  const ids = names.filter(({ kind }) => kind === 'id').map(({ text }) => text)
  if (dnsNames.length === 0) return ids
  const records = await service.client.listMachines({ kind: 'named', ids: [], dnsNames }, signal)
  const found = new Set(records.map(({ computerDnsName }) => normalName(computerDnsName ?? '')))
  const missing = dnsNames.filter(name => !found.has(name))
  if (missing.length > 0) {
    throw fail('machine-not-found', `No machine record has the whole name ${missing.join(', ')}.`)
  }
  return [...ids, ...records.map(({ id }) => id)]
}

function orUndefined(texts: readonly string[]): readonly string[] | undefined {
  return texts.length === 0 ? undefined : texts
}

async function readSelector(
  context: CommandContext,
  session: Session,
): Promise<ActionSelector & { since: Instant }> {
  const { flags } = context
  const now = session.service.clock.now()
  const ownership = readOwnership(flags)
  const until = readTimeOrAge(flags, 'until', now)
  const since = readTimeOrAge(flags, 'since', now) ?? addMs(now, -(parseDuration(DEFAULT_SINCE)?.ms ?? 0))
  const machineIds = await machineIdsOf(context, session)
  const [types, statuses, requestors] = ['type', 'status', 'requestor'].map(name =>
    orUndefined(flags.list(name)),
  )
  return {
    since,
    ...(until === undefined ? {} : { until }),
    ...(ownership === undefined ? {} : { ownership }),
    ...(machineIds === undefined ? {} : { machineIds }),
    ...(types === undefined ? {} : { types }),
    ...(statuses === undefined ? {} : { statuses }),
    ...(requestors === undefined ? {} : { requestors }),
  }
}

/**
 * Reads the actions, each of which is shown for itself: where the service counts one that it never lists, those that
 * came are shown, with an error beside them.
 */
async function readActions(
  { machineIds, since }: ActionSelector & { readonly since: Instant },
  { service }: Session,
  context: CommandContext,
): Promise<{ readonly actions: readonly MachineAction[]; readonly complete: boolean }> {
  const query =
    machineIds === undefined
      ? ({ kind: 'tenant', createdFrom: since } as const)
      : ({ kind: 'machines', machineIds, createdFrom: since } as const)
  try {
    return { actions: await service.client.listActions(query, context.signal), complete: true }
  } catch (error) {
    if (!(error instanceof RowsMissing)) throw error
    const lacking: Diagnostic = {
      severity: 'error',
      code: error.code,
      message: `${error.message} ${error.wayOut}`,
    }
    tellDiagnostics([lacking], [lacking], context)
    // Rows of this very list, as its reader read them.
    const came = error.rows as readonly MachineAction[]
    return { actions: came.filter(({ machineId }) => machineId !== ''), complete: false }
  }
}

async function run(context: CommandContext): Promise<number> {
  const { flags, signal } = context
  return withService(context, async session => {
    const { service, configuration } = session
    const name = ownNames(configuration)
    const selector = await readSelector(context, session)
    const { actions, complete } = await readActions(selector, session, context)
    const found = selectActions(actions, selector, name)
    const shown = found.slice(0, flags.number('limit') ?? DEFAULT_LIMIT)
    const machineIds = shown.map(({ machineId }) => machineId)
    const names = await namesOfMachines(service, machineIds, signal)
    const document: ActionsDocument = {
      formatVersion: '1.0',
      target: await targetOf(service),
      readAt: formatInstant(service.client.firstDate ?? service.clock.now()),
      since: formatInstant(selector.since),
      complete,
      actions: shown.map(action => actionDocument(action, names.get(action.machineId) ?? null, name)),
      summary: { actions: shown.length, leftOut: found.length - shown.length },
    }
    await emitDocument(document, renderActions, context)
    return complete ? EXIT_CODES.ok : EXIT_CODES.error
  })
}

/** `holdfast actions list`. */
export const actionsList: Command = {
  description:
    'Lists actions of all of the tenant, whoever asked for them, the newest first. Of an option given several times any value counts; several options must all match. Words compare whole.',
  arguments: '',
  options: [
    { name: 'type', kind: 'list', value: 'TYPE', description: 'of this type, such as Isolate (repeatable)' },
    {
      name: 'status',
      kind: 'list',
      value: 'STATUS',
      description: 'in this status, such as Pending (repeatable)',
    },
    {
      name: 'machine',
      kind: 'list',
      value: 'NAME',
      description: 'of this machine, by id or whole name (repeatable)',
    },
    {
      name: 'requestor',
      kind: 'list',
      value: 'WHO',
      description: 'asked for by this user or application (repeatable)',
    },
    { name: 'own', kind: 'switch', description: 'only ours: their comment ends in our marker' },
    { name: 'foreign', kind: 'switch', description: "only others'" },
    {
      name: 'since',
      kind: 'text',
      value: 'WHEN',
      description: `created since: a time, or how long ago; ${DEFAULT_SINCE} by default`,
    },
    { name: 'until', kind: 'text', value: 'WHEN', description: 'created until: a time, or how long ago' },
    {
      name: 'limit',
      kind: 'integer',
      value: 'N',
      description: `list at most so many; ${DEFAULT_LIMIT} by default`,
    },
    ...DOCUMENT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    { command: 'holdfast actions list --status Pending --status InProgress', does: 'what is in flight?' },
    {
      command: 'holdfast actions list --foreign --type Unisolate --since 24h',
      does: 'who released machines today?',
    },
    {
      command: 'holdfast actions list --machine fin-ws-014.contoso.com --since 180d',
      does: 'all of one machine',
    },
  ],
  exits: { ok: 'the list is complete', error: true },
  run,
}
