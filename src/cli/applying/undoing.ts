import { findLastPlan } from '../../analysis/undo/last-plan.ts'
import { undoPlan } from '../../analysis/undo/undo-plan.ts'
import { Failure } from '../../local/failure.ts'
import type { GuardName, Plan } from '../../plan/document/document.ts'
import { needOf } from '../../plan/select/need.ts'
import type { Observation } from '../../plan/select/observation.ts'
import { NO_OPTIONS } from '../../plan/select/plan-input.ts'
import { readFailures } from '../../plan/select/read-failures.ts'
import { ownNames } from '../../posture/marker.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { CommandContext } from '../command.ts'
import { loadDeclaration } from '../declaration/declaration.ts'
import { fail } from '../fail.ts'
import { skewDiagnostics } from '../planning/planning.ts'
import type { Session } from '../service/inventory.ts'
import { readVersion } from '../version.ts'

const PLAN_ID = /^(sha256:)?[0-9a-f]{8,64}$/

/** What stands for the plan that sent our newest action. */
const LAST = 'last'

/**
 * Reads the id of the plan to undo: as results name it, the digits after `plan=` in a comment, or `last`.
 *
 * @throws Failure `usage`, and `flags-contradict` where nobody would see which plan is the last one.
 */
export function readPlanId({ args, flags }: CommandContext): string {
  const given = (args[0] ?? '').toLowerCase()
  if (given === LAST && flags.has('auto-approve')) {
    throw fail(
      'flags-contradict',
      'Which plan is the last one can change between two looks, and --auto-approve lets nobody see it.',
      { wayOut: '`holdfast undo last` in a terminal says which it is and asks; else name the plan.' },
    )
  }
  if (given === LAST || PLAN_ID.test(given)) return given
  throw fail(
    'usage',
    `${args[0]} is no plan id: expected sha256: and 64 hex digits, the first 8 of them, or \`last\`.`,
  )
}

/** The plan that is meant, and what must be told of it. Throws Failure where no action of ours is of a plan, or not all was read. */
function meantPlan(
  given: string,
  observation: Observation,
  configuration: Configuration,
): { readonly plan: string; readonly told: readonly Diagnostic[] } {
  if (given !== LAST) return { plan: given, told: [] }
  if (observation.failures.length > 0) {
    throw fail('read-incomplete', 'Not everything could be read, so nobody knows which plan is the last.', {
      diagnostics: readFailures(observation),
    })
  }
  const last = findLastPlan(observation.actions, ownNames(configuration))
  if (last === undefined) {
    throw new Failure(
      'undo-unknown-plan',
      'No action in the look-back carries the marker of a plan of ours.',
      {
        wayOut: '`holdfast actions list --since 30d` shows what was done, and by whom.',
      },
    )
  }
  return { plan: last.plan, told: [{ severity: 'info', code: 'undoing', message: last.words }] }
}

/**
 * Digests of the declaration that an undo stands beside: a saved one notices what is declared after it. Where there is
 * none that can be read, undoing goes on without.
 */
async function readFiles({ io, flags }: CommandContext): Promise<Readonly<Record<string, string>>> {
  const place = { cwd: io.cwd, config: flags.text('config'), paths: [] }
  const declaration = await loadDeclaration(place).catch(() => undefined)
  return declaration?.files ?? {}
}

/** Reads the whole tenant, since any machine may carry the plan's marker, and makes the plan that undoes it. */
export async function makeUndo(
  planId: string,
  context: CommandContext,
  { configuration, service }: Pick<Session, 'configuration' | 'service'>,
  exceedGuards: readonly GuardName[],
): Promise<Plan> {
  const { flags, signal } = context
  const need = needOf([], configuration, service.clock.now(), { wholeTenant: true })
  const observation = await service.reader.observe(need, signal)
  const reason = flags.text('reason')
  const { plan, told } = meantPlan(planId, observation, configuration)
  return undoPlan(
    {
      policies: [],
      configuration,
      observation,
      now: observation.readAt,
      toolVersion: readVersion(),
      source: { commit: null, dirty: null, files: await readFiles(context) },
      diagnostics: [...skewDiagnostics(observation), ...(observation.diagnostics ?? []), ...told],
      options: {
        ...NO_OPTIONS,
        exceedGuards,
        targets: flags.list('target'),
        excludes: flags.list('exclude'),
        ...(reason === undefined ? {} : { reason }),
      },
    },
    plan,
  )
}
