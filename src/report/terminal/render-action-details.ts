import type { ActionCommand } from '../../posture/machine-action.ts'
import type { ActionDocument, ActionsDocument } from '../documents/action-document.ts'
import { actorWords } from '../words/posture-words.ts'
import { joined, shownTime } from '../words/words.ts'
import { type Detail, renderBlock } from './detail-block.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { actionWords, machineOf } from './render-actions.ts'
import type { Style } from './style.ts'

/** `0x80190198`; empty for success. */
function hresult(value: number): string {
  return value === 0 ? '' : `0x${(value >>> 0).toString(16).padStart(8, '0')}`
}

function commandDetail({ index, type, params, commandStatus, errors }: ActionCommand): Detail {
  const asked = params.map(({ key, value }) => `${key}=${value}`).join(' ')
  return [`command ${index}`, joined([`${type} ${asked}`, commandStatus, errors.join('; ')], ', ')]
}

function renderAction(action: ActionDocument, style: Style): string {
  const { file, cancellation } = action
  const details: readonly Detail[] = [
    ['id', action.actionId],
    ['status', joined([action.status, hresult(action.errorHResult)])],
    ['machine', action.machineId],
    [
      'by',
      joined([actorWords(action.actor), action.requestSource !== null && `through ${action.requestSource}`]),
    ],
    ['requestor', action.own ? action.actor.requestor : null],
    ['comment', action.comment],
    ['created', action.createdAt],
    ['updated', action.updatedAt],
    ['cancelled by', cancellation === null ? null : (cancellation.requestor ?? 'an unknown requestor')],
    ['cancel comment', cancellation?.comment],
    ['file', file === null ? null : `${file.fileIdentifierType} ${file.fileIdentifier}`],
    ...action.commands.map(commandDetail),
  ]
  const heading = `${escapeTerminal(actionWords(action))} of ${machineOf(action)}`
  return renderBlock(heading, details, style)
}

/** Writes all there is about each action, for people. Ends with a newline. */
export function renderActionDetails({ actions }: ActionsDocument, style: Style): string {
  return actions.map(action => renderAction(action, style)).join('\n')
}

/** A line of history: when, what, how it ended, who. Not escaped. */
export function historyDetail(action: ActionDocument): Detail {
  return [
    shownTime(action.createdAt),
    joined([`${actionWords(action)} ${action.status}`, `by ${actorWords(action.actor)}`, action.actionId]),
  ]
}
