import { addMs, type Instant } from '../../src/schema/instant.ts'
import { declaredOf } from './declared.ts'
import { changeOf } from './judge-sending.ts'
import {
  type Chronicle,
  type Entry,
  entriesAt,
  HOLD_OF,
  hasEnded,
  lastLook,
  OPPOSITE,
  type Submission,
} from './record.ts'
import type { Run } from './world.ts'

/** Nothing that somebody else did is undone without `reassert`, judged by what the run's last look showed. */
export function judgeContested(run: Run, record: Chronicle): readonly string[] {
  if (run.planned.undoes !== null) return []
  return record.submissions
    .filter(({ by, type }) => by === run.id && (HOLD_OF[type] !== undefined || type === 'Cancel'))
    .flatMap(submission => {
      const look = lastLook(record, run.id, submission.machineId, submission.at)
      const why =
        look === undefined || mayReassert(run, submission, record)
          ? null
          : contestOf(submission, run, record, look.readAt)
      return why === null ? [] : [`${submission.type} on ${submission.machineId.replace(/^0+/, '#')}: ${why}`]
    })
}

/** Whether a live policy or the command line says that contested changes of this hold may go through. */
function mayReassert(run: Run, submission: Submission, record: Chronicle): boolean {
  const { planned } = run
  if (planned.options.reassert.includes(submission.machineId)) return true
  const type =
    submission.type === 'Cancel'
      ? record.entries.find(({ action }) => action.id === submission.body['actionId'])?.action.type
      : submission.type
  const hold = HOLD_OF[type ?? '']
  const live = declaredOf(planned, submission.machineId)?.live ?? []
  return hold !== undefined && live.some(({ reassert, state }) => reassert && state[hold] !== undefined)
}

function contestOf(submission: Submission, run: Run, record: Chronicle, at: Instant): string | null {
  const entries = entriesAt(record, at).filter(({ action }) => action.machineId === submission.machineId)
  if (submission.type === 'Cancel') {
    const target = entries.find(({ action }) => action.id === submission.body['actionId'])
    return target === undefined || target.own ? null : `cancels what ${target.action.requestor} asked for`
  }
  const { type } = submission
  const pair = entries
    .filter(({ action }) => action.type === type || action.type === OPPOSITE[type])
    .filter(({ action }) => hasEnded(action))
    .sort(byEnd)
  const done = pair.filter(({ action }) => action.status === 'Succeeded')
  return (
    heldByOther(submission, done, lapsedAt(record, submission.machineId, at)) ??
    revertedByOther(
      submission,
      done.filter(({ ofService }) => ofService !== true),
      addMs(at, -run.planned.configuration.contested.within.ms),
    ) ??
    cancelledByOther(submission, pair, run)
  )
}

/** When the isolation of a machine last ended by itself; the empty text, which is before every time. */
function lapsedAt({ turns }: Chronicle, machineId: string, by: Instant): string {
  return (
    turns.findLast(turn => turn.isLapse === true && turn.machineId === machineId && turn.at <= by)?.at ?? ''
  )
}

function heldByOther({ type }: Submission, done: readonly Entry[], since: string): string | null {
  if (!type.startsWith('Un')) return null
  const lifted = done.findLastIndex(({ action }) => action.type === type)
  const foreign = done
    .slice(lifted + 1)
    .find(({ own, action }) => !own && (type !== 'Unisolate' || action.lastUpdateDateTimeUtc > since))
  return foreign === undefined ? null : `lifts what ${foreign.action.requestor} holds`
}

function revertedByOther({ type }: Submission, done: readonly Entry[], since: Instant): string | null {
  const latest = done.at(-1)
  if (latest === undefined || latest.own || latest.action.type === type) return null
  const before = done.findLast(({ own }) => own)
  const isRecent = latest.action.lastUpdateDateTimeUtc > since
  return isRecent || before?.action.type === type
    ? `undoes the ${latest.action.type} of ${latest.action.requestor}`
    : null
}

function cancelledByOther(submission: Submission, pair: readonly Entry[], run: Run): string | null {
  // What the plan cancelled or lifted itself comes after its own first request, and is not somebody else's word.
  const change = changeOf(run, submission)
  if (change?.reason === 'resubmitted') return null
  const last = pair.findLastIndex(({ action }) => action.status === 'Succeeded')
  const cancelled = pair
    .slice(last + 1)
    .find(
      ({ own, cancelledBy, action }) =>
        own && action.type === submission.type && action.status === 'Cancelled' && cancelledBy === 'other',
    )
  return cancelled === undefined ? null : `sends again what somebody cancelled (${cancelled.action.id})`
}

function byEnd({ action: a }: Entry, { action: b }: Entry): number {
  const key = (one: Entry['action']): string =>
    `${one.lastUpdateDateTimeUtc} ${one.creationDateTimeUtc} ${one.id}`
  return key(a) < key(b) ? -1 : 1
}
