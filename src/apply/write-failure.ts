/** Codes of failures that say more than that something could not be written: the room that writes has its own. */
function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** Whether the store is away, and with it the lease. */
export function isOfStore(error: unknown): boolean {
  return codeOf(error) === 'store-not-usable'
}

/** Whether it was the record of the run that could not be written, and not its journal. */
export function isOfRecord(error: unknown): boolean {
  return codeOf(error) === 'audit-not-usable'
}
