import type { PlanDiagnostic } from '../../plan/document/document.ts'
import type { ReportedFailure } from '../terminal/render-failure.ts'
import type { DocumentExit } from './document-exit.ts'

/** The document in the place of a plan, drift or result where a command ends in an error before it has one. */
export interface FailureDocument {
  readonly formatVersion: '1.0'
  readonly exit: DocumentExit
  readonly error: ReportedFailure
  readonly diagnostics: readonly PlanDiagnostic[]
}
