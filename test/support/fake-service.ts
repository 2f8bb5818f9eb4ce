import type { ActionApi, ActionQuery, ListAnswer, MayLeave, SubmitAnswer } from '../../src/apply/ports.ts'
import type { Need, Observation } from '../../src/plan/select/observation.ts'
import type { Machine } from '../../src/posture/machine.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { type ActionType, CANCEL_QUOTA, methodOf } from '../../src/posture/methods.ts'
import { addMs, type Instant, msBetween, toEpochMs } from '../../src/schema/instant.ts'
import { actionId } from './build-core.ts'
import type { FakeClock } from './fake-clock.ts'

/** One POST as it reached the service. */
export interface Post {
  /** Counted from 0 over all POSTs. */
  readonly index: number
  readonly at: Instant
  /** `Cancel` for a cancel. */
  readonly type: string
  readonly machineId: string
  readonly comment: string
  readonly body: Readonly<Record<string, unknown>>
}

/** What goes wrong with one POST: lost on the way there or back, answered with something else, or its comment altered. */
export type Fault =
  | { readonly kind: 'lost-before' }
  | { readonly kind: 'lost-after' }
  | { readonly kind: 'answer'; readonly answer: SubmitAnswer }
  | { readonly kind: 'comment'; readonly comment: string | null }

/** How the fake behaves; nothing of it is drawn by lot. */
export interface FakeServiceSettings {
  readonly clock: FakeClock
  readonly machines: readonly Machine[]
  readonly actions?: readonly MachineAction[]
  /** Milliseconds until an action of a type ends; 10 s unless given, and never on a machine that is not Active. */
  readonly settleMs?: Readonly<Record<string, number>>
  /** The word with which actions of a type end; `Succeeded` unless given. */
  readonly endAs?: Readonly<Record<string, string>>
  /** What a POST waits for before it leaves, such as a connection. */
  readonly beforeLeaving?: () => Promise<void> | void
  /** How long a POST takes. */
  readonly latencyMs?: number
  /** How long a new action is missing from lists. */
  readonly listedLateMs?: number
  readonly duplicates?: 'reject' | 'existing' | 'enqueue'
  readonly fault?: (post: Post) => Fault | undefined
  /** Makes a list call fail. */
  readonly listFault?: (query: ActionQuery) => ListAnswer | undefined
  readonly skewMs?: number
  /** Whether a cancel is stamped with its comment. */
  readonly keepsCancelComment?: boolean
}

interface Stored {
  action: MachineAction
  readonly settlesAt: Instant | null
  readonly endsAs: string
  readonly listedFrom: Instant
}

const NEVER_LISTED_LATE = 0
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** An in-memory service behind the port of apply: statuses move with the clock, quotas count, and it can misbehave. */
export class FakeService implements ActionApi {
  readonly posts: Post[] = []
  /** Ids of the actions that POSTs created, in order. */
  readonly created: string[] = []
  readonly lists: ActionQuery[] = []
  throttled = 0
  observed = 0
  machines: Machine[]
  readonly #settings: FakeServiceSettings
  readonly #stored = new Map<string, Stored>()
  readonly #sentOn = new Map<string, number[]>()

  constructor(settings: FakeServiceSettings) {
    this.#settings = settings
    this.machines = [...settings.machines]
    for (const action of settings.actions ?? []) this.put(action)
  }

