import { describe, expect, test } from 'vitest'
import type {
  LeaseDocument,
  RunDocument,
  StatusDocument,
} from '../../../src/report/documents/status-document.ts'
import { renderStatus } from '../../../src/report/terminal/render-status.ts'

const STYLE = { color: false, width: 200 }

const LEASE: LeaseDocument = {
  id: '0f3a9c51d2b84e67',
  owner: 'process 4711 on soc-jump-1',
  planId: 'sha256:4f1c09ab',
  runId: 'run-1',
  journal: '/state/tenant',
  created: '2026-11-22T18:00:00.5Z',
  renewed: '2026-11-22T18:00:20Z',
  expires: '2026-11-22T18:01:20Z',
  state: 'live',
  removed: false,
}

const RUN: RunDocument = {
  runId: 'run-1',
  planId: 'sha256:4f1c09abffff',
  owner: 'process 4711 on soc-jump-1',
  state: 'submitting',
  startedAt: '2026-11-22T18:00:00.25Z',
  lastEventAt: '2026-11-22T18:00:19Z',
  exit: null,
  counts: {
    planned: 9,
    submitted: 5,
    queued: 3,
    sending: 1,
    inFlight: 2,
    ended: { succeeded: 2, failed: 1 },
  },
  heldUntil: null,
  wave: null,
  items: [],
  journal: '/state/tenant/a.jsonl',
  resume: null,
}

function shown(over: Partial<StatusDocument>): string {
  return renderStatus(
    {
      formatVersion: '1.0',
      target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
      readAt: '2026-11-22T18:00:25Z',
      folder: '/state/tenant',
      lease: null,
      unfinished: [],
      finished: [],
      unreadable: [],
      ...over,
    },
    STYLE,
  )
}

test('nothing at all is said in so many words, with when and where was looked', () => {
  expect(shown({})).toBe(
    `${[
      'Nobody holds the lease.',
      'No run is unfinished.',
      "Read 2026-11-22T18:00:25Z from /state/tenant, this host's own; what another host does shows in its own folder alone.",
    ].join('\n\n')}\n`,
  )
})

test('the lease is told with holder, run, plan and times to the second', () => {
  expect(shown({ lease: LEASE }).split('\n').slice(0, 7)).toStrictEqual([
    'Lease 0f3a9c51d2b84e67',
    '  holder    process 4711 on soc-jump-1',
    '  run       run-1',
    '  plan      sha256:4f1c09ab',
    '  created   2026-11-22 18:00:00Z',
    '  renewed   2026-11-22 18:00:20Z',
    '  expires   2026-11-22 18:01:20Z unless renewed',
  ])
})

test.each([
  ['whose owner is gone says so', { state: 'dead' }, 'its owner is gone; the next apply takes it over'],
  ['that was removed says so', { removed: true }, 'removed, free once it expires'],
  ['of another version says what it does not tell', { runId: null, planId: null }, 'run       not told'],
] as const)('a lease %s', (_rule, over, says) => {
  expect(shown({ lease: { ...LEASE, ...over } })).toContain(says)
})

test('a run is told with its state, process, times, journal and counts', () => {
  expect(
    shown({ lease: LEASE, unfinished: [RUN] })
      .split('\n')
      .slice(8, 13),
  ).toStrictEqual([
    '= plan 4f1c09ab: submitting, holds the lease',
    '    run     run-1, process 4711 on soc-jump-1',
    '    began   2026-11-22 18:00:00Z, last entry 2026-11-22 18:00:19Z',
    '    journal /state/tenant/a.jsonl',
    '    9 planned, 5 submitted; 3 not sent, 1 without an answer, 2 in flight; 2 succeeded, 1 failed.',
  ])
})

