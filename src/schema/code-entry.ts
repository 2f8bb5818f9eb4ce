/** What a stable code means and the way out; docs/errors.md has one heading per code of every room. */
export interface CodeEntry {
  readonly meaning: string
  readonly wayOut: string
}
