import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib'
import { TransportError } from './transport.ts'

type Decoder = (data: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>

const decodeRawDeflate: Decoder = promisify(inflateRaw)
const decodeZlib: Decoder = promisify(inflate)

/** HTTP's `deflate` is zlib by the book and raw in the field: the two header bytes of zlib tell them apart. */
const decodeDeflate: Decoder = (data, options) => {
  const [first = 0, second = 0] = data
  const isZlib = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0
  return (isZlib ? decodeZlib : decodeRawDeflate)(data, options)
}

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: decodeDeflate,
  br: promisify(brotliDecompress),
}

/** What requests send in `accept-encoding`: a page of the history shrinks to about a tenth. */
export const ACCEPT_ENCODING = 'gzip, deflate, br'

/**
 * Undoes the `content-encoding` of a body.
 *
 * @param maxBytes - Limit of the decoded size; a small body can unfold to any size.
 * @throws TransportError `body-too-large`, or `body-unreadable` where the bytes are cut or the encoding is unknown.
 */
export async function decodeBody(
  data: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const name = (encoding ?? '').trim().toLowerCase()
  if (name === '' || name === 'identity' || data.length === 0) return data
  const decode = DECODERS[name]
  if (decode === undefined) {
    throw new TransportError('body-unreadable', 'the answer has a content-encoding that was not asked for')
  }
  try {
    return await decode(data, { maxOutputLength: maxBytes })
  } catch (error) {
    const isTooLarge = error instanceof RangeError
    throw new TransportError(
      isTooLarge ? 'body-too-large' : 'body-unreadable',
      isTooLarge ? `the answer is larger than ${maxBytes} bytes` : 'the compressed answer is cut or damaged',
      { cause: error },
    )
  }
}
