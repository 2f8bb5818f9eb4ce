import { lstat, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomically } from '../atomic-write.ts'
import { errorCode } from '../file-error.ts'
import { syncFolder } from '../sync-folder.ts'
import type { Log, Shelf, ShelfEntry } from './shelf.ts'

/** How many files are looked at at once. */
const AT_ONCE = 32

/**
 * Makes a shelf of a folder of this host: texts of mode 0600 in a folder of mode 0700, each append on disk before it
 * resolves.
 *
 * @param noLink - Refuse a symbolic link in the folder's place, which could lead what is written anywhere.
 */
export function folderShelf(folder: string, { noLink = false }: { readonly noLink?: boolean } = {}): Shelf {
  async function make(): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (noLink && (await lstat(folder)).isSymbolicLink()) {
      throw new Error(`${folder} is a symbolic link, which could lead the records anywhere`)
    }
  }
  return {
    place: folder,
    pathOf: name => join(folder, name),
    async list() {
      const names = [...((await unlessAbsent(readdir(folder))) ?? [])].sort()
      const entries: ShelfEntry[] = []
      for (let start = 0; start < names.length; start += AT_ONCE) {
        const batch = names.slice(start, start + AT_ONCE)
        entries.push(...(await Promise.all(batch.map(name => entryOf(folder, name)))).flat())
      }
      return entries
    },
    read: name => unlessAbsent(readFile(join(folder, name), 'utf8')),
    async createLog(name) {
      await make()
      const file = await open(join(folder, name), 'ax', 0o600)
      await syncFolder(folder)
      return logOf(file)
    },
    async put(name, text) {
      await make()
      await writeFileAtomically(join(folder, name), text)
    },
    remove: name => rm(join(folder, name), { force: true }),
  }
}

/** A file that went away meanwhile is none. */
async function entryOf(folder: string, name: string): Promise<readonly ShelfEntry[]> {
  const found = await unlessAbsent(stat(join(folder, name)))
  return found === undefined ? [] : [{ name, modifiedMs: found.mtimeMs }]
}

async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

function logOf(file: Awaited<ReturnType<typeof open>>): Log {
  return {
    async append(text) {
      await file.appendFile(text)
      await file.datasync()
    },
    close: () => file.close(),
  }
}
