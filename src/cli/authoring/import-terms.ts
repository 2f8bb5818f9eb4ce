import type { ImportTerms } from '../../authoring/import-text.ts'
import { addMs, type Instant } from '../../schema/instant.ts'
import { fail } from '../fail.ts'
import type { Flags, OptionSpec } from '../flags.ts'

/** How long what is taken over is declared where nothing else is asked for. */
const LIFE_MS = 7 * 86_400_000

/** The folder that the starter configuration loads. */
export const POLICY_FOLDER = 'policies'

/** What the policies carry that are written for what is held now. */
export const IMPORT_TERM_OPTIONS: readonly OptionSpec[] = [
  { name: 'owner', kind: 'text', value: 'WHO', description: 'the owner of the policies' },
  {
    name: 'expires',
    kind: 'instant',
    value: 'TIME',
    description: 'until when it is declared, and only reported after that; 7 days ahead by default',
  },
  {
    name: 'out',
    kind: 'text',
    value: 'DIR',
    description: `the folder that gets the policies; ${POLICY_FOLDER} by default`,
  },
]

/** The reason of the policies that --adopt writes. Throws Failure `reason-missing`. */
export function requireReason(flags: Flags): string {
  const reason = flags.text('reason')
  if (reason !== undefined) return reason
  throw fail('reason-missing', '--adopt needs --reason TEXT: it becomes the reason of the policies.')
}

/** Reads the terms of the policies. Throws Failure `usage` where they would have expired already. */
export function readImportTerms(flags: Flags, reason: string, now: Instant): ImportTerms {
  const expires = flags.instant('expires') ?? addMs(now, LIFE_MS)
  if (expires <= now) throw fail('usage', '--expires: what is declared would have expired already.')
  return { reason, owner: flags.text('owner'), expires }
}
