import type { AdHocOutcome, AdHocResult } from '../../apply/ad-hoc.ts'
import { isGood, isOpen, OUTCOMES } from '../../apply/outcomes.ts'
import { safeName } from '../words/machine-label.ts'
import { joined } from '../words/words.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import { paint } from './paint.ts'
import type { Style } from './style.ts'

/** Up to so many outcomes are all listed; of more only those that somebody must look at. */
const ALL_LISTED = 30

function outcomeRows(outcome: AdHocOutcome, style: Style): readonly string[] {
  const { dnsName, machineId, type, status, code, detail, actionId } = outcome
  const good = isGood(outcome.outcome)
  const lead = good
    ? span('  ', 'quiet')
    : isOpen(outcome.outcome)
      ? span('= ', 'waiting')
      : span('! ', 'blocked')
  const facts = joined([code, joined([type, status], ' '), actionId])
  const text = `${outcome.outcome}${facts === '' ? '' : ` (${facts})`}`
  const body = [span(safeName(dnsName ?? machineId), 'strong'), span(` ${escapeTerminal(text)}`)]
  return [
    layOut({ lead: [lead], hang: span('    '), body }, style),
    ...(detail === null
      ? []
      : [layOut({ lead: [span('    ')], body: [span(escapeTerminal(detail))] }, style)]),
  ]
}

/** `Cancel: 3 succeeded, 1 failed.`; every count that is not 0. */
function summaryLine(title: string, { summary }: AdHocResult): string {
  const counts = OUTCOMES.filter(outcome => (summary[outcome] ?? 0) > 0)
  if (counts.length === 0) return `${title}: nothing to do.`
  return `${title}: ${counts.map(outcome => `${summary[outcome]} ${outcome}`).join(', ')}.`
}

/**
 * Writes how each thing ended, what somebody must look at in any case, and the counts. Ends with a newline.
 *
 * @param title - What was done, as the last line begins.
 */
export function renderAdHoc(title: string, result: AdHocResult, style: Style): string {
  const { outcomes, exit } = result
  const shown = outcomes.length <= ALL_LISTED ? outcomes : outcomes.filter(({ outcome }) => !isGood(outcome))
  const rows = shown.flatMap(outcome => outcomeRows(outcome, style))
  const line = paint(summaryLine(title, result), exit.code === 0 ? undefined : 'strong', style)
  return `${[...rows, ...(rows.length > 0 ? [''] : []), line].join('\n')}\n`
}