describe('a run that', () => {
  test.each([
    [
      'only awaits has given the lease back',
      { state: 'awaiting' },
      '= plan 4f1c09ab: running without the lease',
    ],
    ['is gone is marked', { state: 'gone' }, '! plan 4f1c09ab: its process is gone'],
    ['cannot be seen from here is marked', { state: 'unknown', owner: null }, '! plan 4f1c09ab: not ended;'],
    [
      'ended with something open tells its exit',
      { state: 'ended', exit: { code: 6, name: 'pending' } },
      'left something open (exit 6 pending)',
    ],
    [
      'waits for quota says until when',
      { heldUntil: '2026-11-22T18:01:00.5Z' },
      'back until 2026-11-22 18:01:00Z.',
    ],
    [
      'goes in waves names the one that is open',
      { wave: { number: 2, of: 3, machines: 12, stopped: false } },
      'Wave 2 of 3 (12 machines).',
    ],
    [
      'a stop rule ended says so',
      { wave: { number: 1, of: 3, machines: 1, stopped: true } },
      'Wave 1 of 3 (1 machine); a stop rule ended it.',
    ],
    [
      'can be resumed names the command',
      { resume: 'holdfast apply --resume 4f1c09ab' },
      '--resume 4f1c09ab\n',
    ],
  ] as const)('%s', (_rule, over, says) => {
    expect(shown({ unfinished: [{ ...RUN, ...over }] })).toContain(says)
  })
})

test('without a lease and with a run that only awaits, that is the reason given', () => {
  const text = shown({ unfinished: [{ ...RUN, state: 'awaiting' }] })
  expect(text).toContain('Nobody holds the lease; a run that only awaits has given it back.')
})

test('machines stand by name, what went wrong first, then what has no answer, is in flight and was not sent', () => {
  const items = ['queued', 'in-flight', 'sending', 'failed'].map((state, index) => ({
    address: `m${index}/isolated`,
    dnsName: index === 0 ? null : `ws-${index}`,
    state,
  }))
  const lines = shown({ unfinished: [{ ...RUN, items }] }).split('\n')
  expect(lines.slice(7, 11)).toStrictEqual([
    '    ! ws-3 isolated: failed',
    '    = ws-2 isolated: sent, no answer written down',
    '    = ws-1 isolated: in flight',
    '    = m0 isolated: not sent',
  ])
})

test('of many machines twenty are named and the rest is counted', () => {
  const items = Array.from({ length: 23 }, (_, index) => ({
    address: `m${index}/isolated`,
    dnsName: `ws-${index}`,
    state: 'in-flight',
  }))
  const text = shown({ unfinished: [{ ...RUN, items }] })
  expect(text.match(/in flight\n/g)).toHaveLength(20)
  expect(text).toContain('    and 3 more; --json has all')
})

test('runs that ended have a line each; one that a later run went on with says so', () => {
  const ended = { ...RUN, state: 'ended', exit: { code: 5, name: 'partial' } } as const
  const text = shown({ finished: [ended, { ...RUN, state: 'gone' }] })
  expect(text).toContain('The last 2 runs that ended:\n')
  expect(text).toContain('  2026-11-22 18:00:19Z  plan 4f1c09ab  exit 5 partial  2 succeeded, 1 failed\n')
  expect(text).toContain(
    '  2026-11-22 18:00:19Z  plan 4f1c09ab  went on in a later run  2 succeeded, 1 failed\n',
  )
})

test('a run that a signal ended is told without a code: the journal does not know which signal it was', () => {
  const exit = { code: 128, name: 'signal' } as const
  expect(shown({ unfinished: [{ ...RUN, state: 'ended', exit }] })).toMatch(/ \(by a signal\)/)
  expect(shown({ unfinished: [{ ...RUN, state: 'ended', exit }] })).not.toContain('128')
})

test('a journal that cannot be read is named', () => {
  const unreadable = [{ journal: '/state/tenant/a.jsonl', message: 'is not an entry.' }]
  expect(shown({ unreadable })).toContain('! /state/tenant/a.jsonl: is not an entry.\n')
})

test('what a machine is called drives no terminal', () => {
  const items = [{ address: 'm/isolated', dnsName: 'ws\u001b[2J', state: 'failed' }]
  expect(shown({ unfinished: [{ ...RUN, items }] })).toContain('"ws\\u{1b}[2J"')
})
