import { randomUUID } from 'node:crypto'
import { type CallRequest, createCaller, newCallLog } from './caller.ts'
import { DefenderError } from './defender-error.ts'
import { explainAnswer } from './explain-answer.ts'
import type { ClientDependencies } from './read-client.ts'
import { type HttpResponse, TransportError } from './transport.ts'

/** A file to put into the live response library. */
export interface LibraryUpload {
  /** Letters, digits and `- _ .` only. */
  readonly fileName: string
  /** At most 20 MB (docs/service.md#library-upload). */
  readonly content: Buffer
  readonly description?: string
  readonly parametersDescription?: string
  /** Without it a file of that name is left alone and the upload refused. */
  readonly overwrite: boolean
}

/** Writes to the live response library. Nothing is tried again; each call rejects with a DefenderError. */
export interface LibraryApi {
  upload(file: LibraryUpload, signal?: AbortSignal): Promise<void>
  /** False where there is no such file. */
  remove(fileName: string, signal?: AbortSignal): Promise<boolean>
}

/** Makes the client that writes to the library. */
export function createLibraryApi(dependencies: ClientDependencies): LibraryApi {
  const caller = createCaller(dependencies)
  const log = newCallLog()
  const base = `${dependencies.target.endpoint}/api/libraryfiles`

  async function send(request: CallRequest, signal: AbortSignal | undefined): Promise<void> {
    let response: HttpResponse
    try {
      response = await caller.call(request, log, signal)
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      const code = error.code === 'aborted' ? 'interrupted' : 'connection-failed'
      throw new DefenderError(code, `${error.message}. Whether the library changed is not known.`)
    }
    if (response.status >= 200 && response.status < 300) return
    throw explainAnswer(response, dependencies.clock.now(), request.url).error
  }

  return {
    upload(file, signal) {
      const boundary = `holdfast-${randomUUID()}`
      const contentType = `multipart/form-data; boundary=${boundary}`
      return send({ method: 'POST', url: base, body: formOf(file, boundary), contentType }, signal)
    },
    async remove(fileName, signal) {
      try {
        await send({ method: 'DELETE', url: `${base}/${encodeURIComponent(fileName)}` }, signal)
        return true
      } catch (error) {
        if (error instanceof DefenderError && error.code === 'not-found') return false
        throw error
      }
    },
  }
}

function formOf(file: LibraryUpload, boundary: string): Buffer {
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['Description', file.description],
    ['ParametersDescription', file.parametersDescription],
    ['HasParameters', file.parametersDescription === undefined ? undefined : 'true'],
    ['OverrideIfExists', String(file.overwrite)],
  ]
  const parts = fields.flatMap(([name, value]) =>
    value === undefined
      ? []
      : [`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`],
  )
  const name = file.fileName.replace(/["\r\n\\]/g, '_')
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`
  return Buffer.concat([
    Buffer.from(parts.join('') + head),
    file.content,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ])
}
