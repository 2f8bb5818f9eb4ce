import { expect, test } from 'vitest'
import type { Machine } from '../../../src/posture/machine.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { actionDocument } from '../../../src/report/documents/action-document.ts'
import { renderMachineDetails } from '../../../src/report/terminal/render-machine-details.ts'
import { renderMachines } from '../../../src/report/terminal/render-machines.ts'
import { postureSpans } from '../../../src/report/words/posture-words.ts'
import { action, at, machineId, ownComment } from '../../support/build-core.ts'
import { machinesDocument, machineWith } from '../sample-machines.ts'

const STYLE = { color: false, width: 400 }
const T = at('2026-11-22T16:00:00Z')

function words(over: Partial<Machine> | string, ...actions: readonly Partial<MachineAction>[]): string {
  return postureSpans(machineWith(over, ...actions))
    .map(({ text }) => text)
    .join('')
}

test.each<[string, Partial<Machine> | string, readonly Partial<MachineAction>[], string]>([
  ['nothing to say', {}, [], '-'],
  [
    'isolated by an application',
    {},
    [{}],
    'isolated (full) since 2026-11-22 16:01Z, by application Other App, until 2026-11-29 16:01Z',
  ],
  [
    'ended by itself',
    {},
    [{ creationDateTimeUtc: at('2026-11-01T00:00:00Z') }],
    'not isolated since 2026-11-08: it ended by itself',
  ],
  [
    'isolated by us, under a policy',
    {},
    [{ requestorComment: ownComment(), scope: 'Selective', creationDateTimeUtc: T }],
    'isolated (selective) since 2026-11-22 16:00Z, by Holdfast, policy contain, until 2026-11-29 16:00Z',
  ],
  [
    'by several',
    {},
    [
      { requestorComment: ownComment(), creationDateTimeUtc: T },
      { requestor: 'maria@contoso.com', requestSource: 'Portal' },
      { requestor: 'maria@contoso.com', requestSource: 'Portal' },
    ],
    'isolated (full) since 2026-11-22 16:00Z, by Holdfast, policy contain and by analyst maria@contoso.com, until 2026-11-29 16:00Z',
  ],
  [
    'a scope that the service did not say, by nobody that it names',
    {},
    [{ scope: null, requestor: null, requestSource: null, creationDateTimeUtc: T }],
    'isolated (scope unknown) since 2026-11-22 16:00Z, by an unknown requestor, until 2026-11-29 16:00Z',
  ],
  [
    'somebody of an unknown channel is named',
    {},
    [{ type: 'RestrictCodeExecution', requestSource: 'Robot', creationDateTimeUtc: T }],
    'restricted since 2026-11-22 16:00Z, by Other App',
  ],
  [
    'in flight, ours',
    {},
    [{ status: 'Pending', requestorComment: ownComment() }],
    'Isolate (full) Pending since 2026-11-22 16:00Z, by Holdfast',
  ],
  [
    'in flight, of nobody that is named',
    {},
    [{ status: 'InProgress', type: 'Unisolate', requestor: null }],
    'Unisolate InProgress since 2026-11-22 16:00Z, by an unknown requestor',
  ],
  ['uncertain', {}, [{ type: 'Isolate', status: 'Failed' }], 'Isolate Failed later, its effect is uncertain'],
  [
    'scanned and offboarded; what was collected is for show',
    {},
    [
      { type: 'RunAntiVirusScan', scope: 'Full' },
      { type: 'Offboard' },
      { type: 'CollectInvestigationPackage' },
    ],
    'scanned (full) 2026-11-22 16:00Z; offboarded 2026-11-22 16:00Z',
  ],
  ['merged', { mergedIntoMachineId: machineId(2) }, [], `merged into ${machineId(2)}`],
  ['without a record', machineId(7), [], 'the service lists no record of it any more'],
  [
    'hostile',
    {},
    [{ requestor: '\u202eevil', creationDateTimeUtc: T }],
    'isolated (full) since 2026-11-22 16:00Z, by application \\u{202e}evil, until 2026-11-29 16:00Z',
  ],
])('posture: %s', (_rule, over, actions, want) => {
  expect(words(over, ...actions)).toBe(want)
})

