import { undoPlan } from '../../analysis/undo/undo-plan.ts'
import type { GuardName, Plan } from '../../plan/document/document.ts'
import { needOf } from '../../plan/select/need.ts'
import { NO_OPTIONS } from '../../plan/select/plan-input.ts'
import type { CommandContext } from '../command.ts'
import { loadDeclaration } from '../declaration/declaration.ts'
import { fail } from '../fail.ts'
import { skewDiagnostics } from '../planning/planning.ts'
import type { Session } from '../service/inventory.ts'
import { readVersion } from '../version.ts'

const PLAN_ID = /^(sha256:)?[0-9a-f]{8,64}$/

/** Reads the id of the plan to undo: as results name it, or the digits after `plan=` in a comment. */
export function readPlanId({ args }: CommandContext): string {
  const given = (args[0] ?? '').toLowerCase()
  if (PLAN_ID.test(given)) return given
  throw fail('usage', `${args[0]} is no plan id: expected sha256: and 64 hex digits, or the first 8 of them.`)
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
  return undoPlan(
    {
      policies: [],
      configuration,
      observation,
      now: observation.readAt,
      toolVersion: readVersion(),
      source: { commit: null, dirty: null, files: await readFiles(context) },
      diagnostics: [...skewDiagnostics(observation), ...(observation.diagnostics ?? [])],
      options: {
        ...NO_OPTIONS,
        exceedGuards,
        targets: flags.list('target'),
        excludes: flags.list('exclude'),
        ...(reason === undefined ? {} : { reason }),
      },
    },
    planId,
  )
}
