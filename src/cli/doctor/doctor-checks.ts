import type { MissingPermission } from '../../analysis/by-hand/policy-permissions.ts'
import type { ServiceTarget } from '../../defender/clouds.ts'
import type { ReadAnswer } from '../../defender/permission-probe.ts'
import type { TokenClaims } from '../../defender/token.ts'
import type { DoctorCheck } from '../../report/documents/doctor-document.ts'
import { counted } from '../../report/words/words.ts'
import type { Configuration } from '../../schema/configuration.ts'
import { formatDuration } from '../../schema/duration.ts'
import { fromEpochMs, type Instant, msBetween } from '../../schema/instant.ts'
import type { Declaration } from '../declaration/declaration.ts'
import { skewDiagnostics } from '../planning/planning.ts'

/** Audiences that the commercial service takes beside its hosts (docs/service.md#second-audience). */
const OTHER_AUDIENCES: ReadonlySet<string> = new Set([
  'https://securitycenter.onmicrosoft.com/windowsatpservice',
])
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** A token with less left may end before an apply does; HOLDFAST_TOKEN is not renewed. */
const SHORT_MS = 600_000

/** Makes a check. */
export function check(
  name: string,
  status: DoctorCheck['status'],
  message: string,
  wayOut: string | null = null,
): DoctorCheck {
  return { name, status, message, wayOut }
}

/** Turns whatever stopped a step into its check. */
export function checkOfError(name: string, error: unknown): DoctorCheck {
  if (!(error instanceof Error) || !('code' in error)) throw error
  const wayOut =
    'wayOut' in error && typeof error.wayOut === 'string' && error.wayOut !== '' ? error.wayOut : null
  return check(name, 'error', `${error.message} (${String(error.code)})`, wayOut)
}

/** Whether configuration and policies are there and valid. */
export function checkDeclaration({ configuration, policies, diagnostics, files }: Declaration): DoctorCheck {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  const where = configuration.file ?? 'defaults, since there is no holdfast.yaml'
  const what = `${where}; ${counted(policies.length, 'policy', 'policies')} read from ${counted(Object.keys(files).length, 'file')}`
  if (errors > 0) {
    const message = `${what}; ${counted(errors, 'error')}`
    return check(
      'configuration',
      'error',
      message,
      'Mend the errors above; `holdfast validate` shows them too.',
    )
  }
  return policies.length === 0
    ? check('configuration', 'warning', `${what}; so what follows is about reading alone`)
    : check('configuration', 'ok', what)
}

/** Where requests and tokens go. */
export function checkEndpoint(target: ServiceTarget, name: string, { cloud }: Configuration): DoctorCheck {
  return check(
    'endpoint',
    'ok',
    `${name}, cloud ${cloud}, sign-in at ${target.authority} for ${target.scope}`,
  )
}

function isForService(audience: string, { scope, allows }: ServiceTarget): boolean {
  const bare = audience.replace(/\/+$/, '')
  if (bare === scope.replace(/\/\.default$/, '') || OTHER_AUDIENCES.has(bare) || GUID.test(bare)) return true
  const url = URL.parse(bare)
  return url !== null && allows(url)
}

/** What the token says of itself: whom it is for, until when, and whether it tells its permissions. */
export function checkToken(
  claims: TokenClaims | undefined,
  target: ServiceTarget,
  now: Instant,
): readonly DoctorCheck[] {
  if (claims === undefined) {
    return [
      check('token', 'warning', 'it is opaque, so that nothing can be told of it; the service reads it'),
    ]
  }
  const { aud, exp, tid, roles } = claims
  const left = exp === null ? null : msBetween(now, fromEpochMs(exp * 1000))
  const life = left === null ? 'end unknown' : left > 0 ? `good for ${formatDuration(left)}` : 'expired'
  const what = `tenant ${tid ?? 'unknown'}, audience ${aud ?? 'unknown'}, ${life}`
  const checks: DoctorCheck[] = []
  if (left !== null && left <= 0) {
    checks.push(check('token', 'error', what, 'Get a new one; a token lasts about an hour.'))
  } else if (left !== null && left < SHORT_MS) {
    checks.push(check('token', 'warning', `${what}, which may be too short for an apply`))
  } else checks.push(check('token', 'ok', what))
  if (aud !== null && !isForService(aud, target)) {
    const expected = target.scope.replace(/\/\.default$/, '')
    checks.push(
      check(
        'audience',
        'warning',
        `the token is for ${aud}; this cloud expects ${expected}`,
        'Ask for a token of the scope shown with the endpoint.',
      ),
    )
  }
  if (roles === null) {
    checks.push(
      check(
        'permissions',
        'warning',
        'the token has no `roles`, so it is a user token or one without permissions; `--probe` tells what it may do',
      ),
    )
  }
  return checks
}

