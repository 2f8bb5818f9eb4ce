import { lstat, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chooseParents, readEarlier } from '../../audit/choose-parents.ts'
import type { Parent } from '../../audit/entry.ts'
import type { Target } from '../../plan/document/document.ts'
import type { Environment } from '../environment.ts'
import { fail } from '../failure.ts'
import { errorCode } from '../file-error.ts'
import { nameTarget, stateDirectory } from '../state-directory.ts'

/** Name of the folder of records below that of the target. */
export const AUDIT_FOLDER = 'audit'

const FILE = /^\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{8}\.jsonl$/

/**
 * How many of the newest records are looked at for those that no other follows. A record is followed by the next run
 * that begins after it, so that an older one can only be open where as many runs began at the same moment.
 */
const NEWEST = 64

/** Where the records of a target are: in the user's state, whatever `--journal` says. */
export function auditFolder(target: Target, env: Environment): string {
  return join(stateDirectory(env), nameTarget(target), AUDIT_FOLDER)
}

/** Names of the records in a folder, oldest first; none where there is no such folder. */
export async function listRecords(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter(name => FILE.test(name)).sort()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

/** Makes the folder for its owner alone. A link in its place could lead the records anywhere: it is refused. */
export async function makeAuditFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if ((await lstat(folder)).isSymbolicLink()) {
    throw fail('audit-not-usable', `${folder} is a symbolic link, which could lead the records anywhere.`)
  }
}

/** The records that a new one in this folder follows. */
export async function findParents(folder: string): Promise<readonly Parent[]> {
  const names = (await listRecords(folder)).slice(-NEWEST)
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  return chooseParents(texts.flatMap((text, index) => readEarlier(names[index] ?? '', text) ?? []))
}
