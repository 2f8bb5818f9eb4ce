import type { Difference } from '../../analysis/compare/compare-plan.ts'
import type { FactFields, FactValue } from '../../analysis/compare/plan-facts.ts'
import type { TestDocument, TestOutcome } from '../documents/test-document.ts'
import { counted, joined } from '../words/words.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import { paint, type Tone } from './paint.ts'
import type { Style } from './style.ts'

const VERDICTS: Readonly<Record<TestOutcome['outcome'], readonly [word: string, tone: Tone]>> = {
  passed: ['passed', 'calm'],
  failed: ['FAILED', 'error'],
  error: ['ERROR ', 'error'],
}

const HEADS: Readonly<Record<Difference['kind'], string>> = {
  missing: 'expected, and not in the plan:',
  different: 'otherwise in the plan than expected:',
  unexpected: 'in the plan, and not expected:',
}

const DEEPER = '          '

/** A text that YAML reads as it stands, also inside braces. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._/@+ -]*(?<! )$/

function writeScalar(value: string | number | boolean): string {
  return typeof value === 'string' && !PLAIN.test(value) ? JSON.stringify(value) : String(value)
}

function writeValue(value: FactValue): string {
  return typeof value === 'object' ? `[${value.map(writeScalar).join(', ')}]` : writeScalar(value)
}

/** Writes fields as a line of a test: what is in a plan can be copied from the terminal into `expect`. Not escaped. */
export function writeFact(fields: FactFields): string {
  const shown = Object.entries(fields).filter(([, value]) => typeof value !== 'object' || value.length > 0)
  return `{ ${shown.map(([field, value]) => `${field}: ${writeValue(value)}`).join(', ')} }`
}

/** The messages of a plan are long, and their code says it already. */
function withoutMessage({ message: _message, ...fields }: FactFields): FactFields {
  return fields
}

/** Says in one line, or two, what differs. Not escaped. */
export function describeDifference(difference: Difference): readonly string[] {
  const { list, place } = difference
  if (difference.kind === 'unexpected') return [`${list}: ${writeFact(withoutMessage(difference.actual))}`]
  const wanted = `${place.file}:${place.line}: ${list}: ${writeFact(difference.expected)}`
  if (difference.kind === 'missing') return [wanted]
  const came = difference.fields.map(field => {
    const value = difference.actual[field]
    return value === undefined ? `the plan has no ${field}` : `${field} is ${writeValue(value)}`
  })
  return [wanted, came.join(', ')]
}

function differenceRows(differences: readonly Difference[], style: Style): readonly string[] {
  return (Object.keys(HEADS) as Difference['kind'][]).flatMap(kind => {
    const own = differences.filter(difference => difference.kind === kind)
    if (own.length === 0) return []
    const rows = own.flatMap(difference =>
      describeDifference(difference).map((text, index) => {
        const lead = span(index === 0 ? '      ' : DEEPER)
        return layOut({ lead: [lead], hang: span(DEEPER), body: [span(escapeTerminal(text))] }, style)
      }),
    )
    return [layOut({ lead: [span('    ')], body: [span(HEADS[kind], 'strong')] }, style), ...rows]
  })
}

function testRows(test: TestOutcome, style: Style): readonly string[] {
  const [word, tone] = VERDICTS[test.outcome]
  const place = escapeTerminal(`${test.file}:${test.line}`)
  const body = [span(place, 'quiet'), span(` ${escapeTerminal(test.name)}`)]
  const causes = test.diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) =>
      layOut(
        {
          lead: [span('    ')],
          body: [span(`${escapeTerminal(code)}:`, 'error'), span(` ${escapeTerminal(message)}`)],
        },
        style,
      ),
    )
  return [
    layOut({ lead: [span(word, tone), span('  ')], body }, style),
    ...differenceRows(test.differences, style),
    ...causes,
  ]
}

/** Writes how tests ended, for people: a line per test, what differs under it, and the count. Ends with a newline. */
export function renderTests({ tests, summary }: TestDocument, style: Style): string {
  const { passed, failed, errors } = summary
  const counts = joined([
    passed > 0 && `${passed} passed`,
    failed > 0 && `${failed} failed`,
    errors > 0 && `${errors} could not be run`,
  ])
  const line = paint(
    `${counted(tests.length, 'test')}: ${counts}.`,
    failed + errors === 0 ? 'calm' : 'strong',
    style,
  )
  return `${tests.flatMap(test => testRows(test, style)).join('\n')}\n\n${line}\n`
}
