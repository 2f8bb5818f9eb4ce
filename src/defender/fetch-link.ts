import type { Clock } from '../apply/ports.ts'
import { DefenderError } from './defender-error.ts'
import type { Download, Downloader } from './download.ts'

/** Some bytes of what a link leads to. */
export interface Piece {
  /** Where they begin; 0 a second time where all before is void, because the storage began anew. */
  readonly offset: number
  readonly bytes: Buffer
  /** Bytes of the whole; undefined where the storage does not say. */
  readonly size: number | undefined
}

/** A connection that broke, and what is done about it. */
export interface Break {
  readonly error: DefenderError
  /** Bytes that came so far. */
  readonly received: number
  readonly waitMs: number
}

/** What is fetched, and how. */
export interface FetchOptions {
  readonly downloader: Downloader
  /** Asks for a link: at the start, and again where the one before is no good any more. */
  readonly link: () => Promise<string>
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onBreak?: (broken: Break) => void
}

/** Breaks in a row without much progress after which no further try is made. */
const TRIES = 6
/** Links that the storage may refuse in a row: each is a call of a small quota (docs/service.md#quota-package). */
const LINKS = 3
/** So many new bytes are progress. A storage that begins anew each time makes none. */
const PROGRESS_BYTES = 1_048_576
/** Waits before the second, third, … try, in ms. */
const BACK_OFF_MS = [500, 1000, 2000, 4000, 8000]
/** A wait that the quota of links asks for is kept up to this long. */
const PATIENCE_MS = 120_000

/** Statuses with which a storage says that a link is not, or no longer, good. */
const LINK_REFUSED: ReadonlySet<number> = new Set([401, 403, 404, 410])
const BUSY: ReadonlySet<number> = new Set([408, 429])
const RANGE_NOT_THERE = 416

type Step = 'go-on' | 'new-link' | 'begin-anew' | 'give-up'

/** Says what can be done after a break. */
function stepAfter({ code, status }: DefenderError): Step {
  if (status !== undefined && LINK_REFUSED.has(status)) return 'new-link'
  if (status === RANGE_NOT_THERE || code === 'malformed-answer') return 'begin-anew'
  const mayPass =
    code === 'connection-failed' || (status !== undefined && (status >= 500 || BUSY.has(status)))
  return mayPass ? 'go-on' : 'give-up'
}

/** How far a download is, and what was tried. */
interface Fetching {
  received: number
  furthest: number
  failures: number
  refusedLinks: number
  link: string | undefined
  version: string | undefined
  size: number | undefined
}

/**
 * Fetches what a link leads to, piece by piece, in constant memory.
 *
 * After a break it goes on where it was, provided that what is stored is still the same, and begins anew where the
 * storage cannot go on. A link that is refused is asked for again. It gives up after six breaks in a row
 * that brought less than a megabyte each.
 *
 * Rejects with the DefenderError of the last break, or of the link that could not be had.
 */
export async function* fetchLink(options: FetchOptions): AsyncGenerator<Piece> {
  const { clock, signal, onBreak } = options
  const state: Fetching = {
    received: 0,
    furthest: 0,
    failures: 0,
    refusedLinks: 0,
    link: undefined,
    version: undefined,
    size: undefined,
  }
  for (;;) {
    try {
      yield* receive(options, state)
      return
    } catch (error) {
      if (!(error instanceof DefenderError) || signal.aborted) throw error
      const waitMs = prepareNext(state, error)
      if (waitMs === undefined) throw error
      onBreak?.({ error, received: state.received, waitMs })
      await clock.sleep(waitMs, signal)
    }
  }
}

/** Gets ready for the next try; gives the wait before it, undefined where there is none. */
function prepareNext(state: Fetching, error: DefenderError): number | undefined {
  if (state.link === undefined) return waitForLink(state, error)
  if (state.received >= state.furthest + PROGRESS_BYTES) {
    state.failures = 0
    state.refusedLinks = 0
    state.furthest = state.received
  }
  state.failures += 1
  const step = stepAfter(error)
  if (step === 'give-up' || state.failures >= TRIES) return undefined
  if (step === 'begin-anew') state.received = 0
  if (step === 'new-link') {
    state.refusedLinks += 1
    if (state.refusedLinks >= LINKS) return undefined
    state.link = undefined
  }
  return BACK_OFF_MS[Math.min(state.failures, BACK_OFF_MS.length) - 1]
}

/** Reads are tried again where they are made; only a quota that asks to wait longer than they do comes here. */
function waitForLink(state: Fetching, { code, retryAfterMs }: DefenderError): number | undefined {
  state.failures += 1
  const waits = code === 'throttled' && retryAfterMs !== undefined && retryAfterMs <= PATIENCE_MS
  return waits && state.failures < TRIES ? retryAfterMs : undefined
}

async function* receive(options: FetchOptions, state: Fetching): AsyncGenerator<Piece> {
  const { downloader, signal } = options
  state.link ??= await options.link()
  const rest = state.received === 0 ? undefined : { from: state.received, version: state.version }
  const answer = await downloader.open(state.link, signal, rest)
  if (isAnother(answer, state)) {
    throw new DefenderError('malformed-answer', 'What is stored changed during the download.')
  }
  state.received = answer.offset
  state.version = answer.version
  state.size = answer.size
  for await (const bytes of answer.bytes) {
    const offset = state.received
    state.received += bytes.length
    yield { offset, bytes, size: state.size }
  }
  if (state.size !== undefined && state.received !== state.size) {
    throw new DefenderError(
      'connection-failed',
      `${state.received} of ${state.size} bytes came before the connection ended.`,
    )
  }
}

/** Whether a part is of another whole than the parts before it. */
function isAnother({ offset, size }: Download, state: Fetching): boolean {
  return offset > 0 && size !== undefined && state.size !== undefined && size !== state.size
}
