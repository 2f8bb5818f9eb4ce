import { pipeline, Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import { TransportError } from './transport.ts'

/** Makes what undoes an encoding; the first bytes can tell which form of it this is. */
type Decoder = (first: Buffer) => Transform

/** HTTP's `deflate` is zlib by the book and raw in the field: the two header bytes of zlib tell them apart. */
const decodeDeflate: Decoder = ([head = 0, flags = 0]) => {
  const isZlib = (head & 0x0f) === 8 && ((head << 8) | flags) % 31 === 0
  return isZlib ? createInflate() : createInflateRaw()
}

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: decodeDeflate,
  br: () => createBrotliDecompress(),
}

/** What requests send in `accept-encoding`: a page of the history shrinks to about a tenth. */
export const ACCEPT_ENCODING = 'gzip, deflate, br'

/**
 * Undoes the `content-encoding` of a body, piece by piece.
 *
 * @param maxBytes - Limit of the decoded size; a small body can unfold to any size.
 * @throws TransportError `body-too-large`, or `body-unreadable` where the bytes are cut or the encoding is unknown;
 * whatever `pieces` throw.
 */
export async function* decodePieces(
  pieces: AsyncIterable<Buffer>,
  encoding: string | undefined,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  let length = 0
  for await (const piece of decoded(pieces, encoding)) {
    length += piece.length
    if (length > maxBytes) {
      throw new TransportError('body-too-large', `the answer is larger than ${maxBytes} bytes`)
    }
    yield piece
  }
}

async function* decoded(pieces: AsyncIterable<Buffer>, encoding: string | undefined): AsyncGenerator<Buffer> {
  const name = (encoding ?? '').trim().toLowerCase()
  if (name === '' || name === 'identity') {
    yield* pieces
    return
  }
  const rest = pieces[Symbol.asyncIterator]()
  const first = await headOf(rest)
  // A body without a byte has nothing to undo.
  if (first.length === 0) return
  const decoder = DECODERS[name]?.(first)
  if (decoder === undefined) {
    throw new TransportError('body-unreadable', 'the answer has a content-encoding that was not asked for')
  }
  yield* through(first, rest, decoder)
}

/** The bytes that come first: two at least, where there are so many. */
async function headOf(pieces: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0)
  while (head.length < 2) {
    const { value, done } = await pieces.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  return head
}

async function* through(
  first: Buffer,
  rest: AsyncIterator<Buffer>,
  decoder: Transform,
): AsyncGenerator<Buffer> {
  let broken: { readonly error: unknown } | undefined
  async function* source(): AsyncGenerator<Buffer> {
    try {
      yield first
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
    } catch (error) {
      broken = { error }
      throw error
    }
  }
  // Errors of either stream come out of the iteration below.
  pipeline(Readable.from(source(), { objectMode: false }), decoder, () => undefined)
  try {
    for await (const piece of decoder) yield piece as Buffer
  } catch (error) {
    if (broken !== undefined) throw broken.error
    throw new TransportError('body-unreadable', 'the compressed answer is cut or damaged', { cause: error })
  }
}
