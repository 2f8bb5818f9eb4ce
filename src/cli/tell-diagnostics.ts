import type { PlanDiagnostic } from '../plan/document/document.ts'
import { renderDiagnostics } from '../report/terminal/render-diagnostics.ts'
import { placedDiagnostic } from '../report/words/placed-diagnostic.ts'
import type { Diagnostic, SourceFile } from '../schema/diagnostic.ts'
import { quoteSources } from '../schema/indexed-text.ts'
import type { CommandContext } from './command.ts'
import { styleOf } from './terminal-style.ts'

function keyOf({ code, message, place }: Diagnostic): string {
  return JSON.stringify([code, message, place?.file, place?.line, place?.column])
}

/** A diagnostic as documents have it: its place as keys of its own, without the source line. */
export function documentDiagnostic({ severity, code, message, place }: Diagnostic): PlanDiagnostic {
  return { severity, code, message, ...place }
}

/**
 * Writes diagnostics to stderr, as text in every mode: stdout may be a document.
 *
 * @param known - The same ones as they were found, with the source line that a document leaves out.
 * @param sources - The files that were read, for the source lines of those that only planning found.
 */
export function tellDiagnostics(
  diagnostics: readonly PlanDiagnostic[],
  known: readonly Diagnostic[],
  { io, color, options }: CommandContext,
  sources: readonly SourceFile[] = [],
): void {
  const found = new Map(known.map(diagnostic => [keyOf(diagnostic), diagnostic]))
  const full = diagnostics.map(placedDiagnostic).map(diagnostic => found.get(keyOf(diagnostic)) ?? diagnostic)
  const text = renderDiagnostics(quoteSources(full, sources), {
    ...styleOf(io.stderr, color, io.env),
    options,
  })
  io.stderr.write(text === '' ? '' : `${text}\n`)
}
