/** A place in a file, 1-based, columns in UTF-16 units as editors count them. */
export interface Place {
  /** Path as the user gave it, relative to the working directory, `/` as separator. */
  readonly file: string
  readonly line: number
  readonly column: number
}

export type Severity = 'error' | 'warning' | 'info'

/**
 * Something to tell the user about what was read. Collected, never thrown.
 *
 * `message` says what was expected and the way out; `code` is stable and has a heading in docs/errors.md.
 */
export interface Diagnostic {
  readonly severity: Severity
  readonly code: string
  readonly message: string
  readonly place?: Place
  /** The source line at `place`, for the caret under it; cut on both sides where it is very long. */
  readonly sourceLine?: string
  /** 0-based offset in `sourceLine` where the caret goes. Absent where the line is whole: then it is `column - 1`. */
  readonly caret?: number
  /** How many characters of `sourceLine` the caret underlines, at least 1. */
  readonly length?: number
  /** Other places that take part, such as the other policy of a conflict. */
  readonly related?: readonly { readonly message: string; readonly place: Place }[]
}

/** A text and the path it was read from. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}
