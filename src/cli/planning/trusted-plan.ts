import { Failure } from '../../local/failure.ts'
import type { Plan } from '../../plan/document/document.ts'
import { checkSignature, SIGNATURE_SUFFIX, type TrustedKeys } from '../../plan/document/plan-signature.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { CommandContext } from '../command.ts'
import { displayPath, draftText, type ReadFile, readText } from '../declaration/read-text.ts'
import { fail } from '../fail.ts'
import { readTrusted, signatureFailure } from './plan-keys.ts'
import { believePlan } from './read-plan-file.ts'

/** A saved plan, and the key that signed it; null where nobody asked for a signature. */
export interface TrustedPlan {
  readonly plan: Plan
  readonly signedBy: string | null
}

/** Refuses what no trusted signature covers where the configuration asks for one. */
export function requireSignature({ apply }: Configuration, signedBy: string | null, what: string): void {
  if (apply.trustedKeys === undefined || signedBy !== null) return
  throw fail(
    'signature-missing',
    `${what} is covered by no signature, and \`apply.trustedKeys\` demands one.`,
    {
      exit: 'refused',
    },
  )
}

async function checkFile(file: ReadFile, trusted: TrustedKeys, cwd: string): Promise<string> {
  const path = `${file.path}${SIGNATURE_SUFFIX}`
  let text: string
  try {
    text = (await readText(path, cwd)).text
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw fail('signature-missing', `${file.path} has no signature that can be read: ${error.message}`, {
      exit: 'refused',
    })
  }
  // Of the text as UTF-8, which is what was signed: another program may have written it again with a mark before it.
  const { digest } = draftText(file.path, file.text)
  const checked = checkSignature(text, digest, trusted)
  if ('keyId' in checked) return checked.keyId
  // Nobody trusted has signed it: approval is missing. A trusted signature of something else: it was altered.
  throw signatureFailure(path, checked, checked.code === 'signature-wrong' ? 'stale' : 'refused')
}

/**
 * Reads a saved plan. Where a signature is asked for, the file's bytes are held against it before anything in them is
 * believed.
 *
 * @throws Failure where it cannot be read or believed: `signature-missing`, `signature-untrusted` and
 * `signature-malformed` are refused (4), `signature-wrong` and an altered plan are stale (3).
 */
export async function readTrustedPlan(
  path: string,
  context: CommandContext,
  configuration: Configuration,
): Promise<TrustedPlan> {
  const { cwd } = context.io
  const trusted = await readTrusted(context, configuration)
  const file = await readText(displayPath(path, cwd), cwd)
  const signedBy = trusted === undefined ? null : await checkFile(file, trusted, cwd)
  const plan = believePlan(file)
  if (signedBy !== null)
    context.io.stderr.write(`${escapeTerminal(file.path)} is signed with the trusted key ${signedBy}.\n`)
  return { plan, signedBy }
}
