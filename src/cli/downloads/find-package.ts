import { Failure } from '../../local/failure.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { ownNames } from '../../posture/marker.ts'
import { selectActions } from '../../posture/select-actions.ts'
import { hasEnded, hasSucceeded } from '../../posture/status.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import { safeName } from '../../report/words/machine-label.ts'
import { requireAgreementOrTerminal } from '../by-hand/agreement.ts'
import { awaitOne } from '../by-hand/await-one.ts'
import { submitAdHoc } from '../by-hand/submit-ad-hoc.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import type { Session } from '../service/inventory.ts'
import { resolveMachine } from '../service/resolve-machine.ts'

const TYPE = 'CollectInvestigationPackage'
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** A collection that succeeded. */
export interface FoundPackage {
  readonly action: MachineAction
  /** Null where the machine has no record any more, or none with a name. */
  readonly dnsName: string | null
  /** Whether this run asked for the collection. */
  readonly submitted: boolean
  /** Whether it ended only now, so that the service may lag behind with its link. */
  readonly isFresh: boolean
}

/** What a command line asks for, held against its options before anything is read. */
export interface PackageRequest {
  readonly subject: string
  readonly isAction: boolean
  readonly wait: boolean
  /** There where a collection may have to be submitted. */
  readonly reason: string
}

/**
 * Reads what is asked for.
 *
 * @throws Failure `reason-missing`, `approval-missing` and `flags-contradict`.
 */
export function readPackageRequest(context: CommandContext): PackageRequest {
  const { args, flags } = context
  const subject = args[0] ?? ''
  const isAction = GUID.test(subject)
  const wait = flags.has('wait')
  const reason = flags.text('reason')
  const useless = ['reason', 'auto-approve'].find(name => flags.has(name) && (isAction || !wait))
  if (useless !== undefined) {
    throw fail('flags-contradict', `--${useless} is for a collection, and this command line asks for none.`, {
      wayOut: 'Name a machine and give --wait to collect first, or leave it out.',
    })
  }
  if (flags.has('timeout') && !wait) throw fail('flags-contradict', '--timeout is for --wait.')
  if (!wait || isAction) return { subject, isAction, wait, reason: '' }
  if (reason === undefined) {
    throw fail('reason-missing', '--wait collects a package first, so it needs --reason TEXT.', {
      wayOut: 'Add --reason TEXT; it becomes the comment of the action.',
    })
  }
  requireAgreementOrTerminal(context)
  return { subject, isAction, wait, reason }
}

/**
 * Finds the collection whose package is asked for: the action itself, the machine's latest that succeeded, or, with
 * `--wait`, the one in flight or a new one.
 *
 * @throws Failure where there is none, where it has not ended, or ended without a package.
 */
export async function findPackage(
  request: PackageRequest,
  context: CommandContext,
  session: Session,
): Promise<FoundPackage> {
  if (request.isAction) return ofAction(request, context, session)
  return request.wait ? collectFirst(request, context, session) : latestOf(request, context, session)
}

async function ofAction(
  { subject, wait }: PackageRequest,
  context: CommandContext,
  session: Session,
): Promise<FoundPackage> {
  const { client } = session.service
  const action = await client.getAction(subject.toLowerCase(), context.signal)
  if (action === null) throw fail('action-not-found', `The service lists no action ${subject}.`)
  if (action.type !== TYPE) {
    throw fail('action-of-another-type', `Action ${action.id} is a ${action.type}, which brings no package.`)
  }
  const machine = action.machineId === '' ? null : await client.getMachine(action.machineId, context.signal)
  const ended = wait ? await awaitOne(action, resumeCommand(action), context, session) : action
  return {
    action: requireSuccess(ended),
    dnsName: machine?.computerDnsName ?? null,
    submitted: false,
    isFresh: ended !== action,
  }
}

async function latestOf(
  { subject }: PackageRequest,
  { signal }: CommandContext,
  session: Session,
): Promise<FoundPackage> {
  const { client } = session.service
  const machine = await resolveMachine(subject, client, signal)
  const collections = await collectionsOf(machine.id, session, signal)
  const action = collections.find(hasSucceeded)
  if (action === undefined) {
    const open = collections.find(each => !hasEnded(each))
    const name = safeName(machine.computerDnsName ?? machine.id)
    if (open !== undefined) throw notReady(open)
    throw fail('package-not-found', `No collection of ${name} has succeeded in the look-back.`)
  }
  return { action, dnsName: machine.computerDnsName, submitted: false, isFresh: false }
}

async function collectFirst(
  { subject, reason }: PackageRequest,
  context: CommandContext,
  session: Session,
): Promise<FoundPackage> {
  const { io, signal } = context
  const machine = await resolveMachine(subject, session.service.client, signal)
  const open = async (): Promise<MachineAction | undefined> =>
    (await collectionsOf(machine.id, session, signal)).find(each => !hasEnded(each))
  let action = await open()
  let submitted = false
  if (action === undefined) {
    const request = {
      machine,
      type: TYPE,
      body: {},
      reason,
      what: 'Collect an investigation package',
      command: 'package download',
    } as const
    const answer = await submitAdHoc(request, context, session)
    if (answer.kind === 'rejected') throw new Failure(answer.code, answer.message, { exit: 'partial' })
    if (answer.kind === 'uncertain') throw fail('request-uncertain', answer.message, { exit: 'pending' })
    submitted = answer.kind === 'accepted'
    action = answer.action ?? (await open())
    if (action === undefined)
      throw new Failure('ActiveRequestAlreadyExists', answerText(answer), { exit: 'partial' })
  }
  if (!submitted) {
    const who = escapeTerminal(action.requestor ?? 'somebody')
    io.stderr.write(`A collection by ${who} is in flight already; its package is taken.\n`)
  }
  const ended = await awaitOne(action, resumeCommand(action), context, session)
  return { action: requireSuccess(ended), dnsName: machine.computerDnsName, submitted, isFresh: true }
}

function answerText(answer: { readonly kind: string; readonly message?: string }): string {
  return `The service says that a collection is in flight and lists none: ${answer.message ?? ''}`
}

/** Collections of one machine, newest first. */
async function collectionsOf(
  machineId: string,
  { service, configuration, historyFrom }: Session,
  signal: AbortSignal,
): Promise<readonly MachineAction[]> {
  const actions = await service.client.listActions(
    { kind: 'machines', machineIds: [machineId], createdFrom: historyFrom },
    signal,
  )
  return selectActions(actions, { types: [TYPE] }, ownNames(configuration))
}

function requireSuccess(action: MachineAction): MachineAction {
  if (hasSucceeded(action)) return action
  if (!hasEnded(action)) throw notReady(action)
  const code = action.errorHResult === 0 ? '' : ` (0x${(action.errorHResult >>> 0).toString(16)})`
  throw fail('collection-failed', `Collection ${action.id} ended ${action.status}${code}.`, {
    exit: 'partial',
  })
}

function resumeCommand({ id }: Pick<MachineAction, 'id'>): string {
  return `holdfast package download ${id} --wait`
}

/** The failure of a package that is not there yet. */
export function notReady(action: Pick<MachineAction, 'id' | 'status'>): Failure {
  const { id, status } = action
  return fail('package-not-ready', `Collection ${id} is ${status}; there is no package yet.`, {
    exit: 'pending',
    wayOut: `Run \`${resumeCommand(action)}\`.`,
  })
}
