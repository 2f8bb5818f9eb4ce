import type { Target } from '../../plan/document/document.ts'
import type { ActionCommand, MachineAction } from '../../posture/machine-action.ts'
import { postureActor } from '../../posture/machine-posture.ts'
import type { OwnNames } from '../../posture/marker.ts'
import { formatInstant } from '../../schema/instant.ts'
import { type ActorDocument, actorDocument } from './machine-document.ts'

/** One action, in documents. */
export interface ActionDocument {
  readonly actionId: string
  readonly type: string
  readonly status: string
  readonly scope: string | null
  readonly machineId: string
  readonly dnsName: string | null
  readonly own: boolean
  readonly actor: Omit<ActorDocument, 'actionId' | 'at'>
  readonly comment: string | null
  readonly requestSource: string | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly cancellation: { readonly requestor: string | null; readonly comment: string | null } | null
  readonly errorHResult: number
  readonly file: MachineAction['relatedFileInfo']
  readonly commands: readonly ActionCommand[]
}

/** The document of `actions list` and `actions show`. */
export interface ActionsDocument {
  readonly formatVersion: '1.0'
  readonly target: Target
  readonly readAt: string
  /** Actions created before it were not looked at; null where they were asked for by id. */
  readonly since: string | null
  /** False where the service counts actions that it does not list. */
  readonly complete: boolean
  readonly actions: readonly ActionDocument[]
  readonly summary: {
    readonly actions: number
    /** How many more the filters let through, beyond `--limit`. */
    readonly leftOut: number
  }
}

/**
 * Writes one action.
 *
 * @param dnsName - The name of its machine, null where it is not known.
 * @param name - The configuration's name, which decides whose markers are ours.
 */
export function actionDocument(
  action: MachineAction,
  dnsName: string | null,
  name: OwnNames,
): ActionDocument {
  const { class: kind, requestor, policy } = actorDocument(postureActor(action, name))
  const { cancellationRequestor, cancellationComment } = action
  const isCancelled = cancellationRequestor !== null || cancellationComment !== null
  return {
    actionId: action.id,
    type: action.type,
    status: action.status,
    scope: action.scope,
    machineId: action.machineId,
    dnsName,
    own: kind === 'own',
    actor: { class: kind, requestor, policy },
    comment: action.requestorComment,
    requestSource: action.requestSource,
    createdAt: formatInstant(action.creationDateTimeUtc),
    updatedAt: formatInstant(action.lastUpdateDateTimeUtc),
    cancellation: isCancelled ? { requestor: cancellationRequestor, comment: cancellationComment } : null,
    errorHResult: action.errorHResult,
    file: action.relatedFileInfo,
    commands: action.commands,
  }
}
