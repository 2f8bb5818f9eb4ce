import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import type { Progress, ProgressItem } from '../../src/apply/progress.ts'
import { driftDocument } from '../../src/report/documents/drift-document.ts'
import { serializeDocument } from '../../src/report/documents/serialize-document.ts'
import { renderDriftMarkdown } from '../../src/report/markdown/render-drift-markdown.ts'
import { renderPlanMarkdown } from '../../src/report/markdown/render-plan-markdown.ts'
import { renderResultMarkdown } from '../../src/report/markdown/render-result-markdown.ts'
import { diffPlans } from '../../src/report/terminal/diff-plans.ts'
import { progressLine } from '../../src/report/terminal/progress-line.ts'
import { renderDiagnostics } from '../../src/report/terminal/render-diagnostics.ts'
import { renderDrift } from '../../src/report/terminal/render-drift.ts'
import { renderFailure } from '../../src/report/terminal/render-failure.ts'
import { renderPlan } from '../../src/report/terminal/render-plan.ts'
import { renderProgress } from '../../src/report/terminal/render-progress.ts'
import { renderResult } from '../../src/report/terminal/render-result.ts'
import type { Style } from '../../src/report/terminal/style.ts'
import type { Diagnostic } from '../../src/schema/diagnostic.ts'
import { parseInstant } from '../../src/schema/instant.ts'
import { arbitraryPlan, arbitraryResult, hostileText } from '../support/arbitrary-plan.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const RUNS = seededRuns('hostile text', 40)

