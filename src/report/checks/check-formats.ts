import type { ReportFormat } from '../report-formats.ts'
import { type CheckReport, inRepository } from './check.ts'
import { driftChecks } from './drift-checks.ts'
import { renderJunit } from './junit.ts'
import { planChecks } from './plan-checks.ts'
import { resultChecks } from './result-checks.ts'
import { renderSarif } from './sarif.ts'

/** A format that is a view of one list of checks, with paths as the repository has them. */
function formatOf(render: (report: CheckReport) => string): ReportFormat {
  return {
    plan: (plan, { folder }) => render(inRepository(planChecks(plan), folder)),
    drift: (document, { folder }) => render(inRepository(driftChecks(document), folder)),
    result: (result, plan, { folder }) => render(inRepository(resultChecks(result, plan), folder)),
  }
}

/** JUnit XML, for what counts tests. */
export const JUNIT_FORMAT: ReportFormat = formatOf(renderJunit)

/** SARIF 2.1.0, for code scanning. */
export const SARIF_FORMAT: ReportFormat = formatOf(renderSarif)
