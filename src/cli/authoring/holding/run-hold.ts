import type { ApplyResult, ExitName, Outcome } from '../../../apply/result.ts'
import { escapeTerminal } from '../../../report/terminal/escape-terminal.ts'
import {
  type ApplyRequest,
  readApplyRequest,
  requireHonouredOverrides,
} from '../../applying/apply-request.ts'
import { type ApplyParts, applyShown } from '../../applying/apply-shown.ts'
import { approvalOf } from '../../applying/audit-subject.ts'
import { requireConsentOrTerminal } from '../../applying/consent.ts'
import type { CommandContext } from '../../command.ts'
import {
  type Declaration,
  type DeclarationPlace,
  loadDeclaration,
  requireValid,
} from '../../declaration/declaration.ts'
import { findConfiguration } from '../../declaration/find-configuration.ts'
import { fail } from '../../fail.ts'
import { readOutputs } from '../../outputs.ts'
import { makePlan } from '../../planning/planning.ts'
import { openService, type Service } from '../../service/service.ts'
import { withAuditRecord } from '../../service/with-audit-record.ts'
import { tellDiagnostics } from '../../tell-diagnostics.ts'
import { draftHold, type HoldDraft, type HoldRequest, policiesFor } from './draft-hold.ts'
import { commitFiles, findUncommitted, requireCommitted, requireRepository } from './git-commit.ts'
import {
  commitMessage,
  declaringQuestion,
  type HoldWords,
  saidOfFiles,
  saidOfTakenBack,
} from './hold-words.ts'
import { isDeclared } from './is-declared.ts'
import { findPolicyFolder, type PolicyFolder } from './policy-folder.ts'
import { resolveNames } from './resolve-names.ts'
import { requirePlainFiles, type WrittenFiles, writeFiles } from './write-draft.ts'

/** What a command asks of whatever machines are named. */
export type Asked = Pick<HoldRequest, 'command' | 'isolated' | 'restricted' | 'forMs'>

/** Outcomes of changes that no request was sent for. */
const NOT_SENT: readonly Outcome[] = ['refused', 'not-attempted', 'unchanged']

/** Exits of an apply that did not go on to what it was to await. */
const NOT_BEGUN: readonly (ExitName | 'signal')[] = ['stale', 'refused', 'locked']

interface Basis {
  readonly place: DeclarationPlace
  readonly declaration: Declaration
  readonly folder: PolicyFolder
}

/** Reads what is declared; without a configuration nothing is, and a first one will be written. */
async function readBasis({ io, flags }: CommandContext): Promise<Basis> {
  const config = flags.text('config')
  const path = await findConfiguration(config, io.cwd)
  const place = { cwd: io.cwd, config, paths: [], ...(path === undefined ? { only: [] } : {}) }
  const declaration = requireValid(await loadDeclaration(place))
  const folder = await findPolicyFolder(path, io.cwd, declaration.configuration.policies)
  return { place, declaration, folder }
}

/** Throws Failure `usage` for an option that the configuration makes necessary. */
function requireDemanded({ configuration: { require = [] } }: Declaration, { flags }: CommandContext): void {
  const missing = (['owner', 'ticket'] as const).find(key => require.includes(key) && !flags.has(key))
  if (missing === undefined) return
  throw fail('usage', `The configuration demands \`${missing}\` of every policy: add --${missing}.`)
}

/** Writes the files, and makes sure that the configuration loads the new policy. */
async function declare(
  draft: HoldDraft,
  { place, declaration, folder }: Basis,
  { io }: CommandContext,
): Promise<WrittenFiles> {
  const known = new Map(declaration.sources.map(({ path, text }) => [path, text]))
  const first = folder.configuration
  const texts = new Map(draft.texts)
  if (first !== undefined) texts.set(first.path, first.text)
  const written = await writeFiles(texts, known, place.cwd)
  try {
    const { files } = await loadDeclaration({ cwd: place.cwd, config: place.config, paths: [] })
    if (files[draft.path] !== undefined) return written
    throw fail('path-not-configured', `The configuration would not load ${draft.path}.`)
  } catch (error) {
    const kept = await written.takeBack()
    if (kept.length > 0) io.stderr.write(saidOfTakenBack(kept))
    throw error
  }
}

/** How a run ended. */
interface Ended extends HoldWords {
  readonly written: WrittenFiles | undefined
  readonly result: ApplyResult | undefined
  readonly code: number
  /** Whether a request was announced: a change may have opened a machine and not have closed it. */
  readonly hasRequested: boolean
}

/** Says whether it ended before anything was done for which the files would have to stay. */
function wasNotBegun({ plan, result, hasRequested }: Ended): boolean {
  if (result === undefined || hasRequested) return false
  if (plan.changes.length === 0) return NOT_BEGUN.includes(result.exit.name)
  return result.outcomes.every(({ outcome }) => NOT_SENT.includes(outcome))
}

