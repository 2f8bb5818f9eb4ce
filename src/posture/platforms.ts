import type { Machine } from './machine.ts'
import type { ActionType } from './methods.ts'

/** The kinds of operating system that the service's documents tell apart. */
export type Platform =
  | 'windows-10'
  | 'windows-11'
  /** 2019 and later. */
  | 'windows-server'
  /** 2012 R2 and 2016, which need the unified agent. */
  | 'windows-server-older'
  /** Windows 7 and 8.1, Server 2008 R2: a sensor, and none of the response actions. */
  | 'windows-old'
  | 'macos'
  | 'linux'
  | 'mobile'
  | 'unknown'

/**
 * What the documents say of one action on one platform.
 *
 * `yes`: can do it. `no`: excluded, so it is blocked. `unlisted`: not named among those that can, so it is warned.
 * With a minimum: warned where the machine reports less; a minimum that no record tells is only written down.
 */
export type Support =
  | 'yes'
  | 'no'
  | 'unlisted'
  | { readonly needs: string; readonly osBuild?: number; readonly version?: number; readonly agent?: string }

/** One action, or one scope of it. */
export interface PlatformRow {
  readonly type: ActionType
  /** Only for this scope of the action, where the scopes differ. */
  readonly scope?: 'Full' | 'Selective' | 'UnManagedDevice'
  /** A platform that is missing is left to the service to judge. */
  readonly support: { readonly [platform in Platform]?: Support }
  /** What the action needs, and what to declare instead; the reason of a block. */
  readonly reason: string
  /** No answer of the service tells the licence of a tenant, so that this is not checked. */
  readonly licence: 'Plan 1' | 'Plan 2' | 'Plan 1, not Defender for Business'
  /** What else the documents ask for and no record tells. */
  readonly alsoNeeds?: string
  /** Pages below https://learn.microsoft.com/defender-endpoint/. */
  readonly sources: readonly string[]
}

const WINDOWS_1703: Support = { needs: 'version 1703', osBuild: 15_063, version: 1703 }
const WINDOWS_1709: Support = { needs: 'version 1709', osBuild: 16_299, version: 1709 }
const AGENT_2023: Support = { needs: 'client 101.98.84', agent: '101.98.84' }
const UNIFIED_AGENT: Support = { needs: 'the unified agent' }
const CAPABILITIES = 'supported-capabilities-by-platform'
const RESPOND = 'respond-machine-alerts'

/** What the service's documents say of every action (docs/platforms.md); lifts are never held back and have no row. */
export const PLATFORM_ROWS: readonly PlatformRow[] = [
  {
    type: 'Isolate',
    scope: 'Full',
    support: {
      'windows-10': WINDOWS_1703,
      'windows-11': 'yes',
      'windows-server': 'yes',
      'windows-server-older': UNIFIED_AGENT,
      'windows-old': 'unlisted',
      macos: AGENT_2023,
      linux: 'yes',
      mobile: 'no',
    },
    reason: 'isolation needs Windows, Linux or macOS',
    licence: 'Plan 1',
    alsoNeeds: 'on Linux iptables and ip6tables with the kernel options that they ask for',
    sources: [RESPOND, 'api/isolate-machine', CAPABILITIES],
  },
  {
    type: 'Isolate',
    scope: 'Selective',
    support: {
      'windows-10': WINDOWS_1709,
      'windows-11': 'yes',
      'windows-server': 'yes',
      'windows-server-older': UNIFIED_AGENT,
      'windows-old': 'unlisted',
      macos: AGENT_2023,
      linux: 'no',
      mobile: 'no',
    },
    reason: 'selective isolation needs Windows or macOS; declare `isolated: full`',
    licence: 'Plan 1',
    alsoNeeds:
      'for exclusions of one’s own a Windows client of at least 10.8470 or a macOS client of at least 101.240902; they hold for later isolations only',
    sources: [RESPOND, 'api/isolate-machine', 'isolation-exclusions'],
  },
  {
    type: 'Isolate',
    scope: 'UnManagedDevice',
    support: {},
    reason: 'containing needs a machine that is not onboarded',
    licence: 'Plan 2',
    alsoNeeds: 'onboarded peers with Windows 10, Windows Server 2019 or later, which do the containing',
    sources: [RESPOND],
  },
  {
    type: 'RestrictCodeExecution',
    support: {
      'windows-10': WINDOWS_1709,
      'windows-11': 'yes',
      'windows-server': 'yes',
      'windows-server-older': 'unlisted',
      'windows-old': 'unlisted',
      macos: 'no',
      linux: 'no',
      mobile: 'no',
    },
    reason: 'app restriction needs Windows with Defender Antivirus',
    licence: 'Plan 2',
    alsoNeeds: 'Defender Antivirus in use',
    sources: [RESPOND, 'api/restrict-code-execution'],
  },
  {
    type: 'RunAntiVirusScan',
    support: {
      'windows-10': WINDOWS_1709,
      'windows-11': 'yes',
      'windows-server': 'yes',
      'windows-server-older': UNIFIED_AGENT,
      'windows-old': 'unlisted',
      macos: AGENT_2023,
      linux: AGENT_2023,
      mobile: 'no',
    },
    reason: 'a scan needs Windows, Linux or macOS',
    licence: 'Plan 1',
    alsoNeeds: 'Defender Antivirus, active or passive',
    sources: [RESPOND, 'api/run-av-scan', CAPABILITIES],
  },
  {
    type: 'CollectInvestigationPackage',
    support: {
      'windows-10': WINDOWS_1703,
      'windows-11': 'yes',
      'windows-server': 'yes',
      'windows-server-older': UNIFIED_AGENT,
      'windows-old': 'unlisted',
      macos: 'yes',
      linux: 'yes',
      mobile: 'no',
    },
    reason: 'a package needs Windows, Linux or macOS',
    licence: 'Plan 2',
    alsoNeeds: 'a battery that is not low and a link that is not metered',
    sources: [RESPOND, 'api/collect-investigation-package', CAPABILITIES],
  },
  {
    type: 'StopAndQuarantineFile',
    support: {
      'windows-10': WINDOWS_1703,
      'windows-11': 'yes',
      'windows-server': 'yes',
      'windows-server-older': UNIFIED_AGENT,
      'windows-old': 'unlisted',
      macos: 'no',
      linux: 'no',
      mobile: 'no',
    },
    reason: 'stop and quarantine needs Windows with Defender Antivirus',
    licence: 'Plan 1, not Defender for Business',
    alsoNeeds:
      'Defender Antivirus, at least passive; a file that was seen in the last 30 days and is signed neither by Microsoft nor by a trusted publisher',
    sources: ['respond-file-alerts', 'api/stop-and-quarantine-file', CAPABILITIES],
  },
  {
    type: 'LiveResponse',
    support: {
      'windows-10': WINDOWS_1709,
      'windows-11': 'yes',
      'windows-server': 'yes',
      'windows-server-older': UNIFIED_AGENT,
      'windows-old': 'unlisted',
      macos: { needs: 'client 101.43.84', agent: '101.43.84' },
      linux: { needs: 'client 101.45.13', agent: '101.45.13' },
      mobile: 'no',
    },
    reason: 'live response needs Windows, Linux or macOS',
    licence: 'Plan 2',
    alsoNeeds:
      'live response on for the tenant, for servers as well where it is one, and for unsigned scripts; a device group with an automation level',
    sources: ['live-response', 'api/run-live-response'],
  },
  {
    type: 'Offboard',
    support: {
      'windows-10': WINDOWS_1703,
      'windows-11': 'yes',
      'windows-server': 'yes',
      'windows-server-older': UNIFIED_AGENT,
      'windows-old': 'unlisted',
      macos: { needs: 'macOS 14' },
      linux: 'yes',
      mobile: 'no',
    },
    reason: 'offboarding by API needs Windows, Linux or macOS',
    licence: 'Plan 2',
    sources: ['api/offboard-machine-api', 'offboard-machines'],
  },
]

