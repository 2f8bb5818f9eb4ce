import { describe, expect, test } from 'vitest'
import type { ActionApi, SubmitAnswer } from '../../../src/apply/ports.ts'
import { type AdHocSubmission, type Submitted, submitOne } from '../../../src/cli/by-hand/submit-one.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { appendMarker } from '../../../src/posture/marker.ts'
import { addMs, type Instant, msBetween } from '../../../src/schema/instant.ts'
import { action, actionId, machineId, NOW } from '../../support/build-core.ts'

const marker = { policy: 'none', plan: '00000001', change: '00000002' }
const ours = action({ requestorComment: appendMarker('INC-7', marker), creationDateTimeUtc: NOW })
const earlier = action({
  id: actionId(9),
  requestorComment: 'other',
  creationDateTimeUtc: addMs(NOW, -600_000),
})

interface Script {
  readonly answers: readonly SubmitAnswer[]
  /** What each look lists; nothing after the last. */
  readonly lists?: readonly (readonly MachineAction[] | null)[]
  readonly clockSkewMs?: number
}

async function submit({ answers, lists = [], clockSkewMs = 0 }: Script) {
  const sent: Readonly<Record<string, unknown>>[] = []
  const waits: number[] = []
  let looks = 0
  let now: Instant = NOW
  const api: Pick<ActionApi, 'submit' | 'listActions'> = {
    submit: (_machine, _type, body) => {
      sent.push(body)
      return Promise.resolve(answers[Math.min(sent.length, answers.length) - 1] as SubmitAnswer)
    },
    listActions: () => {
      const actions = lists[looks] ?? (looks < lists.length ? null : [])
      looks += 1
      return Promise.resolve(
        actions === null
          ? { kind: 'failed', message: 'x', unauthorized: false }
          : { kind: 'listed', actions },
      )
    },
  }
  const submission: AdHocSubmission = {
    api,
    clock: {
      now: () => now,
      monotonicMs: () => msBetween(NOW, now),
      sleep: ms => {
        now = addMs(now, ms)
        return Promise.resolve()
      },
    },
    clockSkewMs,
    machineId: machineId(1),
    type: 'CollectInvestigationPackage',
    body: {},
    reason: 'INC-7',
    marker,
    lookupMs: 6000,
    signal: new AbortController().signal,
    onThrottled: ms => waits.push(ms),
  }
  const answer: Submitted = await submitOne(submission)
  return { answer, sent, waits, looks }
}

describe('one action', () => {
  test('is sent with the reason and the marker', async () => {
    const { answer, sent } = await submit({ answers: [{ kind: 'accepted', action: ours }] })
    expect(answer).toStrictEqual({ kind: 'accepted', action: ours })
    expect(sent).toStrictEqual([{ Comment: appendMarker('INC-7', marker) }])
  })

  test.each<[string, MachineAction, number, string]>([
    ['that was there before is not ours', earlier, 0, 'active'],
    [
      'created now without its marker is ours: the service cuts comments',
      { ...ours, requestorComment: null },
      0,
      'accepted',
    ],
    [
      'is judged by the service’s clock',
      { ...earlier, creationDateTimeUtc: addMs(NOW, -3_000_000) },
      -3_000_000,
      'accepted',
    ],
  ])('%s', async (_rule, given, clockSkewMs, want) => {
    const { answer } = await submit({ answers: [{ kind: 'accepted', action: given }], clockSkewMs })
    expect(answer.kind).toBe(want)
  })

  test('is sent again after a 429 alone, when the service says', async () => {
    const { answer, sent, waits } = await submit({
      answers: [
        { kind: 'throttled', retryAfterMs: 60_000 },
        { kind: 'accepted', action: ours },
      ],
    })
    expect([answer.kind, sent.length, waits]).toStrictEqual(['accepted', 2, [60_000]])
  })

  test('is given up where the quota asks for more than three minutes', async () => {
    const { answer, waits } = await submit({ answers: [{ kind: 'throttled', retryAfterMs: 80_000 }] })
    expect(answer).toMatchObject({ kind: 'rejected', code: 'throttled' })
    expect(waits).toStrictEqual([80_000, 80_000])
  })

  test('without an answer is looked for, also after looks that fail, and never sent again', async () => {
    const unknown: SubmitAnswer = { kind: 'unknown', message: 'reset' }
    const found = await submit({ answers: [unknown], lists: [null, [earlier], [earlier, ours]] })
    expect(found).toMatchObject({ answer: { kind: 'accepted', action: ours }, looks: 3 })
    const lost = await submit({ answers: [unknown] })
    expect(lost).toMatchObject({ answer: { kind: 'uncertain', message: 'reset' }, looks: 4 })
    expect([found.sent.length, lost.sent.length]).toStrictEqual([1, 1])
  })

  test.each<[SubmitAnswer, Submitted]>([
    [
      { kind: 'active-exists', message: 'busy' },
      { kind: 'active', message: 'busy', action: null },
    ],
    [
      { kind: 'rejected', status: 403, code: 'Forbidden', message: 'no' },
      { kind: 'rejected', code: 'Forbidden', message: 'no' },
    ],
  ])('answered %j', async (given, want) => {
    expect((await submit({ answers: [given] })).answer).toStrictEqual(want)
  })

  test('ends everything where no request can succeed', async () => {
    await expect(submit({ answers: [{ kind: 'unauthorized', message: '401' }] })).rejects.toMatchObject({
      code: 'unauthorized',
    })
  })
})
