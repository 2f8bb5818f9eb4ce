import type { Clock } from '../../apply/ports.ts'
import { PipelineError } from '../pipeline-error.ts'
import type { CommentApi, IssueComment } from './comment-api.ts'

/** What the comment is to be. */
export interface StickyComment {
  /** The hidden first line by which an earlier one is found. */
  readonly marker: string
  /** Begins with the marker. */
  readonly body: string
  /** Login that the token writes as: a comment of somebody else with our marker is not ours. */
  readonly author: string
}

/** What became of it. */
export interface StickyOutcome {
  readonly comment: IssueComment
  readonly was: 'created' | 'updated'
  /** How many further ones were removed. */
  readonly removed: number
}

/** How often all of it is tried, and how long is waited in between, in ms. */
const TRIES = 3
const PAUSE_MS = 2000
/** Whoever asks for longer than this is not waited for. */
const LONGEST_PAUSE_MS = 60_000

async function upsert(api: CommentApi, { marker, body, author }: StickyComment): Promise<StickyOutcome> {
  const isOurs = (comment: IssueComment): boolean =>
    comment.author === author && comment.body.split(/\r?\n/, 1)[0] === marker
  const [first, ...surplus] = (await api.list()).filter(isOurs)
  if (first === undefined) return { comment: await api.create(body), was: 'created', removed: 0 }
  const comment = await api.update(first.id, body)
  for (const { id } of surplus) await api.remove(id)
  return { comment, was: 'updated', removed: surplus.length }
}

/** How long to wait before another try; null where another try would end the same way. */
function pauseBefore(error: unknown, tries: number): number | null {
  if (!(error instanceof PipelineError) || tries >= TRIES) return null
  if (error.code === 'github-unavailable') return PAUSE_MS * tries
  const { code, retryAfterMs = Number.POSITIVE_INFINITY } = error
  return code === 'github-limited' && retryAfterMs <= LONGEST_PAUSE_MS ? retryAfterMs : null
}

/**
 * Leaves exactly one comment of ours with the marker: edits the oldest, removes the others, writes one where there is
 * none. After an answer that did not come everything begins with looking again, so that none is written twice.
 *
 * @throws PipelineError of the last try.
 */
export async function putStickyComment(
  api: CommentApi,
  comment: StickyComment,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<StickyOutcome> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await upsert(api, comment)
    } catch (error) {
      const pause = pauseBefore(error, tries)
      if (pause === null || signal.aborted) throw error
      await clock.sleep(pause, signal)
    }
  }
}
