import { describe, expect, test } from 'vitest'
import { type RunFacet, type RunName, type RunWish, runFacet } from '../../../src/plan/claim/run-facets.ts'
import {
  decideRun,
  describeDone,
  describeWish,
  isDue,
  isSatisfied,
  unlessStuck,
} from '../../../src/plan/judge/decide-run.ts'
import type { Decision } from '../../../src/plan/judge/decision.ts'
import { foldRun, type RunPosture } from '../../../src/posture/fold-run.ts'
import { indexHistory } from '../../../src/posture/history.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { addMs, type Instant } from '../../../src/schema/instant.ts'
import { action, actionId, at, lasting, machineId, NOW } from '../../support/build-core.ts'

const DAY = 86_400_000
const since = at('2026-11-20T00:00:00Z')
const within = lasting('7d')

function facetOf(name: RunName): RunFacet {
  const facet = runFacet(name)
  if (facet === undefined) throw new Error(`no facet ${name}`)
  return facet
}

function postureOf(name: RunName, wish: RunWish, history: readonly MachineAction[]): RunPosture {
  const facet = facetOf(name)
  const ordered = indexHistory(history).of(machineId(1))
  return foldRun(ordered, facet.type, one => facet.isAbout(one, wish))
}

function decide(name: RunName, wish: RunWish, history: readonly MachineAction[], resubmit = false): Decision {
  return decideRun(facetOf(name), wish, postureOf(name, wish, history), NOW, resubmit)
}

function told(decision: Decision): string {
  switch (decision.kind) {
    case 'unchanged':
      return 'unchanged'
    case 'in-flight':
      return `awaits ${decision.awaited.map(({ id }) => Number.parseInt(id.slice(-2), 16)).join()}`
    case 'blocked':
      return decision.code
    case 'change':
      return `${decision.operations.join()} (${decision.reason}${decision.waitsForInFlight ? ', waits' : ''}): ${decision.before} -> ${decision.after}`
  }
}

const scan = (scope: string | null, created: Instant, over: Partial<MachineAction> = {}): MachineAction =>
  action({ id: actionId(1), type: 'RunAntiVirusScan', scope, creationDateTimeUtc: created, ...over })
const flying = (scope: string | null, over: Partial<MachineAction> = {}): MachineAction =>
  scan(scope, addMs(NOW, -60_000), { id: actionId(16), status: 'Pending', ...over })
const before = addMs(since, -1)

describe('a run', () => {
  test.each<readonly [string, RunWish, readonly MachineAction[], string]>([
    [
      'that was never done is run',
      { scan: 'quick', since },
      [],
      'run (not-run): never -> quick since 2026-11-20',
    ],
    [
      'that was done at the very time is satisfied',
      { scan: 'quick', since },
      [scan('Quick', since)],
      'unchanged',
    ],
    [
      'that was done a moment before is run',
      { scan: 'quick', since },
      [scan('Quick', before)],
      'run (not-run): quick 2026-11-19T23:59:59.999Z -> quick since 2026-11-20',
    ],
    [
      'counts by its creation, not by its end',
      { scan: 'quick', since },
      [scan('Quick', before, { lastUpdateDateTimeUtc: addMs(since, 1) })],
      'run (not-run): quick 2026-11-19T23:59:59.999Z -> quick since 2026-11-20',
    ],
    ['that was stronger is satisfied', { scan: 'quick', since }, [scan('Full', since)], 'unchanged'],
    [
      'that was weaker is run',
      { scan: 'full', since },
      [scan('Quick', since)],
      'run (not-run): quick 2026-11-20T00:00:00Z -> full since 2026-11-20',
    ],
    [
      'is satisfied by any of several',
      { scan: 'full', since },
      [scan('Full', since), scan('Quick', addMs(since, DAY), { id: actionId(2) })],
      'unchanged',
    ],
    [
      'that did not succeed is run',
      { scan: 'quick', since },
      [
        scan('Quick', since, { status: 'Failed' }),
        scan('Quick', since, { id: actionId(2), status: 'TimeOut' }),
      ],
      'run (not-run): never -> quick since 2026-11-20',
    ],
    ['without a time is satisfied by any', { scan: 'quick' }, [scan('Quick', at('2026-01-01'))], 'unchanged'],
    [
      'that was fresh and is not any more is due',
      { scan: 'quick', within },
      [scan('Quick', addMs(NOW, -7 * DAY - 1))],
      'run (due): quick 2026-11-15T17:59:59.999Z -> quick within 7d',
    ],
    [
      'that is just fresh is satisfied',
      { scan: 'quick', within },
      [scan('Quick', addMs(NOW, -7 * DAY))],
      'unchanged',
    ],
    [
      'that is fresh but older than the since is run, and not only due',
      { scan: 'quick', since, within },
      [scan('Quick', before)],
      'run (not-run): quick 2026-11-19T23:59:59.999Z -> quick since 2026-11-20 within 7d',
    ],
    [
      'with a since in the future is not due before it',
      { scan: 'quick', since: addMs(NOW, 1) },
      [],
      'unchanged',
    ],
    [
      'with a since of now is due',
      { scan: 'quick', since: NOW },
      [],
      'run (not-run): never -> quick since 2026-11-22T18:00:00Z',
    ],
  ])('%s', (_rule, wish, history, want) => {
    expect(told(decide('scanned', wish, history))).toBe(want)
  })
})

