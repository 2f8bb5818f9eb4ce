import type { PlanDiagnostic } from '../../plan/document/document.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'

/** Gives a diagnostic of a document the shape of the others. */
export function placedDiagnostic({
  severity,
  code,
  message,
  file,
  line = 1,
  column = 1,
}: PlanDiagnostic): Diagnostic {
  return { severity, code, message, ...(file === undefined ? {} : { place: { file, line, column } }) }
}