test('a list is a table, what it rests on, and what was left out', () => {
  const held = machineWith({ machineTags: ['INC-1', 'x'] }, {})
  const bare = machineWith({
    id: machineId(2),
    computerDnsName: null,
    osPlatform: null,
    healthStatus: null,
    lastSeen: null,
  })
  const unsure = machineWith({ id: machineId(3), computerDnsName: 'c' }, { status: 'Cancelled' })
  const text = renderMachines(machinesDocument([held, bare, unsure], { leftOut: 2 }), STYLE)
  expect(text.split('\n').map(line => line.replace(/ {2,}/g, '|'))).toStrictEqual([
    'MACHINE|OS|HEALTH|LAST SEEN|TAGS|POSTURE',
    'fin-ws-001.contoso.com|Windows11|Active|2026-11-22 17:00Z|INC-1, x|isolated (full) since 2026-11-22 16:01Z, by application Other App, until 2026-11-29 16:01Z',
    `${machineId(2)}|-|-|-|-|-`,
    'c|Windows11|Active|2026-11-22 17:00Z|-|Isolate Cancelled later, its effect is uncertain',
    '',
    '3 machines: 1 isolated, 0 restricted, 0 with actions in flight (read 2026-11-22T18:00:00Z).',
    'Told from the action history since 2026-05-26 18:00Z: the service itself keeps no such state.',
    'On 1 machine a later action ended without success; what it left behind is uncertain.',
    '2 further records not shown: not chosen, not onboarded, or merged into another.',
    '',
  ])
})

test('a list of named machines says nothing of others; an empty one has no table', () => {
  const text = renderMachines(machinesDocument([], { scope: 'named', leftOut: 1 }), STYLE)
  expect(text).toBe(
    '0 machines: 0 isolated, 0 restricted, 0 with actions in flight (read 2026-11-22T18:00:00Z).\n' +
      'Told from the action history since 2026-05-26 18:00Z: the service itself keeps no such state.\n',
  )
})

test('the details of a machine are its record, its posture and its actions', () => {
  const document = machinesDocument([])
  const held = machineWith(
    {},
    {},
    { type: 'LiveResponse', status: 'Pending' },
    { type: 'CollectInvestigationPackage' },
  )
  const shown = { ...held, actions: [actionDocument(action(), 'a', undefined)], olderActions: 3 }
  const text = renderMachineDetails({ ...document, machines: [shown] }, STYLE)
  expect(text).toContain('fin-ws-001.contoso.com\n  id ')
  expect(text).toMatch(/isolation +isolated \(full\) since 2026-11-22 16:01Z, by application Other App/)
  expect(text).toMatch(/restriction +none\n/)
  expect(text).toMatch(/in flight +LiveResponse Pending since/)
  expect(text).toMatch(/done +collected 2026-11-22 16:00Z/)
  expect(text).toContain('Actions (newest 1, and 3 older, --limit shows more)\n')
  expect(text).toContain(
    `2026-11-22 16:00Z  Isolate (full) Succeeded, by application Other App, ${action().id}`,
  )
})

test('a machine without a record and without actions says so, and assumes nothing silently', () => {
  const lost = { ...machineWith(machineId(7)), actions: [], olderActions: 0 }
  const text = renderMachineDetails({ ...machinesDocument([]), machines: [lost] }, STYLE)
  expect(text).toMatch(/record +the service lists none any more/)
  expect(text).toMatch(/isolation +none \(assumed: the look-back holds no action of this machine\)/)
  expect(text).not.toContain('Actions (')
})

test('all actions shown need no hint', () => {
  const shown = { ...machineWith({}), actions: [actionDocument(action(), 'a', undefined)], olderActions: 0 }
  expect(renderMachineDetails({ ...machinesDocument([]), machines: [shown] }, STYLE)).toContain(
    'Actions (newest 1)\n',
  )
})
