/** The words of whatever a port threw. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
