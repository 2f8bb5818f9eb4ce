import { describe, expect, test } from 'vitest'
import type { DriftEvent } from '../../src/report/documents/drift-events.ts'
import { addMs, type Instant } from '../../src/schema/instant.ts'
import type { Look, LookAnswer } from '../../src/watch/look.ts'
import { Watcher, type WatchOptions } from '../../src/watch/watch.ts'
import type { WatchEvent } from '../../src/watch/watch-events.ts'
import { FakeClock } from '../support/fake-clock.ts'

const MINUTE = 60_000
const EVERY = 5 * MINUTE
const SOURCE = 'urn:holdfast:tenant:contoso'

function finding(id: string, source = SOURCE): DriftEvent {
  return {
    specversion: '1.0',
    id,
    source,
    type: 'dev.holdfast.drift.reverted',
    subject: `${id}/isolated`,
    time: '2026-11-20T09:00:00.000Z',
    datacontenttype: 'application/json',
    data: {} as DriftEvent['data'],
  }
}

const COUNTS = {
  machines: 3,
  held: 1,
  changes: 0,
  blocked: 0,
  inFlight: 0,
  apiCalls: 2,
  secondsToNextEnd: null,
} as const

interface Scene {
  readonly clock: FakeClock
  readonly told: WatchEvent[]
  /** When looks began. */
  readonly looks: Instant[]
  readonly acted: Look[]
  readonly notes: string[]
  readonly controller: AbortController
  readonly ended: () => boolean
  /** What the next looks come to; the last one stays. */
  answers: (LookAnswer | ((at: Instant) => LookAnswer))[]
}

function seen(findings: readonly DriftEvent[], over: Partial<Look> = {}): (at: Instant) => LookAnswer {
  return at => ({
    kind: 'seen',
    look: { at, clockSkewMs: 0, findings, nextLookAt: null, counts: COUNTS, ...over },
  })
}

const FAILED: LookAnswer = { kind: 'failed', failure: { code: 'unreachable', message: 'no answer' } }

async function start(answers: Scene['answers'], options: Partial<WatchOptions> = {}): Promise<Scene> {
  const clock = new FakeClock()
  const scene: Scene = {
    clock,
    told: [],
    looks: [],
    acted: [],
    notes: [],
    controller: new AbortController(),
    ended: () => ended,
    answers,
  }
  let ended = false
  const watcher = new Watcher(
    { everyMs: EVERY, source: 'https://api.example', ...options },
    {
      clock,
      look: async () => {
        scene.looks.push(clock.now())
        const [next] = scene.answers.length > 1 ? scene.answers.splice(0, 1) : scene.answers
        return typeof next === 'function' ? next(clock.now()) : (next as LookAnswer)
      },
      act: async look => {
        scene.acted.push(look)
      },
      tell: async events => {
        scene.told.push(...events)
      },
      note: ({ kind }, { added, resolved }) =>
        scene.notes.push(`${kind} +${added.length} -${resolved.length}`),
    },
  )
  void watcher.run(scene.controller.signal).then(() => {
    ended = true
  })
  await clock.settle()
  return scene
}

const idsOf = ({ told }: Scene): readonly string[] => told.map(({ id }) => id)

