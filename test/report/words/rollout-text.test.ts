import { describe, expect, test } from 'vitest'
import type { PlannedRollout } from '../../../src/plan/document/document.ts'
import { renderPlanHtml } from '../../../src/report/html/render-plan-html.ts'
import { renderResultHtml } from '../../../src/report/html/render-result-html.ts'
import { renderPlanMarkdown } from '../../../src/report/markdown/render-plan-markdown.ts'
import { renderResultMarkdown } from '../../../src/report/markdown/render-result-markdown.ts'
import { progressLine } from '../../../src/report/terminal/progress-line.ts'
import { renderPlan } from '../../../src/report/terminal/render-plan.ts'
import { renderProgress } from '../../../src/report/terminal/render-progress.ts'
import { renderResult } from '../../../src/report/terminal/render-result.ts'
import { resultLine, resumeHint } from '../../../src/report/words/result-summary.ts'
import { isStoppedByWave, rolloutSentence, waveLines } from '../../../src/report/words/rollout-text.ts'
import { plan } from '../sample-plan.ts'
import { ENDED, progress, progressItem, SENT } from '../sample-progress.ts'
import { outcome, result } from '../sample-result.ts'

const STYLE = { color: false, width: 100 }
const BOTH = { failed: '20%', silent: '20%' }
const SENTENCE = 'In 3 waves: 1, 12, 107 machines; stops when 20% of a wave fail or fall silent.'
const ROLLOUT: PlannedRollout = { waves: [1, 12, 107], stopWhen: BOTH }

describe('the sentence about the waves of a plan', () => {
  test.each<readonly [string, PlannedRollout | undefined, string]>([
    ['is empty without waves', undefined, ''],
    ['names the sizes and the one limit of both rules', ROLLOUT, SENTENCE],
    [
      'names two limits',
      { waves: [1, 2], stopWhen: { failed: '3', silent: '20%' } },
      'In 2 waves: 1, 2 machines; stops when 3 machines of a wave fail or 20% of a wave fall silent.',
    ],
    [
      'names one rule alone',
      { waves: [1, 2], stopWhen: { failed: '1' } },
      'In 2 waves: 1, 2 machines; stops when 1 machine of a wave fail.',
    ],
    [
      'names the other rule alone',
      { waves: [1, 2], stopWhen: { silent: '5%' } },
      'In 2 waves: 1, 2 machines; stops when 5% of a wave fall silent.',
    ],
    [
      'says that nothing stops it',
      { waves: [120], stopWhen: {} },
      'All 120 machines at once; nothing stops it.',
    ],
    [
      'knows one wave with a rule',
      { waves: [120], stopWhen: { failed: '20%' } },
      'All 120 machines at once; stops when 20% of a wave fail.',
    ],
  ])('%s', (_rule, rollout, want) => {
    expect(rolloutSentence(rollout === undefined ? {} : { rollout })).toBe(want)
  })

  test.each([
    ['people', renderPlan(plan({ rollout: ROLLOUT }), STYLE)],
    ['Markdown', renderPlanMarkdown(plan({ rollout: ROLLOUT }))],
    ['a page', renderPlanHtml(plan({ rollout: ROLLOUT }))],
  ])('stands in the plan for %s', (_who, text) => expect(text).toContain(SENTENCE))
})

const wave = (
  machines: number,
  state: 'ended' | 'stopped' | 'open' | 'not-started',
  failed = 0,
  silent = 0,
) => ({ machines, state, failed, silent })
const STOPPED = result([outcome(1, { outcome: 'failed' }), outcome(2, { outcome: 'not-attempted' })], {
  exit: { code: 5, name: 'partial' },
  rollout: { waves: [wave(1, 'stopped', 1), wave(12, 'not-started')], stopWhen: BOTH },
})

describe('the lines about the waves of a result', () => {
  test('say how each wave went', () => {
    const waves = [wave(1, 'ended'), wave(3, 'ended', 1, 2), wave(12, 'open'), wave(9, 'not-started')]
    expect(waveLines(result([], { rollout: { waves, stopWhen: BOTH } }))).toStrictEqual([
      'Wave 1 of 4 (1 machine): ended.',
      'Wave 2 of 4 (3 machines): ended, 1 failed, 2 fell silent.',
      'Wave 3 of 4 (12 machines): had not ended when the run did.',
      'Wave 4 of 4 (9 machines): not started.',
    ])
    expect(waveLines(STOPPED)[0]).toBe('Wave 1 of 2 (1 machine): stopped the apply, 1 failed.')
  })

  test('are none without waves', () => expect(waveLines(result([]))).toStrictEqual([]))

  test('say which waves were skipped, and why', () => {
    expect(waveLines(result([], { skippedWaves: [1, 3], reason: 'INC-1' }))).toStrictEqual([
      'Waves skipped with --no-waves: 1, 3 machines, and the stop rules (INC-1).',
    ])
    expect(waveLines(result([], { skippedWaves: [1] }))[0]).toContain('and the stop rules.')
  })

  test.each([
    ['people', renderResult(STOPPED, null, STYLE)],
    ['Markdown', renderResultMarkdown(STOPPED, null).replaceAll('&#40;', '(').replaceAll('&#41;', ')')],
    ['a page', renderResultHtml(STOPPED, null)],
  ])('stand in the result for %s', (_who, text) => {
    expect(text).toContain('Wave 1 of 2 (1 machine): stopped the apply, 1 failed.')
    expect(text).toContain('Wave 2 of 2 (12 machines): not started.')
  })

  test('what a reason says is escaped', () => {
    const hostile = result([], { skippedWaves: [1], reason: '\u001b[2J<b>' })
    expect(renderResult(hostile, null, STYLE)).not.toContain('\u001b')
    expect(renderResultHtml(hostile, null)).not.toContain('<b>')
  })
})

describe('a stop rule', () => {
  test('is not a complete apply, and not to be met by the same command again', () => {
    expect(isStoppedByWave(STOPPED)).toBe(true)
    expect(isStoppedByWave(result([]))).toBe(false)
    expect(resultLine(STOPPED)).toBe('Apply stopped by a stop rule: 1 failed, 1 not-attempted.')
    expect(resumeHint(STOPPED)).toContain('A stop rule ended this')
  })

  test('that others came before does not hide them', () => {
    expect(resultLine({ ...STOPPED, exit: { code: 1, name: 'error' } })).toMatch(/^Apply stopped by an error/)
  })
})

describe('the wave that is open', () => {
  const frame = (number: number, phase: 'submitting' | 'done' = 'submitting') =>
    progress([progressItem(1, SENT), progressItem(2, ENDED)], {
      phase,
      wave: { number, of: 3, machines: 12 },
    })

  test('leads the frame', () => {
    expect(renderProgress(frame(2), STYLE).split('\n')[0]).toBe(
      'Wave 2 of 3 (12 machines): Submitting: 1 in flight; 1 succeeded',
    )
    expect(renderProgress(frame(3, 'done'), STYLE)).toMatch(/^Ended: /)
  })

  test('is told in a line where it begins', () => {
    expect(progressLine(null, frame(1))[0]).toBe('2026-11-22T18:05:00Z Wave 1 of 3 (12 machines) begins')
    expect(progressLine(frame(1), frame(2))).toStrictEqual([
      '2026-11-22T18:05:00Z Wave 2 of 3 (12 machines) begins',
    ])
    expect(progressLine(frame(2), frame(2))).toStrictEqual([])
  })
})
