import { resolve } from 'node:path'
import { writeFileAtomically } from '../local/atomic-write.ts'
import { Failure } from '../local/failure.ts'
import type { Io } from './io.ts'

/**
 * Writes copies of what stdout has by now into files: every one that can be written, also after another could not.
 *
 * @throws Failure `file-not-written` of the first that could not; it takes no document's place.
 */
export async function writeCopies(
  copies: readonly { readonly path: string; readonly text: string }[],
  { cwd }: Pick<Io, 'cwd'>,
): Promise<void> {
  const failures: Failure[] = []
  for (const { path, text } of copies) {
    try {
      await writeFileAtomically(resolve(cwd, path), text)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      failures.push(error)
    }
  }
  const [first] = failures
  if (first === undefined) return
  const { code, message, wayOut } = first
  throw new Failure(code, message, { wayOut, hasDocument: true })
}
