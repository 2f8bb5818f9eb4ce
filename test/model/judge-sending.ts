import type { Change, PlannedRequest } from '../../src/plan/document/document.ts'
import { addMs } from '../../src/schema/instant.ts'
import {
  type Chronicle,
  entriesAt,
  hasEnded,
  lastLook,
  markerIn,
  OPPOSITE,
  type Submission,
} from './record.ts'
import type { Run } from './world.ts'

const LOOK_MS = 60_000

/** The change of a plan that a submission's comment names. */
export function changeOf(run: Run, { comment, machineId }: Submission): Change | undefined {
  const marker = markerIn(comment)
  const { planId, renewalsId, changes } = run.planned.plan
  return changes.find(
    ({ fingerprint, machine, renews }) =>
      machine.id === machineId &&
      fingerprint.slice(0, 8) === marker?.change &&
      marker.plan === shortOf(renews === undefined ? planId : (renewalsId ?? '')),
  )
}

/** The eight digits of a plan's id that a marker carries. */
export function shortOf(planId: string): string {
  return planId.replace('sha256:', '').slice(0, 8)
}

/** Whether a submission calls back the first half of a chain, which no plan holds as a request. */
export function callsHalfBack({ type, body, comment }: Submission, { entries }: Chronicle): boolean {
  if (type !== 'Cancel') return false
  const target = entries.find(({ action }) => action.id === body['actionId'])
  const [own, of] = [markerIn(comment), markerIn(target?.action.requestorComment ?? null)]
  return own !== null && of !== null && own.plan === of.plan && own.change === of.change
}

function isSame(request: PlannedRequest, { type, body }: Submission): boolean {
  if (request.type !== type) return false
  if (request.type === 'Cancel') return request.actionId === body['actionId']
  const bare = (one: object): string => JSON.stringify({ ...one, Comment: null })
  return bare(request.body) === bare(body)
}

/** A submission is one that the plan held, on a look at its machine at most 60 s old. */
export function judgePlanned(run: Run, record: Chronicle): readonly string[] {
  return record.submissions
    .filter(submission => submission.by === run.id && !callsHalfBack(submission, record))
    .flatMap(submission => {
      const what = `${submission.type} on ${submission.machineId.replace(/^0+/, '#')}`
      const change = changeOf(run, submission)
      if (change === undefined) return [`${what}: carries no change of the plan`]
      if (!change.requests.some(request => isSame(request, submission))) return [`${what}: not in the plan`]
      const look = lastLook(record, run.id, submission.machineId, submission.at)
      const isFresh = look !== undefined && addMs(look.askedAt, LOOK_MS) >= submission.at
      return isFresh ? [] : [`${what}: sent on a look of ${look?.askedAt ?? 'no time'}`]
    })
}

/** Whatever was killed, lost or run again: one request of a change is accepted once. */
export function judgeOnce(record: Chronicle): readonly string[] {
  const counts = new Map<string, number>()
  for (const submission of record.submissions) {
    const marker = markerIn(submission.comment)
    if (submission.actionId === null || callsHalfBack(submission, record)) continue
    const target = submission.type === 'Cancel' ? ` ${submission.actionId}` : ''
    const key = `${submission.type}${target} of ${marker?.plan} ${marker?.change}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts].filter(([, count]) => count > 1).map(([key, count]) => `${count} × ${key}`)
}

/** No two opposite actions of ours are in flight at once on one machine. */
export function judgeOpposites(record: Chronicle): readonly string[] {
  return record.submissions.flatMap(({ actionId, at, type, machineId }) => {
    const opposite = OPPOSITE[type]
    if (actionId === null || opposite === undefined) return []
    return entriesAt(record, at)
      .filter(({ own, action }) => own && action.machineId === machineId && action.type === opposite)
      .filter(({ action }) => !hasEnded(action))
      .map(
        ({ action }) =>
          `${type} was sent to ${machineId.replace(/^0+/, '#')} while our ${action.type} ${action.id} was in flight`,
      )
  })
}

/** Nothing is sent that is in flight already by our own hand, whichever plan it was. */
export function judgeRepeats(record: Chronicle): readonly string[] {
  return record.submissions.flatMap(({ actionId, at, type, machineId }) => {
    if (actionId === null || OPPOSITE[type] === undefined) return []
    return entriesAt(record, at)
      .filter(({ own, action }) => own && action.machineId === machineId && action.type === type)
      .filter(({ action }) => action.id !== actionId && !hasEnded(action))
      .map(
        ({ action }) =>
          `${type} was sent to ${machineId.replace(/^0+/, '#')} while our ${action.id} was in flight`,
      )
  })
}
