import type { CommandDocument, LiveResponseDocument } from '../documents/live-response-document.ts'
import { safeName } from '../words/machine-label.ts'
import { counted, joined } from '../words/words.ts'
import { formatBytes } from './download-progress.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import { paint } from './paint.ts'
import type { Style } from './style.ts'

/** Lines of one text that are shown; the file has all of them. */
const LINES_SHOWN = 100
/** Longest line that is shown whole, in UTF-16 units. */
const LINE_LIMIT = 400
const TAB = '    '

/** Writes the text that a script printed: what a device sends is never trusted, line by line. */
function printed(label: string, text: string, truncated: boolean): readonly string[] {
  const lines = text.trimEnd().split(/\r\n|\n|\r/)
  if (text.trim() === '') return []
  const shown = lines
    .slice(0, LINES_SHOWN)
    .map(line => `    | ${escapeTerminal(line.replaceAll('\t', TAB), LINE_LIMIT)}`)
  const rest = lines.length - shown.length
  const more = rest > 0 ? `${counted(rest, 'more line')}${truncated ? ', and what was cut' : ''}` : 'the rest'
  return [`    ${label}:`, ...shown, ...(rest > 0 || truncated ? [`    ... ${more} in the file`] : [])]
}

function markOf({ code, status }: CommandDocument): readonly [symbol: string, tone: 'blocked' | 'quiet'] {
  return code !== null || status === 'Failed' ? ['!', 'blocked'] : [' ', 'quiet']
}

function commandRows(command: CommandDocument, style: Style): readonly string[] {
  const { index, type, subject, args, status, errors, result, script, code, detail } = command
  const [symbol, tone] = markOf(command)
  const call = joined([type, subject, args], ' ')
  const end = script === null ? status : `${status}, exit code ${script.exitCode}`
  const head = layOut(
    {
      lead: [span(symbol, tone), span(' ')],
      hang: span('    '),
      body: [span(`${index} ${escapeTerminal(call)}`, 'strong'), span(`: ${escapeTerminal(end)}`)],
    },
    style,
  )
  const told = [
    ...errors,
    ...(code === null ? [] : [joined([code, detail], ': ')]),
    ...(result === null ? [] : [`${result.file} (${formatBytes(result.size)}, sha256 ${result.sha256})`]),
  ]
  return [
    head,
    ...told.map(text => layOut({ lead: [span('    ')], body: [span(escapeTerminal(text))] }, style)),
    ...(script === null ? [] : printed('output', script.output, script.truncated)),
    ...(script === null ? [] : printed('errors', script.errors, script.truncated)),
  ]
}

/** Writes how a live response stands and what each command brought, for people. Ends with a newline. */
export function renderLiveResponse(document: LiveResponseDocument, style: Style): string {
  const { machine, actionId, status, commands, exit, endedAt } = document
  const name = safeName(machine.dnsName ?? machine.id)
  const head = `Live response on ${paint(name, 'strong', style)}: ${escapeTerminal(`${status} (${actionId})`)}`
  const hint =
    endedAt === null
      ? [`Its results, once it has ended: holdfast live-response result ${escapeTerminal(actionId)} --wait`]
      : []
  const failed = exit.name === 'partial' ? ['Not everything succeeded.'] : []
  return `${[head, ...commands.flatMap(command => commandRows(command, style)), ...hint, ...failed].join('\n')}\n`
}
