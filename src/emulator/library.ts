import { createHash } from 'node:crypto'
import { formatInstant } from '../schema/instant.ts'
import type { Call } from './call.ts'
import { notFound, Refusal, type Reply } from './exchange.ts'
import type { LibraryFile } from './library-store.ts'
import { type Part, parseMultipart } from './multipart.ts'

/** Largest upload through the API, in bytes (docs/service.md#library-upload). */
const UPLOAD_LIMIT = 20 * 1024 * 1024
const FILE_NAME = /^[A-Za-z0-9._-]{1,128}$/

function wireFile(file: LibraryFile): unknown {
  return {
    fileName: file.fileName,
    sha256: createHash('sha256').update(file.content).digest('hex'),
    description: file.description,
    creationTime: formatInstant(file.created),
    lastUpdatedTime: formatInstant(file.updated),
    createdBy: file.createdBy,
    hasParameters: file.hasParameters,
    parametersDescription: file.parametersDescription,
  }
}

/** Answers `GET /libraryfiles`. */
export function listLibrary({ world }: Call): Reply {
  const context = `${world.settings.contextOrigin}/api/$metadata#LibraryFiles`
  const value = world.library.all().map(wireFile)
  return world.replies.odata(JSON.stringify({ '@odata.context': context, value }))
}

/** Answers `DELETE /libraryfiles/{fileName}`. */
export function deleteLibraryFile({ world, params }: Call): Reply {
  const fileName = params[0] ?? ''
  if (!world.library.remove(fileName)) throw notFound('Library file', fileName)
  return world.replies.empty(204)
}

function readForm({ headers, body }: Call): ReadonlyMap<string, Part> {
  const parts = parseMultipart(headers['content-type'] ?? '', Buffer.from(body))
  if (parts === undefined) throw new Refusal(400, 'InvalidRequestBody', 'Request body is incorrect')
  return new Map(parts.map(part => [part.name.toLowerCase(), part]))
}

function checkUpload({ fileName, content }: Part): string {
  if (fileName === undefined || !FILE_NAME.test(fileName))
    throw new Refusal(400, 'InvalidInput', `Invalid input: file name ${fileName ?? ''}`)
  if (content.length > UPLOAD_LIMIT)
    throw new Refusal(400, 'InvalidInput', 'Invalid input: the file is larger than 20 MB')
  return fileName
}

/** Answers `POST /libraryfiles`, a multipart form. */
export function uploadLibraryFile(call: Call): Reply {
  const { world, nowMs } = call
  const form = readForm(call)
  const text = (name: string): string | undefined => form.get(name)?.content.toString('utf8')
  const upload = form.get('file')
  if (upload === undefined) throw new Refusal(400, 'MissingRequiredParameter', 'Parameter file is missing')
  const fileName = checkUpload(upload)
  const existing = world.library.find(fileName)
  if (existing !== undefined && text('overrideifexists')?.toLowerCase() !== 'true')
    throw new Refusal(400, 'BadRequest', `File ${fileName} already exists in the library`)
  const updated = world.stamper.stamp(nowMs)
  const file: LibraryFile = {
    fileName,
    content: upload.content,
    description: text('description') ?? '',
    created: existing?.created ?? updated,
    updated,
    createdBy: world.settings.requestor,
    hasParameters: text('hasparameters')?.toLowerCase() === 'true',
    parametersDescription: text('parametersdescription') ?? null,
  }
  world.library.put(file)
  const context = `${world.settings.contextOrigin}/api/$metadata#LibraryFiles/$entity`
  return world.replies.odata(JSON.stringify({ '@odata.context': context, ...Object(wireFile(file)) }))
}