describe('a run in flight', () => {
  test.each<readonly [string, RunWish, readonly MachineAction[], string]>([
    ['that would satisfy is awaited', { scan: 'quick', since }, [flying('Full')], 'awaits 16'],
    [
      'with a status never seen before is awaited',
      { scan: 'quick', since },
      [flying('Quick', { status: 'Sent' })],
      'awaits 16',
    ],
    [
      'of which only one would satisfy: that one is awaited',
      { scan: 'full', since },
      [flying('Quick'), flying('Full', { id: actionId(17) })],
      'awaits 17',
    ],
    [
      'that is too weak is waited for',
      { scan: 'full', since },
      [flying('Quick')],
      'run (not-run, waits): never -> full since 2026-11-20',
    ],
    [
      'that is too old is waited for',
      { scan: 'quick', since },
      [flying('Quick', { creationDateTimeUtc: before })],
      'run (not-run, waits): never -> quick since 2026-11-20',
    ],
    [
      'beside one that satisfied is left alone',
      { scan: 'quick', since },
      [scan('Quick', since), flying('Quick')],
      'unchanged',
    ],
  ])('%s', (_rule, wish, history, want) => {
    expect(told(decide('scanned', wish, history))).toBe(want)
  })

  test('of another file of the same type is waited for', () => {
    const file = (id: number, fileIdentifier: string, status: string): MachineAction =>
      action({
        id: actionId(id),
        type: 'StopAndQuarantineFile',
        status,
        relatedFileInfo: { fileIdentifier, fileIdentifierType: 'Sha1' },
      })
    expect(told(decide('quarantined', { sha1: 'a' }, [file(1, 'b', 'Pending')]))).toBe(
      'run (not-run, waits): never -> quarantined',
    )
    expect(told(decide('quarantined', { sha1: 'a' }, [file(1, 'b', 'Succeeded')]))).toBe(
      'run (not-run): never -> quarantined',
    )
    expect(told(decide('quarantined', { sha1: 'a' }, [file(1, 'A', 'Pending')]))).toBe('awaits 1')
  })

  test('of another type is nobody’s business', () => {
    const collecting = action({ type: 'CollectInvestigationPackage', status: 'Pending' })
    expect(told(decide('scanned', { scan: 'quick' }, [collecting]))).toBe('run (not-run): never -> quick')
  })
})

describe('a resubmission', () => {
  const done = scan('Quick', since)
  test('runs again what was done', () => {
    expect(told(decide('scanned', { scan: 'quick', since }, [done], true))).toBe(
      'run (resubmitted): quick 2026-11-20T00:00:00Z -> quick since 2026-11-20',
    )
  })

  test('is not sent while what would satisfy is in flight', () => {
    expect(told(decide('scanned', { scan: 'quick', since }, [done, flying('Quick')], true))).toBe('unchanged')
  })

  test('gives way to what is to be run anyway', () => {
    expect(told(decide('scanned', { scan: 'quick', since }, [], true))).toContain('not-run')
  })
})

