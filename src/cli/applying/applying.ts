import { randomUUID } from 'node:crypto'
import type { ApplyOptions } from '../../apply/apply-options.ts'
import { applyPlan } from '../../apply/apply-plan.ts'
import type { ApplyResult } from '../../apply/result.ts'
import { recordJournal } from '../../local/record/recorded-journal.ts'
import { recordResult } from '../../local/record/recorded-result.ts'
import type { GuardName, Plan } from '../../plan/document/document.ts'
import type { Declared } from '../../plan/judge/still-asked.ts'
import type { Need } from '../../plan/select/observation.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { Duration } from '../../schema/duration.ts'
import { formatInstant, type Instant, parseInstant } from '../../schema/instant.ts'
import type { CommandContext } from '../command.ts'
import { signalExit } from '../exit-codes.ts'
import type { Service } from '../service/service.ts'
import { openApplyPorts } from './apply-ports.ts'
import { openLiveView } from './live-view.ts'

/** What an apply needs beside the plan. */
export interface Applying {
  readonly configuration: Configuration
  readonly service: Service
  /** The policies as they are now; absent where no policy has a say. */
  readonly declared?: Declared
  readonly overriddenGuards: readonly GuardName[]
}

/** What a plan rests on: its machines and their history, as far back as it was read when the plan was made. */
export function needOfPlan(plan: Plan, configuration: Configuration, now: Instant): Need {
  const ids = [...plan.changes, ...plan.inFlight].map(({ machine }) => machine.id)
  return {
    scope: 'named',
    ids: [...new Set(ids)].sort(),
    dnsNames: [],
    historyFrom: parseInstant(plan.observed.historyFrom) ?? now,
    countOnboarded: configuration.guards.maxShare !== undefined,
  }
}

/** Reads how a plan is to be applied; what no flag says the configuration does. */
export function readApplyOptions(
  plan: Plan,
  { flags, signal }: CommandContext,
  applying: Applying,
): ApplyOptions {
  const { configuration, service, overriddenGuards } = applying
  const { timeout, pollInterval, lookup } = configuration.apply
  const within = (name: string): Duration | undefined => flags.duration(name)
  const submitTimeout = within('submit-timeout')
  const leaseTimeout = within('lease-timeout')
  const reason = flags.text('reason')
  return {
    runId: randomUUID(),
    need: needOfPlan(plan, configuration, service.clock.now()),
    noWait: flags.has('no-wait'),
    timeoutMs: (within('timeout') ?? timeout).ms,
    ...(submitTimeout === undefined ? {} : { submitTimeoutMs: submitTimeout.ms }),
    pollIntervalMs: pollInterval.ms,
    lookupMs: lookup.ms,
    unseenRuns: !service.isEmulated && (configuration.store === undefined || flags.has('without-store')),
    skipMoved: flags.has('skip-moved'),
    retryFailed: flags.has('retry-failed'),
    askToYield: flags.has('ask-to-yield'),
    ...(leaseTimeout === undefined ? {} : { leaseTimeoutMs: leaseTimeout.ms }),
    overriddenGuards,
    noWaves: flags.has('no-waves'),
    renewals: flags.has('renewals'),
    ...(reason === undefined ? {} : { reason }),
    signal,
  }
}

/** Gives the result of an interrupted run the exit code of its signal. */
function withSignalCode(result: ApplyResult, { signal }: CommandContext): ApplyResult {
  return result.exit.name === 'signal' ? { ...result, exit: signalExit(signal) ?? result.exit } : result
}

/** Applies a plan that was consented to, and shows on stderr how it goes. */
export async function runApply(
  plan: Plan,
  options: ApplyOptions,
  context: CommandContext,
  applying: Applying,
): Promise<ApplyResult> {
  const { configuration, service } = applying
  const view = await openLiveView(context)
  const { audit, clock } = service
  const onNote = (text: string): void => context.io.stderr.write(`${escapeTerminal(text)}\n`)
  const ports = await openApplyPorts(context, plan, service, options.runId)
  try {
    await audit.begin()
    const api = await service.openActionApi()
    const journal = recordJournal(ports.journal, audit, plan, configuration.name)
    const declared = applying.declared === undefined ? {} : { declared: applying.declared }
    const { lease } = ports
    const deps = { clock, api, journal, lease, configuration, ...declared, onProgress: view.show, onNote }
    const result = withSignalCode(await applyPlan(plan, deps, options), context)
    return await recordResult(result, audit)
  } finally {
    view.end()
    await ports.close()
  }
}

/** The result of a plan that has nothing to submit and nothing to wait for. */
export function idleResult(plan: Plan, at: Instant): ApplyResult {
  const time = formatInstant(at)
  return {
    formatVersion: '1.0',
    planId: plan.planId,
    startedAt: time,
    finishedAt: time,
    exit: { code: 0, name: 'ok' },
    outcomes: [],
    summary: {},
    notContained: [],
    chainOpen: [],
    moved: [],
    diagnostics: [],
  }
}