/** How far the two clocks are apart. */
export function checkClock(skewMs: number | undefined, endpoint: string): DoctorCheck {
  if (skewMs === undefined) return check('clock', 'skipped', 'no answer of the service told its time')
  const [found] = skewDiagnostics({ clockSkewMs: skewMs, target: { endpoint, tenantId: null } })
  if (found === undefined) return check('clock', 'ok', `apart by ${formatDuration(Math.abs(skewMs))}`)
  return check('clock', found.severity === 'error' ? 'error' : 'warning', found.message)
}

const READ_WAY_OUT =
  'Grant the application Machine.Read.All (WindowsDefenderATP, application permission) with admin consent, then get a new token; where this call is refused all the same, Machine.ReadWrite.All.'

const LIST_WAY_OUT =
  'Check the endpoint and its path, and that the application may see the device groups of the tenant.'

/** Whether machines and their history can be read, tried with one GET each; what only looks like a read is none. */
export function checkReading(machines: ReadAnswer, actions: ReadAnswer): readonly DoctorCheck[] {
  const failed = [checkList('machines', machines), checkList('actions', actions)].filter(
    found => found !== undefined,
  )
  if (failed.length > 0) {
    const told = new Map(failed.map(found => [found.message, found]))
    return [...told.values()]
  }
  const noMachines = machines.kind === 'absent' || (machines.kind === 'listed' && machines.isEmpty)
  if (!noMachines) {
    return [check('reading', 'ok', 'the service answered a list of machines and one of actions')]
  }
  const how = machines.kind === 'absent' ? 'was answered with 404' : 'is empty'
  if (actions.kind === 'listed' && actions.isEmpty) {
    const message = `the list of machines ${how} and that of actions is empty: an empty tenant, or one of which the application may see nothing`
    return [check('reading', 'warning', message)]
  }
  const message = `the list of machines ${how}, and the history names machines`
  return [check('reading', 'error', message, LIST_WAY_OUT)]
}

function checkList(name: 'machines' | 'actions', answer: ReadAnswer): DoctorCheck | undefined {
  switch (answer.kind) {
    case 'listed':
      return undefined
    case 'absent':
      // The service documents this of an empty list of machines alone.
      return name === 'machines'
        ? undefined
        : check(
            'reading',
            'error',
            `the list of actions was answered with 404: ${answer.message}`,
            LIST_WAY_OUT,
          )
    case 'missing':
      return check('reading', 'error', answer.message, READ_WAY_OUT)
    case 'throttled':
      return check('reading', 'warning', `the quota is used up for ${formatDuration(answer.retryAfterMs)}`)
    default:
      return check('reading', 'error', answer.message)
  }
}

/** One check for all permissions that policies need. */
export function checkMissing(
  missing: readonly MissingPermission[],
  roles: readonly string[] | null,
  policies: number,
): readonly DoctorCheck[] {
  if (policies === 0 || roles === null) return []
  if (missing.length === 0) return [check('permissions', 'ok', 'the token has all that the policies need')]
  return missing.map(({ permission, policies: names }) =>
    check(
      'permissions',
      'error',
      `the token lacks ${permission}, which ${names.join(', ')} cannot do without`,
      `Grant the application ${permission} with admin consent, then get a new token.`,
    ),
  )
}
