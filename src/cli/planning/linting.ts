import { findDeviceTags } from '../../analysis/lint/device-tags.ts'
import { lintMachines } from '../../analysis/lint/lint-machines.ts'
import { lintPairs } from '../../analysis/lint/lint-pairs.ts'
import { lintPolicy } from '../../analysis/lint/lint-policy.ts'
import { findSureConflicts } from '../../analysis/lint/sure-conflicts.ts'
import { hasExpired } from '../../plan/claim/compose.ts'
import { findLongHolds } from '../../plan/judge/long-holds.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { quoteSources } from '../../schema/indexed-text.ts'
import type { CommandContext } from '../command.ts'
import type { Declaration } from '../declaration/declaration.ts'
import { fail } from '../fail.ts'
import type { OptionSpec } from '../flags.ts'
import { openService } from '../service/service.ts'

/** What `validate` looks for beyond errors. */
export const LINT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'lint',
    kind: 'switch',
    description:
      'warn also of what is doubtful: overlaps, contradictions, expired policies, holds without an end or owner',
  },
  {
    name: 'online',
    kind: 'switch',
    description:
      'with --lint: ask the service for its machines, and warn of names and selectors that find none',
  },
  { name: 'strict', kind: 'switch', description: 'exit 1 also where there are only warnings' },
]

/** The options that mean nothing unless the service is asked. */
const OF_THE_SERVICE = ['endpoint', 'emulate']

/** Throws Failure `flags-contradict` where an option would do nothing. */
export function requireLintFlags({ flags }: CommandContext): void {
  if (flags.has('online') && !flags.has('lint')) {
    throw fail('flags-contradict', '--online does nothing without --lint.', { wayOut: 'Add --lint.' })
  }
  const idle = OF_THE_SERVICE.find(name => flags.has(name) && !flags.has('online'))
  if (idle !== undefined) {
    throw fail(
      'flags-contradict',
      `--${idle} does nothing without --online: nothing is asked of a service.`,
      {
        wayOut: `Add --lint --online, or leave --${idle} out.`,
      },
    )
  }
}

/** What the machines of the tenant tell. Throws DefenderError where they cannot be read. */
async function lintOnline(declaration: Declaration, context: CommandContext): Promise<readonly Diagnostic[]> {
  const { policies, configuration } = declaration
  const service = await openService(context, configuration)
  try {
    const machines = await service.client.listMachines({ kind: 'all' }, context.signal)
    return lintMachines(policies, configuration, machines, service.clock.now())
  } finally {
    await service.close()
  }
}

async function lint(declaration: Declaration, context: CommandContext): Promise<readonly Diagnostic[]> {
  const { io, flags } = context
  const { policies } = declaration
  const now = io.clock.now()
  const live = policies.filter(policy => !hasExpired(policy, now))
  const alone = policies.flatMap(policy => lintPolicy(policy, now))
  if (!flags.has('online')) return [...alone, ...lintPairs(live)]
  const online = await lintOnline(declaration, context)
  const told = new Set(online.map(({ code, place }) => JSON.stringify([code, place])))
  return [...alone.filter(({ code, place }) => !told.has(JSON.stringify([code, place]))), ...online]
}

/** Leaves out what is doubtful of two policies where it is an error already. */
function withoutTold(
  doubtful: readonly Diagnostic[],
  conflicts: readonly Diagnostic[],
): readonly Diagnostic[] {
  const told = new Set(conflicts.map(({ place }) => JSON.stringify(place)))
  return doubtful.filter(
    ({ code, place }) => code !== 'contradicting-policies' || !told.has(JSON.stringify(place)),
  )
}

/**
 * Adds what needs a clock, the configuration or `--lint`: policies that surely conflict, holds that end too late (by our own clock; `plan` goes by the
 * service's), what rests on tags, and with `--lint` what is doubtful.
 */
export async function withLint(declaration: Declaration, context: CommandContext): Promise<Declaration> {
  const { policies, configuration, diagnostics, sources } = declaration
  const now = context.io.clock.now()
  const conflicts = findSureConflicts(policies.filter(policy => !hasExpired(policy, now)))
  const found = [
    ...conflicts,
    ...findLongHolds(policies, configuration, now),
    ...findDeviceTags(policies, configuration),
    ...(context.flags.has('lint') ? withoutTold(await lint(declaration, context), conflicts) : []),
  ]
  return { ...declaration, diagnostics: [...diagnostics, ...quoteSources(found, sources)] }
}
