import { expect, test } from 'vitest'
import { isCoherent } from '../../../src/plan/document/coherent-change.ts'
import type { Change, PlannedRequest } from '../../../src/plan/document/document.ts'
import { readPlan, sealPlan } from '../../../src/plan/document/plan-file.ts'
import type { ActionType } from '../../../src/posture/methods.ts'
import { actionId, machineId } from '../../support/build-core.ts'
import { change, plan, planMachine } from '../../support/build-plan.ts'

const SHA1 = '87662bc3d60e4200ceaf7aae249d1c343f4b83c9'
const OTHER_SHA1 = '0000000000000000000000000000000000000000'

const post = (type: ActionType, body: object = {}): PlannedRequest => ({
  type,
  body: { Comment: 'INC-1', ...body },
})
const cancel = (number = 1): PlannedRequest => ({
  type: 'Cancel',
  actionId: actionId(number),
  body: { Comment: 'INC-1' },
})
const isolate = (scope = 'Full'): PlannedRequest => post('Isolate', { IsolationType: scope })

/** A change of one run facet of machine 1. */
const run = (facet: Change['facet'], after: string, request: PlannedRequest, key?: string): Change =>
  change({
    facet,
    address: [machineId(1), facet, ...(key === undefined ? [] : [key])].join('/'),
    operations: ['run'],
    before: 'never',
    after,
    reason: 'not-run',
    requests: [request],
  })
const quarantine = (sha1: string, key: string): Change =>
  run('quarantined', 'quarantined', post('StopAndQuarantineFile', { Sha1: sha1 }), key)
const scan = (scope: string, after: string): Change =>
  run('scanned', after, post('RunAntiVirusScan', { ScanType: scope }))

test.each<readonly [string, Change]>([
  ['an isolation', change()],
  ['a weaker isolation', change({ after: 'selective', requests: [isolate('Selective')] })],
  ['a release', change({ operations: ['lift'], after: 'none', requests: [post('Unisolate')] })],
  [
    'a release that goes to a merged record',
    change({
      operations: ['lift'],
      after: 'none',
      requests: [{ ...post('Unisolate'), machineId: machineId(2) } as PlannedRequest],
    }),
  ],
  [
    'another scope',
    change({ operations: ['lift', 'impose'], before: 'selective', requests: [post('Unisolate'), isolate()] }),
  ],
  ['a cancel alone', change({ operations: ['cancel'], after: 'none', requests: [cancel()] })],
  [
    'two cancels before what they stand against',
    change({ operations: ['cancel', 'impose'], requests: [cancel(), cancel(2), isolate()] }),
  ],
  [
    'a restriction',
    change({ facet: 'restricted', after: 'restricted', requests: [post('RestrictCodeExecution')] }),
  ],
  ['a scan', scan('Full', 'full since 2026-11-20')],
  ['a scan that any time satisfies', scan('Quick', 'quick')],
  ['a quarantine of the file in its address', quarantine(SHA1, SHA1)],
  [
    'a live response',
    run(
      'liveResponse',
      'run',
      post('LiveResponse', {
        Commands: [{ type: 'GetFile', params: [{ key: 'Path', value: 'C:\\temp\\a.zip' }] }],
      }),
      'triage',
    ),
  ],
  ['an offboarding', run('offboarded', 'offboarded', post('Offboard'))],
])('%s sends what it says, and its plan is believed', (_rule, honest) => {
  expect(isCoherent(honest)).toBe(true)
  expect(readPlan(JSON.stringify(sealPlan(plan([honest]))))).toHaveProperty('plan')
})

test.each<readonly [string, Change]>([
  [
    'an isolation that goes to another record',
    change({ requests: [{ ...isolate(), machineId: machineId(2) } as PlannedRequest] }),
  ],
  [
    'another machine than that of its address',
    change({ machine: planMachine(2), address: `${machineId(1)}/isolated` }),
  ],
  [
    'a machine whose id only begins like that of its address',
    change({ address: `${machineId(1)}0/isolated` }),
  ],
  ['another facet than that of its address', change({ address: `${machineId(1)}/scanned` })],
  ['a facet that only begins like its own', change({ address: `${machineId(1)}/isolatedness` })],
  ['a request of another facet', change({ requests: [post('Offboard')] })],
  ['a request of another hold', change({ requests: [post('RestrictCodeExecution')] })],
  ['a request against its operation', change({ requests: [post('Unisolate')] })],
  ['an isolation called a release', change({ operations: ['lift'], after: 'none' })],
  ['a request more than it has operations', change({ requests: [isolate(), isolate()] })],
  ['a request less than it has operations', change({ operations: ['lift', 'impose'] })],
  [
    'its last step left out',
    change({ operations: ['lift', 'impose'], before: 'selective', requests: [post('Unisolate')] }),
  ],
  ['a cancel without saying so', change({ requests: [cancel(), isolate()] })],
  ['no cancel where it says so', change({ operations: ['cancel', 'impose'] })],
  ['a cancel in the place of its step', change({ requests: [cancel()] })],
  ['a cancel after its step', change({ operations: ['cancel', 'impose'], requests: [isolate(), cancel()] })],
  [
    'its steps in another order',
    change({ operations: ['lift', 'impose'], requests: [isolate(), post('Unisolate')] }),
  ],
  ['an isolation without a scope', change({ requests: [post('Isolate')] })],
  ['an isolation of another scope', change({ requests: [isolate('Selective')] })],
  ['a key in the place of another', change({ requests: [post('Isolate', { ScanType: 'Full' })] })],
  [
    'a key that its method does not have',
    change({ requests: [post('Isolate', { IsolationType: 'Full', ScanType: 'Full' })] }),
  ],
  ['a weaker scan', scan('Quick', 'full since 2026-11-20')],
  ['a quarantine of another file', quarantine(OTHER_SHA1, SHA1)],
])('%s is no plan to believe, whatever its digests say', (_rule, forged) => {
  expect(isCoherent(forged)).toBe(false)
  expect(readPlan(JSON.stringify(sealPlan(plan([forged]))))).toMatchObject({ code: 'plan-tampered' })
})

test.each<readonly [string, PlannedRequest]>([
  ['an unknown key', post('Isolate', { IsolationType: 'Full', Force: true })],
  ['an unknown scope', isolate('Everything')],
  ['commands that are no list', post('LiveResponse', { Commands: 'RunScript' })],
])('a request with %s is not of the published shape', (_what, request) => {
  const forged = sealPlan(plan([change({ requests: [request] })]))
  expect(readPlan(JSON.stringify(forged))).toMatchObject({ code: 'plan-format' })
})
