import { describe, expect, test } from 'vitest'
import type { Plan } from '../../../src/plan/document/document.ts'
import type { Machine } from '../../../src/posture/machine.ts'
import {
  action,
  at,
  entry,
  isolated,
  lasting,
  machine,
  machineId,
  ownComment,
  placed,
  policy,
} from '../../support/build-core.ts'
import { type Given, planOf } from '../../support/plan-of.ts'

const ALL = [entry({ fields: {}, all: true })]
const SILENT = { healthStatus: 'Inactive' }

function planFor(facts: Partial<Machine>, given: Given = {}): Plan {
  return planOf({ ...given, observed: { machines: [machine(facts)], ...given.observed } })
}

function risksOf(facts: Partial<Machine>, given: Given = {}): readonly string[] {
  return (planFor(facts, given).risks ?? []).map(({ kind, machines }) => `${kind} ${machines.length}`)
}

describe('which machines', () => {
  test.each<readonly [rule: string, facts: Partial<Machine>, risks: readonly string[]]>([
    ['a workstation is no risk', {}, []],
    ['a Windows Server is a server', { osPlatform: 'WindowsServer2022' }, ['server 1']],
    ['an older one too', { osPlatform: 'WindowsServer2016' }, ['server 1']],
    ['of Linux nobody knows', { osPlatform: 'Linux' }, []],
    ['a machine of high value', { deviceValue: 'High' }, ['high-value 1']],
    ['whatever the case', { deviceValue: 'high' }, ['high-value 1']],
    ['a machine that nobody valued is not', { deviceValue: null }, []],
    ['a machine that is not there will not be contained now', SILENT, ['offline 1']],
    ['one that has been silent neither', { lastSeen: at('2026-11-20') }, ['offline 1']],
    [
      'one machine can be several',
      { osPlatform: 'WindowsServer2019', deviceValue: 'High', ...SILENT },
      ['server 1', 'high-value 1', 'offline 1'],
    ],
  ])('%s', (_rule, facts, risks) => expect(risksOf(facts)).toStrictEqual(risks))

  test('those of the configuration come first, by their name and in its order', () => {
    const risks = [
      { name: 'hosts', match: entry({ fields: { tag: ['host'] } }) },
      { name: 'domain controllers', match: entry({ fields: { tag: ['dc'] } }) },
      { name: 'nobody', match: entry({ fields: { tag: ['none'] } }) },
    ]
    const plan = planFor({ machineTags: ['DC', 'Host'], deviceValue: 'High' }, { configuration: { risks } })
    expect(plan.risks?.map(({ name }) => name)).toStrictEqual([
      'hosts',
      'domain controllers',
      'machines of high value',
    ])
  })
})

describe('which changes', () => {
  const server = { osPlatform: 'WindowsServer2022' }
  const since = at('2026-11-01')
  const own = action({ requestorComment: ownComment() })

  test.each<readonly [rule: string, given: Given, risks: readonly string[]]>([
    ['a hold', {}, ['server 1']],
    [
      'two holds of one machine count it once',
      { policies: [policy({ state: { ...isolated('full'), restricted: placed('restricted' as const) } })] },
      ['server 1'],
    ],
    ['a scan is none', { policies: [policy({ state: { scanned: placed({ scan: 'quick', since }) } })] }, []],
    [
      'a release is none',
      { policies: [policy({ state: isolated('none') })], observed: { actions: [own] } },
      [],
    ],
    [
      'a quarantine',
      {
        policies: [policy({ state: { quarantined: [{ sha1: 'a'.repeat(40), place: policy().place }] } })],
        configuration: {
          allow: { quarantined: true, liveResponse: false, offboarded: false, scopeChange: false },
        },
      },
      ['server 1'],
    ],
    [
      'what is blocked is none',
      {
        configuration: {
          protected: [
            {
              match: entry({ fields: { osPlatform: ['WindowsServer2022'] } }),
              allow: [],
              place: policy().place,
            },
          ],
        },
      },
      [],
    ],
    ['what holds already is none', { observed: { actions: [own] } }, []],
  ])('%s', (_rule, given, risks) => {
    const machines = [machine(server)]
    expect(risksOf(server, { ...given, observed: { ...given.observed, machines } })).toStrictEqual(risks)
  })
})

describe('a machine that is not there', () => {
  const pending = action({ status: 'Pending', requestorComment: ownComment() })

  test('is named for a hold on its way to it as well', () => {
    expect(risksOf(SILENT, { observed: { machines: [machine(SILENT)], actions: [pending] } })).toStrictEqual([
      'offline 1',
    ])
  })

  test('is not named for a release, on its way or planned', () => {
    const release = { policies: [policy({ state: isolated('none') })] }
    const held = action({ requestorComment: ownComment() })
    expect(risksOf(SILENT, { ...release, observed: { actions: [held] } })).toStrictEqual([])
    const lifting = action({ id: 'x', type: 'Unisolate', status: 'Pending', requestorComment: ownComment() })
    expect(risksOf(SILENT, { ...release, observed: { actions: [held, lifting] } })).toStrictEqual([])
  })

  test('is not named for a scan', () => {
    const scan = policy({ state: { scanned: placed({ scan: 'quick', within: lasting('7d') }) } })
    expect(risksOf({ lastSeen: at('2026-11-20') }, { policies: [scan] })).toStrictEqual([])
  })
})

test('a plan names every machine once, sorted by id, and none leaves no trace in it', () => {
  const server = { osPlatform: 'WindowsServer2022' }
  const machines = [machine({ ...server, id: machineId(2), computerDnsName: null }), machine(server)]
  const plan = planOf({ policies: [policy({ machines: ALL })], observed: { machines } })
  expect(plan.risks).toStrictEqual([
    {
      kind: 'server',
      name: 'servers',
      evidence: '`osPlatform` is a Windows Server; of Linux the service does not say',
      machines: [
        { id: machineId(1), dnsName: 'fin-ws-001.contoso.com' },
        { id: machineId(2), dnsName: null },
      ],
    },
  ])
  expect(planOf()).not.toHaveProperty('risks')
})

test('risks are not part of the id: a machine that becomes valuable does not void an approval', () => {
  expect(planFor({ deviceValue: 'High' }).planId).toBe(planFor({}).planId)
})
