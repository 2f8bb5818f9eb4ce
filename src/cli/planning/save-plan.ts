import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { writeFileAtomically } from '../../local/atomic-write.ts'
import type { Plan } from '../../plan/document/document.ts'
import { sealPlan } from '../../plan/document/plan-file.ts'
import { SIGNATURE_SUFFIX, type SigningKey, signPlan } from '../../plan/document/plan-signature.ts'
import { serializeDocument } from '../../report/documents/serialize-document.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import type { CommandContext } from '../command.ts'
import type { OptionSpec } from '../flags.ts'

/** Signs what `--out` saves. */
export const SIGN_OPTION: OptionSpec = {
  name: 'sign',
  kind: 'text',
  value: 'KEY',
  description: 'sign what --out saves with this Ed25519 private key (PEM), into FILE.sig',
}

/** Saves a plan sealed, and beside it its signature where there is a key. Throws Failure `file-not-written`. */
export async function savePlan(
  plan: Plan,
  path: string,
  signer: SigningKey | undefined,
  { io }: Pick<CommandContext, 'io'>,
): Promise<void> {
  const text = serializeDocument(sealPlan(plan))
  const target = resolve(io.cwd, path)
  await writeFileAtomically(target, text)
  if (signer === undefined) return
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`
  await writeFileAtomically(`${target}${SIGNATURE_SUFFIX}`, signPlan(digest, signer))
  const shown = escapeTerminal(`${path}${SIGNATURE_SUFFIX}`)
  io.stderr.write(`Signed with the key ${signer.keyId}, into ${shown}.\n`)
}
