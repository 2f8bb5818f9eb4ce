import type { PlanDiagnostic } from '../plan/document.ts'
import type { DocumentExit } from './document-exit.ts'
import type { ReportedFailure } from './render-failure.ts'

/** The document in the place of a plan, drift or result where a command ends in an error before it has one. */
export interface FailureDocument {
  readonly formatVersion: '1.0'
  readonly exit: DocumentExit
  readonly error: ReportedFailure
  readonly diagnostics: readonly PlanDiagnostic[]
}
