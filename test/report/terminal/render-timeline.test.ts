import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import type { TimelineBand, TimelineHold, TimelineLane } from '../../../src/analysis/explain/timeline.ts'
import {
  renderTimeline,
  renderTimelineMarkdown,
  TIMELINE_FORMATS,
} from '../../../src/report/terminal/render-timeline.ts'
import { barLegend, timelineBars } from '../../../src/report/terminal/timeline-bars.ts'
import { hostileText } from '../../support/arbitrary-plan.ts'
import { seededRuns } from '../../support/seeded-runs.ts'
import { machine } from '../sample-plan.ts'
import { ACT, ALICE, BAND, HELD, lane, timeline } from '../sample-timeline.ts'

const RUNS = seededRuns('render timeline', 60)

function bars(over: Partial<TimelineLane>) {
  return timelineBars(timeline(lane(over)), 10)[0]
}

const held = (from: string, to: string | null, level: TimelineHold['level'] = 'full'): TimelineHold => ({
  ...HELD,
  from: `2026-11-${from}:00:00Z`,
  to: to === null ? null : `2026-11-${to}:00:00Z`,
  level,
})

describe('the bar of a hold', () => {
  test.each(
    Object.entries({
      'is drawn from its beginning to now': [[held('03T00', null)], '..FFFFFFFF'],
      'ends where it ended': [[held('03T00', '05T00')], '..FF......'],
      'is drawn though it is shorter than a column': [[held('03T01', '03T02')], '..F.......'],
      'that began before is drawn from the edge': [
        [{ ...HELD, from: '2026-10-01T00:00:00Z', to: '2026-11-03T00:00:00Z' }],
        'FF........',
      ],
      'of another level has another letter': [
        [
          held('01T00', '03T00'),
          held('03T00', '05T00', 'selective'),
          held('05T00', '07T00', 'unmanaged'),
          held('07T00', null, 'unknown'),
        ],
        'FFSSUU????',
      ],
      'that begins now is in the last column': [[held('11T00', null)], '.........F'],
    } as const),
  )('%s', (_rule, [holds, want]) => {
    expect(bars({ holds })?.is).toBe(want)
  })

  test('of a facet that is no hold is not there', () => {
    expect(bars({ facet: 'scanned', marks: [ACT] })).toStrictEqual({
      facet: 'scanned',
      is: '',
      want: '',
      acts: '..+.......',
    })
  })
})

describe('the bar of what is asked', () => {
  const band = (wants: string, until: string | null = null): TimelineBand => ({ ...BAND, wants, until })

  test.each(
    Object.entries({
      'goes from edge to edge': [[band('full')], 'FFFFFFFFFF'],
      'ends where the policy expires': [[band('full', '2026-11-04T00:00:00Z')], 'FFF.......'],
      'is that of the stronger': [[band('selective'), band('full', '2026-11-04T00:00:00Z')], 'FFFSSSSSSS'],
      'of one thing asked twice is that': [[band('full'), band('full')], 'FFFFFFFFFF'],
      'of a contradiction is open': [[band('full'), band('none', '2026-11-04T00:00:00Z')], '???FFFFFFF'],
      'of free and selective is open': [[band('selective'), band('none')], '??????????'],
      'of three is open': [[band('selective'), band('full'), band('unmanaged')], '??????????'],
      'of what is declared free is a nought': [[band('none')], '0000000000'],
    } as const),
  )('%s', (_rule, [declared, want]) => {
    expect(bars({ declared })?.want).toBe(want)
  })

  test('of a run says that it is declared', () => {
    expect(bars({ facet: 'scanned', declared: [band('full since 2026-11-01'), band('quick')] })?.want).toBe(
      'DDDDDDDDDD',
    )
  })
})

test.each([
  ['a lift', [{ ...ACT, effect: 'lift' }], '..-.......'],
  ['a run', [{ ...ACT, effect: 'run' }], '..>.......'],
  ['a failure', [{ ...ACT, status: 'Failed' }], '..!.......'],
  ['one in flight', [{ ...ACT, endedAt: null, status: 'Pending' }], '..=.......'],
  ['two at a time', [ACT, ACT], '..*.......'],
  ['one from before', [{ ...ACT, createdAt: '2026-10-01T00:00:00Z' }], '+.........'],
] as const)('%s has its mark', (_what, marks, want) => {
  expect(bars({ marks })?.acts).toBe(want)
})

test('a stretch of no length is drawn all the same', () => {
  const still = { ...timeline(lane({ holds: [held('01T00', null)] })), to: '2026-11-01T00:00:00Z' }
  expect(timelineBars(still, 10)[0]?.is).toBe('FFFFFFFFFF')
})

test('the legend tells the characters that are there', () => {
  const drawn = timelineBars(
    timeline(lane({ holds: [HELD], marks: [ACT], declared: [{ ...BAND, wants: 'none' }] })),
    10,
  )
  expect(barLegend(drawn)).toBe('F full, 0 declared free, + impose')
})