describe('a run that would wait for an action is blocked once that is in flight for longer than the service tries', () => {
  const HOUR = 3_600_000
  const commands = [{ type: 'GetFile', path: 'x' }] as const
  const session = (over: Partial<MachineAction>): MachineAction =>
    action({ id: actionId(16), type: 'LiveResponse', status: 'Pending', ...over })
  const afterHours = (
    name: RunName,
    wish: RunWish,
    one: MachineAction,
    hours: number,
    done: readonly MachineAction[] = [],
  ) => {
    const old = { ...one, creationDateTimeUtc: addMs(NOW, -hours * HOUR) }
    const posture = postureOf(name, wish, [old, ...done])
    return unlessStuck(decideRun(facetOf(name), wish, posture, NOW, false), facetOf(name), wish, posture, NOW)
  }

  test.each([
    ['scanned', { scan: 'quick' }, flying('Quick'), 96, 'awaits 16'],
    ['scanned', { scan: 'quick' }, flying('Quick'), 96.01, 'stuck-in-flight'],
    ['scanned', { scan: 'full' }, flying('Quick'), 96, 'run (not-run, waits): never -> full'],
    ['scanned', { scan: 'full' }, flying('Quick'), 96.01, 'stuck-in-flight'],
    ['liveResponse', { commands }, session({}), 6, 'run (not-run, waits): never -> run'],
    ['liveResponse', { commands }, session({}), 6.01, 'stuck-in-flight'],
  ] as const)('%s %j', (name, wish, one, hours, want) => {
    expect(told(afterHours(name, wish as RunWish, one, hours))).toBe(want)
  })

  test('names it, its age and the way out, and what would be done', () => {
    expect(afterHours('scanned', { scan: 'full' }, flying('Quick'), 100)).toStrictEqual({
      kind: 'blocked',
      code: 'stuck-in-flight',
      message: `RunAntiVirusScan ${actionId(16)} is Pending since 2026-11-18T14:00:00Z, over 96 h; cancel it with \`holdfast actions cancel ${actionId(16)}\` (or in the portal), then plan again.`,
      wouldBe: ['run'],
      before: 'never',
      after: 'full',
    })
  })

  test('never stops what is satisfied', () => {
    const done = [scan('Full', since)]
    expect(afterHours('scanned', { scan: 'quick', since }, flying('Quick'), 200, done).kind).toBe('unchanged')
  })
})

test('the request holds the body of its facet, and only what cannot be undone warns', () => {
  expect(decide('scanned', { scan: 'full' }, [])).toMatchObject({
    requests: [{ type: 'RunAntiVirusScan', body: { ScanType: 'Full' } }],
    warnings: [],
  })
  expect(decide('quarantined', { sha1: 'a' }, [])).toMatchObject({
    requests: [{ type: 'StopAndQuarantineFile', body: { Sha1: 'a' } }],
    warnings: [{ code: 'one-way' }],
  })
})

test('only a rolling wish that was met once is due', () => {
  const facet = facetOf('scanned')
  const old = [scan('Quick', at('2026-06-01'))]
  const due = (wish: RunWish, history: readonly MachineAction[]): boolean =>
    isDue(facet, wish, postureOf('scanned', wish, history), NOW)
  expect(due({ scan: 'quick', within }, old)).toBe(true)
  expect(due({ scan: 'quick', within }, [])).toBe(false)
  expect(due({ scan: 'full', within }, old)).toBe(false)
  expect(due({ scan: 'quick', since }, old)).toBe(false)
  expect(due({ scan: 'quick' }, old)).toBe(false)
  expect(due({ scan: 'quick', since, within }, old)).toBe(false)
})

test('satisfied is what a succeeded action says, not one in flight', () => {
  const wish: RunWish = { scan: 'quick', since }
  const satisfied = (history: readonly MachineAction[]): boolean =>
    isSatisfied(facetOf('scanned'), wish, postureOf('scanned', wish, history), NOW)
  expect(satisfied([scan('Quick', since)])).toBe(true)
  expect(satisfied([flying('Quick')])).toBe(false)
})

test('what was done last and what is wanted are written for the plan', () => {
  const facet = facetOf('scanned')
  const two = [scan('Full', at('2026-11-01')), scan('Quick', at('2026-11-02'), { id: actionId(2) })]
  expect(describeDone(facet, postureOf('scanned', {}, two))).toBe('quick 2026-11-02T00:00:00Z')
  expect(describeDone(facet, postureOf('scanned', {}, []))).toBe('never')
  expect(describeWish(facet, { scan: 'full', within })).toBe('full within 7d')
})
