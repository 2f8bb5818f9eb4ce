import type { ActionMethod } from '../posture/methods.ts'
import type { Call } from './call.ts'
import { notFound, Refusal, type Reply } from './exchange.ts'
import { isSupported } from './platform-support.ts'
import { isRefused } from './refused-operations.ts'
import type { Fate } from './scenario-types.ts'
import { addTicks } from './stamp.ts'
import { createdCommands, type StoredAction, toWireAction } from './stored-action.ts'
import type { StoredMachine } from './stored-machine.ts'
import { readSubmission, type Submission } from './submit-body.ts'
import type { World } from './world.ts'

/** Answers one of the nine POSTs that create an action. */
export function submitAction({ world, params, body, nowMs }: Call, method: ActionMethod): Reply {
  const submission = readSubmission(method, body.toString(), world.settings)
  const machine = world.machines.find(params[0] ?? '')
  if (machine === undefined || machine.hidden) throw notFound('Machine', params[0] ?? '')
  checkPossible(world, method, submission, machine)
  const busy = busyWith(world, method, machine.facts.id)
  const { duplicates } = world.settings
  if (busy !== undefined && duplicates === 'reject')
    throw new Refusal(400, 'ActiveRequestAlreadyExists', 'Action is already in progress')
  if (busy !== undefined && duplicates === 'existing') return created(world, busy, busy.scope)
  checkSessions(world, method)
  const record = newRecord(world, method, submission, machine, nowMs)
  world.actions.add(record)
  world.statuses.begin(record, fateOf(world, record, busy !== undefined, machine), nowMs)
  return created(world, record, submission.statedScope)
}

/** Refuses what this machine can never do. */
function checkPossible(
  { settings }: World,
  { type }: ActionMethod,
  submission: Submission,
  machine: StoredMachine,
): void {
  const { scope } = submission
  const { facts, noAutomation } = machine
  const isContain = scope === 'UnManagedDevice'
  const isOnboarded = facts.onboardingStatus === 'Onboarded'
  if (isOnboarded === isContain && type !== 'Unisolate')
    throw new Refusal(
      400,
      'InvalidInput',
      `Invalid input: the action is not possible on a machine that is ${facts.onboardingStatus}`,
    )
  if (!isContain && !isSupported(type, scope, facts.osPlatform))
    throw new Refusal(400, 'OsPlatformNotSupported', `${type} is not supported on ${facts.osPlatform}`)
  if (settings.disabled.has(type))
    throw new Refusal(403, 'DisabledFeature', `Feature ${type} is disabled for this tenant`)
  if (isRefused(machine, type, submission)) {
    const { status, code } = settings.restrictedRefusal
    throw new Refusal(status, code, `The operation ${type} is not allowed on this device.`)
  }
  if (type === 'LiveResponse' && noAutomation)
    throw new Refusal(
      403,
      'DisallowedOperation',
      "This device has no automation level assigned to it. You'll need to at least enable the minimum Remediation Level for a given Device Group.",
    )
}

/** The action that keeps another one of its type off the machine. */
function busyWith({ actions }: World, { type }: ActionMethod, machineId: string): StoredAction | undefined {
  return actions.inFlightOn(machineId).find(active => active.type === type)
}

/** Live response has a limit of its own: so many sessions at once in the whole tenant. */
function checkSessions({ actions, quotas, settings }: World, { type, quota }: ActionMethod): void {
  const limit = quota.concurrent
  if (limit === undefined || settings.quotas === undefined) return
  const open = actions.inFlight().filter(active => active.type === type).length
  if (open >= limit)
    throw quotas.refusal(`API calls quota exceeded! maximum allowed ${limit} concurrent sessions`, 60_000)
}

function newRecord(
  { settings, stamper, random }: World,
  { type }: ActionMethod,
  submission: Submission,
  { facts }: StoredMachine,
  nowMs: number,
): StoredAction {
  const creation = stamper.stamp(nowMs)
  const { sha1, comment } = submission
  return {
    id: random.guid(),
    type,
    title: submission.title,
    requestor: settings.requestor,
    requestorComment: comment === null ? null : comment.slice(0, settings.commentKeep),
    status: 'Pending',
    machineId: facts.id,
    computerDnsName: facts.computerDnsName,
    creation,
    // Recorded answers show the first update 3 to 34 ticks after the creation.
    update: addTicks(creation, 3 + random.below(32)),
    cancellationRequestor: null,
    cancellationComment: null,
    cancellation: null,
    errorHResult: 0,
    scope: submission.scope,
    externalId: submission.externalId,
    requestSource: 'PublicApi',
    relatedFileInfo: sha1 === null ? null : { fileIdentifier: sha1, fileIdentifierType: 'Sha1' },
    commands: createdCommands(submission.commands),
    troubleshootInfo: null,
    listedFromMs: nowMs + settings.listDelayMs,
    foundFromMs: nowMs + settings.getDelayMs,
    exitCode: 0,
    lastsMs: undefined,
    listed: true,
    course: 0,
    json: undefined,
  }
}

/** A duplicate that was let in sticks in Pending, and so can end after the release that followed it. */
function fateOf(world: World, record: StoredAction, isDuplicate: boolean, machine: StoredMachine): Fate {
  const ruled = world.outcomes(record)
  if (ruled !== undefined) return ruled
  const repeatsHold = record.type === 'Isolate' && machine.device.isolation !== 'none'
  const sticks = world.settings.duplicates === 'enqueue' && (isDuplicate || repeatsHold)
  return sticks ? { after: world.settings.enqueuedForMs, inProgressAfter: 'never' } : {}
}

/** The 201 body: scope null where the request left it out (docs/service.md#action-scope). */
function created({ settings, replies }: World, record: StoredAction, scope: string | null): Reply {
  const wire = toWireAction(record, settings.statusWords)
  const context = `${settings.contextOrigin}/api/$metadata#MachineActions/$entity`
  const answered = { '@odata.context': context, ...wire, scope: settings.echoScope ? scope : null }
  return replies.odata(JSON.stringify(answered), 201)
}
