import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import {
  type ByteSource,
  bufferSource,
  crcOf,
  joinSources,
  noiseSource,
  readSource,
} from '../../src/emulator/byte-source.ts'
import { drive, MINUTE, onHost } from './drive.ts'

const LARGE = 3_000_000

/** Reads a source piece by piece, as a server does. */
function digestOf(source: ByteSource, from = 0, to = source.length): string {
  const hash = createHash('sha256')
  for (const piece of source.read(from, to)) hash.update(piece)
  return hash.digest('hex')
}

describe('bytes that are made when they are read', () => {
  const source = joinSources([
    bufferSource(Buffer.from('head')),
    noiseSource('a', 200_000),
    bufferSource(Buffer.alloc(0)),
    bufferSource(Buffer.from('tail')),
  ])
  const whole = readSource(source)

  test.each([
    [0, 200_008],
    [0, 0],
    [2, 4],
    [3, 5],
    [65_539, 65_541],
    [70_000, 140_000],
    [200_003, 200_005],
    [200_004, 200_008],
  ])('are the same from %i to %i as in the whole', (from, to) => {
    expect(readSource(source, from, to)).toStrictEqual(whole.subarray(from, to))
  })

  test('are noise: no two blocks alike, other noise for another name, nothing to compress', () => {
    const noise = readSource(noiseSource('a', 131_072))
    expect(noise.subarray(0, 65_536).equals(noise.subarray(65_536))).toBe(false)
    expect(readSource(noiseSource('b', 131_072)).equals(noise)).toBe(false)
    expect(deflateRawSync(noise.subarray(0, 65_536)).length).toBeGreaterThan(65_000)
  })

  test('have the checksum of the whole', () => {
    expect(crcOf(bufferSource(Buffer.from('123456789')))).toBe(0xcbf43926)
  })
})

describe('a large package', () => {
  test('is streamed, in ranges too, and cut in the middle where a fault says so', async () => {
    const host = drive({
      behaviour: {
        downloads: { padding: LARGE },
        faults: [{ on: 'GET /storage/packages/{id}', fault: 'cut-body', nth: 3 }],
      },
    })
    const { json } = await host.post(onHost('collectInvestigationPackage'))
    host.clock.advance(2 * MINUTE)
    const link = String((await host.get(`/api/machineactions/${json['id']}/getPackageUri`)).json.value)
    const ask = (range?: string) =>
      host.emulator.handle({ method: 'GET', url: link, headers: range === undefined ? {} : { range } })
    const whole = await ask()
    const part = await ask('bytes=1000000-')
    const cut = await ask()
    if (whole.kind !== 'response' || part.kind !== 'response' || cut.kind !== 'cut') throw new Error('fault')
    if (whole.stream === undefined || part.stream === undefined) throw new Error('in memory')
    const size = whole.stream.length
    expect(whole.body).toHaveLength(0)
    expect(whole.headers['content-length']).toBe(String(size))
    expect(part.headers).toMatchObject({
      'content-length': String(size - 1_000_000),
      'content-range': `bytes 1000000-${size - 1}/${size}`,
    })
    expect(digestOf(part.stream)).toBe(digestOf(whole.stream, 1_000_000))
    expect(cut.afterBytes).toBe(Math.floor(size / 2))
  })
})
