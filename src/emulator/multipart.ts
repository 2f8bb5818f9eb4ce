/** One part of a multipart form. */
export interface Part {
  readonly name: string
  readonly fileName: string | undefined
  readonly content: Buffer
}

const LINE_END = '\r\n'
const HEAD_END = Buffer.from(LINE_END + LINE_END)

function parameterOf(headers: string, name: string): string | undefined {
  return new RegExp(`[;\\s]${name}="([^"]*)"`, 'i').exec(headers)?.[1]
}

function readPart(block: Buffer): Part | undefined {
  const headEnd = block.indexOf(HEAD_END)
  if (headEnd < 0) return undefined
  const headers = block.subarray(0, headEnd).toString('utf8')
  const name = parameterOf(headers, 'name')
  if (name === undefined) return undefined
  // The line end before the next boundary belongs to the boundary.
  const content = block.subarray(headEnd + HEAD_END.length, block.length - LINE_END.length)
  return { name, fileName: parameterOf(headers, 'filename'), content }
}

/**
 * Splits a `multipart/form-data` body into its parts.
 *
 * @returns undefined where the Content-Type names no boundary or the body does not end with it.
 */
export function parseMultipart(contentType: string, body: Buffer): readonly Part[] | undefined {
  const found = /^multipart\/form-data;.*\bboundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  if (found === null) return undefined
  const boundary = Buffer.from(`--${found[1] ?? found[2]}`)
  const parts: Part[] = []
  let start = body.indexOf(boundary)
  while (start >= 0) {
    const from = start + boundary.length
    if (body.subarray(from, from + 2).toString() === '--') return parts
    const end = body.indexOf(boundary, from)
    if (end < 0) return undefined
    const part = readPart(body.subarray(from + LINE_END.length, end))
    if (part !== undefined) parts.push(part)
    start = end
  }
  return undefined
}
