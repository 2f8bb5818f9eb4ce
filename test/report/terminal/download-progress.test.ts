import { describe, expect, test } from 'vitest'
import {
  type DownloadProgress,
  downloadFrame,
  downloadLine,
  formatBytes,
} from '../../../src/report/terminal/download-progress.ts'

const MIB = 1_048_576

function progress(over: Partial<DownloadProgress> = {}): DownloadProgress {
  return { name: 'a.zip', received: 50_000_000, size: 200_000_000, bytesPerSecond: 12_345_678, ...over }
}

describe('bytes', () => {
  test.each([
    [0, '0 B'],
    [640, '640 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_960, '1.0 MB'],
    [200_000_000, '200.0 MB'],
    [3_000_000_000, '3.0 GB'],
    [5e15, '5000.0 TB'],
  ])('%d are written %s', (bytes, want) => expect(formatBytes(bytes)).toBe(want))
})

describe('a frame', () => {
  const style = { color: false, width: 100 }

  test('has name, bar, share, amount and speed', () => {
    expect(downloadFrame(progress(), style)).toBe(
      'a.zip [######..................]  25 % 50.0 MB of 200.0 MB, 12.3 MB/s',
    )
  })

  test('has blocks where the terminal can show them', () => {
    expect(downloadFrame(progress(), { ...style, unicode: true })).toContain('[██████░░')
  })

  test.each([
    ['without a size has no bar', { size: undefined, bytesPerSecond: undefined }, 'a.zip 50.0 MB'],
    ['of an empty file has no bar', { size: 0, received: 0, bytesPerSecond: undefined }, 'a.zip 0 B of 0 B'],
    [
      'of more than was said is full',
      { received: 300, size: 200, bytesPerSecond: undefined },
      'a.zip [########################] 100 % 300 B of 200 B',
    ],
  ])('%s', (_rule, over, want) => expect(downloadFrame(progress(over), style)).toBe(want))

  test('fits the terminal, whatever the name, and hides nothing in it', () => {
    const long = downloadFrame(progress({ name: `\u202e${'x'.repeat(300)}` }), style)
    expect(long).not.toContain('\u202e')
    expect(long.length).toBeLessThanOrEqual(100)
    expect(downloadFrame(progress({ name: 'x'.repeat(300) }), { ...style, width: 10 })).toContain('25 %')
  })
})

describe('a line', () => {
  test.each<[string, number, Partial<DownloadProgress>, string | undefined]>([
    ['is written at a quarter', 49_999_999, {}, 'a.zip: 50.0 MB of 200.0 MB'],
    ['is not written between quarters', 50_000_000, { received: 99_999_999 }, undefined],
    ['is not written at the end, which is told otherwise', 199_999_999, { received: 200_000_000 }, undefined],
    [
      'is written each 64 MiB without a size',
      63 * MIB,
      { received: 64 * MIB, size: undefined },
      'a.zip: 67.1 MB',
    ],
    ['is not written before 64 MiB', 0, { received: 63 * MIB, size: undefined }, undefined],
    ['of an empty file is none', 0, { received: 0, size: 0 }, undefined],
  ])('%s', (_rule, before, over, want) => expect(downloadLine(before, progress(over))).toBe(want))
})
