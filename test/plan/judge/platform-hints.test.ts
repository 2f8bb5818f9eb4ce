import { describe, expect, test } from 'vitest'
import type { Plan } from '../../../src/plan/document/document.ts'
import { isolationHints } from '../../../src/plan/judge/platform-hints.ts'
import type { Machine } from '../../../src/posture/machine.ts'
import {
  action,
  entry,
  isolated,
  machine,
  machineId,
  ownComment,
  PLACE,
  policy,
} from '../../support/build-core.ts'
import { type Given, linesOf, planOf, saidIn } from '../../support/plan-of.ts'

const ALL = [entry({ fields: {}, all: true })]
const OWN = { requestorComment: ownComment() }

function planFor(facts: Partial<Machine>, given: Given = {}): Plan {
  return planOf({ ...given, observed: { machines: [machine(facts)], ...given.observed } })
}

describe('what the documents leave open is warned and sent', () => {
  const old = { osPlatform: 'Windows10', osBuild: 10_240 }

  test('a change on a machine that is too old', () => {
    const plan = planFor(old)
    expect(plan.changes.map(({ warnings }) => warnings.map(({ code }) => code))).toStrictEqual([
      ['may-be-unsupported'],
    ])
    expect(plan.changes[0]?.warnings[0]?.message).toContain(
      'Isolate on Windows10 needs version 1703 or later, and the machine reports build 10240; the request is sent',
    )
    expect(plan.applyable).toBe(true)
  })

  test('the scope counts', () => {
    const between = { osPlatform: 'Windows10', osBuild: 15_063 }
    const selective = planFor(between, { policies: [policy({ state: isolated('selective') })] })
    expect(selective.changes[0]?.warnings).toHaveLength(1)
    expect(planFor(between).changes[0]?.warnings).toHaveLength(0)
  })

  test('a release is not doubted', () => {
    const release = {
      policies: [policy({ state: isolated('none') })],
      observed: { actions: [action(OWN)] },
    }
    expect(linesOf(planFor(old, release))).toStrictEqual(['m1/isolated lift full->none (declared-released)'])
    expect(planFor(old, release).changes[0]?.warnings).toStrictEqual([])
  })

  test('nor is the withdrawal of a release', () => {
    const withdraw = {
      observed: {
        actions: [action(OWN), action({ ...OWN, id: 'x', type: 'Unisolate', status: 'Pending' })],
      },
    }
    const plan = planFor(old, withdraw)
    expect(plan.changes[0]?.operations).toStrictEqual(['cancel'])
    expect(plan.changes[0]?.warnings).toStrictEqual([])
  })

  test('nor what is blocked anyway', () => {
    const plan = planFor({ ...old, onboardingStatus: 'CanBeOnboarded' })
    expect(plan.blocked.map(({ code }) => code)).toStrictEqual(['not-onboarded'])
  })
})

describe('what isolating can do that nobody asked for', () => {
  function tenant(...platforms: readonly string[]): readonly Machine[] {
    return platforms.map((osPlatform, index) =>
      machine({ id: machineId(index + 1), computerDnsName: `m${index + 1}`, osPlatform }),
    )
  }
  const of = (platforms: readonly string[], given: Given = {}): Plan =>
    planOf({
      policies: [policy({ machines: ALL })],
      ...given,
      observed: { machines: tenant(...platforms), ...given.observed },
    })

  test('is said once, with the number of machines', () => {
    const plan = of(['WindowsServer2022', 'WindowsServer2016', 'Ubuntu', 'Windows11'])
    expect(saidIn(plan)).toStrictEqual(['info isolation-hazards'])
    const [{ message } = { message: '' }] = plan.diagnostics
    expect(message).toMatch(/^isolating 2 servers: a Hyper-V host .*; 1 Linux machine: .*iptables/)
    expect(message).toContain('A machine behind a full-tunnel VPN or a web proxy')
    expect(message).toContain('ends an isolation without an action.')
  })

  test.each<readonly [string, Plan]>([
    ['workstations', of(['Windows11', 'macOS'])],
    [
      'servers that are isolated already',
      of(['WindowsServer2022'], { observed: { actions: [action(OWN)] } }),
    ],
    [
      'servers that are released',
      of(['WindowsServer2022'], {
        policies: [policy({ machines: ALL, state: isolated('none') })],
        observed: { actions: [action(OWN)] },
      }),
    ],
    [
      'a blocked isolation',
      of(['WindowsServer2022'], {
        configuration: { protected: [{ match: ALL[0] ?? entry(), allow: [], place: PLACE }] },
      }),
    ],
    [
      'servers whose apps are restricted',
      of(['WindowsServer2022'], {
        policies: [
          policy({
            machines: ALL,
            state: { restricted: { value: 'restricted', place: policy().place } },
          }),
        ],
      }),
    ],
  ])('is not said of %s', (_what, plan) => {
    expect(saidIn(plan)).not.toContain('info isolation-hazards')
  })

  test('nor of servers that are contained from outside', () => {
    const plan = planOf({
      policies: [policy({ state: isolated('unmanaged') })],
      observed: {
        machines: [machine({ osPlatform: 'WindowsServer2022', onboardingStatus: 'CanBeOnboarded' })],
      },
    })
    expect(linesOf(plan)).toStrictEqual(['m1/isolated impose none->unmanaged (not-isolated)'])
    expect(saidIn(plan)).toStrictEqual([])
  })

  test('nor where there is nothing', () => expect(isolationHints([])).toStrictEqual([]))
})
