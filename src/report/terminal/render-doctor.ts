import type { DoctorCheck, DoctorDocument, DoctorPolicy, DoctorProbe } from '../documents/doctor-document.ts'
import { counted, joined } from '../words/words.ts'
import { renderBlock } from './detail-block.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import { paint, type Tone } from './paint.ts'
import type { Style } from './style.ts'

const MARKS: Readonly<Record<DoctorCheck['status'], readonly [word: string, tone: Tone]>> = {
  ok: ['ok     ', 'calm'],
  warning: ['warning', 'warning'],
  error: ['error  ', 'error'],
  skipped: ['skipped', 'quiet'],
}

function checkRows({ name, status, message, wayOut }: DoctorCheck, style: Style): readonly string[] {
  const [word, tone] = MARKS[status]
  const body = [span(`${escapeTerminal(name)}:`, 'strong'), span(` ${escapeTerminal(message)}`)]
  return [
    layOut({ lead: [span(word, tone), span('  ')], body }, style),
    ...(wayOut === null
      ? []
      : [layOut({ lead: [span('         try: ', 'strong')], body: [span(escapeTerminal(wayOut))] }, style)]),
  ]
}

function hasWords(has: boolean | null, lacking: string): string {
  if (has === null) return 'unknown'
  return has ? 'has it' : lacking
}

function policyBlock({ policy, file, line, plan, apply }: DoctorPolicy, style: Style): string {
  return renderBlock(
    escapeTerminal(`${policy} (${file}:${line})`),
    [
      ['plan', `${plan.anyOf.join(' or ')}: ${hasWords(plan.has, 'MISSING')}`],
      ...apply.map(
        ({ permission, facets, has }) =>
          ['apply', `${permission}: ${hasWords(has, 'MISSING')} (${facets.join(', ')})`] as const,
      ),
    ],
    style,
  )
}

function probeDetail({ method, permission, status, message }: DoctorProbe): readonly [string, string] {
  return [method, joined([`${permission}: ${status}`, message])]
}

function verdict({ healthy, checks }: DoctorDocument): string {
  const count = (status: DoctorCheck['status']): number =>
    checks.filter(check => check.status === status).length
  const warnings = count('warning') === 0 ? '' : `, ${counted(count('warning'), 'warning')}`
  return healthy
    ? `Nothing is wrong${warnings}.`
    : `${counted(count('error'), 'check')} found something wrong${warnings}.`
}

/** Writes what a doctor found, for people. Ends with a newline. */
export function renderDoctor(document: DoctorDocument, style: Style): string {
  const { checks, policies, commands, probes, healthy } = document
  const blocks = [
    ...policies.map(policy => policyBlock(policy, style)),
    ...(commands.length === 0
      ? []
      : [
          renderBlock(
            'Beside the policies',
            commands.map(({ command, permission, has }) => [
              command,
              `${permission}: ${hasWords(has, 'not granted')}`,
            ]),
            style,
          ),
        ]),
    ...(probes === null || probes.length === 0
      ? []
      : [renderBlock('Probes', probes.map(probeDetail), style)]),
  ]
  const rows = checks.flatMap(check => checkRows(check, style)).join('\n')
  const line = paint(verdict(document), healthy ? 'calm' : 'strong', style)
  return `${[rows, ...blocks.map(block => block.trimEnd()), line].join('\n\n')}\n`
}
