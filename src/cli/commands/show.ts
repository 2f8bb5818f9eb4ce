import { diffPlans } from '../../report/terminal/diff-plans.ts'
import type { Command, CommandContext } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import { OUTPUT_OPTIONS } from '../options.ts'
import { emitPlan, type Outputs, readOutputs } from '../outputs.ts'
import { readPlanFile } from '../planning/read-plan-file.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'
import { styleOf } from '../terminal-style.ts'

async function showDifference(
  file: string,
  other: string,
  outputs: Outputs,
  context: CommandContext,
): Promise<void> {
  const { io, color } = context
  if (outputs.format !== 'human' || outputs.files.length > 0) {
    throw fail('flags-contradict', '--diff shows what differs to people; it has no other format.', {
      wayOut: 'For a program compare the two JSON documents, which list everything by address.',
    })
  }
  const [first, second] = [await readPlanFile(file, io), await readPlanFile(other, io)]
  io.stdout.write(diffPlans(first, second, styleOf(io.stdout, color, io.env)))
}

/** `holdfast show`. */
export const show: Command = {
  description:
    'Shows a saved plan as it was made, without asking the service. A file that was edited is refused.',
  arguments: '<planfile>',
  options: [
    {
      name: 'diff',
      kind: 'text',
      value: 'OTHER',
      description: 'show what differs from it in another saved plan',
    },
    ...OUTPUT_OPTIONS,
  ],
  examples: [
    { command: 'holdfast show tonight.plan', does: 'what will `holdfast apply tonight.plan` do?' },
    { command: 'holdfast show tonight.plan --format markdown', does: 'for a pull request' },
    { command: 'holdfast show yesterday.plan --diff today.plan', does: 'what changed since?' },
  ],
  exits: {
    ok: 'the plan was shown',
    error: 'the file cannot be read or is no plan',
    stale: 'the file was edited',
  },
  async run(context) {
    const { args, flags, io } = context
    const [file = ''] = args
    const outputs = readOutputs(flags)
    const other = flags.text('diff')
    if (other !== undefined) {
      await showDifference(file, other, outputs, context)
      return EXIT_CODES.ok
    }
    const plan = await readPlanFile(file, io)
    tellDiagnostics(plan.diagnostics, [], context)
    await emitPlan(plan, outputs, context, { planFile: file })
    return EXIT_CODES.ok
  },
}