const KINDS: readonly (readonly [RegExp, Platform])[] = [
  [/^windows10/, 'windows-10'],
  [/^windows11/, 'windows-11'],
  [/^windowsserver(2012r2|2016)$/, 'windows-server-older'],
  [/^windowsserver20(19|2\d)$/, 'windows-server'],
  [/^windows(xp|vista|7|8|server200|server2012$)/, 'windows-old'],
  [/^macos$/, 'macos'],
  [/^(ios|ipados|android)/, 'mobile'],
  [/linux|ubuntu|debian|redhat|centos|suse|fedora|oracle|rocky|alma/, 'linux'],
]

/** The kind of the service's `osPlatform` word, which is an open list. */
export function platformOf(osPlatform: string | null): Platform {
  const word = (osPlatform ?? '').toLowerCase()
  return KINDS.find(([pattern]) => pattern.test(word))?.[1] ?? 'unknown'
}

function rowOf(type: ActionType, scope: string | null): PlatformRow | undefined {
  return PLATFORM_ROWS.find(row => row.type === type && (row.scope === undefined || row.scope === scope))
}

/** Says why a platform cannot do an action; undefined where it can, or where the documents do not exclude it. */
export function unsupportedReason(
  type: ActionType,
  scope: string | null,
  osPlatform: string | null,
): string | undefined {
  const row = rowOf(type, scope)
  return row?.support[platformOf(osPlatform)] === 'no' ? row.reason : undefined
}

/** What a machine reports of itself and an action may ask for. */
export type PlatformFacts = Pick<Machine, 'osPlatform' | 'version' | 'osBuild' | 'agentVersion'>

/** Says what the documents ask for and the machine seems to lack; undefined where it has it, or nobody knows. */
export function platformDoubt(
  type: ActionType,
  scope: string | null,
  machine: PlatformFacts,
): string | undefined {
  const support = rowOf(type, scope)?.support[platformOf(machine.osPlatform)]
  if (support === 'unlisted') return `the documents of ${type} do not name ${machine.osPlatform}`
  if (typeof support !== 'object') return undefined
  const has = shortOf(support, machine)
  return (
    has && `${type} on ${machine.osPlatform} needs ${support.needs} or later, and the machine reports ${has}`
  )
}

/** What a machine reports that is less than a minimum. */
function shortOf(
  minimum: Exclude<Support, string>,
  { osBuild, version, agentVersion }: PlatformFacts,
): string | undefined {
  if (minimum.osBuild !== undefined && osBuild !== null)
    return osBuild < minimum.osBuild ? `build ${osBuild}` : undefined
  // Versions since 20H2 are no numbers, and newer than any that is asked for.
  if (minimum.version !== undefined && /^\d{4}$/.test(version ?? ''))
    return Number(version) < minimum.version ? `version ${version}` : undefined
  if (minimum.agent === undefined || agentVersion === null) return undefined
  return isOlder(agentVersion, minimum.agent) ? `client ${agentVersion}` : undefined
}

/** Compares versions of numbers and dots; what is no such version is not older. */
function isOlder(version: string, than: string): boolean {
  if (!/^\d+(\.\d+)+$/.test(version)) return false
  const [left, right] = [version, than].map(text => text.split('.').map(Number)) as [number[], number[]]
  const different = right.findIndex((part, index) => (left[index] ?? 0) !== part)
  return (left[different] ?? 0) < (right[different] ?? 0)
}
