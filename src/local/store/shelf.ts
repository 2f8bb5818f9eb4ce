/** One text on a shelf. */
export interface ShelfEntry {
  readonly name: string
  /** When it was last written, by the clock of where it lies; milliseconds since 1970. */
  readonly modifiedMs: number
}

/** A text that only grows, open for writing by one run. */
export interface Log {
  /** Adds a text at the end; it is kept when this resolves. Rejects where it may not be. */
  append(text: string): Promise<void>
  close(): Promise<void>
}

/**
 * Named texts in one place: a folder of this host, or a prefix of a container that several hosts share. Journals and
 * records are written to it, whatever it is. Methods reject with an error whose message says in words what went wrong.
 */
export interface Shelf {
  /** Where it is, for people: a path or an address. */
  readonly place: string
  /** Where a text of it is, for people. */
  pathOf(name: string): string
  /** What lies there, by name; nothing where there is no such place yet. */
  list(): Promise<readonly ShelfEntry[]>
  /** Reads a text; undefined where it is not there. */
  read(name: string): Promise<string | undefined>
  /** Begins a text that is not there yet; rejects where it is. */
  createLog(name: string): Promise<Log>
  /** Writes a text whole, over the one that is there: nobody reads half of it. */
  put(name: string, text: string): Promise<void>
  /** Removes a text; one that is not there is no error. */
  remove(name: string): Promise<void>
}

/** The names of what lies on a shelf. */
export async function namesOn(shelf: Shelf): Promise<readonly string[]> {
  return (await shelf.list()).map(({ name }) => name)
}