describe('a watcher', () => {
  test('looks at once, and again after its interval', async () => {
    const scene = await start([seen([])])
    expect(scene.looks).toHaveLength(1)
    await scene.clock.advance(EVERY - 1000)
    expect(scene.looks).toHaveLength(1)
    await scene.clock.advance(1000)
    expect(scene.looks).toHaveLength(2)
  })

  test('tells each finding once, and that it is no more', async () => {
    const scene = await start([
      seen([finding('a')]),
      seen([finding('a'), finding('b')]),
      seen([finding('b')]),
    ])
    await scene.clock.advance(2 * EVERY)
    expect(idsOf(scene)).toStrictEqual(['a', 'b', 'a-resolved-2026-11-20T10:10:00.000Z'])
    expect(scene.told[2]).toMatchObject({
      type: 'dev.holdfast.watch.resolved',
      source: SOURCE,
      subject: 'a/isolated',
      data: { finding: 'a', was: 'dev.holdfast.drift.reverted' },
    })
    expect(scene.notes).toStrictEqual(['seen +1 -0', 'seen +1 -0', 'seen +0 -1'])
  })

  test('looks earlier where something changes by time alone before that', async () => {
    const due = addMs(new FakeClock().now(), 90_500)
    const scene = await start([seen([], { nextLookAt: due }), seen([])])
    await scene.clock.advance(90_999)
    expect(scene.looks).toHaveLength(1)
    await scene.clock.advance(1)
    expect(scene.looks).toHaveLength(2)
  })

  test('goes by the clock of the service where that is ahead', async () => {
    const due = addMs(new FakeClock().now(), 2 * MINUTE)
    const scene = await start([
      at => ({
        kind: 'seen',
        look: { at: addMs(at, MINUTE), clockSkewMs: MINUTE, findings: [], nextLookAt: due, counts: COUNTS },
      }),
      seen([]),
    ])
    await scene.clock.advance(MINUTE)
    expect(scene.looks).toHaveLength(2)
  })

  test('rests at least five seconds, whatever is due', async () => {
    const scene = await start([seen([], { nextLookAt: new FakeClock().now() }), seen([])])
    await scene.clock.advance(4999)
    expect(scene.looks).toHaveLength(1)
    await scene.clock.advance(1)
    expect(scene.looks).toHaveLength(2)
  })

  test('lets what may be done be done after it was told', async () => {
    const scene = await start([seen([finding('a')])])
    expect(scene.acted.map(({ findings }) => findings.length)).toStrictEqual([1])
  })

  test('keeps what it knows over a look that failed, and tells nothing of one', async () => {
    const scene = await start([seen([finding('a')]), FAILED, FAILED, seen([finding('a')])])
    await scene.clock.advance(3 * EVERY)
    expect(idsOf(scene)).toStrictEqual(['a'])
    expect(scene.acted).toHaveLength(2)
  })

  test('tells of three failed looks in a row once, and of the first good one after them', async () => {
    const scene = await start([
      seen([finding('a')]),
      FAILED,
      FAILED,
      FAILED,
      FAILED,
      seen([finding('a')]),
      seen([]),
    ])
    await scene.clock.advance(5 * EVERY)
    expect(scene.told.map(({ type }) => type)).toStrictEqual([
      'dev.holdfast.drift.reverted',
      'dev.holdfast.watch.outage',
      'dev.holdfast.watch.recovered',
    ])
    expect(scene.told[1]).toMatchObject({
      source: SOURCE,
      time: '2026-11-20T10:05:00.000Z',
      data: { code: 'unreachable', failedLooks: 3 },
    })
    expect(scene.told[2]).toMatchObject({ time: '2026-11-20T10:25:00.000Z' })
  })

  test('names the endpoint as the source where no look has told the tenant', async () => {
    const scene = await start([FAILED])
    await scene.clock.advance(2 * EVERY)
    expect(scene.told).toMatchObject([{ source: 'https://api.example' }])
  })

  test('ends when its time is over, also in the middle of a rest', async () => {
    const until = addMs(new FakeClock().now(), 7 * MINUTE)
    const scene = await start([seen([])], { until })
    await scene.clock.advance(6 * MINUTE)
    expect([scene.looks.length, scene.ended()]).toStrictEqual([2, false])
    await scene.clock.advance(MINUTE)
    expect([scene.looks.length, scene.ended()]).toStrictEqual([2, true])
  })

  test('ends at a signal without another look', async () => {
    const scene = await start([seen([])])
    scene.controller.abort()
    await scene.clock.settle()
    expect([scene.looks.length, scene.ended()]).toStrictEqual([1, true])
  })

  test('tells nothing of a look that a signal cut short', async () => {
    const scene = await start([seen([]), seen([finding('a')])])
    const [, second] = [scene.answers.shift(), scene.answers[0]]
    scene.answers = [
      at => {
        scene.controller.abort()
        return typeof second === 'function' ? second(at) : FAILED
      },
    ]
    await scene.clock.advance(EVERY)
    expect([scene.looks.length, scene.told.length, scene.ended()]).toStrictEqual([2, 0, true])
  })

  test('that was asleep looks as soon as it wakes', async () => {
    const scene = await start([seen([])], { everyMs: 60 * MINUTE })
    await scene.clock.advance(MINUTE)
    scene.clock.setWall(59 * MINUTE)
    await scene.clock.advance(MINUTE / 3)
    expect(scene.looks).toHaveLength(2)
  })

  test('whose clock is set back does not rest longer', async () => {
    const scene = await start([seen([])])
    scene.clock.setWall(-60 * MINUTE)
    await scene.clock.advance(EVERY)
    expect(scene.looks).toHaveLength(2)
  })
})
