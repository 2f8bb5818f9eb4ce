import { expect, test } from 'vitest'
import { groupPosture } from '../../../src/report/documents/group-posture.ts'
import type { MachineDocument } from '../../../src/report/documents/machine-document.ts'
import type { LeaseDocument } from '../../../src/report/documents/status-document.ts'
import type { TenantStatusDocument } from '../../../src/report/documents/tenant-status-document.ts'
import { renderTenantStatus } from '../../../src/report/terminal/render-tenant-status.ts'
import { machineId, ownComment } from '../../support/build-core.ts'
import { machineWith } from '../sample-machines.ts'

const SCREEN = { color: false, width: 80 }
const PIPE = { color: false, width: Number.POSITIVE_INFINITY }

const LEASE: LeaseDocument = {
  id: '0f3a9c51d2b84e67',
  owner: 'process 4711 on soc-jump-1',
  planId: 'sha256:4f1c09abffff',
  runId: 'run-1',
  journal: '/state/tenant',
  created: '2026-11-22T18:00:00Z',
  renewed: '2026-11-22T18:00:20Z',
  expires: '2026-11-22T18:01:20Z',
  state: 'live',
  removed: false,
}

function statusOf(
  machines: readonly MachineDocument[],
  over: Partial<TenantStatusDocument> = {},
  expiries: Readonly<Record<string, string>> = {},
): TenantStatusDocument {
  const { part = null } = over
  return {
    formatVersion: '1.0',
    target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
    readAt: '2026-11-22T18:00:00Z',
    historyFrom: '2026-05-26T18:00:00Z',
    complete: true,
    part,
    ...groupPosture(machines, new Map(Object.entries(expiries)), part !== null),
    freeze: null,
    lease: null,
    ...over,
  }
}

/** Sixty machines, held and acted on by eight hands. */
const SIXTY = Array.from({ length: 60 }, (_, index) => {
  const own = index % 2 === 0
  const action = own
    ? { requestorComment: ownComment() }
    : { requestor: `analyst-with-a-long-name-${index % 7}@contoso.com`, requestSource: 'Portal' }
  const flight = index % 20 === 0 ? [{ ...action, type: 'Unisolate', status: 'Pending' }] : []
  return machineWith(
    { id: machineId(index + 1), computerDnsName: `fin-ws-${index}.contoso.com` },
    action,
    ...flight,
  )
})

test('sixty machines are one screen of 80 columns and 24 lines, which says what it leaves out', () => {
  const freeze = {
    owner: 'anna@contoso.com',
    reason: 'forensics',
    until: '2026-11-23T06:00:00Z',
    renewals: true,
  }
  const text = renderTenantStatus(statusOf(SIXTY, { freeze, lease: LEASE }), SCREEN)
  const lines = text.trimEnd().split('\n')
  expect(lines.length).toBeLessThanOrEqual(24)
  expect(lines.filter(line => line.length > 80)).toStrictEqual([])
  expect(text).toContain('60 isolated, 0 restricted, 3 with actions in flight (read 2026-11-22T18:00:00Z).')
  expect(text).toMatch(/isolated \(full\): 30 machines by Holdfast, policy contain, since/)
  expect(text).toMatch(/fin-ws-0\.contoso\.com, fin-ws-10\.contoso\.com and 28 more\n/)
  expect(text).toMatch(/And \d more groups: `holdfast status NAME`/)
  expect(text).toContain('\nUnisolate Pending: ')
  expect(text).toContain('Frozen by anna@contoso.com until 2026-11-23 06:00Z: forensics. Renewals go on.')
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'process 4711 on soc-jump-1 applies plan 4f1c09ab since 2026-11-22 18:00Z: `holdfast apply --status` says how far it is.',
  )
})

test('a pipe has every group and every name, each group on one line and its names on one', () => {
  const lines = renderTenantStatus(statusOf(SIXTY), PIPE).split('\n')
  expect(lines.filter(line => line.startsWith('isolated (full): '))).toHaveLength(8)
  expect(lines.join(' ').match(/fin-ws-\d+\.contoso\.com/g)).toHaveLength(63)
  expect(lines.join(' ')).not.toContain('more group')
})

test('a part of a name shows all that it finds, those with nothing on them too', () => {
  const machines = [
    machineWith({}, {}),
    machineWith({ id: machineId(2), computerDnsName: 'fin-ws-002.contoso.com' }),
  ]
  expect(renderTenantStatus(statusOf(machines, { part: 'fin-ws' }), PIPE).split('\n')).toStrictEqual([
    '"fin-ws": 1 isolated, 0 restricted, 0 with actions in flight (read 2026-11-22T18:00:00Z).',
    'isolated (full): 1 machine by application Other App, since 2026-11-22 16:01Z, until 2026-11-29 16:01Z',
    '    fin-ws-001.contoso.com',
    'Nothing on 1 machine:',
    '    fin-ws-002.contoso.com',
    'Nothing is frozen.',
    'No apply that is known here holds the lease.',
    'Told from the action history since 2026-05-26 18:00Z.',
    '',
  ])
})

test('a policy that ends says so; times that differ are told by the first; a restriction has no end', () => {
  const own = { requestorComment: ownComment() }
  const other = (index: number) =>
    machineWith(
      { id: machineId(index), computerDnsName: `ws-${index}` },
      {
        type: 'RestrictCodeExecution',
        ...(index === 2 ? { lastUpdateDateTimeUtc: '2026-11-22T17:00:00.0000000Z' as never } : {}),
      },
    )
  const text = renderTenantStatus(
    statusOf([machineWith({}, own), other(2), other(3)], {}, { contain: '2026-12-01T00:00:00Z' }),
    PIPE,
  )
  expect(text).toContain('until its policy expires, 2026-12-01\n')
  expect(text).toMatch(
    /restricted: 2 machines by application Other App, the first since 2026-11-22 \d\d:\d\dZ\n/,
  )
})

test('what is uncertain, a holder that is gone, a lease without a plan, and hostile names are told', () => {
  const evil = machineWith({ computerDnsName: 'a\u202eb' }, { status: 'Pending', requestor: null })
  const unsure = machineWith({ id: machineId(2), computerDnsName: 'c' }, { status: 'Failed' })
  const text = renderTenantStatus(
    statusOf([evil, unsure], { lease: { ...LEASE, planId: null, state: 'dead' } }),
    PIPE,
  )
  expect(text).toContain('Isolate (full) Pending: 1 machine by an unknown requestor, since')
  expect(text).toContain('"a\\u{202e}b"')
  expect(text).toContain('On 1 machine a later action ended without success')
  expect(text).toContain('soc-jump-1 applies since 2026-11-22 18:00Z, and is gone:')
})

test('a freeze without renewals says no more than who, why and until when', () => {
  const freeze = { owner: 'anna', reason: 'x', until: '2026-11-23T06:00:00Z', renewals: false }
  expect(renderTenantStatus(statusOf([], { freeze }), PIPE)).toContain(
    'Frozen by anna until 2026-11-23 06:00Z: x.\n',
  )
})

test('an own action in flight is of Holdfast', () => {
  const flying = machineWith({}, { status: 'Pending', requestorComment: ownComment() })
  expect(renderTenantStatus(statusOf([flying]), PIPE)).toContain(
    'Isolate (full) Pending: 1 machine by Holdfast, since',
  )
})
