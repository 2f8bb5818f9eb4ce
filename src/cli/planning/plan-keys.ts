import { readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Failure } from '../../local/failure.ts'
import { describeFileError } from '../../local/file-error.ts'
import { PLAN_CODES } from '../../plan/document/codes.ts'
import {
  readSigningKey,
  readTrustedKeys,
  type SignatureFault,
  type SigningKey,
  type TrustedKeys,
} from '../../plan/document/plan-signature.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { CommandContext } from '../command.ts'
import { displayPath, readText } from '../declaration/read-text.ts'
import { fail } from '../fail.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'

/** Makes a failure of what is wrong with a key or a signature. */
export function signatureFailure(
  path: string,
  { code, message }: SignatureFault,
  exit: Failure['exit'] = 'error',
): Failure {
  return new Failure(code, `${path}: ${message}`, { exit, wayOut: PLAN_CODES[code].wayOut })
}

/** Reads what `--sign` names; a key that others can read too is told of. Throws Failure where it cannot sign. */
export async function readSigner(context: CommandContext): Promise<SigningKey | undefined> {
  const { flags, io } = context
  const path = flags.text('sign')
  if (path === undefined) return undefined
  if (!flags.has('out')) {
    throw fail('flags-contradict', '--sign signs the plan that --out saves, and there is no --out.', {
      wayOut: 'Add --out FILE; the signature goes into FILE.sig.',
    })
  }
  const shown = displayPath(path, io.cwd)
  const { text } = await readText(shown, io.cwd)
  const { mode } = await stat(resolve(io.cwd, path))
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    const message = `${shown}: others than its owner may read or write this private key; \`chmod 600\` it.`
    tellDiagnostics([{ severity: 'warning', code: 'key-permissions', message }], [], context)
  }
  const key = readSigningKey(text)
  if ('code' in key) throw signatureFailure(shown, key)
  return key
}

/** The files of a path: itself, or every `*.pem` of the folder. */
async function pemFiles(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    const names = (await readdir(path)).filter(name => name.endsWith('.pem')).sort()
    if (names.length > 0) return names.map(name => join(path, name))
  } catch (error) {
    throw fail('file-not-read', `${path} cannot be read: ${describeFileError(error)}.`)
  }
  throw signatureFailure(path, {
    code: 'trusted-key-unusable',
    message: 'its keys cannot be trusted: it is a folder without a *.pem file.',
  })
}

async function readKeys(paths: readonly string[], cwd: string): Promise<TrustedKeys> {
  const all = new Map<string, TrustedKeys extends ReadonlyMap<string, infer Key> ? Key : never>()
  for (const path of paths) {
    for (const file of await pemFiles(path)) {
      const shown = displayPath(file, cwd)
      const keys = readTrustedKeys((await readText(shown, cwd)).text)
      if (!(keys instanceof Map)) throw signatureFailure(shown, keys as SignatureFault)
      for (const [id, key] of keys) all.set(id, key)
    }
  }
  return all
}

/**
 * Reads the keys that may have signed a plan: those of the configuration and of `--trusted-keys`. Where both name some,
 * only keys that both name are trusted: an option of the command line never adds to what the configuration trusts.
 *
 * @returns Undefined where neither asks for a signature.
 */
export async function readTrusted(
  { flags, io }: CommandContext,
  { file, apply }: Configuration,
): Promise<TrustedKeys | undefined> {
  const given = flags.text('trusted-keys')
  const folder = dirname(resolve(io.cwd, file ?? '.'))
  const configured =
    apply.trustedKeys &&
    (await readKeys(
      apply.trustedKeys.map(path => resolve(folder, path)),
      io.cwd,
    ))
  const named = given === undefined ? undefined : await readKeys([resolve(io.cwd, given)], io.cwd)
  if (configured === undefined || named === undefined) return configured ?? named
  return new Map([...named].filter(([id]) => configured.has(id)))
}
