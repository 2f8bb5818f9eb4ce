import { coverageOf } from '../../analysis/explain/coverage.ts'
import { nextEndOf } from '../../analysis/explain/next-end.ts'
import type { Findings } from '../../plan/assemble/assemble-plan.ts'
import type { Plan } from '../../plan/document/document.ts'
import { driftDocument } from '../../report/documents/drift-document.ts'
import { driftEvents } from '../../report/documents/drift-events.ts'
import { msBetween, parseInstant } from '../../schema/instant.ts'
import type { FailedLook, Look, LookAnswer, LookCounts } from '../../watch/look.ts'
import type { CommandContext } from '../command.ts'
import { loadDeclaration, placeOf, requireValid } from '../declaration/declaration.ts'
import { makePlan } from '../planning/planning.ts'
import { openService } from '../service/service.ts'
import { toFailure } from '../to-failure.ts'

function countsOf(plan: Plan, findings: Findings): LookCounts {
  const end = nextEndOf(findings)
  const { summary, observed } = plan
  return {
    machines: observed.machines,
    held: coverageOf(findings)?.machines.held ?? 0,
    changes: plan.changes.length,
    blocked: summary.blocked,
    inFlight: summary.inFlight,
    apiCalls: observed.apiCalls,
    secondsToNextEnd: end === undefined ? null : Math.max(0, msBetween(findings.at, end) / 1000),
  }
}

/** A look from which no conclusion can be drawn is a failed one: what was not read is unknown. */
function incomplete(plan: Plan): FailedLook | undefined {
  if (plan.complete && !plan.errored) return undefined
  const error = plan.diagnostics.find(({ severity }) => severity === 'error')
  return {
    code: error?.code ?? 'read-incomplete',
    message: error?.message ?? 'Not everything could be read.',
  }
}

function lookOf(plan: Plan, findings: Findings): Look {
  const document = driftDocument(plan, null)
  return {
    at: findings.at,
    clockSkewMs: findings.input.observation.clockSkewMs,
    findings: driftEvents(document),
    nextLookAt: (plan.nextLookAt === null ? undefined : parseInstant(plan.nextLookAt)) ?? null,
    counts: countsOf(plan, findings),
  }
}

/**
 * Takes one look at the tenant, as `drift` does: the declaration is read anew, so that what was merged meanwhile counts.
 * Never rejects: what stands in the way is a failed look.
 */
export async function takeLook(context: CommandContext, signal: AbortSignal): Promise<LookAnswer> {
  try {
    const declaration = requireValid(await loadDeclaration(placeOf(context)))
    const service = await openService(context, declaration.configuration)
    try {
      const { plan, findings } = await makePlan({ ...context, signal }, declaration, service, {
        wholeTenant: true,
      })
      const failure = incomplete(plan)
      return failure === undefined
        ? { kind: 'seen', look: lookOf(plan, findings) }
        : { kind: 'failed', failure }
    } finally {
      await service.close()
    }
  } catch (error) {
    const { code, message } = toFailure(error, context.io.env)
    return { kind: 'failed', failure: { code, message } }
  }
}
