import { classifyAcceptance } from '../../apply/classify-answer.ts'
import type { ActionApi, Clock, SubmitAnswer } from '../../apply/ports.ts'
import { RunClock } from '../../apply/run-clock.ts'
import { Failure } from '../../local/failure.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { appendMarker, formatMarker, type Marker } from '../../posture/marker.ts'
import type { ActionType } from '../../posture/methods.ts'
import { addMs, type Instant } from '../../schema/instant.ts'
import { fail } from '../fail.ts'

/** One action that no plan asks for. */
export interface AdHocSubmission {
  readonly api: Pick<ActionApi, 'submit' | 'listActions'>
  readonly clock: Clock
  /** The service's clock minus ours. */
  readonly clockSkewMs: number
  readonly machineId: string
  readonly type: ActionType
  /** Beside the comment. */
  readonly body: Readonly<Record<string, unknown>>
  readonly reason: string
  readonly marker: Marker
  /** For how long an unanswered request is looked for in the history. */
  readonly lookupMs: number
  readonly signal: AbortSignal
  /** Called before a wait that the service asked for. */
  readonly onThrottled?: (ms: number) => void
}

/** How it went. */
export type Submitted =
  | { readonly kind: 'accepted'; readonly action: MachineAction }
  /** One is in flight already, so that this one was not taken; the action where the service gave it in the answer. */
  | { readonly kind: 'active'; readonly message: string; readonly action: MachineAction | null }
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string }
  /** Sent, unanswered, and not found in the history: nobody knows. */
  | { readonly kind: 'uncertain'; readonly message: string }

/** A wait that the service asks for is kept up to this long in all. */
const PATIENCE_MS = 180_000
/** Between two looks for an unanswered request. */
const LOOK_EVERY_MS = 2000
/** The service stamps what it took by its own clock. */
const MARGIN_MS = 120_000

/**
 * Sends one action, once: only after a 429, when nothing was accepted, is it sent again. Where no answer came it is
 * looked for by its marker and never sent a second time.
 *
 * @throws Failure `unauthorized`, or `interrupted` where a signal came before anything was accepted.
 */
export async function submitOne(submission: AdHocSubmission): Promise<Submitted> {
  const { api, clock, machineId, type, body, reason, marker, signal, onThrottled } = submission
  const sentFrom = clock.now()
  const startMs = clock.monotonicMs()
  const complete = { ...body, Comment: appendMarker(reason, marker) }
  for (;;) {
    const answer = await api.submit(machineId, type, complete, () => !signal.aborted)
    if (answer.kind === 'withheld') throw fail('interrupted', 'Interrupted before anything was accepted.')
    if (answer.kind !== 'throttled') return judge(answer, submission, sentFrom)
    const { retryAfterMs } = answer
    if (clock.monotonicMs() - startMs + retryAfterMs > PATIENCE_MS) {
      const message = `The quota of ${type} is used up for another ${Math.ceil(retryAfterMs / 1000)} s; nothing was submitted.`
      return { kind: 'rejected', code: 'throttled', message }
    }
    onThrottled?.(retryAfterMs)
    await clock.sleep(retryAfterMs, signal)
  }
}

async function judge(
  answer: Exclude<SubmitAnswer, { readonly kind: 'throttled' | 'withheld' }>,
  submission: AdHocSubmission,
  sentFrom: Instant,
): Promise<Submitted> {
  switch (answer.kind) {
    case 'accepted':
      return isExisting(answer.action, submission, sentFrom)
        ? {
            kind: 'active',
            message: 'The service gave an action that was in flight already.',
            action: answer.action,
          }
        : answer
    case 'active-exists':
      return { kind: 'active', message: answer.message, action: null }
    case 'rejected':
      return { kind: 'rejected', code: answer.code, message: answer.message }
    case 'unauthorized':
      throw new Failure('unauthorized', answer.message)
    case 'unknown':
      return lookUp(answer.message, submission, sentFrom)
  }
}

/** Whether the service answered with an action that was there before; one whose marker it cut is what was sent. */
function isExisting(
  action: MachineAction,
  { clockSkewMs, reason, marker }: AdHocSubmission,
  sentFrom: Instant,
): boolean {
  const sent = appendMarker(reason, marker)
  return classifyAcceptance(action, sent, marker, addMs(sentFrom, clockSkewMs)) === 'existing'
}

function isOurs({ requestorComment }: MachineAction, marker: Marker): boolean {
  return requestorComment?.endsWith(formatMarker(marker)) === true
}

/** Looks for an unanswered request: it may be listed late. */
async function lookUp(
  message: string,
  { api, clock: wall, clockSkewMs, machineId, marker, lookupMs, signal }: AdHocSubmission,
  sentFrom: Instant,
): Promise<Submitted> {
  const clock = new RunClock(wall)
  const until = addMs(clock.now(), lookupMs)
  const query = {
    kind: 'machines',
    machineIds: [machineId],
    createdFrom: addMs(sentFrom, clockSkewMs - MARGIN_MS),
  } as const
  for (;;) {
    const answer = await api.listActions(query, signal)
    const action =
      answer.kind === 'listed' ? answer.actions.find(candidate => isOurs(candidate, marker)) : undefined
    if (action !== undefined) return { kind: 'accepted', action }
    if (signal.aborted || addMs(clock.now(), LOOK_EVERY_MS) > until) return { kind: 'uncertain', message }
    await clock.sleep(LOOK_EVERY_MS, signal)
  }
}
