import { describe, expect, test } from 'vitest'
import { DefenderError } from '../../src/defender/defender-error.ts'
import type { DeviceReport } from '../../src/defender/device-report.ts'
import type { HuntingAnswer, HuntingClient } from '../../src/defender/hunting-client.ts'
import { type ReportSource, withReports } from '../../src/defender/with-reports.ts'
import type { Observation } from '../../src/plan/select/observation.ts'
import type { EvidenceSettings } from '../../src/schema/configuration.ts'
import { at, configuration, machine, machineId, observation } from '../support/build-core.ts'
import { rejection } from './clients.ts'

const AT = at('2026-11-20T09:00:00Z')
const LOOK = observation({ scope: 'named', apiCalls: 3, target: { endpoint: 'e', tenantId: 't' } })
const REPORTS: readonly DeviceReport[] = [
  { machineId: machineId(1), at: AT, isolated: true, refuses: null },
  { machineId: machineId(2), at: AT, isolated: null, refuses: ['LiveResponse'] },
]

interface Asked {
  readonly need: unknown
  readonly tenantId: string | null
}

function source(
  read: EvidenceSettings['read'],
  answer: HuntingAnswer | Error,
): ReportSource & { readonly asked: Asked[] } {
  const asked: Asked[] = []
  const client: HuntingClient = {
    async read(need, tenantId) {
      asked.push({ need, tenantId })
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  const settings = configuration()
  return {
    settings: { ...settings, evidence: { ...settings.evidence, read } },
    asked,
    openHunting: async () => client,
  }
}

const read = (over: object = {}): HuntingAnswer => ({
  kind: 'read',
  api: 'graph',
  instead: null,
  reports: REPORTS,
  apiCalls: 2,
  ...over,
})
const CLOSED: HuntingAnswer = { kind: 'closed', reason: 'the token lacks it', apiCalls: 1 }
const FAILED = new DefenderError('throttled', 'The service answered 429.')

function codesOf({ diagnostics = [] }: Observation): readonly string[] {
  return diagnostics.map(({ severity, code }) => `${severity} ${code}`)
}

test('what devices report goes into the look, what cannot be read does not, and the calls are counted', async () => {
  const seen = source('auto', read())
  const look = await withReports(LOOK, seen)
  expect(look).toMatchObject({
    evidence: [{ machineId: machineId(1), at: AT, isolated: true }],
    restrictions: [{ machineId: machineId(2), refuses: ['LiveResponse'] }],
    apiCalls: 5,
    failures: [],
  })
  expect(codesOf(look)).toStrictEqual([])
  expect(seen.asked).toStrictEqual([
    { need: { machineIds: [machineId(1)], ends: [], alsoOthers: false }, tenantId: 't' },
  ])
})

test.each([
  ['it is off', 'off', LOOK],
  ['the look itself failed', 'required', { ...LOOK, failures: [{ code: 'x', message: 'y' }] }],
] as const)('nobody is asked where %s', async (_why, read_, look) => {
  const seen = source(read_, read())
  expect(await withReports(look, seen)).toBe(look)
  expect(seen.asked).toStrictEqual([])
})

test('nobody is asked where no machine was read, and that is no failure', async () => {
  const seen = source('required', read())
  const look = await withReports({ ...LOOK, machines: [] }, seen)
  expect(look).toMatchObject({ evidence: [], restrictions: [], failures: [] })
  expect(seen.asked).toStrictEqual([])
})

test('a device refuses what its latest report says', async () => {
  const reports = [
    { machineId: machineId(1), at: at('2026-11-20'), isolated: false, refuses: null },
    { machineId: machineId(1), at: at('2026-11-18'), isolated: true, refuses: ['LiveResponse'] },
    { machineId: machineId(2), at: at('2026-11-18'), isolated: true, refuses: null },
    { machineId: machineId(2), at: at('2026-11-20'), isolated: false, refuses: [] },
  ] as const
  const look = await withReports(LOOK, source('auto', read({ reports })))
  expect(look.restrictions).toStrictEqual([{ machineId: machineId(2), refuses: [] }])
  expect(look.evidence).toHaveLength(4)
})

test('a report of a record that was merged counts for the one that remains', async () => {
  const machines = [
    machine({ id: machineId(1), mergedIntoMachineId: machineId(9), lastSeen: at('2026-11-01') }),
    machine({ id: machineId(9), firstSeen: at('2026-11-01') }),
  ]
  const look = await withReports({ ...LOOK, machines }, source('auto', read()))
  expect(look.evidence?.map(row => row.machineId)).toStrictEqual([machineId(9)])
})

describe('what nobody lets us ask', () => {
  test('is told where it is read if it may be', async () => {
    const look = await withReports(LOOK, source('auto', CLOSED))
    expect(codesOf(look)).toStrictEqual(['info evidence-closed'])
    expect(look.diagnostics?.[0]?.message).toContain('the token lacks it. Grant')
    expect(look.evidence).toBeUndefined()
    expect(look.evidenceUnread).toBeUndefined()
    expect(look.apiCalls).toBe(4)
  })

  test('is a read that failed where it is required', async () => {
    const look = await withReports(LOOK, source('required', CLOSED))
    expect(look.failures).toMatchObject([
      { code: 'evidence-unread', message: expect.stringContaining('the token lacks it') },
    ])
  })
})

describe('what we may ask and cannot read', () => {
  test('is unread where it is read if it may be', async () => {
    const look = await withReports(LOOK, source('auto', FAILED))
    expect(codesOf(look)).toStrictEqual(['warning evidence-unread'])
    expect(look.evidenceUnread).toContain('The service answered 429. Try again')
    expect(look.failures).toStrictEqual([])
  })

  test('is a read that failed where it is required', async () => {
    const look = await withReports(LOOK, source('required', FAILED))
    expect(look.failures).toMatchObject([{ code: 'evidence-unread' }])
    expect(look.evidenceUnread).toBeUndefined()
  })

  test.each(['tenant-mismatch', 'identity-changed', 'interrupted'] as const)(
    'but %s ends all',
    async code => {
      const ended = withReports(LOOK, source('auto', new DefenderError(code, 'x')))
      expect((await rejection(ended)).code).toBe(code)
    },
  )

  test('and a mistake of ours is none', async () => {
    await expect(withReports(LOOK, source('auto', new TypeError('x')))).rejects.toThrow(TypeError)
  })
})

test.each([
  ['Graph refuses', 'Graph refuses'],
  [null, '`evidence.api` is `defender`'],
])('the old path is warned of, with the reason: %s', async (instead, message) => {
  const earlier = { severity: 'info', code: 'x', message: 'y' } as const
  const look = await withReports(
    { ...LOOK, diagnostics: [earlier] },
    source('auto', read({ api: 'defender', instead })),
  )
  expect(codesOf(look)).toStrictEqual(['info x', 'warning evidence-old-path'])
  expect(look.diagnostics?.[1]?.message).toContain(message)
  expect(look.evidence).toHaveLength(1)
})
