import { parseAddress } from '../../plan/select/address.ts'
import { needOf, needOfTargets } from '../../plan/select/need.ts'
import type { Need, Observation } from '../../plan/select/observation.ts'
import type { PlanOptions } from '../../plan/select/plan-input.ts'
import { readFailures } from '../../plan/select/read-failures.ts'
import { displayInstant, type Instant } from '../../schema/instant.ts'
import type { CommandContext } from '../command.ts'
import type { Declaration } from '../declaration/declaration.ts'
import { fail } from '../fail.ts'
import type { Service } from '../service/service.ts'
import { needWithBase } from './base-plan.ts'
import type { PlanRequest } from './planning.ts'

/** What was read for a plan, and what the plan's own policies needed of it. */
export interface Observed {
  /** All that was read, also for the comparison with another declaration. */
  readonly whole: Observation
  readonly need: Need
}

/**
 * Reads what a plan needs.
 *
 * Where the service counts a row of the tenant that never comes, a plan of machines that targets name by id goes on
 * with those alone: nothing else of the tenant can change what is done to them.
 *
 * @throws Failure `before-lookback` or `prune-not-possible`.
 */
export async function observeFor(
  { flags, signal }: CommandContext,
  declaration: Declaration,
  service: Service,
  options: PlanOptions,
  asked: PlanRequest,
  at: Instant,
): Promise<Observed> {
  const { policies, configuration } = declaration
  const wholeTenant = asked.wholeTenant === true || options.prune
  const need = needOf(policies, configuration, at, { wholeTenant, asOf: options.asOf })
  if (options.asOf !== undefined && options.asOf < need.historyFrom)
    throw beforeLookback('--as-of', need.historyFrom)
  const { base } = asked
  const wanted = {
    ...(base === undefined ? need : needWithBase(need, declaration, base, at)),
    acceptEmpty: flags.has('accept-empty'),
  }
  const whole = await service.reader.observe(wanted, signal)
  if (options.prune && whole.failures.length > 0) throw pruneIncomplete(whole)
  const ids = wholeTenant || base !== undefined ? [] : targetIds(options)
  if (ids.length === 0 || !lacksRows(whole)) return { whole, need }
  const few = needOfTargets(policies, configuration, at, ids)
  const targeted = await service.reader.observe(few, signal)
  return { whole: { ...targeted, diagnostics: [...(targeted.diagnostics ?? []), ONLY_TARGETS] }, need: few }
}

const ONLY_TARGETS = {
  severity: 'warning',
  code: 'only-targets-read',
  message:
    'The service counts rows of the tenant that never come, so that only the machines of --target were read; nothing is said of others.',
} as const

function lacksRows({ failures }: Observation): boolean {
  return failures.length > 0 && failures.every(({ code }) => code === 'rows-missing')
}

/** The machines that targets name by id, where every target does; else none. */
function targetIds({ targets }: PlanOptions): readonly string[] {
  const machines = targets.map(text => parseAddress(text)?.machine)
  return machines.every(machine => machine !== undefined && /^[0-9a-f]{40}$/.test(machine))
    ? (machines as string[])
    : []
}

/** That a time lies before the history that is read. */
export function beforeLookback(option: string, historyFrom: Instant): Error {
  return fail(
    'before-lookback',
    `${option}: the history is read from ${displayInstant(historyFrom)} on; nothing is known of a time before that.`,
  )
}

function pruneIncomplete(observation: Observation): Error {
  return fail(
    'prune-not-possible',
    '--prune needs a complete read: what was not read would be taken for orphaned.',
    { diagnostics: readFailures(observation) },
  )
}
