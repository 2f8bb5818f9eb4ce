import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorCode } from '../file-error.ts'
import { findFiles, type Revision, type RevisionFile, readFiles } from './revision-files.ts'

/** Writes files of a revision into a folder: repository and working tree stay as they are. */
export interface RevisionWriter {
  /**
   * Writes what lies at or below some paths and is not written yet.
   *
   * @param isWanted - Which files below a folder count; a path that names a file always does.
   * @returns Whether anything was written.
   * @throws Failure `revision-not-found`, GitError.
   */
  write(paths: readonly string[], isWanted: (path: string) => boolean): Promise<boolean>
}

/** Makes a writer for a revision. */
export function revisionWriter(revision: Revision, folder: string): RevisionWriter {
  const written = new Set<string>()
  return {
    async write(paths, isWanted) {
      const found = new Map<string, RevisionFile>()
      for (const path of paths) {
        for (const file of await findFiles(revision, path, isWanted)) {
          if (!written.has(file.path)) found.set(file.path, file)
        }
      }
      const files = [...found.values()]
      const bytes = await readFiles(files)
      // Files before links, so that nothing is written through one.
      const inOrder = files.map((file, index) => [file, bytes[index] as Buffer] as const)
      for (const [file, content] of inOrder.filter(([{ isLink }]) => !isLink)) {
        await mkdir(dirname(join(folder, file.path)), { recursive: true })
        await writeFile(join(folder, file.path), content, { flag: 'wx', mode: 0o600 })
        written.add(file.path)
      }
      for (const [file, target] of inOrder.filter(([{ isLink }]) => isLink)) {
        await mkdir(dirname(join(folder, file.path)), { recursive: true })
        await symlink(target.toString(), join(folder, file.path)).catch(error => {
          if (errorCode(error) !== 'EEXIST') throw error
        })
        written.add(file.path)
      }
      return files.length > 0
    },
  }
}
