import type { ExitName } from '../../apply/result.ts'
import type { Target } from '../../plan/document/document.ts'
import type { ActionCommand, MachineAction } from '../../posture/machine-action.ts'
import { TERMINAL_STATUSES } from '../../posture/methods.ts'
import { hasEnded } from '../../posture/status.ts'
import { formatInstant } from '../../schema/instant.ts'
import type { DocumentExit } from './document-exit.ts'

/** How a script ended. */
export interface ScriptDocument {
  readonly exitCode: number
  /** At most {@link OUTPUT_LIMIT} characters; the file has all of it. */
  readonly output: string
  readonly errors: string
  /** Whether one of the two was cut. */
  readonly truncated: boolean
}

/** The result of one command as it was saved. */
export interface ResultFile {
  /** Relative to the working directory. */
  readonly file: string
  readonly size: number
  /** 64 hex digits. */
  readonly sha256: string
}

/** What is known of a command's result. */
export interface CommandResult {
  readonly result: ResultFile | null
  readonly script: ScriptDocument | null
  /** Stable code of what is wrong with it; null where nothing is. */
  readonly code: string | null
  readonly detail: string | null
}

/** One command of a live response, in documents. */
export interface CommandDocument extends CommandResult {
  readonly index: number
  readonly type: string
  /** The file, script or path that it is about. */
  readonly subject: string
  readonly args: string | null
  /** The service's own word. */
  readonly status: string
  readonly errors: readonly string[]
}

/** The document of `live-response run` and `live-response result`. Never holds a link. */
export interface LiveResponseDocument {
  readonly formatVersion: '1.0'
  readonly exit: DocumentExit
  readonly target: Target
  readonly machine: { readonly id: string; readonly dnsName: string | null }
  readonly actionId: string
  readonly status: string
  readonly createdAt: string
  readonly endedAt: string | null
  /** Whether this run asked for it. */
  readonly submitted: boolean
  readonly commands: readonly CommandDocument[]
}

/** Longest output of a script in a document, in UTF-16 units. */
export const OUTPUT_LIMIT = 65_536

/** A command about which nothing was fetched. */
export const NO_RESULT: CommandResult = { result: null, script: null, code: null, detail: null }

/** The parameter that says what a command is about, whatever its type. */
export function subjectOf({ params }: Pick<ActionCommand, 'params'>): string {
  return params.find(({ key }) => key !== 'Args')?.value ?? ''
}

/** Cuts a script's texts to what a document holds. */
export function scriptDocument(script: {
  readonly exitCode: number
  readonly output: string
  readonly errors: string
}): ScriptDocument {
  const cut = (text: string): string => text.slice(0, OUTPUT_LIMIT).replace(/[\uD800-\uDBFF]$/, '')
  const [output, errors] = [cut(script.output), cut(script.errors)]
  const truncated = output.length < script.output.length || errors.length < script.errors.length
  return { exitCode: script.exitCode, output, errors, truncated }
}

/** Writes one command with what is known of its result. */
export function commandDocument(command: ActionCommand, known: CommandResult): CommandDocument {
  const { index, type, commandStatus, errors, params } = command
  const args = params.find(({ key }) => key === 'Args')?.value ?? null
  return { index, type, subject: subjectOf(command), args, status: commandStatus, errors, ...known }
}

/** Writes how a live response stands. */
export function liveResponseParts(
  action: MachineAction,
): Pick<LiveResponseDocument, 'actionId' | 'status' | 'createdAt' | 'endedAt'> {
  return {
    actionId: action.id,
    status: action.status,
    createdAt: formatInstant(action.creationDateTimeUtc),
    endedAt: hasEnded(action) ? formatInstant(action.lastUpdateDateTimeUtc) : null,
  }
}

/**
 * Decides how a command line ends that ran a live response: the service calls it succeeded whatever its scripts gave
 * back, so their exit codes are looked at (docs/service.md#script-exit-code).
 */
export function liveResponseExit(
  status: string,
  commands: readonly Pick<CommandDocument, 'code' | 'status'>[],
): ExitName {
  if (!TERMINAL_STATUSES.has(status)) return 'pending'
  const isGood = commands.every(command => command.code === null && command.status !== 'Failed')
  return status === 'Succeeded' && isGood ? 'ok' : 'partial'
}
