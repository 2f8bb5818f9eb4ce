import type { Behaviour, Scenario } from '../../src/emulator/scenario-types.ts'
import type { Configuration } from '../../src/schema/configuration.ts'
import { formatInstant } from '../../src/schema/instant.ts'
import type { Policy } from '../../src/schema/policy.ts'
import { permissive, policyFor } from '../support/apply-harness.ts'
import { actionId, at, machineId, NOW, ownComment, PLACE, placed } from '../support/build-core.ts'

const SHA = '87662bc3d60e4200ceaf7aae249d1c343f4b83c9'
const OTHER_SHA = '97662bc3d60e4200ceaf7aae249d1c343f4b83c9'

/** What a row adds to the tenant. */
export interface SceneChanges {
  readonly behaviour?: Behaviour
  readonly events?: Scenario['events']
  /** How far the service's whole clock is ahead of ours, in ms. */
  readonly skewMs?: number
  /** `apply.lookup`. */
  readonly lookupMs?: number
  /** How long an apply awaits. */
  readonly awaitMs?: number
}

/**
 * Seven machines, and one of every kind of change: a hold with a scan, a change of scope, a cancel with the impose
 * after it, two actions of one type, a lift, an own hold in flight that is awaited, a plain hold.
 */
export function scenarioOf({ behaviour = {}, events }: SceneChanges, now: string): Scenario {
  return {
    now,
    machines: [1, 2, 3, 4, 5, 6, 7].map(number => ({
      id: machineId(number),
      computerDnsName: `ws-${number}.contoso.com`,
      osPlatform: 'Windows11',
      healthStatus: 'Active',
      lastSeen: '-1h',
    })),
    actions: [
      { ...own(2, 'Isolate'), scope: 'Selective' },
      { ...own(3, 'Unisolate'), status: 'Pending', fate: { end: 'never' } },
      { ...own(5, 'Isolate'), scope: 'Full' },
      { ...own(6, 'Isolate'), scope: 'Full', status: 'Pending', fate: { after: '45s' } },
    ],
    behaviour: {
      ...behaviour,
      settle: {
        Isolate: '25s',
        Unisolate: '70s',
        RunAntiVirusScan: '23s',
        StopAndQuarantineFile: '65s',
        ...behaviour.settle,
      },
      cancel: { settle: '6s', ...behaviour.cancel },
    },
    ...(events === undefined ? {} : { events }),
  }
}

function own(number: number, type: string) {
  return {
    id: actionId(number),
    type,
    machineId: machineId(number),
    requestor: 'Holdfast',
    requestSource: 'PublicApi',
    requestorComment: ownComment(),
    creationDateTimeUtc: formatInstant(at('2026-11-22T16:00:00Z')),
  }
}

/** What is declared of those machines. */
export const POLICIES: readonly Policy[] = [
  policyFor([1], { isolated: placed('full'), scanned: placed({ scan: 'quick', since: at('2026-11-20') }) }),
  policyFor([2, 3, 6, 7], { isolated: placed('full') }, { name: 'hold' }),
  policyFor([4], { quarantined: [SHA, OTHER_SHA].map(sha1 => ({ sha1, place: PLACE })) }, { name: 'files' }),
  policyFor([5], { isolated: placed('none') }, { name: 'release' }),
]

/** Everything is allowed. */
export const CONFIGURATION: Configuration = permissive()

/** What has to hold on the machines when all is done. */
export const DECLARED: Readonly<Record<string, 'Full' | 'none'>> = Object.fromEntries([
  ...[1, 2, 3, 6, 7].map(number => [machineId(number), 'Full'] as const),
  [machineId(5), 'none'] as const,
])

export const START = NOW
