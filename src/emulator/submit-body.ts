import type { ActionMethod } from '../posture/methods.ts'
import { Refusal } from './exchange.ts'
import type { LiveResponseRequest } from './scenario-types.ts'
import type { Settings } from './settings.ts'

/** What a POST asks for, checked. */
export interface Submission {
  readonly comment: string | null
  readonly scope: string | null
  /** The scope as the body stated it, null where it left it out. */
  readonly statedScope: string | null
  readonly sha1: string | null
  readonly commands: readonly LiveResponseRequest[]
  readonly title: string | null
  readonly externalId: string | null
}

type Body = Readonly<Record<string, unknown>>

/** Keys that `$metadata`-derived clients send beside the documented ones (docs/service.md#external-id). */
const COMMON_KEYS = ['Comment', 'ExternalId', 'RequestSource', 'Title'] as const
const ISOLATION_TYPES: ReadonlySet<string> = new Set(['Full', 'Selective', 'UnManagedDevice'])
const SCAN_TYPES: ReadonlySet<string> = new Set(['Quick', 'Full'])

/** Keys of each live response command, required ones first; Args is the only optional one. */
const COMMAND_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['PutFile', ['FileName']],
  ['RunScript', ['ScriptName', 'Args']],
  ['GetFile', ['Path']],
])
const COMMAND_ORDER = [...COMMAND_KEYS.keys()]

function badBody(): Refusal {
  return new Refusal(400, 'InvalidRequestBody', 'Request body is incorrect')
}

function missing(name: string): Refusal {
  return new Refusal(400, 'MissingRequiredParameter', `Parameter ${name} is missing`)
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'InvalidInput', `Invalid input ${message}`)
}

/**
 * Reads a JSON object whose keys are among `allowed`, in exactly that letter case.
 *
 * @throws Refusal InvalidRequestBody for anything else.
 */
export function readBody(text: string, allowed: readonly string[]): Body {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badBody()
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badBody()
  const body = { ...value } as Body
  for (const key of Object.keys(body)) if (!allowed.includes(key)) throw badBody()
  return body
}

/** Reads an optional text; an empty one counts as missing. */
export function optionalText(body: Body, key: string): string | null {
  const value = body[key]
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string') throw badBody()
  return value
}

/** Reads a text that has to be there. */
export function requiredText(body: Body, key: string): string {
  const text = optionalText(body, key)
  if (text === null || text.trim() === '') throw missing(key)
  return text
}

function readComment(body: Body, isRequired: boolean, limit: number): string | null {
  const comment = isRequired ? requiredText(body, 'Comment') : optionalText(body, 'Comment')
  if (comment !== null && comment.length > limit)
    throw invalid(`Comment: at most ${limit} characters are allowed`)
  return comment
}

function oneOf(words: ReadonlySet<string>, key: string, text: string): string {
  if (!words.has(text)) throw invalid(`${key}: ${text}`)
  return text
}

/** Reads IsolationType or ScanType; whether the latter has to be there is a switch (docs/service.md#scan-without-type). */
function readScope(
  type: string,
  body: Body,
  scanNeedsType: boolean,
): Pick<Submission, 'scope' | 'statedScope'> {
  if (type === 'Isolate') {
    const stated = optionalText(body, 'IsolationType')
    const scope = oneOf(ISOLATION_TYPES, 'IsolationType', stated ?? 'Full')
    return { scope, statedScope: stated }
  }
  if (type === 'RunAntiVirusScan') {
    const stated = scanNeedsType ? requiredText(body, 'ScanType') : optionalText(body, 'ScanType')
    const scope = stated === null ? null : oneOf(SCAN_TYPES, 'ScanType', stated)
    return { scope, statedScope: scope }
  }
  return { scope: null, statedScope: null }
}

function readSha1(body: Body): string {
  const sha1 = requiredText(body, 'Sha1')
  if (!/^[0-9a-f]{40}$/i.test(sha1))
    throw new Refusal(400, 'InvalidHashValue', `Hash value ${sha1} is not a valid Sha1`)
  return sha1
}

function readCommand(value: unknown): LiveResponseRequest {
  if (typeof value !== 'object' || value === null) throw badBody()
  const { type, params } = value as { readonly type?: unknown; readonly params?: unknown }
  const keys = typeof type === 'string' ? COMMAND_KEYS.get(type) : undefined
  if (keys === undefined || !Array.isArray(params)) throw invalid(`command type: ${String(type)}`)
  const read = params.map((param: unknown) => readParam(param, keys))
  const [required = ''] = keys
  if (!read.some(({ key }) => key === required)) throw missing(required)
  return { type: String(type), params: read }
}

function readParam(
  param: unknown,
  keys: readonly string[],
): { readonly key: string; readonly value: string } {
  const { key, value } = (param ?? {}) as { readonly key?: unknown; readonly value?: unknown }
  if (typeof key !== 'string' || typeof value !== 'string' || !keys.includes(key))
    throw invalid(`command parameter: ${String(key)}`)
  return { key, value }
}

/** Reads the commands of a live response: PutFile first, then RunScript, then GetFile. */
function readCommands(body: Body): readonly LiveResponseRequest[] {
  const list = body['Commands']
  if (!Array.isArray(list) || list.length === 0) throw missing('Commands')
  const commands = list.map(readCommand)
  const ranks = commands.map(({ type }) => COMMAND_ORDER.indexOf(type))
  if (ranks.some((rank, index) => rank < (ranks[index - 1] ?? 0)))
    throw invalid('Commands: the order is PutFile, RunScript, GetFile')
  return commands
}

/**
 * Reads the body of one of the nine POSTs that create an action.
 *
 * @param settings - Longest comment, in characters, and whether a scan has to say its type.
 * @throws Refusal for everything the service answers with 400.
 */
export function readSubmission(
  method: ActionMethod,
  text: string,
  { commentLimit, scanNeedsType }: Pick<Settings, 'commentLimit' | 'scanNeedsType'>,
): Submission {
  const body = readBody(text, [...COMMON_KEYS, ...method.bodyKeys])
  return {
    comment: readComment(body, method.type !== 'LiveResponse', commentLimit),
    ...readScope(method.type, body, scanNeedsType),
    sha1: method.type === 'StopAndQuarantineFile' ? readSha1(body) : null,
    commands: method.type === 'LiveResponse' ? readCommands(body) : [],
    title: optionalText(body, 'Title'),
    externalId: optionalText(body, 'ExternalId'),
  }
}

/** Reads the body of a cancel: a comment, or nothing at all. */
export function readCancelComment(text: string, commentLimit: number): string | null {
  if (text.trim() === '') return null
  return readComment(readBody(text, COMMON_KEYS), false, commentLimit)
}
