/**
 * The logs that one process writes in the store. Each is told in the lease before its first line, so that whoever takes
 * the lease over knows what to end.
 */
export class OpenLogs {
  readonly #names: string[] = []
  #tell: (() => Promise<void>) | undefined

  get names(): readonly string[] {
    return this.#names
  }

  /** From now on the lease is held, and new logs are told by this; undefined once it is given back. */
  tellBy(tell: (() => Promise<void>) | undefined): void {
    this.#tell = tell
  }

  /** Names a log that was begun. Rejects where the lease is held no more: then nothing may be written to it. */
  async add(name: string): Promise<void> {
    this.#names.push(name)
    await this.#tell?.()
  }
}
