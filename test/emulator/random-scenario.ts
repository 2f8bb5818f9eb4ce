import { createRandom, type Random } from '../../src/emulator/random.ts'
import type { Scenario, ScenarioAction, ScenarioMachine } from '../../src/emulator/scenario-types.ts'
import { formatMarker } from '../../src/posture/marker.ts'

const PLATFORMS = ['Windows11', 'Windows11', 'Windows10', 'WindowsServer2022', 'Linux', 'macOS']
const KINDS: readonly (readonly [type: string, scope: string | null])[] = [
  ['Isolate', 'Full'],
  ['Isolate', 'Selective'],
  ['Unisolate', null],
  ['Unisolate', null],
  ['RestrictCodeExecution', null],
  ['UnrestrictCodeExecution', null],
  ['RunAntiVirusScan', 'Quick'],
  ['RunAntiVirusScan', 'Full'],
  ['CollectInvestigationPackage', null],
]
const ENDS = ['Succeeded', 'Succeeded', 'Succeeded', 'Succeeded', 'Failed', 'TimeOut', 'Cancelled']

function pick<T>(random: Random, list: readonly T[]): T {
  return list[random.below(list.length)] as T
}

function machineAt(random: Random, index: number): ScenarioMachine {
  return {
    id: random.hex(40),
    computerDnsName: `host-${index}.example.net`,
    osPlatform: pick(random, PLATFORMS),
    machineTags: random.next() < 0.3 ? ['INC-4211'] : [],
    healthStatus: random.next() < 0.05 ? 'Inactive' : 'Active',
  }
}

function actionOf(random: Random, machineId: string): ScenarioAction {
  const [type, scope] = pick(random, KINDS)
  const isOwn = random.next() < 0.5
  const marker = formatMarker({ policy: 'contain', plan: random.hex(8), change: random.hex(8) })
  return {
    type,
    scope,
    machineId,
    status: pick(random, ENDS),
    requestSource: isOwn ? 'PublicApi' : 'Portal',
    requestor: isOwn ? 'Holdfast' : 'analyst@contoso.com',
    requestorComment: isOwn ? `INC-4211 ${marker}` : 'by hand',
    creationDateTimeUtc: `-${random.below(170 * 86_400) + 300_000}.${100 + random.below(900)}s`,
  }
}

/** Makes a tenant with so many machines and ended actions; the same seed gives the same tenant. */
export function randomScenario(seed: number, machines: number, actions: number): Scenario {
  const random = createRandom(seed)
  const fleet = Array.from({ length: machines }, (_, index) => machineAt(random, index))
  const ids = fleet.map(({ id = '' }) => id)
  return {
    machines: fleet,
    actions: Array.from({ length: actions }, () => actionOf(random, pick(random, ids))),
  }
}
