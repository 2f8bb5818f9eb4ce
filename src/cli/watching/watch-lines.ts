import type { DriftEvent } from '../../report/documents/drift-events.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import { facetPath, safeName } from '../../report/words/machine-label.ts'
import { shownValue } from '../../report/words/plan-line.ts'
import { compareText, counted, shownActor } from '../../report/words/words.ts'
import { formatInstant, type Instant } from '../../schema/instant.ts'
import type { LookDifference } from '../../watch/compare-looks.ts'
import type { LookAnswer } from '../../watch/look.ts'

/** Seconds are enough for a log. */
function stamp(at: Instant): string {
  return `${formatInstant(at).slice(0, 19)}Z`
}

function findingText({ data }: DriftEvent): string {
  const { kind, address, machine, expected, actual, actor } = data
  const name = safeName(machine.dnsName ?? machine.id)
  const who = actor === null ? '' : `, ${shownActor(actor)}`
  return `${kind} ${name} ${escapeTerminal(`${facetPath(address)}: expected ${shownValue(expected)}, is ${shownValue(actual)}${who}`)}`
}

/** What changed since the last look, one line each by kind and name: `+` is new, `-` is no more. Safe to print. */
export function differenceLines(at: Instant, { added, resolved }: LookDifference): readonly string[] {
  const lines = (sign: string, findings: readonly DriftEvent[]): readonly string[] =>
    findings
      .map(findingText)
      .sort(compareText)
      .map(text => `${stamp(at)} ${sign} ${text}`)
  return [...lines('+', added), ...lines('- no longer', resolved)]
}

/** How a look went, in one line. Safe to print. */
export function lookLine(answer: LookAnswer, now: Instant): string {
  if (answer.kind === 'failed') {
    const { code, message } = answer.failure
    return `${stamp(now)} ! the look failed [${code}]: ${escapeTerminal(message)}`
  }
  const { at, counts, findings } = answer.look
  return `${stamp(at)} looked at ${counted(counts.machines, 'machine')}: ${counts.held} held, ${counted(findings.length, 'finding')}, ${counted(counts.changes, 'change')} to make, ${counts.blocked} blocked`
}
