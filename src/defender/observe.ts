import type { Need, Observation } from '../plan/select/observation.ts'
import type { Machine } from '../posture/machine.ts'
import type { MachineAction } from '../posture/machine-action.ts'
import { foldMergedActions, resolveMerges } from '../posture/merges.ts'
import type { Diagnostic } from '../schema/diagnostic.ts'
import type { Instant } from '../schema/instant.ts'
import { normalName } from '../schema/machine-name.ts'
import type { ActionReads } from './action-reads.ts'
import type { Identity } from './caller.ts'
import { DEFENDER_CODES } from './codes.ts'
import { DefenderError, isFatal } from './defender-error.ts'
import { acceptedEmpty, doubtMachines } from './doubted-lists.ts'
import type { ReadContext } from './json-reader.ts'
import type { Found, MachineReads } from './machine-reads.ts'
import { deviceIds } from './related-records.ts'
import { RowsMissing } from './rows-missing.ts'
import { isOnboarded } from './wire-machine.ts'

/** What {@link observe} reads with. */
export interface ObserveInput {
  readonly machines: MachineReads
  readonly actions: ActionReads
  readonly identity: Identity
  readonly endpoint: string
  /** Our own clock, for an answer that tells no time. */
  readonly now: () => Instant
}

interface Outcome {
  readonly machines: Found<Machine> | undefined
  readonly actions: Found<MachineAction> | undefined
  readonly onboarded: number | null
}

type Failure = Observation['failures'][number]
/** Reads, or notes the failure and gives undefined: a read that failed is unknown, never empty. `partly` keeps what came. */
type Attempt = <T>(read: () => Promise<T>, partly?: (rows: readonly unknown[]) => T) => Promise<T | undefined>

/**
 * Reads what a plan needs, in as few calls as the service allows.
 *
 * The scope is `tenant` where everything was read, also where only some machines were asked for but the service took
 * no query. A read that fails for good is in `failures`, and so is one that two lists of it contradict.
 *
 * Rejects with a fatal DefenderError only: no token, a refused one, another tenant.
 */
export async function observe(input: ObserveInput, need: Need, context: ReadContext): Promise<Observation> {
  const failures: Failure[] = []
  const attempt = attemptInto(failures)
  const outcome =
    need.scope === 'tenant'
      ? await readTenant(input, need, context, attempt)
      : await readNamed(input, need, context, attempt)
  const { actions, diagnostics } = attributed(outcome.actions?.rows ?? [])
  const isWhole = outcome.machines?.isWhole === true && outcome.actions?.isWhole === true
  const scope = need.scope === 'tenant' || isWhole ? 'tenant' : 'named'
  const doubt =
    outcome.machines &&
    doubtMachines(need, {
      machines: outcome.machines.rows,
      actions,
      isWhole: outcome.machines.isWhole,
      noMachines: context.log.noMachines,
    })
  const isAccepted = doubt !== undefined && need.acceptEmpty === true
  if (doubt !== undefined && !isAccepted) failures.push(doubt)
  const read = { machines: outcome.machines?.rows ?? [], actions }
  const shown = scope === 'tenant' ? read : onlyNamed(need, read)
  return {
    target: { endpoint: input.endpoint, tenantId: input.identity.tenantId },
    readAt: context.log.firstDate ?? input.now(),
    clockSkewMs: context.log.clockSkewMs,
    historyFrom: need.historyFrom,
    scope,
    machines: shown.machines,
    actions: foldMergedActions(shown.actions, resolveMerges(shown.machines)),
    onboarded: outcome.onboarded,
    failures,
    diagnostics: isAccepted ? [...diagnostics, acceptedEmpty(doubt)] : diagnostics,
    ...(isAccepted ? { acceptedEmpty: true } : {}),
    apiCalls: context.log.apiCalls,
    roles: input.identity.roles,
  }
}

async function readTenant(
  input: ObserveInput,
  need: Need,
  context: ReadContext,
  attempt: Attempt,
): Promise<Outcome> {
  const [machines, actions] = await Promise.all([
    attempt(
      () => input.machines.all(context),
      rows => rows as readonly Machine[],
    ),
    attempt(
      () => input.actions.since(need.historyFrom, context),
      rows => rows as readonly MachineAction[],
    ),
  ])
  return {
    machines: machines && { rows: machines, isWhole: true },
    actions: actions && { rows: actions, isWhole: true },
    onboarded: machines === undefined ? null : machines.filter(isOnboarded).length,
  }
}

async function readNamed(
  input: ObserveInput,
  need: Need,
  context: ReadContext,
  attempt: Attempt,
): Promise<Outcome> {
  const machines = await attempt(async () =>
    input.machines.related(await input.machines.named(need, context), context),
  )
  const ids = idsOf(need, machines?.rows ?? [])
  const [actions, onboarded] = await Promise.all([
    attempt(() => input.actions.ofMachines(ids, need.historyFrom, context)),
    onboardedOf(input, need, machines, context, attempt),
  ])
  return { machines, actions, onboarded }
}

async function onboardedOf(
  input: ObserveInput,
  need: Need,
  machines: Found<Machine> | undefined,
  context: ReadContext,
  attempt: Attempt,
): Promise<number | null> {
  if (machines?.isWhole) return machines.rows.filter(isOnboarded).length
  if (!need.countOnboarded) return null
  const counted = await attempt(() => input.machines.countOnboarded(context))
  const listed = machines?.rows.filter(isOnboarded).length ?? 0
  // Fewer than were listed a moment ago: whatever was counted, it was not the tenant.
  return counted === undefined || counted < listed ? null : counted
}

/** Notes what fails. Of a list that lacks rows those that came are kept, for whoever shows each for itself. */
function attemptInto(failures: Failure[]): Attempt {
  return async (read, partly) => {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof DefenderError) || isFatal(error)) throw error
      const failure = { code: error.code, message: `${error.message} ${error.wayOut}` }
      if (!(error instanceof RowsMissing)) {
        failures.push(failure)
        return undefined
      }
      failures.push({ ...failure, lacking: error.list })
      return partly?.(error.rows)
    }
  }
}

/** The records to ask actions of: those named by id, found or not, those found by name, and all of the same devices. */
function idsOf(need: Need, machines: readonly Machine[]): readonly string[] {
  const names = new Set(need.dnsNames)
  const ids = new Set(need.ids)
  for (const { id, computerDnsName } of machines) {
    if (computerDnsName !== null && names.has(normalName(computerDnsName))) ids.add(id)
  }
  return [...deviceIds(ids, machines)].sort()
}

type Rows = Pick<Observation, 'machines' | 'actions'>

function onlyNamed(need: Need, { machines, actions }: Rows): Rows {
  const ids = new Set(idsOf(need, machines))
  return {
    machines: machines.filter(machine => ids.has(machine.id)),
    actions: actions.filter(action => ids.has(action.machineId)),
  }
}

function attributed(rows: readonly MachineAction[]): {
  readonly actions: readonly MachineAction[]
  readonly diagnostics: readonly Diagnostic[]
} {
  const actions = rows.filter(row => row.machineId !== '')
  const lost = rows.length - actions.length
  if (lost === 0) return { actions, diagnostics: [] }
  const { wayOut } = DEFENDER_CODES['action-without-machine']
  return {
    actions,
    diagnostics: [
      {
        severity: 'warning',
        code: 'action-without-machine',
        message: `${lost} of ${rows.length} actions name no machine and count for none. ${wayOut}`,
      },
    ],
  }
}
