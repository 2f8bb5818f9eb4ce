/** Makes a value of a body that comes in pieces. */
export interface BodyReader<T> {
  /** Takes the next piece, which may be overwritten after the call. */
  take(piece: Buffer): void
  /**
   * Gives the value after the last piece.
   *
   * @throws SyntaxError where the body is cut or is no JSON; whatever else the value is refused with.
   */
  end(): T
}

/** Reads a body as one JSON value. */
export function wholeJson(): BodyReader<unknown> {
  const pieces: Buffer[] = []
  return {
    take: piece => pieces.push(Buffer.from(piece)),
    end: () => parseJson(Buffer.concat(pieces).toString('utf8')),
  }
}

/** Parses JSON, and takes the byte order mark that some gateways put first. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text)
}
