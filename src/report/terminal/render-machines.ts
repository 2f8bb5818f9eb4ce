import type { MachineDocument, MachinesDocument } from '../documents/machine-document.ts'
import { nameMachines } from '../words/machine-label.ts'
import { postureSpans } from '../words/posture-words.ts'
import { counted, shownTime } from '../words/words.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import type { Style } from './style.ts'
import { type Column, cell, renderTable } from './table.ts'

const COLUMNS: readonly Column[] = [
  { title: 'MACHINE' },
  { title: 'OS' },
  { title: 'HEALTH' },
  { title: 'LAST SEEN', whole: true },
  { title: 'TAGS' },
  { title: 'POSTURE' },
]

function summaryLine({ summary, readAt }: MachinesDocument): string {
  const { machines, isolated, restricted, inFlight } = summary
  return `${counted(machines, 'machine')}: ${isolated} isolated, ${restricted} restricted, ${inFlight} with actions in flight (read ${readAt}).`
}

/** What a reader must know to trust the list: how far back, what is uncertain, what was left out. */
function notes({ summary, historyFrom, scope }: MachinesDocument): readonly string[] {
  const { uncertain, leftOut } = summary
  return [
    `Told from the action history since ${shownTime(historyFrom)}: the service itself keeps no such state.`,
    uncertain === 0
      ? ''
      : `On ${counted(uncertain, 'machine')} a later action ended without success; what it left behind is uncertain.`,
    leftOut === 0 || scope === 'named'
      ? ''
      : `${counted(leftOut, 'further record')} not shown: not chosen, not onboarded, or merged into another.`,
  ].filter(text => text !== '')
}

/** Writes a list of machines for people, one row each, and what it rests on. Ends with a newline. */
export function renderMachines(document: MachinesDocument, style: Style): string {
  const { machines } = document
  const addressed = (machine: MachineDocument): { address: string; machine: MachineDocument } => ({
    address: machine.id,
    machine,
  })
  const nameOf = nameMachines(machines.map(addressed))
  const rows = machines.map(machine => [
    cell(escapeTerminal(nameOf(addressed(machine))), 'strong'),
    cell(escapeTerminal(machine.osPlatform ?? '-')),
    cell(escapeTerminal(machine.healthStatus ?? '-')),
    cell(machine.lastSeen === null ? '-' : escapeTerminal(shownTime(machine.lastSeen))),
    cell(escapeTerminal(machine.tags.join(', ')) || '-'),
    postureSpans(machine),
  ])
  const table = rows.length === 0 ? '' : `${renderTable(COLUMNS, rows, style)}\n`
  const told = notes(document).map(text => layOut({ body: [span(escapeTerminal(text), 'quiet')] }, style))
  return `${table}${[escapeTerminal(summaryLine(document)), ...told].join('\n')}\n`
}
