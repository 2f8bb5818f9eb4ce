import type { ActionDocument, ActionsDocument } from '../documents/action-document.ts'
import { safeName } from '../words/machine-label.ts'
import { actorWords } from '../words/posture-words.ts'
import { counted, shownTime } from '../words/words.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import type { Tone } from './paint.ts'
import type { Style } from './style.ts'
import { type Cell, type Column, cell, renderTable } from './table.ts'

const COLUMNS: readonly Column[] = [
  { title: 'CREATED', whole: true },
  { title: 'ACTION' },
  { title: 'STATUS' },
  { title: 'MACHINE' },
  { title: 'BY' },
  { title: 'ID', whole: true },
]

const TONES: Readonly<Record<string, Tone>> = {
  Succeeded: 'quiet',
  Failed: 'error',
  TimeOut: 'error',
  Cancelled: 'warning',
}

/** `Isolate (full)`. Not escaped. */
export function actionWords({ type, scope }: Pick<ActionDocument, 'type' | 'scope'>): string {
  return scope === null ? type : `${type} (${scope.toLowerCase()})`
}

/** The status word of the service, in its tone. */
export function statusCell(status: string): Cell {
  return cell(escapeTerminal(status), TONES[status] ?? 'waiting')
}

/** The name of the machine of an action, or its id; escaped. */
export function machineOf({ dnsName, machineId }: Pick<ActionDocument, 'dnsName' | 'machineId'>): string {
  return safeName(dnsName ?? machineId)
}

/** One row per action, newest first as the document has them; empty for none. Ends with a newline. */
export function actionTable(actions: readonly ActionDocument[], style: Style): string {
  if (actions.length === 0) return ''
  const rows = actions.map(action => [
    cell(escapeTerminal(shownTime(action.createdAt))),
    cell(escapeTerminal(actionWords(action))),
    statusCell(action.status),
    cell(machineOf(action), 'strong'),
    cell(escapeTerminal(actorWords(action.actor))),
    cell(escapeTerminal(action.actionId)),
  ])
  return renderTable(COLUMNS, rows, style)
}

/** Writes a list of actions for people, and which of them there could be more of. Ends with a newline. */
export function renderActions({ actions, summary, since, readAt }: ActionsDocument, style: Style): string {
  const table = actionTable(actions, style)
  const more = summary.leftOut === 0 ? '' : `; ${summary.leftOut} older ones match too, --limit shows more`
  const from = since === null ? '' : ` created since ${shownTime(since)}`
  const line = `${counted(summary.actions, 'action')}${from}${more} (read ${readAt}).`
  return `${table}${table === '' ? '' : '\n'}${layOut({ body: [span(escapeTerminal(line))] }, style)}\n`
}
