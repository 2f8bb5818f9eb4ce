import {
  COMMAND_PERMISSIONS,
  missingPermissions,
  policyPermissions,
  READ_PERMISSIONS,
} from '../../analysis/by-hand/policy-permissions.ts'
import { HUNTING_PATHS } from '../../defender/hunting-path.ts'
import { type TokenClaims, tokenClaims } from '../../defender/token.ts'
import { Failure } from '../../local/failure.ts'
import type {
  DoctorCheck,
  DoctorDocument,
  DoctorProbe,
  DoctorToken,
} from '../../report/documents/doctor-document.ts'
import { renderDoctor } from '../../report/terminal/render-doctor.ts'
import { formatInstant, fromEpochMs } from '../../schema/instant.ts'
import { defaultConfiguration } from '../../schema/parse-configuration.ts'
import type { Command, CommandContext } from '../command.ts'
import { type Declaration, loadDeclaration } from '../declaration/declaration.ts'
import { checkStore } from '../doctor/check-store.ts'
import {
  check,
  checkClock,
  checkDeclaration,
  checkEndpoint,
  checkMissing,
  checkOfError,
  checkReading,
  checkToken,
} from '../doctor/doctor-checks.ts'
import { checkEvidence } from '../doctor/evidence-check.ts'
import { checkFreeze } from '../doctor/freeze-check.ts'
import { probePermissions } from '../doctor/probing.ts'
import { checkProtection } from '../doctor/protection-check.ts'
import { DOCUMENT_OPTIONS, emitDocument } from '../emit-document.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { openService, type Service } from '../service/service.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'
import { readVersion } from '../version.ts'

/** What was found so far. */
interface Findings {
  readonly checks: DoctorCheck[]
  token: DoctorToken | null
  probes: readonly DoctorProbe[] | null
  /** Whether Graph answers hunting queries; null where that is not known. */
  hunts: boolean | null
}

const NO_DECLARATION: Declaration = {
  configuration: defaultConfiguration(),
  policies: [],
  chosen: undefined,
  diagnostics: [],
  sources: [],
  files: {},
}

/** Reads the declaration; undefined where not even the configuration can be read, so that nobody knows whom to ask. */
async function readDeclaration(
  context: CommandContext,
  { checks }: Findings,
): Promise<Declaration | undefined> {
  const { io, flags } = context
  try {
    const declaration = await loadDeclaration({ cwd: io.cwd, config: flags.text('config'), paths: [] })
    tellDiagnostics(declaration.diagnostics, declaration.diagnostics, context)
    checks.push(checkDeclaration(declaration))
    return declaration
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (error.code === 'configuration-not-found' && !flags.has('config')) {
      checks.push(checkDeclaration(NO_DECLARATION))
      return NO_DECLARATION
    }
    tellDiagnostics(error.diagnostics, error.diagnostics, context)
    checks.push(checkOfError('configuration', error))
    return undefined
  }
}

function tokenOf(claims: TokenClaims | undefined): DoctorToken | null {
  if (claims === undefined) return null
  const { aud, tid, exp, roles } = claims
  return {
    audience: aud,
    tenantId: tid,
    expiresAt: exp === null ? null : formatInstant(fromEpochMs(exp * 1000)),
    roles: roles === null ? null : roles.toSorted(),
  }
}

/** Gets a token and looks at what it says; false where none can be had, or it is of another tenant. */
async function examineToken(service: Service, findings: Findings): Promise<boolean> {
  const { checks } = findings
  try {
    const claims = tokenClaims((await service.token.get({ fresh: false })).text)
    findings.token = tokenOf(claims)
    checks.push(...checkToken(claims, service.target, service.clock.now()))
    await service.client.identify()
    return true
  } catch (error) {
    checks.push(checkOfError('token', error))
    return false
  }
}

