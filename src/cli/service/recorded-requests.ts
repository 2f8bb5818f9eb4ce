import type { ActionApi, AnswerTrace, SubmitAnswer } from '../../apply/ports.ts'
import { DefenderError } from '../../defender/defender-error.ts'
import type { LibraryApi } from '../../defender/library-api.ts'
import type { TagApi } from '../../defender/tag-api.ts'
import { Failure } from '../../local/failure.ts'
import type { AuditTrail } from '../../local/record/audit-trail.ts'
import { formatMarker, parseMarker } from '../../posture/marker.ts'
import type { Service } from './service.ts'

type Details = Readonly<Record<string, unknown>>

/** What a record keeps of an answer. */
interface Answer {
  readonly kind: string
  readonly code?: string
  readonly trace?: AnswerTrace
  readonly action?: { readonly id: string; readonly status: string }
}

/** Why a request was not sent, as the answer that a service that refuses for good would give. */
type NotRecorded = SubmitAnswer & { readonly kind: 'rejected' }

function detailsOf({ kind, code, trace, action }: Answer): Details {
  return {
    kind,
    actionId: action?.id ?? null,
    status: action?.status ?? null,
    code: code ?? null,
    ...(trace === undefined ? {} : { http: trace.httpStatus, correlation: trace.correlation }),
  }
}

/**
 * Records a request, sends it, and records its answer. What cannot be recorded is not sent, and is answered as
 * refused for good.
 */
async function recorded<T extends Answer>(
  audit: AuditTrail,
  request: Details,
  send: () => Promise<T>,
): Promise<T | NotRecorded> {
  try {
    await audit.write('request', request)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { kind: 'rejected', status: 0, code: error.code, message: `${error.message} Nothing was sent.` }
  }
  const answer = await send()
  await audit.note('answer', { type: request['type'], ...detailsOf(answer) })
  return answer
}

function markerIn(comment: unknown): string | null {
  const marker = parseMarker(typeof comment === 'string' ? comment : null)
  return marker === undefined ? null : formatMarker(marker)
}

/** Opens the client that writes, for what no plan asks for: every request is recorded. Throws `audit-not-usable`. */
export async function openRecordedActions({ audit, openActionApi }: Service): Promise<ActionApi> {
  const api = await openActionApi()
  await audit.begin()
  return {
    ...api,
    submit: (machineId, type, body, mayLeave) =>
      recorded(audit, { machineId, type, marker: markerIn(body['Comment']) }, () =>
        api.submit(machineId, type, body, mayLeave),
      ),
    cancel: (actionId, comment, mayLeave) =>
      recorded(audit, { type: 'Cancel', actionId, marker: markerIn(comment) }, () =>
        api.cancel(actionId, comment, mayLeave),
      ),
  }
}

/** The same for tags; one request is answered before the next is sent. */
export async function openRecordedTags({ audit, openTagApi }: Service): Promise<TagApi> {
  const api = await openTagApi()
  await audit.begin()
  return {
    change: ({ action, tag, machineIds }, signal) =>
      recorded(audit, { type: `${action}Tag`, tag, machineIds }, () =>
        api.change({ action, tag, machineIds }, signal),
      ),
  }
}

/** The same for the live response library; what cannot be recorded throws. */
export async function openRecordedLibrary({ audit, openLibraryApi }: Service): Promise<LibraryApi> {
  const api = await openLibraryApi()
  await audit.begin()
  async function around<T>(request: Details, send: () => Promise<T>): Promise<T> {
    await audit.write('request', request)
    const { type } = request
    try {
      const answer = await send()
      await audit.note('answer', { type, kind: 'accepted' })
      return answer
    } catch (error) {
      const { code, status } = error instanceof DefenderError ? error : { code: null, status: undefined }
      await audit.note('answer', {
        type,
        kind: 'failed',
        code,
        ...(status === undefined ? {} : { http: status }),
      })
      throw error
    }
  }
  return {
    upload: (file, signal) =>
      around({ type: 'LibraryUpload', fileName: file.fileName, overwrite: file.overwrite }, () =>
        api.upload(file, signal),
      ),
    remove: (fileName, signal) =>
      around({ type: 'LibraryRemove', fileName }, () => api.remove(fileName, signal)),
  }
}
