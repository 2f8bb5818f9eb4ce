import { expect, test } from 'vitest'
import type { DoctorDocument } from '../../../src/report/documents/doctor-document.ts'
import { renderDoctor } from '../../../src/report/terminal/render-doctor.ts'

const STYLE = { color: false, width: 200 }
const WELL: DoctorDocument = {
  formatVersion: '1.0',
  toolVersion: '1.2.3',
  healthy: true,
  target: null,
  cloud: 'commercial',
  token: null,
  checks: [{ name: 'clock', status: 'ok', message: 'apart by 0s', wayOut: null }],
  policies: [],
  missing: [],
  commands: [],
  probes: null,
}

test('nothing wrong is one line per check and a verdict', () => {
  expect(renderDoctor(WELL, STYLE)).toBe('ok       clock: apart by 0s\n\nNothing is wrong.\n')
  expect(renderDoctor({ ...WELL, probes: [] }, STYLE)).not.toContain('Probes')
})

test('what is wrong has its way out, and the verdict counts', () => {
  const text = renderDoctor(
    {
      ...WELL,
      healthy: false,
      checks: [
        { name: 'token', status: 'error', message: 'expired\u001b', wayOut: 'Get a new one.' },
        { name: 'reading', status: 'skipped', message: 'no token', wayOut: null },
        { name: 'clock', status: 'warning', message: 'off', wayOut: null },
      ],
    },
    STYLE,
  )
  expect(text).toBe(
    [
      'error    token: expired\\u{1b}',
      '         try: Get a new one.',
      'skipped  reading: no token',
      'warning  clock: off',
      '',
      '1 check found something wrong, 1 warning.',
      '',
    ].join('\n'),
  )
})

test('each policy shows what its plan and its apply need; commands and probes follow', () => {
  const text = renderDoctor(
    {
      ...WELL,
      policies: [
        {
          policy: 'contain',
          file: 'a.yaml',
          line: 3,
          plan: { anyOf: ['Machine.Read.All', 'Machine.ReadWrite.All'], has: true },
          apply: [
            { permission: 'Machine.Isolate', facets: ['isolated'], has: false },
            { permission: 'Machine.Scan', facets: ['scanned'], has: null },
          ],
        },
      ],
      commands: [{ command: 'machines tag', permission: 'Machine.ReadWrite.All', has: false }],
      probes: [
        { method: 'Isolate', permission: 'Machine.Isolate', status: 'missing', message: 'no role' },
        { method: 'Cancel', permission: 'any', status: 'proven', message: null },
      ],
    },
    STYLE,
  )
  expect(text.split('\n').slice(2)).toStrictEqual([
    'contain (a.yaml:3)',
    '  plan   Machine.Read.All or Machine.ReadWrite.All: has it',
    '  apply  Machine.Isolate: MISSING (isolated)',
    '  apply  Machine.Scan: unknown (scanned)',
    '',
    'Beside the policies',
    '  machines tag  Machine.ReadWrite.All: not granted',
    '',
    'Probes',
    '  Isolate  Machine.Isolate: missing, no role',
    '  Cancel   any: proven',
    '',
    'Nothing is wrong.',
    '',
  ])
})
