import type { Instant } from '../schema/instant.ts'

/** A file of the live response library. */
export interface LibraryFile {
  readonly fileName: string
  readonly content: Buffer
  readonly description: string
  readonly created: Instant
  readonly updated: Instant
  readonly createdBy: string
  readonly hasParameters: boolean
  readonly parametersDescription: string | null
}

/** The live response library of the tenant, by file name in any letter case. */
export class Library {
  readonly #files: Map<string, LibraryFile> = new Map()

  put(file: LibraryFile): void {
    this.#files.set(file.fileName.toLowerCase(), file)
  }

  find(fileName: string): LibraryFile | undefined {
    return this.#files.get(fileName.toLowerCase())
  }

  remove(fileName: string): boolean {
    return this.#files.delete(fileName.toLowerCase())
  }

  all(): readonly LibraryFile[] {
    return [...this.#files.values()]
  }
}
