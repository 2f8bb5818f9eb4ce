import type { ActionType } from './methods.ts'

/** The families of operating system that the service's documents tell apart. */
export type PlatformFamily = 'windows' | 'linux' | 'macos' | 'mobile' | 'unknown'

/** One action and the platforms that the service documents as unable to do it (defender-api.md 5.4). */
export interface PlatformRule {
  readonly type: ActionType
  /** Only for this scope of the action, where the scopes differ. */
  readonly scope?: string
  readonly unable: readonly PlatformFamily[]
  readonly reason: string
}

/** What the service's documents say cannot be done; whatever is not here is left to the service to judge. */
export const PLATFORM_RULES: readonly PlatformRule[] = [
  {
    type: 'Isolate',
    scope: 'Selective',
    unable: ['linux', 'mobile'],
    reason: 'selective isolation needs Windows or macOS; declare `isolated: full`',
  },
  { type: 'Isolate', scope: 'Full', unable: ['mobile'], reason: 'isolation needs Windows, Linux or macOS' },
  {
    type: 'RestrictCodeExecution',
    unable: ['linux', 'macos', 'mobile'],
    reason: 'app restriction needs Windows with Defender Antivirus',
  },
  { type: 'RunAntiVirusScan', unable: ['mobile'], reason: 'a scan needs Windows, Linux or macOS' },
  {
    type: 'StopAndQuarantineFile',
    unable: ['linux', 'macos', 'mobile'],
    reason: 'stop and quarantine needs Windows with Defender Antivirus',
  },
  {
    type: 'CollectInvestigationPackage',
    unable: ['mobile'],
    reason: 'a package needs Windows, Linux or macOS',
  },
  { type: 'LiveResponse', unable: ['mobile'], reason: 'live response needs Windows, Linux or macOS' },
  {
    type: 'Offboard',
    unable: ['linux', 'macos', 'mobile'],
    reason: 'offboarding by API needs Windows',
  },
]

/** The family of the service's `osPlatform` word, which is an open list. */
export function platformFamily(osPlatform: string | null): PlatformFamily {
  const word = (osPlatform ?? '').toLowerCase()
  if (word.startsWith('windows')) return 'windows'
  if (word === 'macos') return 'macos'
  if (word === 'ios' || word === 'android') return 'mobile'
  return /linux|ubuntu|debian|redhat|centos|suse|fedora|oracle|rocky|alma/.test(word) ? 'linux' : 'unknown'
}

/** Says why a platform cannot do an action; undefined where it can, or where nobody knows. */
export function unsupportedReason(
  type: ActionType,
  scope: string | null,
  osPlatform: string | null,
): string | undefined {
  const family = platformFamily(osPlatform)
  return PLATFORM_RULES.find(
    rule =>
      rule.type === type &&
      (rule.scope === undefined || rule.scope === scope) &&
      rule.unable.includes(family),
  )?.reason
}
