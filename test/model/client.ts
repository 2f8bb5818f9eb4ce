import type { ActionApi, ActionQuery, ListAnswer, SubmitAnswer } from '../../src/apply/ports.ts'
import type { Need, Observation } from '../../src/plan/select/observation.ts'
import type { Machine } from '../../src/posture/machine.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import type { Submission } from './record.ts'
import type { CancelFate, Fate, Tenant } from './tenant.ts'

/** What becomes of one POST. */
export type Mishap = 'none' | 'lost-before' | 'lost-after' | 'throttled' | 'refused'

/** What one run meets; each list is used up in order, and then all goes well. */
export interface Weather {
  readonly fates: readonly Fate[]
  readonly cancels: readonly CancelFate[]
  readonly mishaps: readonly Mishap[]
  /** Which list calls fail. */
  readonly readFailures: readonly boolean[]
  readonly latencyMs: number
  /** With the way there less than `lookup`: what takes longer to turn up nobody can know of. */
  readonly listedLateMs: number
}

export const FAIR: Weather = {
  fates: [],
  cancels: [],
  mishaps: [],
  readFailures: [],
  latencyMs: 50,
  listedLateMs: 0,
}

const WELL: Fate = { afterMs: 10_000, end: 'Succeeded' }
const IN_TIME: CancelFate = { afterMs: 1000, tooLate: false }
const LOST: SubmitAnswer = { kind: 'unknown', message: 'connection reset' }

/** The service as one run sees it. Everything that it asks goes into the tenant's record. */
export class Client implements ActionApi {
  readonly #tenant: Tenant
  readonly #by: string
  readonly #weather: Weather
  #posts = 0
  #created = 0
  #cancelled = 0
  #lists = 0

  constructor(tenant: Tenant, by: string, weather: Weather = FAIR) {
    this.#tenant = tenant
    this.#by = by
    this.#weather = weather
  }

  async observe(need: Need): Promise<Observation> {
    const tenant = this.#tenant
    const askedAt = tenant.clock.now()
    await this.#way()
    const readAt = tenant.clock.now()
    const { inventory: machines, listed: actions, reports: evidence } = tenant
    tenant.looks.push({ by: this.#by, askedAt, readAt, machineIds: null, machines })
    await this.#way()
    return {
      target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
      readAt,
      clockSkewMs: 0,
      historyFrom: need.historyFrom,
      scope: need.scope,
      machines,
      actions,
      ...(evidence === undefined ? {} : { evidence }),
      onboarded: null,
      failures: [],
      apiCalls: 2,
      roles: null,
    }
  }

  async listMachines(ids: readonly string[]): Promise<readonly Machine[] | null> {
    await this.#way()
    const machines = this.#tenant.inventory.filter(({ id }) => ids.includes(id))
    await this.#way()
    return machines
  }

  async listActions(query: ActionQuery): Promise<ListAnswer> {
    const tenant = this.#tenant
    const askedAt = tenant.clock.now()
    await this.#way()
    if (this.#weather.readFailures[this.#lists++]) {
      return { kind: 'failed', message: '503', unauthorized: false }
    }
    const readAt = tenant.clock.now()
    const actions = tenant.listed.filter(action =>
      query.kind === 'ids'
        ? query.ids.includes(action.id)
        : query.machineIds.includes(action.machineId) && action.creationDateTimeUtc >= query.createdFrom,
    )
    if (query.kind === 'machines') {
      const { machineIds } = query
      tenant.looks.push({ by: this.#by, askedAt, readAt, machineIds, machines: null })
    }
    await this.#way()
    return { kind: 'listed', actions }
  }

  async submit(
    machineId: string,
    type: string,
    body: Readonly<Record<string, unknown>>,
  ): Promise<SubmitAnswer> {
    await this.#way()
    const { answer, actionId } = this.#accept(machineId, type, body)
    const comment = String(body['Comment'])
    this.#write({ type, machineId, comment, body, actionId })
    await this.#way()
    return answer
  }

  async cancel(id: string, comment: string): Promise<SubmitAnswer> {
    await this.#way()
    const mishap = this.#nextMishap()
    const machineId = this.#tenant.find(id)?.action.machineId ?? ''
    const fate = this.#weather.cancels[this.#cancelled] ?? IN_TIME
    const action = mishap === null ? this.#tenant.cancel(id, 'us', comment, fate) : null
    if (action !== null) this.#cancelled += 1
    this.#write({ type: 'Cancel', machineId, comment, body: { actionId: id }, actionId: action?.id ?? null })
    await this.#way()
    if (mishap !== null) return mishap
    return action === null
      ? { kind: 'rejected', status: 400, code: 'BadRequest', message: 'cannot be cancelled' }
      : this.#answered(action)
  }

  /** What the service does with one request for an action. */
  #accept(
    machineId: string,
    type: string,
    body: Readonly<Record<string, unknown>>,
  ): { readonly answer: SubmitAnswer; readonly actionId: string | null } {
    const mishap = this.#nextMishap()
    if (mishap !== null) return { answer: mishap, actionId: null }
    const active = this.#tenant.inFlight(machineId, type)
    const { duplicates } = this.#tenant
    if (active !== undefined && duplicates === 'reject') {
      return { answer: { kind: 'active-exists', message: 'already in progress' }, actionId: null }
    }
    if (active !== undefined && duplicates === 'existing') {
      return { answer: { kind: 'accepted', action: active }, actionId: null }
    }
    const action = this.#create(machineId, type, body)
    return { answer: this.#answered({ ...action, scope: null }), actionId: action.id }
  }

  #create(machineId: string, type: string, body: Readonly<Record<string, unknown>>): MachineAction {
    const commands = (body['Commands'] ?? []) as readonly Pick<
      MachineAction['commands'][number],
      'type' | 'params'
    >[]
    const sha1 = body['Sha1']
    return this.#tenant.create({
      type,
      machineId,
      requestor: 'Holdfast App',
      requestSource: 'PublicApi',
      comment: String(body['Comment']),
      scope: (body['IsolationType'] ?? body['ScanType'] ?? null) as string | null,
      ...(typeof sha1 === 'string' ? { sha1 } : {}),
      commands: commands.map((command, index) => ({
        index,
        commandStatus: 'Completed',
        errors: [],
        ...command,
      })),
      fate: this.#weather.fates[this.#created++] ?? WELL,
      listedLateMs: this.#weather.listedLateMs,
      by: this.#by,
    })
  }

  /** The answer of a POST that is not accepted; null where it is, also where its answer gets lost. */
  #nextMishap(): SubmitAnswer | null {
    this.#posts += 1
    switch (this.#weather.mishaps[this.#posts - 1]) {
      case 'lost-before':
        return LOST
      case 'throttled':
        return { kind: 'throttled', retryAfterMs: 3000 }
      case 'refused':
        return { kind: 'rejected', status: 403, code: 'Forbidden', message: 'no' }
      default:
        return null
    }
  }

  #answered(action: MachineAction): SubmitAnswer {
    return this.#weather.mishaps[this.#posts - 1] === 'lost-after' ? LOST : { kind: 'accepted', action }
  }

  #write(submission: Omit<Submission, 'by' | 'at'>): void {
    this.#tenant.submissions.push({ by: this.#by, at: this.#tenant.clock.now(), ...submission })
  }

  /** Half of an exchange. */
  #way(): Promise<void> {
    return this.#tenant.clock.sleep(this.#weather.latencyMs / 2)
  }
}
