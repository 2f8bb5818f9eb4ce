import { type GitState, readGitState } from '../../local/git/git-state.ts'
import type { Findings } from '../../plan/assemble/assemble-plan.ts'
import {
  createPlan,
  examinePosture,
  listUnchanged,
  planOfFindings,
  type UnchangedItem,
} from '../../plan/assemble/create-plan.ts'
import type { GuardName, Plan } from '../../plan/document/document.ts'
import { withoutPlan } from '../../plan/judge/recheck.ts'
import { type Observation, shortenHistory } from '../../plan/select/observation.ts'
import type { PlanInput, PlanOptions } from '../../plan/select/plan-input.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { formatDuration } from '../../schema/duration.ts'
import type { Instant } from '../../schema/instant.ts'
import type { CommandContext } from '../command.ts'
import type { BaseDeclaration } from '../declaration/base-declaration.ts'
import type { Declaration } from '../declaration/declaration.ts'
import { fail } from '../fail.ts'
import type { Flags } from '../flags.ts'
import type { Service } from '../service/service.ts'
import { tellTenantFreeze } from '../service/tenant-freeze.ts'
import { readVersion } from '../version.ts'
import { compareWithBase } from './base-plan.ts'
import { observeFor } from './observing.ts'

/** Over so many ms of difference between the two clocks a plan warns, and is an error (docs/contract.md#clock). */
const SKEW_WARNS_MS = 5 * 60_000
const SKEW_STOPS_MS = 60 * 60_000

/** A plan, and what was asked for beside it. */
export interface Planned {
  readonly plan: Plan
  /** What the plan was written down from. */
  readonly findings: Findings
  /** What it leaves alone, where `--show-unchanged` asks for it. */
  readonly unchanged: readonly UnchangedItem[] | undefined
}

/** What a command asks of planning beside the flags that commands share. */
export interface PlanRequest {
  readonly asOf?: Instant
  /** Whether all of the tenant is read although the policies name their machines. */
  readonly wholeTenant?: boolean
  readonly exceedGuards?: readonly GuardName[]
  /** Somebody asks for these holds right now: `long-free` holds nothing back. */
  readonly askedNow?: boolean
  /** Renewals alone, and what takes back expired ones. */
  readonly renewals?: boolean
  /** The id that the plan should have; see {@link expectedPlan}. */
  readonly expect?: string | undefined
  /** Addresses beside those of `--target` and `--reassert`, of a command that chooses them itself. */
  readonly targets?: readonly string[]
  readonly reassert?: readonly string[]
  /** What reading the declarations found beside their own diagnostics. */
  readonly notes?: readonly Diagnostic[]
  /** Another declaration that is planned too, for comparison. */
  readonly base?: BaseDeclaration | undefined
}

/** The planning flags that only together with a reason do anything. */
const NEED_REASON = ['reassert', 'retry', 'resubmit', 'accept-empty'] as const

/**
 * Reads the planning flags.
 *
 * @throws Failure `reason-missing` or `prune-not-possible`.
 */
export function readPlanOptions(flags: Flags, declaration: Declaration, asked: PlanRequest): PlanOptions {
  const needing = NEED_REASON.find(name => flags.has(name))
  const reason = flags.text('reason')
  if (needing !== undefined && reason === undefined) {
    throw fail('reason-missing', `--${needing} overrides a safety, so it needs --reason TEXT.`)
  }
  const { chosen } = declaration
  const prune = flags.has('prune')
  if (prune && chosen !== undefined) {
    throw fail(
      'prune-not-possible',
      '--prune together with path arguments would leave open whose holds are orphaned.',
    )
  }
  if (prune && flags.has('accept-empty')) {
    throw fail('prune-not-possible', '--accept-empty lifts nothing, so that --prune would do nothing.')
  }
  if (prune && declaration.policies.length === 0) {
    throw fail('prune-not-possible', '--prune with no policy loaded would lift every hold of ours.')
  }
  return {
    targets: [...flags.list('target'), ...(asked.targets ?? [])],
    excludes: flags.list('exclude'),
    reassert: [...flags.list('reassert'), ...(asked.reassert ?? [])],
    retry: flags.list('retry'),
    resubmit: flags.list('resubmit'),
    prune,
    keepGoing: flags.has('keep-going'),
    exceedGuards: asked.exceedGuards ?? [],
    ...(asked.renewals === true ? { renewals: true } : {}),
    ...(asked.askedNow === true ? { askedNow: true } : {}),
    ...(asked.asOf === undefined ? {} : { asOf: asked.asOf }),
    ...(chosen === undefined ? {} : { chosen }),
    ...(reason === undefined ? {} : { reason }),
  }
}

