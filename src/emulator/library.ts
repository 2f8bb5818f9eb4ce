import { createHash } from 'node:crypto'
import { formatInstant } from '../schema/instant.ts'
import type { Call } from './call.ts'
import { notFound, Refusal, type Reply } from './exchange.ts'
import type { LibraryFile } from './library-store.ts'
import type { Form, FormFile } from './multipart.ts'

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

function checkUpload({ name, content }: FormFile): void {
  if (!FILE_NAME.test(name)) throw new Refusal(400, 'InvalidInput', `Invalid input: file name ${name}`)
  if (content.length > UPLOAD_LIMIT)
    throw new Refusal(400, 'InvalidInput', 'Invalid input: the file is larger than 20 MB')
}

function uploadOf(form: Form): FormFile {
  const upload = form.get('file')
  if (upload === undefined) throw new Refusal(400, 'MissingRequiredParameter', 'Parameter file is missing')
  if (typeof upload === 'string')
    throw new Refusal(400, 'InvalidInput', 'Invalid input: the file has no name')
  checkUpload(upload)
  return upload
}

/** Answers `POST /libraryfiles`, a multipart form. */
export function uploadLibraryFile({ world, nowMs, form }: Call): Reply {
  if (form === undefined) throw new Refusal(400, 'InvalidRequestBody', 'Request body is incorrect')
  const text = (name: string): string | undefined => {
    const value = form.get(name)
    return typeof value === 'string' ? value : undefined
  }
  const { name: fileName, content } = uploadOf(form)
  const existing = world.library.find(fileName)
  if (existing !== undefined && text('overrideifexists')?.toLowerCase() !== 'true')
    throw new Refusal(400, 'BadRequest', `File ${fileName} already exists in the library`)
  const updated = world.stamper.stamp(nowMs)
  const file: LibraryFile = {
    fileName,
    content,
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
