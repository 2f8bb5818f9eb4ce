import { HUNTING_PATHS } from '../../defender/hunting-path.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import type { OptionSpec } from '../flags.ts'

/** Whether what devices report is required for this one look, whatever the configuration says. */
export const VERIFY_OPTION: OptionSpec = {
  name: 'verify',
  kind: 'switch',
  description: `require what the devices report of their isolation, as with \`evidence: { read: required }\` (needs ${HUNTING_PATHS.graph.permission} of Microsoft Graph)`,
}

/** @throws Failure `flags-contradict` where a plan for another time would be held against reports of now. */
export function requireVerifiable({ flags }: CommandContext): void {
  if (flags.has('verify') && flags.has('as-of')) {
    throw fail(
      'flags-contradict',
      '--verify asks what devices report now, and --as-of plans for another time.',
    )
  }
}
