import { describe, expect, test } from 'vitest'
import { createPlan } from '../../src/plan/assemble/create-plan.ts'
import type { Plan } from '../../src/plan/document/document.ts'
import type { PlanInput } from '../../src/plan/select/plan-input.ts'
import { isConverged } from '../../src/report/words/plan-verdict.ts'
import type { Configuration } from '../../src/schema/configuration.ts'
import { addMs, type Instant, parseInstant } from '../../src/schema/instant.ts'
import { at, configuration, entry, machine, policy } from '../support/build-core.ts'
import { DAY, type Device, type Fate, LapsingTenant } from '../support/lapsing-devices.ts'
import { inputOf } from '../support/plan-of.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const LOOK_MS = 5 * MINUTE
const START = at('2026-11-01T00:00:00Z')
const SETTLE_MS = 2 * HOUR

const RUNS = seededRuns('a fleet whose isolations end by themselves', 1)
/** In a nightly run a thousand machines for a month. */
const [MACHINES, DAYS] = RUNS.numRuns > 1000 ? [1000, 30] : [50, 9]

/** Numbers from 0 to below 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed + 1
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

interface Scene {
  readonly effect?: Partial<Configuration['effects']['isolated']>
  readonly hasEvidence: boolean
  fate(random: () => number, index: number): Fate
}

interface Seen {
  readonly tenant: LapsingTenant
  /** Looks that said that all is well while a machine was free that nobody had released. */
  readonly silences: readonly string[]
}

/** What makes a machine that is free the planner's business: its time is over, or its device has said so. */
function isKnowable(
  device: Device,
  now: Instant,
  hasEvidence: boolean,
  effectMs: number,
  tenant: LapsingTenant,
): boolean {
  const { freeSince, id } = device
  if (freeSince === null) return false
  const last = tenant.lastIsolated.get(id)
  if (last === undefined || addMs(last, effectMs) <= now) return true
  // A report is half an hour old, and speaks of an action only two hours after its end.
  const reportedAt = addMs(now, -HOUR / 2)
  if (!hasEvidence || !tenant.isOnline(device, reportedAt, START)) return false
  return reportedAt >= freeSince && reportedAt > addMs(last, SETTLE_MS)
}

/** Looks every five minutes; where neither the history has moved nor a clock spoken, the plan is the one of before. */
function watch({ effect = {}, hasEvidence, fate }: Scene): Seen {
  const random = randomOf(RUNS.seed)
  const fates = Array.from({ length: MACHINES }, (_, index) => fate(random, index))
  const tenant = new LapsingTenant(fates, START)
  const isolated = { ...configuration().effects.isolated, ...effect }
  const base = inputOf({
    policies: [policy({ machines: [entry({ fields: {}, all: true })] })],
    configuration: { effects: { isolated } },
  })
  const silences: string[] = []
  let [version, due, plan]: [number, Instant, Plan | undefined] = [-1, START, undefined]
  for (let now = START; now <= addMs(START, DAYS * DAY); now = addMs(now, LOOK_MS)) {
    tenant.advance(now, START)
    const isHourly = hasEvidence && now.endsWith(':00:00.0000000Z')
    if (tenant.version === version && now < due && !isHourly && plan !== undefined) continue
    const evidence = hasEvidence ? { evidence: tenant.evidence(now, START) } : {}
    plan = lookAt(base, tenant, now, evidence)
    version = tenant.version
    due = parseInstant(plan.nextLookAt ?? '') ?? addMs(START, 1000 * DAY)
    for (const device of tenant.devices) {
      if (
        device.freedByScriptAt !== null &&
        plan.drift.some(one => one.kind === 'lost' && one.machine.id === device.id)
      )
        tenant.reported.add(device.id)
      const isFree = isKnowable(device, now, hasEvidence, isolated.lasts?.ms ?? 0, tenant)
      const isTold = [...plan.changes, ...plan.blocked, ...plan.inFlight].some(
        one => one.machine?.id === device.id,
      )
      if (isFree && (!isTold || isConverged(plan))) silences.push(`${device.id} at ${now}`)
      const drifts = plan.drift.some(one => one.machine.id === device.id)
      const isOnItsWay = plan.inFlight.some(one => one.machine.id === device.id)
      if (isFree && !drifts && !isOnItsWay) silences.push(`no drift of ${device.id} at ${now}`)
    }
    tenant.apply(plan, now)
  }
  return { tenant, silences }
}