/**
 * Says how far the two clocks are apart, where that matters.
 *
 * Plain http is loopback alone, where a sped-up emulator runs ahead of every clock: there it is never an error.
 */
export function skewDiagnostics({
  clockSkewMs,
  target,
}: Pick<Observation, 'clockSkewMs' | 'target'>): readonly Diagnostic[] {
  const apart = Math.abs(clockSkewMs)
  if (apart <= SKEW_WARNS_MS) return []
  const direction = clockSkewMs > 0 ? 'ahead of' : 'behind'
  const message = `The service's clock is ${formatDuration(apart)} ${direction} the one of this machine.`
  return apart > SKEW_STOPS_MS && !target.endpoint.startsWith('http:')
    ? [
        {
          severity: 'error',
          code: 'clock-skew',
          message: `${message} Set it right: over an hour apart no time can be trusted.`,
        },
      ]
    : [{ severity: 'warning', code: 'clock-skew', message: `${message} The plan goes by the service's.` }]
}

/** A plan that names no commit although there is a repository says why, in git's words. */
function commitNotes(trouble: GitState['trouble']): readonly Diagnostic[] {
  if (trouble === undefined) return []
  return [
    {
      severity: 'warning',
      code: 'commit-unknown',
      message: `the plan names no commit: git says: ${trouble}`,
    },
  ]
}

/** Reads the service once and makes the plan. Throws DefenderError where no read can succeed. */
export async function makePlan(
  context: CommandContext,
  declaration: Declaration,
  service: Service,
  asked: PlanRequest = {},
): Promise<Planned> {
  const { io, flags } = context
  const { policies } = declaration
  const options = readPlanOptions(flags, declaration, asked)
  const at = service.clock.now()
  const [{ whole, need }, { trouble, ...git }] = await Promise.all([
    observeFor(context, declaration, service, options, asked, at),
    readGitState(Object.keys(declaration.files), { cwd: io.cwd, env: io.env }),
  ])
  const { base } = asked
  const observation = shortenHistory(whole, need.historyFrom)
  const seen = [...skewDiagnostics(whole), ...(whole.diagnostics ?? [])]
  const { target, readAt } = observation
  const frozen = await tellTenantFreeze(declaration.configuration, service, target, readAt)
  const { configuration } = frozen
  const notes = [...(asked.notes ?? []), ...commitNotes(trouble), ...frozen.notes]
  const input: PlanInput = {
    policies,
    configuration,
    observation,
    now: observation.readAt,
    toolVersion: readVersion(),
    source: { ...git, files: declaration.files },
    diagnostics: [...declaration.diagnostics, ...seen, ...notes],
    options,
  }
  const findings = examinePosture(input)
  const plan = expectedPlan(input, planOfFindings(findings), asked.expect)
  return {
    plan:
      base === undefined
        ? plan
        : {
            ...plan,
            comparison: compareWithBase(plan, { ...input, observation: whole, diagnostics: seen }, base, at),
          },
    findings,
    unchanged: flags.has('show-unchanged') ? listUnchanged(findings) : undefined,
  }
}

/**
 * The plan that is expected, where this one differs from it only by what an earlier run of that plan has done: then
 * that run is resumed. The id says so, since the plan had this plan done nothing must have exactly the expected one.
 */
function expectedPlan(input: PlanInput, plan: Plan, expect: string | undefined): Plan {
  if (expect === undefined || expect === plan.planId) return plan
  const { observation, configuration } = input
  const actions = withoutPlan({ actions: observation.actions, planId: expect, configuration })
  if (actions.length === observation.actions.length) return plan
  const earlier = createPlan({ ...input, observation: { ...observation, actions } })
  return earlier.planId === expect ? earlier : plan
}