/** Anything that a terminal acts on or a reader cannot see, but the newline between our own lines. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
/** A line that a CI runner would take for a command. */
const COMMAND = /^\s*::|##\[|##vso\[|##teamcity\[/im
const SGR = /\u001b\[[\d;]*m/g
const AT = parseInstant('2026-11-22T18:05:00Z') as NonNullable<ReturnType<typeof parseInstant>>

const style: fc.Arbitrary<Style> = fc.record({
  color: fc.constant(false),
  width: fc.integer({ min: 1, max: 160 }),
  unicode: fc.boolean(),
  showAll: fc.boolean(),
  planFile: hostileText,
  showUnchanged: fc.array(
    fc.record({ address: hostileText, dnsName: fc.option(hostileText, { nil: null }), value: hostileText }),
    { maxLength: 2 },
  ),
})

const diagnostic: fc.Arbitrary<Diagnostic> = fc.record({
  severity: fc.constantFrom('error', 'warning', 'info'),
  code: hostileText,
  message: hostileText,
  place: fc.record({ file: hostileText, line: fc.nat(9999), column: fc.integer({ min: 1, max: 5000 }) }),
  sourceLine: hostileText,
  length: fc.integer({ min: 1, max: 50 }),
  related: fc.array(
    fc.record({
      message: hostileText,
      place: fc.record({ file: hostileText, line: fc.nat(99), column: fc.nat(99) }),
    }),
    { maxLength: 1 },
  ),
})

const item: fc.Arbitrary<ProgressItem> = fc.record({
  address: hostileText,
  dnsName: fc.option(hostileText, { nil: null }),
  type: hostileText,
  state: fc.constantFrom('queued', 'sending', 'in-flight', 'ended'),
  status: fc.option(hostileText, { nil: null }),
  outcome: fc.constantFrom('succeeded', 'failed', null),
  submittedAt: fc.constantFrom(AT, null),
})

const progress: fc.Arbitrary<Progress> = fc.record({
  phase: fc.constantFrom('observing', 'submitting', 'awaiting', 'done'),
  now: fc.constant(AT),
  startedAt: fc.constant(AT),
  items: fc.array(item, { maxLength: 30 }),
  deadline: fc.constantFrom(AT, null),
  heldUntil: fc.constantFrom(AT, null),
  submitMsLeft: fc.nat(10_000_000),
})

type Render = (style: Style) => string

/** Documents are drawn once for all that is asked of them: drawing one costs more than printing it. */
const PLANS = fc.sample(arbitraryPlan, RUNS)
const RESULTS = fc.sample(fc.tuple(arbitraryResult, fc.option(arbitraryPlan, { nil: null })), RUNS)
const STYLES = fc.sample(style, RUNS)
const FRAMES = fc.sample(progress, RUNS)

function styleOf(index: number): Style {
  return STYLES[index % STYLES.length] as Style
}

const HUMAN: Readonly<Record<string, readonly Render[]>> = {
  renderPlan: PLANS.map(plan => used => renderPlan(plan, used)),
  renderDrift: PLANS.map(plan => used => renderDrift(driftDocument(plan, null), used)),
  renderResult: RESULTS.map(
    ([result, plan]) =>
      used =>
        renderResult(result, plan, used),
  ),
  renderDiagnostics: fc
    .sample(fc.array(diagnostic, { maxLength: 4 }), RUNS)
    .map(all => used => renderDiagnostics(all, used)),
  renderFailure: fc
    .sample(fc.record({ code: hostileText, message: hostileText, wayOut: hostileText }), RUNS)
    .map(failure => used => renderFailure(failure, used)),
  diffPlans: PLANS.map((a, index) => used => diffPlans(a, PLANS.at(index - 1) ?? a, used)),
  renderProgress: FRAMES.map(frame => used => renderProgress(frame, used)),
}

describe.each(Object.entries(HUMAN))('%s', (_name, rendered) => {
  test('prints nothing that a terminal or a CI log acts on, whatever the texts hold', () => {
    for (const [index, render] of rendered.entries()) {
      const used = styleOf(index)
      const text = render(used)
      expect(text).not.toMatch(UNSAFE)
      expect(text).not.toMatch(COMMAND)
    }
  })

  test('says the same with and without colour', () => {
    for (const [index, render] of rendered.entries()) {
      const used = styleOf(index)
      expect(render({ ...used, color: true }).replace(SGR, '')).toBe(render(used))
    }
  })
})

/** Lines that are part of the contract or get copied: never wrapped. */
const WHOLE =
  /^(?:Plan: |\d+ requests?, about|No changes\.|No drift\.|No conclusion|Drift: |Apply |Nothing |Interrupted |Plan |[-+] plan )/

test.each(['renderPlan', 'renderDrift', 'renderResult', 'renderFailure'])(
  '%s keeps within the width, but for lines that are part of the contract or get copied',
  name => {
    const rendered = HUMAN[name] ?? []
    for (const [index, render] of rendered.entries()) {
      const used = styleOf(index)
      const lines = render(used)
        .split('\n')
        .filter(line => !WHOLE.test(line))
      expect(Math.max(...lines.map(line => stringWidth(line)))).toBeLessThanOrEqual(Math.max(40, used.width))
    }
  },
)

test('a line of progress prints nothing that a CI log acts on', () => {
  for (const [index, next] of FRAMES.entries()) {
    const previous = FRAMES.at(index - 1) ?? next
    const text = [...progressLine(null, next), ...progressLine(previous, next)].join('\n')
    expect(text).not.toMatch(UNSAFE)
    expect(text).not.toMatch(COMMAND)
  }
})

test('a frame fits its rows and its width', () => {
  fc.assert(
    fc.property(
      progress,
      fc.integer({ min: 40, max: 160 }),
      fc.integer({ min: 1, max: 30 }),
      (frame, width, rows) => {
        const lines = renderProgress(frame, { color: false, width, rows }).split('\n')
        expect(lines.length).toBeLessThanOrEqual(rows)
        expect(Math.max(...lines.map(line => stringWidth(line)))).toBeLessThanOrEqual(width)
      },
    ),
    RUNS,
  )
})

const MARKDOWN: Readonly<Record<string, readonly string[]>> = {
  renderPlanMarkdown: PLANS.map(plan => renderPlanMarkdown(plan)),
  renderDriftMarkdown: PLANS.map(plan => renderDriftMarkdown(driftDocument(plan, null))),
  renderResultMarkdown: RESULTS.map(([result, plan]) => renderResultMarkdown(result, plan)),
}

/** The tags, entities and comments that our own Markdown is made of. */
const OURS =
  /<\/?(?:code|details|summary)>|<br>|<!-- (?:holdfast:(?:plan|drift|result) )?-->|&#\d+;|&nbsp;|`[^`@]*`/g

describe.each(Object.entries(MARKDOWN))('%s', (_name, rendered) => {
  test('stays under 60,000 characters and prints nothing hidden, whatever the texts hold', () => {
    for (const text of rendered) {
      expect(text.length).toBeLessThan(60_000)
      expect(text).not.toMatch(UNSAFE)
      expect(text).not.toMatch(COMMAND)
    }
  })

  test('holds no markup, mention, number or link but its own', () => {
    for (const text of rendered) {
      const rest = text.replace(OURS, '')
      expect(rest).not.toMatch(/[<@`[\]]|:\/\/|#\d|&/)
    }
  })

  test('keeps every row of a table in as many cells as its head has', () => {
    for (const text of rendered) {
      for (const table of text.split('\n\n').filter(part => part.startsWith('| '))) {
        const bars = table
          .trimEnd()
          .split('\n')
          .filter(line => line.startsWith('|'))
          .map(line => line.split('|').length)
        expect(new Set(bars).size).toBe(1)
      }
    }
  })
})

test('JSON reads back as the very same value and prints nothing hidden', () => {
  for (const plan of PLANS) {
    const text = serializeDocument(plan)
    expect(text).not.toMatch(UNSAFE)
    expect(text).not.toMatch(COMMAND)
    expect(JSON.parse(text)).toStrictEqual(JSON.parse(JSON.stringify(plan)))
  }
})
