import fc from 'fast-check'
import type { Machine } from '../../src/posture/machine.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { addMs } from '../../src/schema/instant.ts'
import type { DesiredState, FacetName, Policy } from '../../src/schema/policy.ts'
import {
  action,
  actionId,
  at,
  entry,
  lasting,
  machine,
  machineId,
  NOW,
  ownComment,
  placed,
  policy,
} from './build-core.ts'

const SHA1 = '87662bc3d60e4200ceaf7aae249d1c343f4b83c9'
const MACHINES = 4
const HOUR = 3_600_000

const TYPES = [
  'Isolate',
  'Unisolate',
  'RestrictCodeExecution',
  'UnrestrictCodeExecution',
  'RunAntiVirusScan',
  'CollectInvestigationPackage',
  'StopAndQuarantineFile',
  'LiveResponse',
  'Offboard',
  'SomethingNew',
] as const

const STATUSES = [
  'Succeeded',
  'Succeeded',
  'Succeeded',
  'Failed',
  'TimeOut',
  'Cancelled',
  'Pending',
  'InProgress',
  'Strange',
] as const

/** The one command of the live response that {@link anyState} asks for, or with other arguments of another one. */
function commandDone(args: string): MachineAction['commands'][number] {
  const params = [
    { key: 'ScriptName', value: 'triage.ps1' },
    { key: 'Args', value: args },
  ]
  return { index: 0, type: 'RunScript', params, commandStatus: 'Completed', errors: [] }
}

/** One action of a machine at some time of the last 120 hours, ours or not, ended or not. */
export const anyAction: fc.Arbitrary<Omit<MachineAction, 'id'>> = fc
  .record({
    type: fc.constantFrom(...TYPES),
    status: fc.constantFrom(...STATUSES),
    machine: fc.integer({ min: 1, max: MACHINES + 1 }),
    own: fc.boolean(),
    portal: fc.boolean(),
    hoursAgo: fc.integer({ min: 1, max: 120 }),
    ranMinutes: fc.integer({ min: 0, max: 59 }),
    scope: fc.constantFrom('Full', 'Selective', 'UnManagedDevice', 'Quick', null),
    cancelledByUs: fc.boolean(),
  })
  .map(one => {
    const created = addMs(NOW, -one.hoursAgo * HOUR)
    const { id: _id, ...rest } = action({
      type: one.type,
      status: one.status,
      machineId: machineId(one.machine),
      requestorComment: one.own ? ownComment() : 'by hand',
      requestSource: one.portal ? 'Portal' : 'PublicApi',
      creationDateTimeUtc: created,
      lastUpdateDateTimeUtc: addMs(created, one.ranMinutes * 60_000),
      scope: one.scope,
      relatedFileInfo:
        one.type === 'StopAndQuarantineFile'
          ? { fileIdentifier: SHA1.toUpperCase(), fileIdentifierType: 'Sha1' }
          : null,
      cancellationComment: one.status === 'Cancelled' ? (one.cancelledByUs ? ownComment() : 'no') : null,
      commands: one.type === 'LiveResponse' ? [commandDone(one.portal ? '-Quick' : '-Deep')] : [],
    })
    return rest
  })

/** A history with distinct ids. */
export const anyHistory: fc.Arbitrary<readonly MachineAction[]> = fc
  .array(anyAction, { maxLength: 14 })
  .map(list => list.map((one, index) => ({ ...one, id: actionId(index + 1) })))

const anyLevel = fc.constantFrom('none', 'full', 'selective', 'unmanaged') satisfies fc.Arbitrary<
  NonNullable<DesiredState['isolated']>['value']
>

const anyFreshness = fc.oneof(
  fc.integer({ min: 1, max: 100 }).map(hours => ({ since: addMs(NOW, -hours * HOUR) })),
  fc.constantFrom('12h', '2d', '7d').map(text => ({ within: lasting(text) })),
)

const anyState: fc.Arbitrary<DesiredState> = fc.record(
  {
    isolated: anyLevel.map(level => placed(level)),
    restricted: fc.constantFrom('none' as const, 'restricted' as const).map(level => placed(level)),
    scanned: fc
      .tuple(fc.constantFrom('quick' as const, 'full' as const), anyFreshness)
      .map(([scan, freshness]) => placed({ scan, ...freshness })),
    collected: anyFreshness.map(freshness => placed(freshness)),
    quarantined: fc.constant([{ sha1: SHA1, place: { file: 'policies/a.yaml', line: 1, column: 1 } }]),
    liveResponse: anyFreshness.map(freshness => [
      {
        name: 'triage',
        commands: [{ type: 'RunScript' as const, script: 'triage.ps1', args: '-Deep' }],
        place: { file: 'policies/a.yaml', line: 1, column: 1 },
        ...freshness,
      },
    ]),
    offboarded: fc.constant(placed(true as const)),
  },
  { requiredKeys: [] },
)

const anyEntry = fc.oneof(
  fc.integer({ min: 1, max: MACHINES }).map(number => entry({ fields: { id: [machineId(number)] } })),
  fc.constantFrom('a', 'b').map(tag => entry({ fields: { tag: [tag] } })),
  fc.constant(entry({ fields: {}, all: true })),
)

/** A policy over the machines of {@link anyMachines}. */
export function anyPolicy(name: string): fc.Arbitrary<Policy> {
  return fc
    .record({
      machines: fc.array(anyEntry, { minLength: 1, maxLength: 2 }),
      except: fc.array(
        anyEntry.filter(one => !one.all),
        { maxLength: 1 },
      ),
      state: anyState,
      expires: fc.constantFrom(undefined, at('2026-11-22T06:00:00Z'), at('2026-12-24')),
      onExpiry: fc.constantFrom('lift' as const, 'report' as const),
      reassert: fc.boolean(),
      waits: fc.boolean(),
    })
    .map(({ expires, waits, state, ...rest }) => {
      const runs = (['scanned', 'collected'] satisfies FacetName[]).filter(
        facet => state[facet] !== undefined,
      )
      return policy({
        name,
        state,
        liftAfter: waits ? runs : [],
        ...(expires === undefined ? {} : { expires }),
        ...rest,
      })
    })
}

/** Up to three policies of different names. */
export const anyPolicies: fc.Arbitrary<readonly Policy[]> = fc
  .tuple(anyPolicy('alpha'), anyPolicy('beta'), anyPolicy('gamma'))
  .chain(list => fc.subarray(list, { minLength: 1 }))

/** The machines of one small tenant. */
export const anyMachines: fc.Arbitrary<readonly Machine[]> = fc
  .array(
    fc.record({
      healthStatus: fc.constantFrom('Active', 'Active', 'Inactive', 'ImpairedCommunication'),
      onboardingStatus: fc.constantFrom('Onboarded', 'Onboarded', 'CanBeOnboarded'),
      osPlatform: fc.constantFrom('Windows11', 'WindowsServer2022', 'Linux', 'macOS'),
      machineTags: fc.subarray(['a', 'b', 'domain-controller']),
    }),
    { minLength: MACHINES, maxLength: MACHINES },
  )
  .map(list =>
    list.map((one, index) =>
      machine({ id: machineId(index + 1), computerDnsName: `m${index + 1}.contoso.com`, ...one }),
    ),
  )
