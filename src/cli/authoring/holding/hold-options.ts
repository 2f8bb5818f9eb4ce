import { fail } from '../../fail.ts'
import type { Flags, OptionSpec } from '../../flags.ts'
import {
  CONFIGURATION_OPTIONS,
  JOURNAL_OPTION,
  LEASE_OPTIONS,
  OUTPUT_OPTIONS,
  SERVICE_OPTIONS,
  WAIT_OPTIONS,
} from '../../options.ts'

/** What `contain` and `release` take alike. */
export const HOLD_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'reason',
    kind: 'text',
    value: 'TEXT',
    description: 'why; becomes the reason of the policy and the comment of the actions',
    required: true,
  },
  { name: 'owner', kind: 'text', value: 'WHO', description: 'the owner of the policy' },
  { name: 'ticket', kind: 'text', value: 'TICKET', description: 'the ticket of the policy' },
  {
    name: 'reassert',
    kind: 'list',
    value: 'ADDR',
    description:
      'let this machine, or its facet, go through although it undoes what somebody else did (repeatable)',
  },
  {
    name: 'commit',
    kind: 'switch',
    description: 'commit the files that were written, and nothing else; else the git command is printed',
  },
  { name: 'auto-approve', kind: 'switch', description: 'do not ask; needed without a terminal' },
  ...WAIT_OPTIONS,
  {
    name: 'dangerous-exceed-guard',
    kind: 'list',
    value: 'NAME',
    description: 'let the plan go beyond this guard (repeatable)',
  },
  JOURNAL_OPTION,
  ...LEASE_OPTIONS,
  ...OUTPUT_OPTIONS,
  ...CONFIGURATION_OPTIONS,
  ...SERVICE_OPTIONS,
]

/** Shorter than this a declaration would be over before it is carried out. */
const SHORTEST_MS = 10 * 60_000

/**
 * Reads `--for` in milliseconds.
 *
 * @param otherwise - Where it was not given.
 * @throws Failure `usage` where it is too short.
 */
export function readFor(flags: Flags, otherwise: number): number {
  const duration = flags.duration('for')
  if (duration === undefined) return otherwise
  if (duration.ms < SHORTEST_MS) {
    throw fail('usage', `--for ${duration.text} is too short; expected at least 10m.`)
  }
  return duration.ms
}
