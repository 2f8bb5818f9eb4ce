import { describe, expect, test } from 'vitest'
import type { DefenderCode } from '../../src/defender/codes.ts'
import { DefenderError } from '../../src/defender/defender-error.ts'
import type { Download, Downloader, Rest } from '../../src/defender/download.ts'
import { type Break, fetchLink } from '../../src/defender/fetch-link.ts'
import { FakeClock } from '../support/fake-clock.ts'

const WHOLE = Buffer.from('0123456789')
const MB = 1_048_576

interface Answer {
  /** Bytes that come before the connection breaks; all where it is missing. */
  readonly until?: number
  /** The storage gives all of it again, whatever was asked for. */
  readonly anew?: true
  readonly size?: number | null
  readonly status?: number
  readonly code?: DefenderCode
}

const broken = (): DefenderError => new DefenderError('connection-failed', 'store.example: reset')

/** A storage that answers as told, then well. */
function storage(answers: readonly Answer[], whole: Buffer = WHOLE) {
  const asked: (Rest | undefined)[] = []
  const downloader: Downloader = {
    close: () => Promise.resolve(),
    open: (_link, _signal, rest): Promise<Download> => {
      const answer = answers[asked.length] ?? {}
      asked.push(rest)
      const { status, code, until = whole.length, size = whole.length } = answer
      if (status !== undefined) {
        const fallback = status >= 500 ? 'service-unavailable' : 'request-refused'
        return Promise.reject(new DefenderError(code ?? fallback, `${status}`, { status }))
      }
      if (code !== undefined) return Promise.reject(new DefenderError(code, code))
      const offset = answer.anew ? 0 : (rest?.from ?? 0)
      async function* bytes(): AsyncGenerator<Buffer> {
        if (offset < until) yield whole.subarray(offset, until)
        if (until < whole.length) throw broken()
      }
      return Promise.resolve({
        fileName: undefined,
        offset,
        size: size ?? undefined,
        version: '"v"',
        bytes: bytes(),
      })
    },
  }
  return { downloader, asked }
}

interface Fetched {
  readonly text: string | undefined
  readonly error: string | undefined
  readonly links: number
  readonly asked: readonly (Rest | undefined)[]
  readonly breaks: readonly Break[]
}

async function fetchAll(
  answers: readonly Answer[],
  { whole = WHOLE, link }: { readonly whole?: Buffer; readonly link?: (nth: number) => Promise<string> } = {},
): Promise<Fetched> {
  const { downloader, asked } = storage(answers, whole)
  const clock = new FakeClock()
  const breaks: Break[] = []
  let links = 0
  const pieces = fetchLink({
    downloader,
    link: () => {
      links += 1
      return link?.(links) ?? Promise.resolve('https://store.example/x')
    },
    clock: { now: () => clock.now(), monotonicMs: () => clock.monotonicMs(), sleep: () => Promise.resolve() },
    signal: new AbortController().signal,
    onBreak: each => breaks.push(each),
  })
  let text = ''
  try {
    for await (const { offset, bytes } of pieces) text = text.slice(0, offset) + bytes.toString('latin1')
    return { text, error: undefined, links, asked, breaks }
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error
    return { text: undefined, error: error.code, links, asked, breaks }
  }
}