const EVERYTHING = timeline(
  lane({
    holds: [
      { ...HELD, to: '2026-11-05T00:00:00Z', endedBy: { ...ALICE, class: 'own', policy: 'contain' } },
      { ...held('06T00', null, 'selective'), by: [ALICE, ALICE, { ...ALICE, requestor: 'bob' }] },
    ],
    marks: [{ ...ACT, createdAt: '2026-11-03T00:00:00.5Z' }],
    declared: [{ ...BAND, until: '2026-11-20T00:00:00Z' }],
  }),
  lane({
    facet: 'scanned',
    marks: [
      { ...ACT, type: 'RunAntiVirusScan', effect: 'run', scope: null, status: 'Pending', endedAt: null },
    ],
    declared: [{ ...BAND, wants: 'quick', until: '2026-11-02T00:00:00Z', expired: true }],
  }),
)

test('a timeline for people', () => {
  expect(
    renderTimeline(EVERYTHING, { color: false, width: 60 }),
  ).toBe(`fin-ws-1.contoso.com: 2026-11-01 to 2026-11-11

isolated      is    ........FFFFFFFF....SSSSSSSSSSSSSSSSSSSS
              want  FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF
              acts  ........+...............................
scanned       want  DDDD....................................
              acts  ........=...............................

F full, S selective, D declared, + impose, = in flight

isolated: full from 2026-11-03 by analyst alice@contoso.com,
  until 2026-11-05 by Holdfast, policy contain
isolated: selective from 2026-11-06 by analyst
  alice@contoso.com and by analyst bob, until now
isolated, declared: full by contain a.yaml:7, until
  2026-11-20
scanned, declared: quick by contain a.yaml:7, expired
  2026-11-02

2026-11-03        = RunAntiVirusScan, Pending, by analyst
    alice@contoso.com
2026-11-03 00:00Z + Isolate (full), Succeeded 2026-11-03
    00:01Z, by analyst alice@contoso.com

\`want\` is what the policies of today ask; since when they do
is not known.
`)
})

test('nothing known is said, and before when nothing can be', () => {
  const text = renderTimeline({ ...timeline(lane()), wholeLife: false }, { color: false, width: 100 })
  expect(text).toContain('\n\nNo action is known in this time.\n\nBefore 2026-05-01 nothing is known: ')
  expect(text).not.toContain('want')
})

test('Markdown holds the bars, and every action with its id', () => {
  const text = renderTimelineMarkdown({ ...EVERYTHING, wholeLife: false })
  expect(text).toMatch(/^<!-- holdfast:timeline -->\n\n### Holdfast timeline: fin-ws-1\.contoso\.com\n/)
  expect(text).toContain('```text\nisolated      is    .')
  expect(text).toContain('\n\nBefore 2026-05-01 nothing is known: ')
  expect(text).toContain('#### Actions (2)\n')
  expect(text).toContain('| 2026-11-03 |')
  expect(text).toContain('<code>a1</code>')
  expect(renderTimelineMarkdown(timeline(lane()))).not.toContain('`want`')
})

test('JSON is the timeline', () => {
  expect(JSON.parse(TIMELINE_FORMATS.json(EVERYTHING, { color: false, width: 80 }))).toStrictEqual(EVERYTHING)
})

const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b]/

test('hostile texts stay inert, and lines stay within the terminal', () => {
  const hostile = fc
    .record({
      name: hostileText,
      who: hostileText,
      type: hostileText,
      status: hostileText,
      file: hostileText,
    })
    .map(({ name, who, type, status, file }) => {
      const by = { ...ALICE, requestor: who }
      return {
        ...timeline(
          lane({
            holds: [{ ...HELD, by: [by] }],
            marks: [{ ...ACT, type, status, scope: type, by }],
            declared: [{ ...BAND, policy: { ...BAND.policy, name: file, file } }],
          }),
        ),
        machine: machine(1, name),
      }
    })
  fc.assert(
    fc.property(hostile, fc.constantFrom(60, 120), (drawn, width) => {
      const text = renderTimeline(drawn, { color: false, width })
      expect(text).not.toMatch(UNSAFE)
      expect(Math.max(...text.split('\n').map(line => stringWidth(line)))).toBeLessThanOrEqual(width)
      const markdown = renderTimelineMarkdown(drawn)
      expect(markdown).not.toMatch(UNSAFE)
      expect(markdown.replace(/<\/?code>|<!-- (?:holdfast:timeline )?-->/g, '')).not.toMatch(/[<@]/)
    }),
    RUNS,
  )
})

test('a machine without a name goes by its id', () => {
  const unnamed = { ...timeline(lane()), machine: machine(1, null) }
  expect(renderTimeline(unnamed, { color: false, width: 80 })).toContain(`${machine(1).id}: 2026-11-01 to `)
  expect(renderTimelineMarkdown(unnamed)).toContain(`### Holdfast timeline: ${machine(1).id}\n`)
})