/** Says what became of the files, and commits them where that was asked for. */
async function conclude(ended: Ended, context: CommandContext): Promise<number> {
  const { request, written, code } = ended
  const { io, flags, signal } = context
  const isDocument = readOutputs(flags).format !== 'human'
  const output = isDocument ? io.stderr : io.stdout
  if (written === undefined) {
    output.write('Nothing was written: there was nothing to submit.\n')
    return code
  }
  if (wasNotBegun(ended)) {
    output.write(saidOfTakenBack(await written.takeBack()))
    return code
  }
  const message = commitMessage(request)
  // Whoever interrupts wants the end of it: no hook of a repository is started after that.
  if (!flags.has('commit') || signal.aborted) {
    output.write(saidOfFiles(ended, written.paths, message))
    return code
  }
  const commit = await commitFiles(written.paths, message, io)
  output.write(
    `\nCommitted ${written.paths.map(path => escapeTerminal(path)).join(', ')} as ${commit.slice(0, 12)}.\n`,
  )
  return code
}

/** Where an apply ends in an error: takes back what was written where the record says that nothing was sent. */
async function afterError(
  written: WrittenFiles | undefined,
  { audit }: Pick<Service, 'audit'>,
  { io }: CommandContext,
): Promise<void> {
  if (written === undefined) return
  if (audit.hasStarted) {
    const paths = written.paths.map(path => escapeTerminal(path)).join(', ')
    io.stderr.write(`What was written stays: ${paths}. \`holdfast apply\` goes on from there.\n`)
    return
  }
  io.stderr.write(saidOfTakenBack(await written.takeBack()))
}

/** What both halves of a run work with. */
interface HoldRun {
  readonly asked: Asked
  readonly reason: string
  readonly request: ApplyRequest
  readonly basis: Basis
  readonly service: Service
}

/** Refuses files that are not to be changed; gives those that hold what was not committed, where git can tell. */
async function checkEdited({ edited }: HoldDraft, { io, flags }: CommandContext): Promise<readonly string[]> {
  const paths = edited.map(({ path }) => path)
  await requirePlainFiles(paths, io.cwd)
  if (!flags.has('commit')) return findUncommitted(paths, io).catch(() => [])
  await requireCommitted(paths, io)
  return []
}

/** Resolves, drafts, plans, shows, asks, writes, applies, and says what became of the files. */
async function planAndApply(run: HoldRun, context: CommandContext): Promise<number> {
  const { asked, reason, request, basis, service } = run
  const { flags, args, signal } = context
  const { configuration } = basis.declaration
  const { overriddenGuards } = request
  const machines = await resolveNames(args, service.client, signal)
  const terms = { reason, owner: flags.text('owner'), ticket: flags.text('ticket') }
  const holdRequest: HoldRequest = { ...asked, ...terms, machines, now: service.clock.now() }
  const draft = draftHold(holdRequest, basis.declaration, basis.folder)
  const uncommitted = await checkEdited(draft, context)
  const declaration = requireValid(await loadDeclaration({ ...basis.place, drafts: draft.texts }))
  const policies = policiesFor(holdRequest, draft.policy, declaration.policies)
  const chosen = [`policy:${draft.policy}`]
  const { plan, findings } = await makePlan(context, { ...declaration, policies }, service, {
    exceedGuards: overriddenGuards,
    targets: chosen,
    askedNow: holdRequest.command === 'contain',
  })
  tellDiagnostics(plan.diagnostics, declaration.diagnostics, context, declaration.sources)
  requireHonouredOverrides(request, plan, configuration)
  const ended: { written?: WrittenFiles; result?: ApplyResult } = {}
  const parts: ApplyParts = {
    request,
    outputs: readOutputs(flags),
    service,
    configuration,
    declared: { policies, hasMoved: false },
    overriddenGuards,
    ...(isDeclared(holdRequest, draft, basis.declaration)
      ? {}
      : { declaring: declaringQuestion(holdRequest, draft) }),
    beforeSubmitting: async () => {
      ended.written = await declare(draft, basis, context)
    },
    onResult: result => {
      ended.result = result
    },
  }
  const code = await applyShown(plan, context, parts).catch(async error => {
    await afterError(ended.written, service, context)
    throw error
  })
  const { written, result } = ended
  const { hasRequested } = service.audit
  return await conclude(
    {
      uncommitted,
      draft,
      request: holdRequest,
      plan,
      findings,
      configuration,
      written,
      result,
      code,
      hasRequested,
    },
    context,
  )
}

/**
 * Declares a hold or a release of named machines, and applies just that: plans with the policy as it would be written,
 * shows, asks, writes the files, applies. Where nothing is submitted nothing is left written.
 *
 * @throws Failure where a name is not one machine, a policy in the way cannot be edited, or consent is missing.
 */
export async function runHold(asked: Asked, context: CommandContext): Promise<number> {
  const { io, flags } = context
  const reason = flags.required('reason').trim()
  readOutputs(flags)
  const request = await readApplyRequest({ ...context, args: [] })
  if (flags.has('commit')) await requireRepository(io)
  const basis = await readBasis(context)
  requireDemanded(basis.declaration, context)
  const service = await openService(context, basis.declaration.configuration)
  service.audit.prepare({ command: asked.command, approval: approvalOf(request, flags) })
  try {
    return await withAuditRecord(service.audit, context, async () => {
      requireConsentOrTerminal(context, request)
      return planAndApply({ asked, reason, request, basis, service }, context)
    })
  } finally {
    await service.close()
  }
}