describe('what a link leads to', () => {
  test.each<[string, readonly Answer[], readonly (number | undefined)[], number]>([
    ['comes at once', [], [undefined], 1],
    ['goes on where it was cut', [{ until: 4 }], [undefined, 4], 1],
    ['goes on after being cut twice', [{ until: 4 }, { until: 7 }], [undefined, 4, 7], 1],
    ['begins anew where the storage does', [{ until: 4 }, { anew: true }], [undefined, 4], 1],
    [
      'begins anew where there is no such rest',
      [{ until: 4 }, { status: 416 }],
      [undefined, 4, undefined],
      1,
    ],
    [
      'begins anew where the rest is of another whole',
      [{ until: 4 }, { size: 99 }],
      [undefined, 4, undefined],
      1,
    ],
    ['goes on where the size of the rest is not told', [{ until: 4 }, { size: null }], [undefined, 4], 1],
    [
      'begins anew after another part than asked for',
      [{ code: 'malformed-answer' }],
      [undefined, undefined],
      1,
    ],
    [
      'goes on after a storage that is busy',
      [{ until: 4 }, { status: 503 }, { status: 429 }],
      [undefined, 4, 4, 4],
      1,
    ],
    ['goes on under a new link', [{ until: 4 }, { status: 403 }], [undefined, 4, 4], 2],
    ['is asked for under a new link where it is not there', [{ status: 404 }], [undefined, undefined], 2],
    ['is not whole where bytes are missing', [{ size: 11 }], [undefined, 10, undefined], 1],
  ])('%s', async (_rule, answers, asked, links) => {
    const fetched = await fetchAll(answers)
    expect({ ...fetched, asked: fetched.asked.map(rest => rest?.from), breaks: 0 }).toStrictEqual({
      text: WHOLE.toString(),
      error: undefined,
      links,
      asked,
      breaks: 0,
    })
  })

  test('is of one version: the rest is asked for by that of the first part', async () => {
    const { asked } = await fetchAll([{ until: 4 }])
    expect(asked[1]).toStrictEqual({ from: 4, version: '"v"' })
  })

  test('is given up after six breaks in a row, with growing waits', async () => {
    const { error, asked, breaks } = await fetchAll(Array(9).fill({ until: 0 }))
    expect({ error, tries: asked.length }).toStrictEqual({ error: 'connection-failed', tries: 6 })
    expect(breaks.map(({ waitMs }) => waitMs)).toStrictEqual([500, 1000, 2000, 4000, 8000])
  })

  test('is not given up while a megabyte comes each time', async () => {
    const whole = Buffer.alloc(9 * MB)
    const cuts = Array.from({ length: 8 }, (_, nth) => ({ until: (nth + 1) * MB }))
    const { text, breaks } = await fetchAll(cuts, { whole })
    expect({ length: text?.length, breaks: breaks.length }).toStrictEqual({ length: 9 * MB, breaks: 8 })
  })

  test('is given up where each time begins anew: that is no progress', async () => {
    const whole = Buffer.alloc(3 * MB)
    const { error, asked } = await fetchAll(Array(20).fill({ until: 2 * MB, anew: true }), { whole })
    expect({ error, tries: asked.length }).toStrictEqual({ error: 'connection-failed', tries: 6 })
  })

  test('is given up after three links that the storage refused', async () => {
    const { error, links } = await fetchAll(Array(9).fill({ status: 403 }))
    expect({ error, links }).toStrictEqual({ error: 'request-refused', links: 3 })
  })

  test('is given up at once where nothing will change', async () => {
    expect((await fetchAll([{ status: 400 }])).asked).toHaveLength(1)
    expect((await fetchAll([{ code: 'interrupted' }])).asked).toHaveLength(1)
  })

  test.each<[string, DefenderError, string | undefined]>([
    ['waits as the quota asks', new DefenderError('throttled', 'x', { retryAfterMs: 60_000 }), undefined],
    [
      'does not wait for an hour',
      new DefenderError('throttled', 'x', { retryAfterMs: 3_600_000 }),
      'throttled',
    ],
    ['does not wait for what no time mends', new DefenderError('forbidden', 'x'), 'forbidden'],
  ])('whose link cannot be had %s', async (_rule, error, want) => {
    const link = (nth: number): Promise<string> =>
      nth === 1 ? Promise.reject(error) : Promise.resolve('https://x')
    const fetched = await fetchAll([], { link })
    expect(fetched.error).toBe(want)
    expect(fetched.breaks.map(({ waitMs }) => waitMs)).toStrictEqual(want === undefined ? [60_000] : [])
  })

  test('stops at a signal, and at an error that is none of the service', async () => {
    const abort = new AbortController()
    abort.abort()
    const options = {
      link: () => Promise.resolve('https://x'),
      clock: new FakeClock(),
      downloader: storage([{ until: 1 }]).downloader,
    }
    const aborted = fetchLink({ ...options, signal: abort.signal })
    await aborted.next()
    await expect(aborted.next()).rejects.toThrow(DefenderError)
    const ours = fetchLink({
      ...options,
      signal: new AbortController().signal,
      link: () => Promise.reject(new TypeError('ours')),
    })
    await expect(ours.next()).rejects.toThrow(TypeError)
  })
})
