import { expect, test } from 'vitest'
import { indexMachines, resolvePolicies } from '../../../src/plan/select/resolve.ts'
import type { Machine } from '../../../src/posture/machine.ts'
import type { MachineEntry } from '../../../src/schema/policy.ts'
import { at, entry, lasting, machine, machineId, NOW, PLACE, policy } from '../../support/build-core.ts'

const A = machine({ id: machineId(1), computerDnsName: 'srv1.contoso.com', machineTags: ['INC-1'] })
const TWIN_OLD = machine({
  id: machineId(2),
  computerDnsName: 'twin.contoso.com',
  healthStatus: 'Inactive',
  lastSeen: null,
})
const TWIN_NEW = machine({ id: machineId(3), computerDnsName: 'Twin.contoso.com' })
const MERGED = machine({
  id: machineId(4),
  computerDnsName: 'merged.contoso.com',
  mergedIntoMachineId: machineId(1),
  lastSeen: at('2024-12-31'),
})
const UNMANAGED = machine({
  id: machineId(5),
  computerDnsName: 'printer.contoso.com',
  onboardingStatus: 'CanBeOnboarded',
  machineTags: ['INC-1'],
})
const NAMELESS = machine({ id: machineId(6), computerDnsName: null, machineTags: [], lastSeen: null })
const FLEET = [A, TWIN_OLD, TWIN_NEW, MERGED, UNMANAGED, NAMELESS]

function resolve(
  machines: readonly MachineEntry[],
  except: readonly MachineEntry[] = [],
  fleet: readonly Machine[] = FLEET,
) {
  const { matches, problems } = resolvePolicies([policy({ machines, except })], indexMachines(fleet), NOW)
  return {
    ids: [...(matches[0]?.machines ?? [])].map(
      ([id, named]) => `${Number.parseInt(id, 16)}${named ? ' named' : ''}`,
    ),
    problems: problems.map(
      ({ severity, code, inMachines }) => `${severity} ${code}${inMachines ? '' : ' in except'}`,
    ),
    messages: problems.map(({ message }) => message),
  }
}

function listed(...names: readonly string[]): MachineEntry {
  const machines = names.map((name, at) => ({ name, place: { ...PLACE, line: at + 1 } }))
  return entry({ fields: {}, list: { path: 'lists/a.txt', machines } })
}

interface Row {
  readonly machines: readonly MachineEntry[]
  readonly except?: readonly MachineEntry[]
  readonly ids: readonly string[]
  readonly problems?: readonly string[]
}

test.each(
  Object.entries({
    'a name with a selector beside it reaches onboarded records alone': {
      machines: [entry({ fields: { id: [machineId(5)], tag: ['INC-1'] } })],
      ids: [],
      problems: ['warning matches-nothing'],
    },
    'a name with a time beside it does too': {
      machines: [entry({ fields: { id: [machineId(5)] }, lastSeenWithin: lasting('7d') })],
      ids: [],
      problems: ['warning matches-nothing'],
    },
    'a name alone reaches a record that is not onboarded': {
      machines: [entry({ fields: { id: [machineId(5)] } })],
      ids: ['5 named'],
    },
    'a record that was merged away is selected by nothing': {
      machines: [entry({ fields: { onboardingStatus: ['Onboarded', 'CanBeOnboarded'] } })],
      ids: ['1', '2', '3', '5', '6'],
    },
    'an id names one record': { machines: [entry()], ids: ['1 named'] },
    'a name is compared whole, so that srv1 never reaches srv10': {
      machines: [entry({ fields: { dnsName: ['srv1'] } })],
      ids: [],
      problems: ['error unresolved-machine'],
    },
    'a name is compared without regard to case': {
      machines: [entry({ fields: { dnsName: ['srv1.contoso.com'] } })],
      ids: ['1 named'],
    },
    'a name with several records resolves to the one that is Active, Onboarded and unmerged': {
      machines: [entry({ fields: { dnsName: ['twin.contoso.com'] } })],
      ids: ['3 named'],
    },
    'a record that was merged into another means that one': {
      machines: [entry({ fields: { dnsName: ['merged.contoso.com'] } })],
      ids: ['1 named'],
    },
    'so does its id, and a selector beside it is about the device': {
      machines: [entry({ fields: { id: [machineId(4)], osPlatform: ['Windows11'] } })],
      ids: ['1 named'],
    },
    'missing: warn turns an unresolved name into a warning': {
      machines: [entry({ fields: { id: [machineId(99)] }, missing: 'warn' })],
      ids: [],
      problems: ['warning unresolved-machine'],
    },
    'a single record that is not onboarded resolves when it is named': {
      machines: [entry({ fields: { dnsName: ['printer.contoso.com'] } })],
      ids: ['5 named'],
    },
    'a list holds ids and names': {
      machines: [listed(machineId(1), 'twin.contoso.com')],
      ids: ['1 named', '3 named'],
    },
    'a list line that does not resolve is an error': {
      machines: [listed(machineId(1), 'nobody.contoso.com')],
      ids: ['1 named'],
      problems: ['error unresolved-machine'],
    },
    'a selector reaches Onboarded, unmerged records only': {
      machines: [entry({ fields: { tag: ['inc-1'] } })],
      ids: ['1'],
    },
    'onboardingStatus in an entry takes the place of Onboarded': {
      machines: [entry({ fields: { tag: ['INC-1'], onboardingStatus: ['CanBeOnboarded'] } })],
      ids: ['5'],
    },
    'all: true is every Onboarded, unmerged record': {
      machines: [entry({ fields: {}, all: true })],
      ids: ['1', '2', '3', '6'],
    },
    'inside an entry all fields must match': {
      machines: [entry({ fields: { id: [machineId(1)], osPlatform: ['Linux'] } })],
      ids: [],
      problems: ['warning matches-nothing'],
    },
    'an id and a name in one entry must be of one record': {
      machines: [entry({ fields: { id: [machineId(1), machineId(3)], dnsName: ['twin.contoso.com'] } })],
      ids: ['3 named'],
    },
    'a machine matches when any entry does, and a name beats a selector': {
      machines: [entry({ fields: { tag: ['INC-1'] } }), entry(), entry({ fields: { tag: ['INC-1'] } })],
      ids: ['1 named'],
    },
    'a selector that matches nothing is a warning': {
      machines: [entry({ fields: { tag: ['nothing'] } })],
      ids: [],
      problems: ['warning matches-nothing'],
    },
    'lastSeenWithin leaves out what has not been seen': {
      machines: [entry({ fields: {}, lastSeenWithin: lasting('1d') })],
      ids: ['1', '3'],
    },
    'except takes machines away': {
      machines: [entry({ fields: {}, all: true })],
      except: [entry({ fields: { tag: ['INC-1'] } })],
      ids: ['2', '3', '6'],
    },
    'except of a merged record takes the device away': {
      machines: [entry({ fields: {}, all: true })],
      except: [entry({ fields: { id: [machineId(4)] } })],
      ids: ['2', '3', '6'],
    },
    'except by name takes away every record of the name': {
      machines: [entry({ fields: {}, all: true })],
      except: [entry({ fields: { dnsName: ['twin.contoso.com'] } })],
      ids: ['1', '6'],
    },
    'a name in except that does not resolve is an error': {
      machines: [entry()],
      except: [entry({ fields: { dnsName: ['typo.contoso.com'] } })],
      ids: ['1 named'],
      problems: ['error unresolved-machine in except'],
    },
  } satisfies Record<string, Row>),
)('%s', (_rule, row: Row) => {
  const { ids, problems } = resolve(row.machines, row.except)
  expect({ ids, problems }).toStrictEqual({ ids: row.ids, problems: row.problems ?? [] })
})

