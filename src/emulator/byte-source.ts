import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** Bytes that are made when they are read, so that large ones never stand in memory; the same at every reading. */
export interface ByteSource {
  readonly length: number
  /** Gives the bytes from `from` up to, not including, `to`, in pieces. */
  read(from: number, to: number): Iterable<Buffer>
}

/** Bytes of one piece of {@link noiseSource}. */
const BLOCK = 65_536

/** The bytes of a buffer. */
export function bufferSource(buffer: Buffer): ByteSource {
  return {
    length: buffer.length,
    read: (from, to) => (from < to ? [buffer.subarray(from, to)] : []),
  }
}

/** Moves the pattern from block to block; odd, so that the same block comes again only after 4 GiB. */
const STRIDE = 4099

function noiseBlock(name: string): Buffer {
  const parts: Buffer[] = []
  for (let part = 0; part * 32 < BLOCK; part += 1)
    parts.push(createHash('sha256').update(`${name} ${part}`).digest())
  return Buffer.concat(parts)
}

/**
 * Bytes that nothing compresses a block of, the same for the same name, and other ones in every block. Pieces are
 * views of one pattern, so that reading costs no memory.
 */
export function noiseSource(name: string, length: number): ByteSource {
  const pattern = noiseBlock(name)
  const twice = Buffer.concat([pattern, pattern])
  return {
    length,
    *read(from, to) {
      for (let at = from; at < to; ) {
        const index = Math.floor(at / BLOCK)
        const begin = index * BLOCK
        const shift = (index * STRIDE) % BLOCK
        const end = Math.min(begin + BLOCK, to)
        yield twice.subarray(shift + at - begin, shift + end - begin)
        at = end
      }
    },
  }
}

/** One source after the other. */
export function joinSources(sources: readonly ByteSource[]): ByteSource {
  return {
    length: sources.reduce((sum, { length }) => sum + length, 0),
    *read(from, to) {
      let start = 0
      for (const source of sources) {
        const [first, last] = [Math.max(0, from - start), Math.min(source.length, to - start)]
        if (first < last) yield* source.read(first, last)
        start += source.length
      }
    },
  }
}

/** Reads a part of a source into memory. */
export function readSource(source: ByteSource, from = 0, to: number = source.length): Buffer {
  return Buffer.concat([...source.read(from, to)])
}

/** The CRC-32 of all of a source. */
export function crcOf(source: ByteSource): number {
  let crc = 0
  for (const piece of source.read(0, source.length)) crc = crc32(piece, crc)
  return crc
}
