import { deflateRawSync } from 'node:zlib'
import { type ByteSource, bufferSource, crcOf, joinSources, readSource } from './byte-source.ts'

/** A file of an archive. */
export interface ZipEntry {
  readonly name: string
  readonly content: Buffer
}

/** A file that goes into an archive as it is, made only when the archive is read; below 4 GiB. */
export interface StoredEntry {
  readonly name: string
  readonly source: ByteSource
}

const VERSION = 20
const STORED = 0
const DEFLATED = 8
/** Names are UTF-8. */
const FLAGS = 0x0800
/** 1 January 1980, the first date that the format knows. */
const DATE = 0x21

/** A file as an archive holds it. */
interface PackedFile {
  readonly name: Buffer
  readonly method: number
  readonly crc: number
  /** Bytes before packing. */
  readonly size: number
  readonly packed: ByteSource
}

function pack(entry: ZipEntry | StoredEntry): PackedFile {
  const name = Buffer.from(entry.name)
  if ('source' in entry) {
    const { source } = entry
    return { name, method: STORED, crc: crcOf(source), size: source.length, packed: source }
  }
  const source = bufferSource(entry.content)
  const packed = bufferSource(deflateRawSync(entry.content))
  return { name, method: DEFLATED, crc: crcOf(source), size: source.length, packed }
}

/** The fields that the local and the central header of an entry share. */
function commonFields({ name, method, crc, size, packed }: PackedFile): Buffer {
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(VERSION, 0)
  fields.writeUInt16LE(FLAGS, 2)
  fields.writeUInt16LE(method, 4)
  fields.writeUInt16LE(DATE, 8)
  fields.writeUInt32LE(crc, 10)
  fields.writeUInt32LE(packed.length, 14)
  fields.writeUInt32LE(size, 18)
  fields.writeUInt16LE(name.length, 22)
  return fields
}

function centralHeader(common: Buffer, name: Buffer, offset: number): Buffer {
  const head = Buffer.from('504b01021400', 'hex')
  const tail = Buffer.alloc(14)
  tail.writeUInt32LE(offset, 10)
  return Buffer.concat([head, common, tail, name])
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 0, 'latin1')
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(offset, 16)
  return end
}

/** Packs files into a ZIP archive whose stored entries are made while it is read; equal files give equal bytes. */
export function zipSource(entries: readonly (ZipEntry | StoredEntry)[]): ByteSource {
  const parts: ByteSource[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const file of entries.map(pack)) {
    const common = commonFields(file)
    const header = Buffer.concat([Buffer.from('504b0304', 'hex'), common, file.name])
    directory.push(centralHeader(common, file.name, offset))
    parts.push(bufferSource(header), file.packed)
    offset += header.length + file.packed.length
  }
  const central = Buffer.concat(directory)
  const end = endRecord(entries.length, central.length, offset)
  return joinSources([...parts, bufferSource(Buffer.concat([central, end]))])
}

/** Packs files into a ZIP archive; equal files give equal bytes. */
export function createZip(entries: readonly ZipEntry[]): Buffer {
  return readSource(zipSource(entries))
}
