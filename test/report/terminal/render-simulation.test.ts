import fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import type { Exposure } from '../../../src/analysis/simulate/exposure.ts'
import type { SimulatedPlan, Simulation } from '../../../src/analysis/simulate/simulate.ts'
import {
  renderSimulation,
  renderSimulationMarkdown,
  SIMULATION_FORMATS,
} from '../../../src/report/terminal/render-simulation.ts'
import { hostileText } from '../../support/arbitrary-plan.ts'
import { seededRuns } from '../../support/seeded-runs.ts'

const RUNS = seededRuns('render simulation', 60)

const SUMMARY = {
  impose: 0,
  change: 0,
  lift: 0,
  run: 0,
  cancel: 0,
  inFlight: 0,
  blocked: 0,
  unchanged: 0,
  assumed: 0,
  renew: 0,
}
const PLAN: SimulatedPlan = {
  planId: `sha256:${'ab'.repeat(32)}`,
  from: '2026-11-01T00:00:00Z',
  to: '2026-11-02T06:00:00Z',
  moments: 2,
  summary: { ...SUMMARY, impose: 2, run: 1 },
  failed: ['maxMachines'],
}
const EXPOSED: Exposure = {
  address: `${'a'.repeat(40)}/isolated`,
  dnsName: 'ws-1.contoso.com',
  from: '2026-11-01T00:00:00Z',
  to: '2026-11-02T06:00:00Z',
  end: 'contained',
  ms: 30 * 3_600_000,
  requestedAt: '2026-11-02T05:59:00Z',
}

function simulation(over: Partial<Simulation> = {}): Simulation {
  return {
    formatVersion: '1.0',
    target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
    readAt: '2026-11-22T18:00:00Z',
    historyFrom: '2026-05-26T18:00:00Z',
    from: '2026-11-01T00:00:00Z',
    to: '2026-11-22T18:00:00Z',
    changePoints: 9,
    moments: 9,
    machines: 2,
    actions: 5,
    plans: [],
    changes: 0,
    requests: {},
    blocked: {},
    guards: [],
    exposure: { contained: 0, open: 0, minMs: null, medianMs: null, maxMs: null },
    exposures: [],
    assumptions: ['Tags are those of today.'],
    ...over,
  }
}

const FULL = simulation({
  moments: 4,
  plans: [PLAN, { ...PLAN, from: PLAN.to, failed: [], summary: { ...SUMMARY, lift: 1 } }],
  changes: 4,
  requests: { Isolate: 2, RunAntiVirusScan: 1, Unisolate: 1 },
  blocked: { 'held-by-other': 1 },
  guards: [{ name: 'maxMachines', limit: 1, actual: 2, from: PLAN.from, to: PLAN.to, moments: 2 }],
  exposure: { contained: 1, open: 1, minMs: EXPOSED.ms, medianMs: EXPOSED.ms, maxMs: EXPOSED.ms },
  exposures: [
    EXPOSED,
    {
      ...EXPOSED,
      dnsName: null,
      end: 'open',
      to: '2026-11-22T18:00:00Z',
      ms: 1_879_200_000,
      requestedAt: null,
    },
  ],
})

test('a simulation for people', () => {
  expect(
    renderSimulation(FULL, { color: false, width: 200 }),
  ).toBe(`2026-11-01 to 2026-11-22 18:00Z: 4 of 9 moments at which something changed, 2 machines that the policies reach, 5 recorded actions.
Plans: 2 different ones, 4 changes: 2 Isolate, 1 RunAntiVirusScan, 1 Unisolate. Blocked at some moment: 1 held-by-other.
Guards: 1 time one would have stopped a plan.
Exposure: 2 times a hold that is asked for was missing; 1 contained, after 1d 6h at least, 1d 6h median, 1d 6h at most; 1 not contained at the end.

Plans that there would have been
  2026-11-01 to 2026-11-02 06:00Z: 2 impose, 1 run; stopped by maxMachines
  2026-11-02 06:00Z: 1 lift

Guards that would have fired
  maxMachines: 2, at most 1, from 2026-11-01 to 2026-11-02 06:00Z

Exposure, the longest first
  ${'a'.repeat(40)} isolated: 21d 18h, 2026-11-01 to 2026-11-22 18:00Z, not contained
  ws-1.contoso.com isolated: 1d 6h, 2026-11-01 to 2026-11-02 06:00Z, contained, requested 2026-11-02 05:59Z

What this rests on
  Tags are those of today.
`)
})

test('nothing found is said, for each', () => {
  const text = renderSimulation(simulation(), { color: false, width: 200 })
  expect(text).toContain(': 9 moments at which')
  expect(text).toContain(
    '\nPlans: none would have changed anything.\nGuards: none would have stopped a plan.\nExposure: none; ',
  )
  expect(text).not.toContain('that there would have been')
})

test('nothing contained has no times', () => {
  const [, open] = FULL.exposures
  const text = renderSimulation(
    simulation({ exposures: [open as Exposure], exposure: { ...simulation().exposure, open: 1 } }),
    { color: false, width: 200 },
  )
  expect(text).toContain('was missing; 0 contained; 1 not contained at the end.')
})

test('changes without anything blocked say nothing of blocks', () => {
  expect(renderSimulation({ ...FULL, blocked: {} }, { color: false, width: 200 })).toContain('1 Unisolate.\n')
})

test('a long list ends with how much more there is', () => {
  const text = renderSimulation(simulation({ plans: Array.from({ length: 23 }, () => PLAN), changes: 1 }), {
    color: false,
    width: 200,
  })
  expect(text).toContain('\n  ... 3 more, all of them in --json\n')
})

test('Markdown has a table for each, and the plans folded', () => {
  const text = renderSimulationMarkdown(FULL)
  expect(text).toMatch(/^<!-- holdfast:simulate -->\n\n### Holdfast simulation\n/)
  expect(text).toContain('#### Guards that would have fired (1)\n')
  expect(text).toContain('| <code>ws-1.contoso.com</code> | <code>isolated</code> | 1d 6h |')
  expect(text).toContain(`| <code>${'a'.repeat(40)}</code> |`)
  expect(text).toContain('<summary>Plans (2)</summary>')
  expect(text).toContain('- Tags are those of today.')
})

test('JSON is the simulation', () => {
  expect(JSON.parse(SIMULATION_FORMATS.json(FULL, { color: false, width: 80 }))).toStrictEqual(FULL)
})

const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b]/

test('hostile names stay inert, and lines stay within the terminal', () => {
  fc.assert(
    fc.property(hostileText, fc.constantFrom(60, 120), (name, width) => {
      const made = { ...FULL, exposures: [{ ...EXPOSED, dnsName: name }], blocked: { [name]: 1 } }
      const text = renderSimulation(made, { color: false, width })
      expect(text).not.toMatch(UNSAFE)
      expect(Math.max(...text.split('\n').map(line => stringWidth(line)))).toBeLessThanOrEqual(width)
      const markdown = renderSimulationMarkdown(made)
      expect(markdown).not.toMatch(UNSAFE)
      expect(
        markdown.replace(/<\/?(?:code|details|summary)>|<!-- (?:holdfast:simulate )?-->/g, ''),
      ).not.toMatch(/[<@]/)
    }),
    RUNS,
  )
})
