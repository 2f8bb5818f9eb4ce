import type { Guard, PlanDiagnostic } from '../plan/document/document.ts'
import type { PipelineDocument } from './read-document.ts'

/** Something that is said at a line of a file, or of the whole where it has no place. Texts are not yet escaped. */
export interface Annotation {
  readonly severity: 'error' | 'warning' | 'info'
  readonly title: string
  readonly message: string
  readonly place: { readonly file: string; readonly line: number; readonly column: number } | null
}

/** So many are told; a log of thousands is read by nobody, and the report counts them all. */
const TOLD = 50

const GRAVITY: readonly Annotation['severity'][] = ['error', 'warning', 'info']

function diagnosticAnnotation({
  severity,
  code,
  message,
  file,
  line = 1,
  column = 1,
}: PlanDiagnostic): Annotation {
  return { severity, title: code, message, place: file === undefined ? null : { file, line, column } }
}

function guardAnnotation({ name, actual, limit, message }: Guard): Annotation {
  return {
    severity: 'error',
    title: `guard ${name} failed`,
    message: message ?? `${actual}, at most ${limit}`,
    place: null,
  }
}

function everyAnnotation(document: PipelineDocument): readonly Annotation[] {
  switch (document.is) {
    case 'plan':
      return [
        ...document.plan.guards.filter(({ status }) => status === 'fail').map(guardAnnotation),
        ...document.plan.diagnostics.map(diagnosticAnnotation),
      ]
    case 'drift':
      return document.drift.diagnostics.map(diagnosticAnnotation)
    case 'result':
      return document.result.diagnostics.map(diagnosticAnnotation)
    default: {
      const { code, message, wayOut = '' } = document.failure.error
      const said = `${message} ${wayOut}`.trimEnd()
      const own: Annotation = { severity: 'error', title: code, message: said, place: null }
      return [own, ...document.failure.diagnostics.map(diagnosticAnnotation)]
    }
  }
}

/** Everything of a document that belongs at a line of the declaration, failed guards and the failure itself, gravest first. */
export function annotationsOf(document: PipelineDocument): readonly Annotation[] {
  const all = everyAnnotation(document)
  const sorted = GRAVITY.flatMap(wanted => all.filter(({ severity }) => severity === wanted))
  const hidden = sorted.length - TOLD
  if (hidden <= 0) return sorted
  const message = `${hidden} more are in the report.`
  return [...sorted.slice(0, TOLD), { severity: 'info', title: 'more diagnostics', message, place: null }]
}