  /** The service's clock. */
  now(): Instant {
    return addMs(this.#settings.clock.steady(), this.#settings.skewMs ?? 0)
  }

  /** Puts an action there as if somebody else had asked for it; ends it at a time where one is given. */
  put(action: MachineAction, settlesAt: Instant | null = null, endsAs = 'Succeeded'): void {
    this.#stored.set(action.id, { action, settlesAt, endsAs, listedFrom: action.creationDateTimeUtc })
  }

  /** Everything there is, listed or not. */
  get actions(): readonly MachineAction[] {
    this.#settle()
    return [...this.#stored.values()].map(({ action }) => action)
  }

  /** Lets an action end now. */
  end(id: string, status: string): void {
    const stored = this.#stored.get(id)
    if (stored === undefined) throw new Error(`no action ${id}`)
    stored.action = { ...stored.action, status, lastUpdateDateTimeUtc: this.now() }
  }

  async observe(need: Need): Promise<Observation> {
    this.observed += 1
    return {
      target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
      readAt: this.now(),
      clockSkewMs: msBetween(this.#settings.clock.now(), this.now()),
      historyFrom: need.historyFrom,
      scope: need.scope,
      machines: this.machines,
      actions: this.#listed(),
      onboarded: null,
      failures: [],
      apiCalls: 2,
      roles: null,
    }
  }

  async listMachines(ids: readonly string[]): Promise<readonly Machine[] | null> {
    return this.machines.filter(({ id }) => ids.includes(id))
  }

  async listActions(query: ActionQuery): Promise<ListAnswer> {
    this.lists.push(query)
    const fault = this.#settings.listFault?.(query)
    if (fault !== undefined) return fault
    const wanted = new Set(query.kind === 'ids' ? query.ids : query.machineIds)
    const actions = this.#listed().filter(action =>
      query.kind === 'ids'
        ? wanted.has(action.id)
        : wanted.has(action.machineId) && action.creationDateTimeUtc >= query.createdFrom,
    )
    return { kind: 'listed', actions, clockSkewMs: msBetween(this.#settings.clock.now(), this.now()) }
  }

  async submit(
    machineId: string,
    type: ActionType,
    body: Readonly<Record<string, unknown>>,
    mayLeave: MayLeave = () => true,
  ): Promise<SubmitAnswer> {
    await this.#settings.beforeLeaving?.()
    if (!mayLeave()) return { kind: 'withheld' }
    const post = await this.#post(type, machineId, String(body['Comment']), body)
    const path = methodOf(type)?.path ?? ''
    const fault = this.#settings.fault?.(post)
    if (fault?.kind === 'lost-before') return { kind: 'unknown', message: 'connection reset' }
    if (fault?.kind === 'answer') return fault.answer
    const throttled = this.#throttle(path, methodOf(type)?.quota ?? CANCEL_QUOTA)
    if (throttled !== undefined) return throttled
    const { duplicates = 'reject' } = this.#settings
    const active = this.actions.find(
      action => action.machineId === machineId && action.type === type && !isEnded(action),
    )
    if (active !== undefined && duplicates === 'reject') {
      return { kind: 'active-exists', message: 'Action is already in progress' }
    }
    if (active !== undefined && duplicates === 'existing') return { kind: 'accepted', action: active }
    const comment = fault?.kind === 'comment' ? fault.comment : post.comment
    const action = this.#create(machineId, type, comment, body)
    if (fault?.kind === 'lost-after') return { kind: 'unknown', message: 'time-out' }
    return { kind: 'accepted', action: { ...action, scope: null } }
  }

  async cancel(id: string, comment: string, mayLeave: MayLeave = () => true): Promise<SubmitAnswer> {
    await this.#settings.beforeLeaving?.()
    if (!mayLeave()) return { kind: 'withheld' }
    const target = this.actions.find(action => action.id === id)
    const post = await this.#post('Cancel', target?.machineId ?? '', comment, { actionId: id })
    const fault = this.#settings.fault?.(post)
    if (fault?.kind === 'lost-before') return { kind: 'unknown', message: 'connection reset' }
    if (fault?.kind === 'answer') return fault.answer
    const throttled = this.#throttle('cancel', CANCEL_QUOTA)
    if (throttled !== undefined) return throttled
    const stored = this.#stored.get(id)
    if (stored === undefined)
      return { kind: 'rejected', status: 404, code: 'ResourceNotFound', message: 'no' }
    this.#settle()
    if (isEnded(stored.action)) {
      return { kind: 'rejected', status: 400, code: 'BadRequest', message: 'cannot be cancelled' }
    }
    const { endAs = {}, keepsCancelComment = true } = this.#settings
    const action: MachineAction = {
      ...stored.action,
      cancellationRequestor: 'Holdfast App',
      cancellationComment: keepsCancelComment ? comment : null,
    }
    const settlesAt = addMs(this.now(), this.#settings.settleMs?.['Cancel'] ?? 1000)
    this.#stored.set(id, { ...stored, action, settlesAt, endsAs: endAs['Cancel'] ?? 'Cancelled' })
    if (fault?.kind === 'lost-after') return { kind: 'unknown', message: 'time-out' }
    return { kind: 'accepted', action }
  }

  async #post(
    type: string,
    machineId: string,
    comment: string,
    body: Readonly<Record<string, unknown>>,
  ): Promise<Post> {
    const half = (this.#settings.latencyMs ?? 50) / 2
    await this.#settings.clock.sleep(half)
    const post = {
      index: this.posts.length,
      at: this.#settings.clock.steady(),
      type,
      machineId,
      comment,
      body,
    }
    this.posts.push(post)
    await this.#settings.clock.sleep(half)
    return post
  }

  /** Counts as the service does: the sliding minute and hour of a path, a refused request not counted. */
  #throttle(path: string, quota: { perMinute: number; perHour: number }): SubmitAnswer | undefined {
    const now = toEpochMs(this.#settings.clock.steady())
    const times = (this.#sentOn.get(path) ?? []).filter(time => now - time < HOUR_MS)
    this.#sentOn.set(path, times)
    const minute = times.filter(time => now - time < MINUTE_MS)
    if (minute.length >= quota.perMinute || times.length >= quota.perHour) {
      this.throttled += 1
      return { kind: 'throttled', retryAfterMs: 5000 }
    }
    times.push(now)
    return undefined
  }

  #create(
    machineId: string,
    type: ActionType,
    comment: string | null,
    body: Readonly<Record<string, unknown>>,
  ): MachineAction {
    const { settleMs = {}, endAs = {}, listedLateMs = NEVER_LISTED_LATE } = this.#settings
    const now = this.now()
    const health = this.machines.find(({ id }) => id === machineId)?.healthStatus
    const settles = settleMs[type] ?? 10_000
    const action: MachineAction = {
      id: actionId(1000 + this.created.length),
      type,
      status: 'Pending',
      machineId,
      requestor: 'Holdfast App',
      requestorComment: comment,
      requestSource: 'PublicApi',
      creationDateTimeUtc: now,
      lastUpdateDateTimeUtc: now,
      cancellationRequestor: null,
      cancellationComment: null,
      errorHResult: 0,
      scope: (body['IsolationType'] ?? body['ScanType'] ?? null) as string | null,
      relatedFileInfo:
        'Sha1' in body ? { fileIdentifier: String(body['Sha1']), fileIdentifierType: 'Sha1' } : null,
      commands: commandsOf(body),
    }
    this.created.push(action.id)
    this.#stored.set(action.id, {
      action,
      settlesAt: health === 'Active' && Number.isFinite(settles) ? addMs(now, settles) : null,
      endsAs: endAs[type] ?? 'Succeeded',
      listedFrom: addMs(now, listedLateMs),
    })
    return action
  }

  #listed(): readonly MachineAction[] {
    this.#settle()
    return [...this.#stored.values()]
      .filter(({ listedFrom }) => listedFrom <= this.now())
      .map(({ action }) => action)
  }

  #settle(): void {
    for (const stored of this.#stored.values()) {
      const { action, settlesAt, endsAs } = stored
      if (isEnded(action) || settlesAt === null || settlesAt > this.now()) continue
      stored.action = { ...action, status: endsAs, lastUpdateDateTimeUtc: settlesAt }
    }
  }
}

function isEnded({ status }: MachineAction): boolean {
  return ['Succeeded', 'Failed', 'TimeOut', 'Cancelled'].includes(status)
}

function commandsOf(body: Readonly<Record<string, unknown>>): MachineAction['commands'] {
  const commands = (body['Commands'] ?? []) as readonly {
    readonly type: string
    readonly params: readonly { readonly key: string; readonly value: string }[]
  }[]
  return commands.map(({ type, params }, index) => ({
    index,
    commandStatus: 'Created',
    errors: [],
    type,
    params,
  }))
}
