import { isTagged, type TagAction, type TagPlan } from '../../analysis/by-hand/plan-tags.ts'
import type { AdHocOutcome } from '../../apply/ad-hoc.ts'
import { DefenderError } from '../../defender/defender-error.ts'
import { TAG_BATCH, type TagAnswer } from '../../defender/tag-api.ts'
import type { Machine } from '../../posture/machine.ts'
import type { Quota } from '../../posture/methods.ts'
import type { CommandContext } from '../command.ts'
import type { Session } from '../service/inventory.ts'
import { openRecordedTags } from '../service/recorded-requests.ts'
import { createPace, tellWait } from './paced.ts'

/** The quota of the bulk request (docs/service.md#tags-bulk). */
const TAG_QUOTA: Quota = { perMinute: 100, perHour: 1500 }

type Verdict = Pick<AdHocOutcome, 'outcome' | 'code' | 'detail'>

const DONE: Verdict = { outcome: 'succeeded', code: null, detail: null }
const UNCHANGED: Verdict = { outcome: 'unchanged', code: null, detail: null }

/** One request: at most {@link TAG_BATCH} machines, one spelling of the tag. */
interface TagBatch {
  readonly tag: string
  readonly machines: readonly Machine[]
}

function cutBatches({ changes }: TagPlan): readonly TagBatch[] {
  return changes.flatMap(({ tag, machines }) =>
    Array.from({ length: Math.ceil(machines.length / TAG_BATCH) }, (_, index) => ({
      tag,
      machines: machines.slice(index * TAG_BATCH, (index + 1) * TAG_BATCH),
    })),
  )
}

/** What an answer means for the machines of its request; undefined where only a look at them can tell. */
function verdictOf(answer: TagAnswer | { readonly kind: 'no-time' }): Verdict | undefined {
  switch (answer.kind) {
    case 'accepted':
      return DONE
    case 'rejected':
      return { outcome: 'failed', code: answer.code, detail: answer.message }
    case 'unauthorized':
      return { outcome: 'not-attempted', code: 'unauthorized', detail: answer.message }
    case 'unknown':
      return undefined
    default:
      return { outcome: 'not-attempted', code: 'interrupted', detail: 'Nothing was sent for this machine.' }
  }
}

/** The worse of two verdicts about one machine: it can have two spellings of a tag. */
function worse(a: Verdict | undefined, b: Verdict): Verdict {
  return a === undefined || a.outcome === 'succeeded' ? b : a
}

/** Looks at machines whose request had no clear answer: what is observed counts. */
async function lookAt(
  batch: TagBatch,
  action: TagAction,
  message: string,
  { service }: Session,
  signal: AbortSignal,
): Promise<(id: string) => Verdict> {
  const ids = batch.machines.map(({ id }) => id).sort()
  const records = await service.client
    .listMachines({ kind: 'named', ids, dnsNames: [] }, signal)
    .catch((error: unknown): readonly Machine[] => {
      if (error instanceof DefenderError) return []
      throw error
    })
  const seen = new Map(records.map(record => [record.id, record]))
  return id => {
    const record = seen.get(id)
    if (record !== undefined && isTagged(action, batch.tag, record)) return DONE
    return {
      outcome: 'uncertain',
      code: 'tag-not-changed',
      detail: `${message} The record does not show it.`,
    }
  }
}

/** Sends what a tag plan holds and says of each machine how it ended. */
export async function changeTags(
  plan: TagPlan,
  action: TagAction,
  { signal, io }: CommandContext,
  session: Session,
): Promise<readonly AdHocOutcome[]> {
  const { service } = session
  const { clock } = service
  const api = await openRecordedTags(service)
  const pace = createPace(clock, TAG_QUOTA, null, signal, tellWait(io))
  const verdicts = new Map<string, Verdict>(plan.unchanged.map(({ id }) => [id, UNCHANGED]))
  const machines = new Map(plan.unchanged.map(machine => [machine.id, machine]))
  let stopped: Verdict | undefined
  for (const batch of cutBatches(plan)) {
    const ids = batch.machines.map(({ id }) => id)
    const answer =
      stopped === undefined
        ? await pace.send(() => api.change({ action, tag: batch.tag, machineIds: ids }))
        : undefined
    const verdict = answer === undefined ? stopped : verdictOf(answer)
    if (answer?.kind === 'unauthorized') stopped = verdict
    const message = answer?.kind === 'unknown' ? answer.message : ''
    const judge =
      verdict === undefined ? await lookAt(batch, action, message, session, signal) : () => verdict
    for (const machine of batch.machines) {
      machines.set(machine.id, machine)
      verdicts.set(machine.id, worse(verdicts.get(machine.id), judge(machine.id)))
    }
  }
  return [...machines.values()].map(({ id, computerDnsName }) => ({
    machineId: id,
    dnsName: computerDnsName,
    actionId: null,
    type: null,
    status: null,
    ...(verdicts.get(id) ?? UNCHANGED),
  }))
}