function lookAt(base: PlanInput, tenant: LapsingTenant, now: Instant, evidence: object): Plan {
  const machines = tenant.devices.map(({ id }) =>
    machine({ id, computerDnsName: `${id.slice(-4)}.contoso.com`, lastSeen: now }),
  )
  return createPlan({
    ...base,
    now,
    observation: { ...base.observation, readAt: now, machines, actions: [...tenant.actions], ...evidence },
  })
}

/** One lapse after the other, and nothing else. */
const plain = (mode: Fate['mode'], sweepMs = 0): Scene => ({
  hasEvidence: false,
  fate: () => ({ mode, sweepMs }),
})

describe('where the service ends each isolation after seven days', () => {
  test.each(['system', 'nobody', 'silent'] as const)(
    'and leaves what %s leaves, exposure is at most a look and the sending, with one isolation a lapse',
    mode => {
      const { tenant, silences } = watch(plain(mode))
      expect([tenant.wrongs, silences, tenant.early]).toStrictEqual([[], [], []])
      const lapses = Math.floor(DAYS / 7)
      expect(tenant.exposures).toHaveLength(MACHINES * lapses)
      expect(Math.max(...tenant.exposures.map(({ ms }) => ms))).toBeLessThanOrEqual(LOOK_MS + MINUTE)
      const sent = tenant.actions.filter(({ type }) => type === 'Isolate')
      expect(sent).toHaveLength(MACHINES * (1 + lapses))
    },
  )

  test('and sweeps late, what is sent too early is counted, and what it writes is followed by one more', () => {
    const { tenant, silences } = watch(plain('system', 40 * MINUTE))
    expect([tenant.wrongs, silences]).toStrictEqual([[], []])
    expect(tenant.early).toHaveLength(MACHINES)
    expect(tenant.devices.every(({ freeSince }) => freeSince === null)).toBe(true)
    expect(Math.max(...tenant.exposures.map(({ ms }) => ms))).toBeLessThanOrEqual(LOOK_MS + MINUTE)
  })
})

/** Whatever can happen to a device, each with some chance of its own. */
function anything(random: () => number): Fate {
  const modes = ['system', 'nobody', 'silent'] as const
  const sometimes = (share: number, spanMs = DAYS * DAY): number | undefined =>
    random() < share ? Math.floor((random() * spanMs) / MINUTE) * MINUTE : undefined
  const optional = (key: keyof Fate, value: number | undefined) =>
    value === undefined ? {} : { [key]: value }
  const offlineFrom = sometimes(0.2)
  return {
    mode: modes[Math.floor(random() * 3)] as Fate['mode'],
    sweepMs: random() < 0.3 ? Math.floor(random() * 40) * MINUTE : 0,
    releasedBy: (['person', 'portal', 'playbook'] as const)[Math.floor(random() * 3)] ?? 'person',
    ...optional('releasedAfter', sometimes(0.3)),
    // Right at the end is when a release is most easily taken for the service's.
    ...(random() < 0.2 ? { releasedAfter: 7 * DAY + Math.floor((random() - 0.5) * 120) * MINUTE } : {}),
    ...optional('isolatedAgainAfter', sometimes(0.3)),
    ...optional('scriptAfter', sometimes(0.1)),
    ...optional('offboardedAfter', sometimes(0.05)),
    ...(offlineFrom === undefined
      ? {}
      : { offlineFrom, offlineTo: offlineFrom + Math.floor(random() * 40) * HOUR }),
  }
}

describe('whatever happens beside it', () => {
  test.each([
    ['without evidence', { hasEvidence: false }],
    ['with evidence that lags', { hasEvidence: true }],
    ['with `extends` wrong', { hasEvidence: false, effect: { extends: true } }],
    ['with `extends` wrong and evidence', { hasEvidence: true, effect: { extends: true } }],
  ])(
    '%s no look says that all is well, and nobody is isolated again whom somebody released',
    (_name, more) => {
      const { tenant, silences } = watch({ ...more, fate: anything })
      expect([tenant.wrongs, silences]).toStrictEqual([[], []])
      // Too early is sent only where the service is late, or where what holds is not what the history tells.
      const early = new Set(tenant.early.map(text => text.split(' ')[0]))
      const unexcused = tenant.devices.filter(
        ({ id, fate: { sweepMs, isolatedAgainAfter, scriptAfter, offlineFrom } }) => {
          const isExcused =
            sweepMs > 0 || [isolatedAgainAfter, scriptAfter, offlineFrom].some(time => time !== undefined)
          return early.has(id) && !isExcused
        },
      )
      expect(unexcused.map(({ id }) => id)).toStrictEqual([])
    },
  )
})
