import type { Diagnostic } from '../../src/schema/diagnostic.ts'

/** What the caret underlines. */
export function underlined({ sourceLine = '', caret, place, length }: Diagnostic): string {
  const start = caret ?? (place?.column ?? 1) - 1
  return sourceLine.slice(start, start + (length ?? 0))
}

/** A diagnostic as the tests write it: place, code and what is underlined; the severity where it is no error. */
export function told(diagnostic: Diagnostic): string {
  const { place, code, severity } = diagnostic
  const prefix = severity === 'error' ? '' : `${severity} `
  return `${place?.line}:${place?.column} ${prefix}${code} |${underlined(diagnostic)}|`
}

export function toldAll(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(told)
}
