import { isGood, isOpen } from '../../apply/outcomes.ts'
import type { ApplyResult, ChangeOutcome } from '../../apply/result.ts'
import type { Change, Plan } from '../../plan/document/document.ts'
import { facetPath, safeName } from '../words/machine-label.ts'
import { nowSentences, undoHint } from '../words/now-text.ts'
import { shownTransition } from '../words/plan-line.ts'
import { resultLine, resumeHint, troubledOutcomes } from '../words/result-summary.ts'
import { waveLines } from '../words/rollout-text.ts'
import { followable } from '../words/ways-out.ts'
import { counted, joined } from '../words/words.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import { paint, type Tone } from './paint.ts'
import { renderDiagnostics } from './render-diagnostics.ts'
import type { Style } from './style.ts'

/** A heading and one row per machine. */
function machineList(heading: string, names: readonly string[], style: Style): string {
  if (names.length === 0) return ''
  return [
    layOut({ hang: span('  '), body: [span(heading, 'error')] }, style),
    ...names.map(name =>
      layOut({ lead: [span('! ', 'blocked')], body: [span(safeName(name), 'strong')] }, style),
    ),
  ].join('\n')
}

function markOfOutcome({ outcome }: ChangeOutcome): readonly [symbol: string, tone: Tone] {
  if (isGood(outcome)) return [' ', 'quiet']
  return isOpen(outcome) ? ['=', 'waiting'] : ['!', 'blocked']
}

/** Outcome, code and what the service said: `failed (Isolate TimeOut, …)`. Not escaped. */
function outcomeText({ outcome, code, type, status, actionId, adopted }: ChangeOutcome): string {
  const action = joined([type, status], ' ')
  const facts = joined([code, action, actionId, adopted === true && 'not submitted by this run'])
  return facts === '' ? outcome : `${outcome} (${facts})`
}

function outcomeRow(outcome: ChangeOutcome, change: Change | undefined, style: Style): string {
  const [symbol, tone] = markOfOutcome(outcome)
  const name = outcome.dnsName ?? (outcome.address.split('/', 1)[0] as string)
  const transition =
    change === undefined ? '' : ` ${shownTransition(change.address, change.before, change.after)},`
  const facet = facetPath(outcome.address).split('/', 1)[0] as string
  const body = [
    span(safeName(name), 'strong'),
    span(` ${escapeTerminal(`${facet}:${transition} ${outcomeText(outcome)}`)}`),
  ]
  return layOut({ lead: [span(symbol, tone), span(' ')], hang: span('    '), body }, style)
}

function movedRows({ moved }: ApplyResult, style: Style): string {
  return moved
    .map(({ address, message }) =>
      layOut(
        {
          lead: [span('! ', 'blocked')],
          hang: span('    '),
          body: [span(escapeTerminal(address), 'strong'), span(` moved: ${escapeTerminal(message)}`)],
        },
        style,
      ),
    )
    .join('\n')
}

/** What was overridden, and the reason that was given for it. */
function overrideRow({ overriddenGuards = [], reason }: ApplyResult, style: Style): string {
  if (overriddenGuards.length === 0) return ''
  const text = `${overriddenGuards.join(', ')}${reason === undefined ? '' : ` (${reason})`}`
  return layOut(
    { hang: span('  '), body: [span('Guards overridden:', 'warning'), span(` ${escapeTerminal(text)}`)] },
    style,
  )
}

function outcomesPart(result: ApplyResult, plan: Plan | null, style: Style): string {
  const changes = new Map(plan?.changes.map(change => [change.address, change]))
  const shown = style.showAll === true ? result.outcomes : troubledOutcomes(result)
  return shown
    .flatMap((outcome, index) => {
      const { detail } = outcome
      const row = outcomeRow(outcome, changes.get(outcome.address), style)
      // What is true of the whole run stands once, below the last of those it explains.
      if (detail === null || detail === shown[index + 1]?.detail) return [row]
      return [
        row,
        layOut(
          { lead: [span('    ')], body: [span(escapeTerminal(followable(detail, style.options)))] },
          style,
        ),
      ]
    })
    .join('\n')
}

/**
 * Writes what an apply did for people: machines that a chain left open, machines that are not contained, what moved,
 * what went wrong or is open, the counts, and how to go on. Ends with a newline.
 *
 * @param plan - The plan that was applied, for what each change was to do; null where it is not at hand.
 */
export function renderResult(result: ApplyResult, plan: Plan | null, style: Style): string {
  const { chainOpen, notContained } = result
  const said = [...nowSentences(result, plan), undoHint(result, plan), resumeHint(result)]
  const open = `chain-open: ${counted(chainOpen.length, 'machine was', 'machines were')} released to be held anew, and the second half did not follow. Run the same command again: it does this first.`
  const loose = `Not contained now, although the plan wanted them held (${notContained.length}):`
  return [
    machineList(open, chainOpen, style),
    machineList(loose, notContained, style),
    movedRows(result, style),
    outcomesPart(result, plan, style),
    overrideRow(result, style),
    waveLines(result)
      .map(line => layOut({ hang: span('  '), body: [span(escapeTerminal(line))] }, style))
      .join('\n'),
    renderDiagnostics(result.diagnostics, style).trimEnd(),
    paint(resultLine(result), result.exit.code === 0 ? undefined : 'strong', style) +
      said
        .filter(text => text !== '')
        .map(text => `\n${layOut({ body: [span(escapeTerminal(text))] }, style)}`)
        .join(''),
  ]
    .filter(part => part !== '')
    .join('\n\n')
    .concat('\n')
}
