import type { ScenarioMachine } from '../scenario-types.ts'

const DOMAIN = 'contoso.com'

/** The workstation of the policy example in the documentation. */
const DOCUMENTED_ID = '1e5bc9d7e413ddd7902c2932e418702b84d0cc07'

/** Finance workstations that took part in the incident of the example. */
const INCIDENT: ReadonlySet<number> = new Set([3, 7, 9, 11, 14])

function twoDigits(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

function finance(number: number): ScenarioMachine {
  const tags = INCIDENT.has(number) ? ['finance', 'INC-4211'] : ['finance']
  return {
    ...(number === 14 ? { id: DOCUMENTED_ID } : {}),
    computerDnsName: `fin-ws-${twoDigits(number, 3)}.${DOMAIN}`,
    osPlatform: number % 4 === 0 ? 'Windows10' : 'Windows11',
    machineTags: tags,
    rbacGroupId: 12,
    rbacGroupName: 'Finance workstations',
    riskScore: INCIDENT.has(number) ? 'High' : 'None',
    exposureLevel: INCIDENT.has(number) ? 'High' : 'Medium',
    firstSeen: `-${300 + number}d`,
    lastSeen: `-${1 + (number % 9)}h${number}m`,
  }
}

function ward(number: number): ScenarioMachine {
  return {
    computerDnsName: `ward-pc-${100 + number}.clinic.${DOMAIN}`,
    osPlatform: 'Windows10',
    machineTags: ['clinical'],
    rbacGroupId: 21,
    rbacGroupName: 'Ward PCs',
    deviceValue: 'High',
    firstSeen: `-${500 + number}d`,
    lastSeen: `-${2 + (number % 7)}h${number * 3}m`,
  }
}

function server(name: string, osPlatform: string, tags: readonly string[]): ScenarioMachine {
  return {
    computerDnsName: `${name}.${DOMAIN}`,
    osPlatform,
    machineTags: tags,
    rbacGroupId: 30,
    rbacGroupName: 'Servers',
    deviceValue: 'High',
    managedBy: 'MicrosoftDefenderForEndpoint',
    firstSeen: '-700d',
    lastSeen: '-4h12m',
  }
}

function computer(name: string, osPlatform: string, facts: ScenarioMachine): ScenarioMachine {
  return {
    computerDnsName: `${name}.${DOMAIN}`,
    osPlatform,
    firstSeen: '-420d',
    lastSeen: '-3h40m',
    ...facts,
  }
}

/** Records that trap tools: twins of one name, a merged one, silent ones, one that was never onboarded. */
const ODDITIES: readonly ScenarioMachine[] = [
  {
    ...finance(5),
    id: '0ddba11c0ffee0ddba11c0ffee0ddba11c0ffee5',
    healthStatus: 'Inactive',
    firstSeen: '-610d',
    lastSeen: '-96d',
    isPotentialDuplication: true,
  },
  {
    ...finance(9),
    id: '5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e',
    mergedIntoMachineId: '9c8f1d2e3b4a59687766554433221100ffeeddcc',
    isPotentialDuplication: true,
    lastSeen: '-44d',
  },
  computer('lap-sales-03', 'Windows11', {
    machineTags: ['sales', 'INC-4211'],
    offline: true,
    lastSeen: '-33h',
  }),
  computer('lap-sales-05', 'Windows11', { machineTags: ['sales'] }),
  computer('lap-sales-07', 'Windows10', {
    machineTags: ['sales'],
    healthStatus: 'Inactive',
    lastSeen: '-19d',
  }),
  {
    computerDnsName: 'prn-3f-02',
    osPlatform: null,
    osBuild: null,
    version: null,
    agentVersion: null,
    healthStatus: 'Unknown',
    onboardingStatus: 'CanBeOnboarded',
    isAadJoined: null,
    defenderAvStatus: null,
    managedBy: null,
    managedByStatus: null,
    firstSeen: '-61d',
    lastSeen: '-50m',
  },
]

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

/** About forty machines of a company with a hospital. */
export const FLEET: readonly ScenarioMachine[] = [
  ...numbers(14).map(number =>
    number === 9
      ? { ...finance(9), id: '9c8f1d2e3b4a59687766554433221100ffeeddcc', firstSeen: '-44d' }
      : finance(number),
  ),
  ...numbers(10).map(ward),
  server('dc-01', 'WindowsServer2022', ['domain-controller', 'tier0']),
  server('dc-02', 'WindowsServer2022', ['domain-controller', 'tier0']),
  server('srv-file-01', 'WindowsServer2019', ['file-server']),
  server('srv-sql-01', 'WindowsServer2022', ['database']),
  server('srv-sql-02', 'WindowsServer2022', ['database']),
  server('srv-app-03', 'WindowsServer2019', []),
  server('lnx-web-01', 'Linux', ['dmz']),
  server('lnx-web-02', 'Linux', ['dmz']),
  server('lnx-db-01', 'Linux', ['database']),
  computer('mac-design-01', 'macOS', { machineTags: ['design'] }),
  computer('mac-design-02', 'macOS', { machineTags: ['design'] }),
  ...ODDITIES,
]
