import type { Diagnostic, Place, Severity } from '../../schema/diagnostic.ts'
import { followable } from '../words/ways-out.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, type Span, span } from './lay-out.ts'
import { paint, type Tone } from './paint.ts'
import { excerptSource } from './source-excerpt.ts'
import { type Style, usableWidth } from './style.ts'

const TONES: Readonly<Record<Severity, Tone>> = { error: 'error', warning: 'warning', info: 'info' }

/** Where something stands: `policies/a.yaml:12:3`, escaped. */
function shownPlace({ file, line, column }: Place): string {
  return `${escapeTerminal(file)}:${line}:${column}`
}

/** `error[code]:`, as every complaint of ours begins; escaped. */
export function complaintHead(severity: Severity, code: string): Span {
  return span(`${severity}[${escapeTerminal(code)}]:`, TONES[severity])
}

function sourceRows(diagnostic: Diagnostic, place: Place, style: Style): readonly string[] {
  if (diagnostic.sourceLine === undefined) return []
  const number = String(place.line)
  const bar = paint(`${' '.repeat(number.length)} |`, 'quiet', style)
  const { line, carets } = excerptSource(diagnostic, place, usableWidth(style) - number.length - 3)
  return [
    bar,
    `${paint(`${number} |`, 'quiet', style)} ${line}`,
    `${bar} ${paint(carets, TONES[diagnostic.severity], style)}`,
  ]
}

function renderDiagnostic(diagnostic: Diagnostic, style: Style): string {
  const { severity, code, message, place, related = [] } = diagnostic
  const placeRows =
    place === undefined
      ? []
      : [
          layOut({ lead: [span('  --> ', 'quiet')], body: [span(shownPlace(place))] }, style),
          ...sourceRows(diagnostic, place, style),
        ]
  const relatedRows = related.map(each =>
    layOut(
      {
        lead: [span('  and ', 'quiet')],
        body: [span(`${shownPlace(each.place)}:`), span(` ${escapeTerminal(each.message)}`)],
      },
      style,
    ),
  )
  const head = layOut(
    {
      hang: span('  '),
      body: [complaintHead(severity, code), span(` ${escapeTerminal(followable(message, style.options))}`)],
    },
    style,
  )
  return [head, ...placeRows, ...relatedRows].join('\n')
}

/**
 * Writes diagnostics for people: severity, code and message, the place, the source line with carets, and the other
 * places that take part.
 *
 * @returns One block per diagnostic, an empty line between blocks that show source, a newline at the end; empty for none.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], style: Style): string {
  return diagnostics
    .map((diagnostic, index) => {
      const gap = index > 0 && (diagnostic.place ?? diagnostics[index - 1]?.place) !== undefined ? '\n' : ''
      return `${gap}${renderDiagnostic(diagnostic, style)}\n`
    })
    .join('')
}
