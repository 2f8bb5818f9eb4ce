import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TimelineLane } from '../../../src/analysis/explain/timeline.ts'
import { renderDriftHtml } from '../../../src/report/html/render-drift-html.ts'
import { renderPlanHtml } from '../../../src/report/html/render-plan-html.ts'
import { renderTimelineHtml } from '../../../src/report/html/render-timeline-html.ts'
import { timelineFigure } from '../../../src/report/html/timeline-figure.ts'
import { hostileText } from '../../support/arbitrary-plan.ts'
import { seededRuns } from '../../support/seeded-runs.ts'
import { drift, drifted, isolation, machine, plan } from '../sample-plan.ts'
import { ACT, ALICE, BAND, HELD, lane, timeline } from '../sample-timeline.ts'
import { faultsOf, shownText } from './page-check.ts'

const RUNS = seededRuns('timeline figure', 60)

/** The rectangles of the only lane: class, x, y, width, height. */
function shapes(over: Partial<TimelineLane>): readonly string[] {
  const { markup } = timelineFigure(timeline(lane(over)), true)
  return [
    ...markup.matchAll(/<rect class="t-([a-z]+)" x="([\d.]+)" y="(\d+)" width="([\d.]+)" height="(\d+)"/g),
  ].map(([, ...parts]) => parts.join(' '))
}

const day = (number: number): string => `2026-11-${String(number).padStart(2, '0')}T00:00:00Z`

describe('a lane of ten days, a thousand units wide', () => {
  test.each<[string, Partial<TimelineLane>, readonly string[]]>([
    ['a hold that still holds runs to the right edge', { holds: [HELD] }, ['impose 200.0 7 800.0 10']],
    ['a hold that ended ends there', { holds: [{ ...HELD, to: day(5) }] }, ['impose 200.0 7 200.0 10']],
    [
      'a hold that began before is drawn from the left edge',
      { holds: [{ ...HELD, from: '2026-10-01T00:00:00Z', to: day(2) }] },
      ['impose 0.0 7 100.0 10'],
    ],
    [
      'a hold too short to see is drawn all the same',
      { holds: [{ ...HELD, to: '2026-11-03T00:00:01Z' }] },
      ['impose 200.0 7 4.0 10'],
    ],
    ['what is declared held is a band behind all', { declared: [BAND] }, ['declared 0.0 0 1000.0 24']],
    [
      'what is declared free is a line at the foot',
      { declared: [{ ...BAND, wants: 'none' }] },
      ['declared 0.0 21 1000.0 3'],
    ],
    [
      'a declaration ends where it expires',
      { declared: [{ ...BAND, until: day(6) }] },
      ['declared 0.0 0 500.0 24'],
    ],
    ['an expired one is not drawn', { declared: [{ ...BAND, until: day(6), expired: true }] }, []],
    ['an action that succeeded is a whole tick', { marks: [ACT] }, ['impose 200.0 0 4.0 24']],
    [
      'one that did not is the lower half',
      { marks: [{ ...ACT, status: 'Failed' }] },
      ['blocked 200.0 12 4.0 12'],
    ],
    [
      'one in flight is the upper half',
      { marks: [{ ...ACT, status: 'Pending', endedAt: null }] },
      ['waiting 200.0 0 4.0 12'],
    ],
    [
      'one of this moment is inside the lane',
      { marks: [{ ...ACT, createdAt: day(11) }] },
      ['impose 996.0 0 4.0 24'],
    ],
    [
      'a lift has the colour of lifts',
      { marks: [{ ...ACT, effect: 'lift', type: 'Unisolate' }] },
      ['lift 200.0 0 4.0 24'],
    ],
  ])('%s', (_rule, over, expected) => {
    expect(shapes(over)).toStrictEqual(expected)
  })

  test('time that stands still is drawn too', () => {
    const still = { ...timeline(lane({ marks: [ACT] })), from: day(3), to: day(3) }
    expect(timelineFigure(still, true).markup).toContain('x="0.0"')
  })
})

describe('the words below', () => {
  test('say what the drawing shows, and its legend only what is there', () => {
    const full = shownText(
      timelineFigure(timeline(lane({ holds: [HELD], marks: [ACT], declared: [BAND] })), true).markup,
    )
    expect(full).toContain('isolated: full from 2026-11-03 by analyst alice@contoso.com, until now')
    expect(full).toContain('isolated, declared: full by contain a.yaml:7')
    expect(full).toContain('2026-11-03 Isolate (full)')
    expect(full).toMatch(/Bar: held\..*Band: declared today.*Tick: an action/s)
    const bare = shownText(timelineFigure(timeline(lane()), true).markup)
    expect(bare).not.toMatch(/Bar:|Band:|Tick:/)
  })

  test('say where the history is too short to know', () => {
    const older = { ...timeline(lane()), wholeLife: false }
    expect(shownText(timelineFigure(older, true).markup)).toContain('Before 2026-05-01 nothing is known')
  })
})

describe('pages', () => {
  const history = new Map([[machine(1).id, timeline(lane({ holds: [HELD] }))]])

  test('a plan has the history below the machine it is of, and below no other', () => {
    const page = renderPlanHtml(plan({ changes: [isolation(1), isolation(2)] }), { timelines: history })
    expect(page.match(/<summary>History<\/summary>/g)).toHaveLength(1)
    expect(renderPlanHtml(plan({ changes: [isolation(1)] }))).not.toContain('<summary>')
  })

  test('drift has it too', () => {
    const document = drifted({ drift: [drift(1)] })
    expect(renderDriftHtml(document, { timelines: history })).toContain('<summary>History</summary>')
    expect(renderDriftHtml(document)).not.toContain('<summary>')
  })

  test('a timeline has a page of its own, with every action in a table', () => {
    const page = renderTimelineHtml(
      timeline(lane({ holds: [HELD], marks: [ACT, { ...ACT, endedAt: null }] })),
    )
    const text = shownText(page)
    expect(text).toContain('Held now: isolated full from 2026-11-03 by analyst alice@contoso.com, until now.')
    expect(text).toContain('a1')
    expect(text.match(/Isolate \(full\)/g)).toHaveLength(2)
    const unnamed = {
      ...timeline(lane({ holds: [{ ...HELD, to: day(4) }] })),
      machine: { ...machine(1), dnsName: null },
    }
    expect(shownText(renderTimelineHtml(unnamed))).toContain('Nothing is held now.')
    expect(renderTimelineHtml(unnamed)).toContain(`<h1>${machine(1).id}</h1>`)
  })

  test('holds no element and no attribute but its own, whatever the texts hold', () => {
    fc.assert(
      fc.property(hostileText, text => {
        const hostile = lane({
          holds: [{ ...HELD, by: [{ ...ALICE, requestor: text }] }],
          marks: [{ ...ACT, type: text, status: text, scope: text }],
          declared: [{ ...BAND, wants: text, policy: { ...BAND.policy, name: text, file: text } }],
        })
        const one = { ...timeline(hostile), machine: { ...machine(1), dnsName: text } }
        expect(faultsOf(renderTimelineHtml(one))).toStrictEqual([])
        const page = renderPlanHtml(plan({ changes: [isolation(1)] }), {
          timelines: new Map([[machine(1).id, one]]),
        })
        expect(faultsOf(page)).toStrictEqual([])
      }),
      RUNS,
    )
  })
})
