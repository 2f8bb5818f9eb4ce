/** Families of operating systems that the service's support tables tell apart (docs/platforms.md). */
type Family = 'client' | 'modern-server' | 'older-server' | 'linux' | 'macos'

const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/^Windows1[01]/i, 'client'],
  [/^WindowsServer(2019|2022|2025)/i, 'modern-server'],
  [/^WindowsServer(2012R2|2016)/i, 'older-server'],
  [/^Linux/i, 'linux'],
  [/^macOS/i, 'macos'],
]
const WINDOWS: readonly Family[] = ['client', 'modern-server', 'older-server']
const EVERYWHERE: readonly Family[] = [...WINDOWS, 'linux', 'macos']
const NOT_LINUX: readonly Family[] = [...WINDOWS, 'macos']
const APP_CONTROL: readonly Family[] = ['client', 'modern-server']

const SUPPORT: Readonly<Record<string, readonly Family[]>> = {
  'Isolate.Selective': NOT_LINUX,
  RestrictCodeExecution: APP_CONTROL,
  UnrestrictCodeExecution: APP_CONTROL,
  StopAndQuarantineFile: WINDOWS,
}

/**
 * Says whether an action is possible on a platform.
 *
 * A machine whose platform is not known yet is given the benefit of the doubt; one of an unknown or older kind is not.
 */
export function isSupported(type: string, scope: string | null, osPlatform: string | null): boolean {
  if (osPlatform === null) return true
  const family = FAMILIES.find(([pattern]) => pattern.test(osPlatform))?.[1]
  const supported = SUPPORT[`${type}.${scope}`] ?? SUPPORT[type] ?? EVERYWHERE
  return family !== undefined && supported.includes(family)
}
