import { callsHalfBack, shortOf } from './judge-sending.ts'
import {
  type Chronicle,
  type Entry,
  entriesAt,
  hasEnded,
  lastLook,
  markerIn,
  OPPOSITE,
  type Submission,
} from './record.ts'
import type { Run } from './world.ts'

/** An undo touches only what carries the marker of the plan to undo, and what nobody touched since. */
export function judgeUndo(run: Run, record: Chronicle): readonly string[] {
  const { undoes } = run.planned
  if (undoes === null) return []
  return record.submissions
    .filter(submission => submission.by === run.id && !callsHalfBack(submission, record))
    .flatMap(submission => {
      const look = lastLook(record, run.id, submission.machineId, submission.at)
      const entries = entriesAt(record, look?.readAt ?? submission.at).filter(
        ({ action }) => action.machineId === submission.machineId,
      )
      const why = faultOf(submission, entries, shortOf(undoes.planId), shortOf(run.planned.plan.planId))
      return why === null ? [] : [`${submission.type} on ${submission.machineId.replace(/^0+/, '#')}: ${why}`]
    })
}

function faultOf(
  submission: Submission,
  entries: readonly Entry[],
  undone: string,
  undoing: string,
): string | null {
  const carries = ({ own, action }: Entry, plan: string): boolean =>
    own && markerIn(action.requestorComment)?.plan === plan
  const { type, body } = submission
  if (type === 'Cancel') {
    const target = entries.find(({ action }) => action.id === body['actionId'])
    return target !== undefined && carries(target, undone) ? null : 'cancels what the plan did not send'
  }
  const impose = OPPOSITE[type]
  if (impose === undefined || !type.startsWith('Un')) return 'an undo imposes and runs nothing'
  const pair = entries.filter(({ action }) => action.type === type || action.type === impose)
  const ofPlan = pair.filter(one => carries(one, undone))
  const [began] = ofPlan.map(({ action }) => action.creationDateTimeUtc).sort()
  if (began === undefined || !ofPlan.some(({ action }) => action.type === impose)) {
    return 'the plan imposed nothing there'
  }
  const touched = pair.find(
    one =>
      !carries(one, undone) &&
      !carries(one, undoing) &&
      (hasEnded(one.action)
        ? one.action.lastUpdateDateTimeUtc > began
        : !(one.own && one.action.type === type)),
  )
  return touched === undefined
    ? null
    : `${touched.action.requestor} touched it since (${touched.action.type} ${touched.action.id})`
}
