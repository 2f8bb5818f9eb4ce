import { OUTCOMES } from '../apply/outcomes.ts'
import type { ApplyResult } from '../apply/result.ts'
import type { Plan } from '../plan/document/document.ts'
import type { DriftDocument } from '../report/documents/drift-document.ts'
import { driftVerdict } from '../report/words/drift-verdict.ts'
import { isConverged, matchSentence } from '../report/words/plan-verdict.ts'
import { renderPlanSummary } from '../report/words/render-plan-summary.ts'
import { resultLine } from '../report/words/result-summary.ts'
import type { PipelineDocument } from './read-document.ts'

/** What later steps of a pipeline can ask for, by kebab-case name. Values are not yet escaped. */
export type PipelineOutputs = Readonly<Record<string, string | number | boolean>>

function planOutputs(plan: Plan): PipelineOutputs {
  const { summary, comparison, changes, inFlight, blocked, drift } = plan
  const { impose, change, lift, run, cancel, unchanged } = summary
  return {
    'plan-id': plan.planId,
    applyable: plan.applyable,
    work: changes.length + inFlight.length > 0,
    changes: changes.length,
    blocked: blocked.length,
    'in-flight': inFlight.length,
    drift: drift.length,
    impose,
    change,
    lift,
    run,
    cancel,
    unchanged,
    ...(comparison === undefined
      ? {}
      : {
          new: comparison.added.length,
          'no-longer': comparison.removed.length,
          altered: comparison.altered.length,
        }),
    verdict: isConverged(plan) ? `No changes. ${matchSentence(plan)}` : renderPlanSummary(plan),
  }
}

function driftOutputs(document: DriftDocument): PipelineOutputs {
  return {
    drifted: document.drifted,
    drift: document.drift.length,
    due: document.due.length,
    verdict: driftVerdict(document),
  }
}

function resultOutputs(result: ApplyResult): PipelineOutputs {
  const counts = OUTCOMES.map(outcome => [outcome, result.summary[outcome] ?? 0] as const)
  return {
    'plan-id': result.planId,
    ...Object.fromEntries(counts),
    'not-contained': result.notContained.length,
    verdict: resultLine(result),
  }
}

/** How a command ended, as far as its document or its caller says. */
export interface EndedWith {
  readonly code: number
  readonly name: string
}

/** How the command ended whose document it is; the document's own word first. Null where nobody says. */
export function exitOf(document: PipelineDocument, given: EndedWith | null): EndedWith | null {
  if (document.is === 'result') return document.result.exit
  return document.is === 'failure' ? document.failure.exit : given
}

function ownOutputs(document: PipelineDocument): PipelineOutputs {
  switch (document.is) {
    case 'plan':
      return planOutputs(document.plan)
    case 'drift':
      return driftOutputs(document.drift)
    case 'result':
      return resultOutputs(document.result)
    default:
      return { error: document.failure.error.code, verdict: document.failure.error.message }
  }
}

/** Counts, the id, the verdict and how the command ended. */
export function outputsOf(document: PipelineDocument, given: EndedWith | null): PipelineOutputs {
  const ended = exitOf(document, given)
  const exit = ended === null ? {} : { exit: ended.name, 'exit-code': ended.code }
  return { ...exit, ...ownOutputs(document) }
}