test('a name whose records leave no single live one is an error that lists the candidates', () => {
  const other = machine({ id: machineId(7), computerDnsName: 'twin.contoso.com' })
  const gone = machine({
    id: machineId(8),
    computerDnsName: 'twin.contoso.com',
    mergedIntoMachineId: machineId(99),
    healthStatus: null,
  })
  const unmanaged = machine({
    id: machineId(9),
    computerDnsName: 'twin.contoso.com',
    onboardingStatus: 'CanBeOnboarded',
  })
  const { problems, messages } = resolve(
    [entry({ fields: { dnsName: ['twin.contoso.com'] } })],
    [],
    [...FLEET, other, gone, unmanaged],
  )
  expect(problems).toStrictEqual(['error ambiguous-machine'])
  for (const part of [
    `${machineId(2)} (Inactive, onboarded, last seen never)`,
    `${machineId(7)} (Active, onboarded, last seen 2026-11-22T17:00:00Z)`,
    `${machineId(8)} (health unknown, onboarded, merged away, `,
    `${machineId(9)} (Active, not onboarded, `,
  ]) {
    expect(messages[0]).toContain(part)
  }
})

test('a repeated record counts once', () => {
  expect(indexMachines([A, A]).all).toStrictEqual([A])
})

const REMAINS = machine({ id: machineId(20), computerDnsName: 'ws.contoso.com', firstSeen: at('2026-11-01') })
const merged = (number: number, into: number, over: Partial<Machine> = {}): Machine =>
  machine({
    id: machineId(number),
    computerDnsName: 'ws.contoso.com',
    mergedIntoMachineId: machineId(into),
    lastSeen: at('2026-10-31'),
    ...over,
  })
const BY_NAME = entry({ fields: { dnsName: ['ws.contoso.com'] } })

test.each<[string, readonly MachineEntry[], readonly Machine[], readonly string[], readonly string[]]>([
  [
    'a name of one device with many records means the one that remains',
    [BY_NAME],
    [merged(21, 20)],
    ['20 named'],
    [],
  ],
  [
    'an Inactive one too, where the others were merged into it',
    [BY_NAME],
    [merged(21, 20), merged(22, 21)],
    ['20 named'],
    [],
  ],
  [
    'a twin that lives on is reached with the other',
    [BY_NAME],
    [merged(21, 20, { lastSeen: at('2026-11-01T01:00:01Z') })],
    ['20 named', '21 named'],
    [],
  ],
  [
    'a record seen an hour after the other began is no twin',
    [BY_NAME],
    [merged(21, 20, { lastSeen: at('2026-11-01T01:00:00Z') })],
    ['20 named'],
    [],
  ],
  [
    'a merge that ends at no record is a problem of whoever names it',
    [entry({ fields: { id: [machineId(21)] } })],
    [merged(21, 98)],
    [],
    ['error merge-unresolved'],
  ],
  [
    'so are merges that lead in a circle',
    [entry({ fields: { id: [machineId(21)] } })],
    [merged(21, 22), merged(22, 21)],
    [],
    ['error merge-unresolved'],
  ],
])('%s', (_rule, machines, others, ids, problems) => {
  expect(resolve(machines, [], [REMAINS, ...others])).toMatchObject({ ids, problems })
})
