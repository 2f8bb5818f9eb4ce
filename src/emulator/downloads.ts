import type { Call } from './call.ts'
import { findAction } from './cancel.ts'
import { notFound, Refusal, type Reply } from './exchange.ts'
import { commandResult, type DownloadContent, investigationPackage } from './package-content.ts'
import type { StoredAction, WireCommand } from './stored-action.ts'
import type { World } from './world.ts'

const STORAGE = /^\/storage\/(packages|results)\/([^/]+)(?:\/(\d+))?$/

function answerLink({ world, url, nowMs }: Call, path: string, isQuoted: boolean): Reply {
  const { replies, links, settings } = world
  const context = `${settings.contextOrigin}/api/$metadata#Edm.String`
  const link = links.sign(url.origin, path, nowMs)
  // The documentation shows the value inside a second pair of quotes.
  const value = isQuoted ? JSON.stringify(link) : link
  return replies.odata(JSON.stringify({ '@odata.context': context, value }))
}

/** Answers `GET /machineactions/{id}/getPackageUri`. */
export function linkPackage(call: Call): Reply {
  const record = findAction(call, call.params[0] ?? '')
  if (record.type !== 'CollectInvestigationPackage')
    throw new Refusal(
      400,
      'InvalidInput',
      'Provided Guid is not a valid id for a CollectInvestigationPackage action',
    )
  if (record.status !== 'Succeeded') throw notFound('Package of machine action', record.id)
  return answerLink(call, `/storage/packages/${record.id}`, call.world.settings.quotedLinks)
}

function completedCommand(record: StoredAction, index: string): WireCommand {
  const command = record.commands[Number(index)]
  const isDone = command?.commandStatus === 'Completed' && command.command.type !== 'PutFile'
  if (!isDone) throw notFound('Result of live response command', index)
  return command
}

/** Answers `GET /machineactions/{id}/GetLiveResponseResultDownloadLink(index={n})`. */
export function linkCommandResult(call: Call): Reply {
  const [id = '', index = ''] = call.params
  const record = findAction(call, id)
  if (record.type !== 'LiveResponse')
    throw new Refusal(400, 'InvalidInput', 'Provided Guid is not a valid id for a LiveResponse action')
  completedCommand(record, index)
  return answerLink(call, `/storage/results/${record.id}/${index}`, false)
}

function contentOf(
  { actions, settings }: World,
  [, kind, id = '', index = '']: RegExpExecArray,
): DownloadContent | undefined {
  const record = actions.find(id)
  if (record === undefined) return undefined
  if (kind === 'packages') return investigationPackage(record, settings.packagePadding)
  const command = record.commands[Number(index)]
  return command && commandResult(record, command)
}

/** The bytes that a Range header asks for; undefined for all of them, null where there are none. */
function readRange(header: string | undefined, size: number): readonly [number, number] | null | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  const [, from = '', to = ''] = match ?? []
  if (from === '' && to === '') return undefined
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  return start <= end ? [start, end] : null
}

function storageError({ replies }: World, status: number, code: string): Reply {
  const text = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code></Error>`
  return replies.bytes(status, Buffer.from(text), { 'content-type': 'application/xml' })
}

/** A request for the bytes behind a link. */
export interface StorageRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly nowMs: number
}

/**
 * Answers the address of a link: no token, but a signature; whole or in ranges.
 *
 * A bearer token beside the signature is refused, as a storage service refuses it.
 *
 * @returns undefined for a path that is no link.
 */
export function answerStorage(world: World, request: StorageRequest): Reply | undefined {
  const match = STORAGE.exec(request.url.pathname)
  if (match === null) return undefined
  if (request.method !== 'GET') return storageError(world, 405, 'UnsupportedHttpVerb')
  const hasToken = request.headers['authorization'] !== undefined
  if (hasToken || !world.links.isGood(request.url, request.nowMs))
    return storageError(world, 403, 'AuthenticationFailed')
  const content = contentOf(world, match)
  if (content === undefined) return storageError(world, 404, 'BlobNotFound')
  return answerBytes(world, content, request.headers['range'])
}

function answerBytes({ replies }: World, content: DownloadContent, rangeHeader: string | undefined): Reply {
  const { bytes, type, fileName } = content
  const headers = {
    'content-type': type,
    'content-disposition': `attachment; filename="${fileName}"`,
    'accept-ranges': 'bytes',
  }
  const range = readRange(rangeHeader, bytes.length)
  if (range === undefined) return replies.source(200, bytes, [0, bytes.length], headers)
  if (range === null)
    return replies.bytes(416, Buffer.alloc(0), { ...headers, 'content-range': `bytes */${bytes.length}` })
  const [start, end] = range
  return replies.source(206, bytes, [start, end + 1], {
    ...headers,
    'content-range': `bytes ${start}-${end}/${bytes.length}`,
  })
}
