import type { ActionMethod, ActionType } from '../posture/methods.ts'
import { createCaller, newCallLog } from './caller.ts'
import { DefenderError } from './defender-error.ts'
import { explainAnswer } from './explain-answer.ts'
import type { ClientDependencies } from './read-client.ts'
import { readServiceError } from './service-error.ts'
import { type HttpResponse, TransportError } from './transport.ts'
import { readList } from './wire-list.ts'

/**
 * The machine id that probes are sent to: of the form of an id (40 hex digits), so that only its existence can be
 * wrong with it, and a SHA-1 that nobody has ever found an input for. A computer cannot be named so either: a DNS
 * label of digits alone is no name that Windows takes. All the same no probe is sent before the service itself has
 * said that it knows no such machine.
 */
export const NO_MACHINE: string = '0'.repeat(40)

/** The nil GUID, which identifies nothing (RFC 9562, 5.9). */
export const NO_ACTION = '00000000-0000-0000-0000-000000000000'

/** What a call proved. */
export type ProbeAnswer =
  /** The service looked for the machine and did not find it: the permission was checked before and is there. */
  | { readonly kind: 'proven' }
  /** 403 for the roles of the token. */
  | { readonly kind: 'missing'; readonly message: string }
  /** 403 for another reason, such as a feature of the tenant that is off. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** 201: it was accepted, which nothing that does not exist can be. */
  | { readonly kind: 'accepted'; readonly message: string }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  /** Anything else, which proves nothing. */
  | { readonly kind: 'unclear'; readonly message: string }

/** The lists that every plan rests on. */
export type ReadList = 'machines' | 'machineactions'

/** What asking for one row of a list showed. */
export type ReadAnswer =
  /** A list came, with a row or without. */
  | { readonly kind: 'listed'; readonly isEmpty: boolean }
  /** 404 in the service's words: no such list at this address, or no row to show. */
  | { readonly kind: 'absent'; readonly message: string }
  | Exclude<ProbeAnswer, { readonly kind: 'proven' | 'accepted' }>

/** Asks what the token may do, without a device that could do it. Throws for nothing that network or service did. */
export interface PermissionProbe {
  /** Asks for one row of a list, which proves that it may be read. */
  read(list: ReadList, signal?: AbortSignal): Promise<ReadAnswer>
  /** Whether the service says that it knows no machine {@link NO_MACHINE}; `proven` is that it does. */
  findNoMachine(signal?: AbortSignal): Promise<ProbeAnswer>
  /** The service's clock minus ours at its first answer; undefined before it, or where no answer told a time. */
  readonly clockSkewMs: number | undefined
  /** Sends the real POST of an action, or of a cancel, to what cannot exist. */
  write(method: ActionMethod | 'Cancel', signal?: AbortSignal): Promise<ProbeAnswer>
}

/** Bodies that are complete, so that the service gets as far as looking for the machine. */
const BODIES: { readonly [type in ActionType]?: Readonly<Record<string, unknown>> } = {
  Isolate: { IsolationType: 'Full' },
  RunAntiVirusScan: { ScanType: 'Quick' },
  StopAndQuarantineFile: { Sha1: '0'.repeat(40) },
  LiveResponse: { Commands: [{ type: 'GetFile', params: [{ key: 'Path', value: 'C:\\holdfast-doctor' }] }] },
}

const COMMENT = 'holdfast doctor --probe: tests a permission on a machine that does not exist'

type Judge<Answer = ProbeAnswer> = (response: HttpResponse, url: string) => Answer

/** How an answer failed that nothing can be said of. */
type Unclear = Extract<ProbeAnswer, { readonly kind: 'unclear' }>
type Refusal = Extract<ProbeAnswer, { readonly kind: 'missing' | 'refused' | 'throttled' | 'unclear' }>

/** Makes the probe; each method sends one request, and one more only after a 401. */
export function createPermissionProbe(dependencies: ClientDependencies): PermissionProbe {
  const { target, clock } = dependencies
  const caller = createCaller(dependencies)
  const log = newCallLog()
  const api = `${target.endpoint}/api`

  const judgeRefusal: Judge<Refusal> = (response, url) => {
    const { code, message, isFromService } = readServiceError(response)
    const { error, afterMs } = explainAnswer(response, clock.now(), url)
    if (response.status === 429) return { kind: 'throttled', retryAfterMs: afterMs ?? 0 }
    if (response.status !== 403 || !isFromService) return { kind: 'unclear', message: error.message }
    return code === 'Forbidden' ? { kind: 'missing', message } : { kind: 'refused', code, message }
  }
  const judgeRead: Judge<ReadAnswer> = (response, url) => {
    if (isNotFound(response)) return { kind: 'absent', message: readServiceError(response).message }
    if (response.status !== 200) return judgeRefusal(response, url)
    const rows = rowsOf(response.body)
    if (rows !== undefined) return { kind: 'listed', isEmpty: rows === 0 }
    return { kind: 'unclear', message: 'The answer 200 holds no list.' }
  }
  const judgeAbsence: Judge = (response, url) => {
    if (isNotFound(response)) return { kind: 'proven' }
    if (response.status !== 200) return judgeRefusal(response, url)
    return { kind: 'accepted', message: `The service knows a machine ${NO_MACHINE}; nothing was sent to it.` }
  }
  const judgeWrite: Judge = (response, url) => {
    if (isNotFound(response)) return { kind: 'proven' }
    if (response.status >= 300) return judgeRefusal(response, url)
    const message = `The service answered ${response.status} to a request for a machine that does not exist; look into the Action center for it.`
    return { kind: 'accepted', message }
  }

  const ask = async <Answer>(
    url: string,
    body: object | undefined,
    judge: Judge<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer | Unclear> => {
    const request =
      body === undefined
        ? { method: 'GET' as const, url }
        : { method: 'POST' as const, url, body: JSON.stringify(body) }
    try {
      return judge(await caller.call(request, log, signal), url)
    } catch (error) {
      if (error instanceof TransportError) return { kind: 'unclear', message: error.message }
      if (error instanceof DefenderError)
        return { kind: 'unclear', message: `${error.message} ${error.wayOut}` }
      throw error
    }
  }

  return {
    read: (list, signal) => ask(`${api}/${list}?$top=1`, undefined, judgeRead, signal),
    findNoMachine: signal => ask(`${api}/machines/${NO_MACHINE}`, undefined, judgeAbsence, signal),
    get clockSkewMs() {
      return log.firstDate === undefined ? undefined : log.clockSkewMs
    },
    write(method, signal) {
      const comment = { Comment: COMMENT }
      if (method === 'Cancel') {
        return ask(`${api}/machineactions/${NO_ACTION}/cancel`, comment, judgeWrite, signal)
      }
      const url = `${api}/machines/${NO_MACHINE}/${method.path}`
      return ask(url, { ...comment, ...BODIES[method.type] }, judgeWrite, signal)
    },
  }
}

/** 404 in the service's own words, not of something before it. */
function isNotFound(response: HttpResponse): boolean {
  return response.status === 404 && readServiceError(response).isFromService
}

/** How many rows the list in a body has; undefined where it holds none. */
function rowsOf(body: string): number | undefined {
  try {
    return readList(JSON.parse(body), row => row).rows.length
  } catch {
    return undefined
  }
}
