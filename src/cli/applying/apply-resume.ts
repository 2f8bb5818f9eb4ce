import { keptPlanPath } from '../../local/journal/kept-plan.ts'
import { readRuns } from '../../local/journal/run-folder.ts'
import { shortPlanId } from '../../plan/document/marker-of.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import { PLANNING_OPTIONS } from '../options.ts'
import { readOutputs } from '../outputs.ts'
import { withService } from '../service/inventory.ts'
import { type ApplyRequest, readApplyRequest, requireHonouredOverrides } from './apply-request.ts'
import { applyShown } from './apply-shown.ts'
import { approvalOf } from './audit-subject.ts'
import { chooseRun, type ResumableRun } from './choose-run.ts'
import { readDeclared } from './declared-now.ts'
import { findRunState, type RunState } from './run-state.ts'

/** Throws Failure `flags-contradict` for what chooses another plan than the one that was begun. */
function requireResumeFlags({ flags, args }: CommandContext): void {
  const planning = [...PLANNING_OPTIONS, { name: 'emulate' }].find(({ name }) => flags.has(name))
  const what = planning === undefined ? args.slice(1)[0] : `--${planning.name}`
  if (what === undefined) return
  throw fail('flags-contradict', `--resume goes on with a plan that was begun, and ${what} asks for another.`)
}

/** Finds the run to go on with. Throws Failure `journal-damaged` where one that cannot be read may be the one. */
async function findRun(context: CommandContext, found: RunState): Promise<ResumableRun> {
  const { runs, unreadable } = await readRuns(found.state.journals)
  const [damaged] = unreadable
  if (damaged !== undefined) throw fail('journal-damaged', damaged.message)
  const retries = context.flags.has('retry-failed')
  const open = runs.filter(run => run.isLatest && (run.isUnfinished || (retries && run.hasFailed)))
  return chooseRun(open, context.args[0], found)
}

function tellChoice({ run }: ResumableRun, { io }: CommandContext): void {
  const { planId, runId, startedAt, end } = run.summary
  const how = end === null ? 'and wrote no end' : `and ended ${end.code} ${end.name}`
  const text = `Going on with plan ${shortPlanId(planId)}: run ${runId} began ${startedAt} ${how}.`
  io.stderr.write(`${escapeTerminal(text)}\n`)
}

/**
 * Goes on with a run that was not finished, by the plan that is kept beside its journal. It was consented to when it
 * was begun; everything that is checked of a saved plan is checked again.
 */
export async function resumeApply(context: CommandContext): Promise<number> {
  requireResumeFlags(context)
  const outputs = readOutputs(context.flags)
  const asked = await readApplyRequest({ ...context, args: [] })
  return withService(context, async ({ configuration, service }) => {
    service.audit.prepare({
      command: 'apply --resume',
      approval: { ...approvalOf(asked, context.flags), by: ['resume'] },
    })
    const runState = await findRunState(context, service)
    const found = await findRun(context, runState)
    tellChoice(found, context)
    const { plan } = found
    const { journals } = runState.state
    const request: ApplyRequest = { ...asked, planFile: keptPlanPath(journals, plan.planId) }
    requireHonouredOverrides(request, plan, configuration)
    const { overriddenGuards } = request
    return applyShown(plan, context, {
      declared: await readDeclared(plan, context),
      request,
      outputs,
      service,
      configuration,
      overriddenGuards,
      signedBy: null,
    })
  })
}
