import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { GuardName, Plan } from '../../plan/document/document.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import type { Flags } from '../flags.ts'
import { PLANNING_OPTIONS } from '../options.ts'

const GUARD_NAMES: readonly GuardName[] = [
  'maxMachines',
  'maxShare',
  'maxLifts',
  'maxLiveResponses',
  'maxRuns',
  'maxRenewals',
]

/** What an apply is asked to apply: a saved plan, or one that is made now. */
export interface ApplyRequest {
  /** As typed; undefined where the plan is made now. */
  readonly planFile: string | undefined
  /** The id that the plan has to have. */
  readonly expect: string | undefined
  readonly autoApprove: boolean
  readonly overriddenGuards: readonly GuardName[]
  /** Whether waves and stop rules are left out. */
  readonly noWaves: boolean
  /** Whether renewals are made and nothing else. */
  readonly renewals: boolean
}

/** Whether the command line consents, so that nobody has to be asked. */
export function hasConsent({ planFile, expect, autoApprove, renewals }: ApplyRequest): boolean {
  return planFile !== undefined || expect !== undefined || autoApprove || renewals
}

/** A single argument is a saved plan, unless it is named as a policy file, is a glob, or is a folder. */
async function findPlanFile({ args, io }: CommandContext): Promise<string | undefined> {
  const [only, ...rest] = args
  if (only === undefined || rest.length > 0 || /\.ya?ml$|[*?{]/.test(only)) return undefined
  const found = await stat(resolve(io.cwd, only)).catch(() => undefined)
  return found?.isDirectory() ? undefined : only
}

function readOverrides(flags: Flags): readonly GuardName[] {
  return flags.list('dangerous-exceed-guard').map(given => {
    const name = GUARD_NAMES.find(known => known === given)
    if (name !== undefined) return name
    throw fail(
      'guard-unknown',
      `--dangerous-exceed-guard ${given} names no guard; there are ${GUARD_NAMES.join(', ')}.`,
    )
  })
}

/**
 * Reads what is to be applied.
 *
 * @throws Failure for a saved plan with planning flags, an override without a reason, a guard that is none.
 */
export async function readApplyRequest(context: CommandContext): Promise<ApplyRequest> {
  const { flags } = context
  const planFile = await findPlanFile(context)
  const planning = PLANNING_OPTIONS.find(({ name }) => flags.has(name))
  if (planFile !== undefined && planning !== undefined) {
    throw fail(
      'flags-contradict',
      `--${planning.name} chooses what is planned, and ${planFile} is planned already.`,
      {
        wayOut: 'Give it to `holdfast plan --out FILE` and apply that file.',
      },
    )
  }
  if (flags.has('retry-failed') && !flags.has('resume') && planFile === undefined) {
    throw fail(
      'flags-contradict',
      '--retry-failed sends again what failed of a plan that was applied, and a new plan is made.',
      {
        wayOut: 'Give --resume or the plan file; a new plan tries again what failed by itself.',
      },
    )
  }
  if (planFile === undefined && flags.has('trusted-keys')) {
    throw fail(
      'flags-contradict',
      '--trusted-keys is for the signature of a saved plan, and none is given.',
      {
        wayOut: 'Save and sign the plan with `holdfast plan --out FILE --sign KEY`, then apply that file.',
      },
    )
  }
  requireRenewalsAlone(flags, planFile)
  const overriddenGuards = readOverrides(flags)
  if (overriddenGuards.length > 0 && !flags.has('reason')) {
    throw fail('reason-missing', '--dangerous-exceed-guard overrides a safety, so it needs --reason TEXT.')
  }
  if (flags.has('no-waves') && !flags.has('reason')) {
    throw fail('reason-missing', '--no-waves overrides a safety, so it needs --reason TEXT.')
  }
  return {
    planFile,
    expect: flags.text('expect'),
    autoApprove: flags.has('auto-approve'),
    overriddenGuards,
    noWaves: flags.has('no-waves'),
    renewals: flags.has('renewals'),
  }
}

/** What asks for more than a renewal, which is all that `--renewals` consents to. */
const BEYOND_RENEWALS = [
  'expect',
  'resume',
  'prune',
  'reassert',
  'retry',
  'resubmit',
  'no-waves',
  'trusted-keys',
] as const

function requireRenewalsAlone(flags: Flags, planFile: string | undefined): void {
  if (!flags.has('renewals')) return
  const other = BEYOND_RENEWALS.find(name => flags.has(name))
  if (other === undefined && planFile === undefined) return
  const what = other === undefined ? `${planFile} is planned already` : `--${other} asks for something else`
  throw fail(
    'flags-contradict',
    `--renewals makes the renewals that it finds and nothing else, and ${what}.`,
    {
      wayOut: 'Leave one of the two out.',
    },
  )
}

/** Guards that block the changes of their kind when a plan is made. */
const LIMITED: Readonly<Partial<Record<GuardName, { readonly code: string; readonly what: string }>>> = {
  maxLifts: { code: 'over-max-lifts', what: 'lifts' },
  maxLiveResponses: { code: 'over-max-live-responses', what: 'live responses' },
  maxRenewals: { code: 'over-max-renewals', what: 'renewals' },
}

/** Throws Failure `guard-unknown` where an override could not be honoured, so that nobody believes it was. */
export function requireHonouredOverrides(
  request: ApplyRequest,
  plan: Plan,
  configuration: Configuration,
): void {
  for (const name of request.overriddenGuards) {
    if (configuration.guards[name] === undefined) {
      throw fail('guard-unknown', `--dangerous-exceed-guard ${name}: the configuration has no such guard.`)
    }
    const limited = LIMITED[name]
    const stopped = plan.blocked.some(({ code }) => code === limited?.code)
    if (limited !== undefined && request.planFile !== undefined && stopped) {
      throw fail(
        'guard-unknown',
        `The ${limited.what} beyond ${name} are no longer changes of ${request.planFile}, so nothing can let them through.`,
        {
          wayOut: `Apply without a plan file and with the same option, or raise \`guards.${name}\` and plan again.`,
        },
      )
    }
  }
}