/** Asks the service: reading and its clock, and with `--probe` what may be written. */
async function askService(
  service: Service,
  declaration: Declaration,
  context: CommandContext,
  findings: Findings,
): Promise<void> {
  const { checks } = findings
  const { policies, configuration } = declaration
  const probe = await service.openPermissionProbe()
  const machines = await probe.read('machines', context.signal)
  checks.push(...checkReading(machines, await probe.read('machineactions', context.signal)))
  checks.push(checkClock(probe.clockSkewMs, service.endpointName))
  checks.push(...(await checkProtection(declaration, service, context)))
  checks.push(...(await checkFreeze(configuration, service)))
  const evidence = await checkEvidence(configuration, service, context)
  checks.push(...evidence.checks)
  findings.hunts = evidence.has
  if (!context.flags.has('probe')) return
  const probed = await probePermissions(policies, probe, service, context)
  findings.probes = probed.probes
  checks.push(...probed.checks)
}

/** Goes through all checks; what cannot be looked at because of an earlier one is skipped and says so. */
async function examine(
  declaration: Declaration,
  context: CommandContext,
  findings: Findings,
): Promise<DoctorDocument['target']> {
  const { checks } = findings
  let service: Service
  try {
    service = await openService(context, declaration.configuration)
  } catch (error) {
    checks.push(checkOfError('endpoint', error))
    return null
  }
  try {
    const { target, endpointName } = service
    checks.push(checkEndpoint(target, endpointName, declaration.configuration))
    checks.push(...(await checkStore(declaration.configuration, service)))
    if (await examineToken(service, findings)) await askService(service, declaration, context, findings)
    else checks.push(check('reading', 'skipped', 'there is no token to ask with'))
    return { endpoint: endpointName, tenantId: findings.token?.tenantId ?? target.tenantId ?? null }
  } finally {
    await service.close()
  }
}

function documentOf(
  declaration: Declaration | undefined,
  target: DoctorDocument['target'],
  { checks, token, probes, hunts }: Findings,
): DoctorDocument {
  const policies = declaration?.policies ?? []
  const roles = token?.roles ?? null
  const needs = policyPermissions(policies, roles)
  const missing = missingPermissions(needs)
  const all = [...checks, ...checkMissing(missing, roles, policies.length)]
  return {
    formatVersion: '1.0',
    toolVersion: readVersion(),
    healthy: all.every(({ status }) => status !== 'error'),
    target,
    cloud: declaration?.configuration.cloud ?? null,
    token,
    checks: all,
    policies: needs.map(({ policy, place, canPlan, apply }) => ({
      policy,
      file: place.file,
      line: place.line,
      plan: { anyOf: READ_PERMISSIONS, has: canPlan },
      apply,
    })),
    missing,
    commands: COMMAND_PERMISSIONS.map(({ command, permission }) => ({
      command,
      permission,
      has: permission === HUNTING_PATHS.graph.permission ? hunts : (roles?.includes(permission) ?? null),
    })),
    probes,
  }
}

async function run(context: CommandContext): Promise<number> {
  const findings: Findings = { checks: [], token: null, probes: null, hunts: null }
  const declaration = await readDeclaration(context, findings)
  const target = declaration === undefined ? null : await examine(declaration, context, findings)
  if (declaration === undefined) {
    findings.checks.push(check('endpoint', 'skipped', 'without a configuration nobody knows whom to ask'))
  }
  const document = documentOf(declaration, target, findings)
  await emitDocument(document, renderDoctor, context)
  return document.healthy ? EXIT_CODES.ok : EXIT_CODES.error
}

/** `holdfast doctor`. */
export const doctor: Command = {
  description:
    'Looks whether everything is in place: configuration and policies, endpoint, token and its permissions, the clocks, one read of machines and one of their history, evidence where the configuration reads it, and for each policy which permissions its plan and its apply need and which of them are missing. Changes nothing. --probe proves the permissions to write with the real requests, to a machine id that cannot exist: no device is touched, and nothing is sent unless the service says that it knows no such machine.',
  arguments: '',
  options: [
    {
      name: 'probe',
      kind: 'switch',
      description: 'send the requests that the policies need to a machine that does not exist',
    },
    ...DOCUMENT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    { command: 'holdfast doctor', does: 'before the first plan' },
    { command: 'holdfast doctor --probe', does: 'before the night on which it counts' },
    { command: 'holdfast doctor --json | jq .missing', does: 'which roles are to be granted?' },
  ],
  exits: { ok: 'nothing is wrong', error: 'something is wrong; the checks say what' },
  run,
}
