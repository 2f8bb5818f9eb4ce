import { createPlan } from '../../src/plan/assemble/create-plan.ts'
import type { Plan } from '../../src/plan/document/document.ts'
import { idOf, markerOf } from '../../src/plan/document/marker-of.ts'
import { NO_OPTIONS } from '../../src/plan/select/plan-input.ts'
import { appendMarker } from '../../src/posture/marker.ts'
import type { Configuration } from '../../src/schema/configuration.ts'
import { addMs, type Instant, msBetween } from '../../src/schema/instant.ts'
import { configuration, entry, machine, machineId, NOW, observation, policy } from '../support/build-core.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { knownAt, levelAt } from './record.ts'
import { type Nature, Tenant } from './tenant.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WEEK = 7 * DAY
/** Every so often somebody looks, plans and applies. */
export const INTERVAL_MS = 5 * MINUTE
const SETTLE_MS = 2 * HOUR

/** What happens to one machine, once. */
export type Happening = 'nothing' | 'released' | 'played' | 'isolated' | 'freed' | 'away' | 'offboarded'

/** One week after another of a fleet that is declared isolated. */
export interface Scene {
  readonly machines: number
  readonly days: number
  readonly seed: number
  readonly nature: Nature
  readonly over: Partial<Configuration>
  readonly happenings: readonly Happening[]
}

/** What came of it. */
export interface Seen {
  /** Machines that were free, and plan or drift said nothing of it although their time was over or their device said so. */
  readonly silences: readonly string[]
  /** Isolations of what a person had released on the record. */
  readonly overruled: readonly string[]
  /** Renewals of what somebody had freed off the record. */
  readonly renewedAgain: readonly string[]
  /** Isolations sent while the hold stood. */
  readonly early: number
  /** The longest that a machine stood open after a lapse, and that nobody else had opened. */
  readonly longestOpenMs: number
  readonly lapses: number
  readonly sent: number
}

interface Turned {
  readonly atMs: number
  readonly machine: number
  readonly does: Happening
}

/** Numbers from 0 to 1 that are the same in every run. */
function lots(seed: number): () => number {
  let state = seed * 2_654_435_761
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0
    return state / 2 ** 32
  }
}

function script({ machines, days, seed, happenings }: Scene): readonly Turned[] {
  const draw = lots(seed)
  return Array.from({ length: machines }, (_, index) => ({
    machine: index + 1,
    atMs: HOUR + draw() * (days * DAY - 2 * HOUR),
    does: happenings[Math.floor(draw() * happenings.length)] ?? 'nothing',
  })).sort((a, b) => a.atMs - b.atMs)
}

/** Runs a scene: looks, plans and sends, and judges each look by what is true on the devices. */
export async function play(scene: Scene): Promise<Seen> {
  const fleet = Array.from({ length: scene.machines }, (_, index) => machine({ id: machineId(index + 1) }))
  const clock = new FakeClock(NOW, 1)
  const tenant = new Tenant(clock, fleet, [], 'reject', scene.nature)
  const settings = configuration(scene.over)
  const stage = new Stage(tenant, settings)
  const turns = [...script(scene)]
  const end = addMs(NOW, scene.days * DAY)
  stage.look()
  while (clock.now() < end) {
    await clock.advance(INTERVAL_MS)
    while ((turns[0]?.atMs ?? Number.POSITIVE_INFINITY) <= msBetween(NOW, clock.now()))
      stage.happen(turns.shift() as Turned)
    if (stage.isDue()) stage.look()
  }
  return stage.seen()
}

/** The team, and what is noted of what it does. */
class Stage {
  readonly #tenant: Tenant
  readonly #settings: Configuration
  readonly #silences: string[] = []
  readonly #overruled: string[] = []
  readonly #renewedAgain: string[] = []
  readonly #touched = new Set<string>()
  /** Who freed a machine off the record, and when. */
  readonly #freed = new Map<string, Instant>()
  #facts = ''
  #early = 0
  #sent = 0

  constructor(tenant: Tenant, settings: Configuration) {
    this.#tenant = tenant
    this.#settings = settings
  }

  happen({ machine: number, does }: Turned): void {
    const id = machineId(number)
    const tenant = this.#tenant
    if (does === 'nothing') return
    this.#touched.add(id)
    if (does === 'freed') {
      this.#freed.set(id, tenant.clock.now())
      tenant.free(id)
    } else if (does === 'away') {
      tenant.change(id, { healthStatus: 'Inactive' })
      void tenant.clock.sleep(DAY).then(() => tenant.change(id, { healthStatus: 'Active' }))
    } else {
      const isPlaybook = does === 'played'
      tenant.create({
        type: does === 'isolated' ? 'Isolate' : does === 'offboarded' ? 'Offboard' : 'Unisolate',
        machineId: id,
        requestor: isPlaybook ? 'Playbook' : 'anna@contoso.com',
        requestSource: isPlaybook ? 'PublicApi' : 'Portal',
        comment: 'seen on the console',
        scope: does === 'isolated' ? 'Full' : null,
        fate: { afterMs: 10_000, end: 'Succeeded' },
        listedLateMs: 0,
        by: null,
      })
      if (does === 'offboarded') this.#freed.set(id, tenant.clock.now())
    }
  }

  /** Whether a look can show something else than the last one: facts that moved, or a time that counts came. */
  isDue(): boolean {
    const { entries } = this.#tenant
    const now = this.#tenant.clock.now()
    const facts = entries.map(({ action }) => `${action.id}${action.status}`).join()
    const isNear = entries.some(({ action: { type, lastUpdateDateTimeUtc: at } }) => {
      if (type !== 'Isolate') return false
      const age = msBetween(at, now)
      const points = [0, SETTLE_MS, WEEK, WEEK + SETTLE_MS]
      return points.some(point => Math.abs(age - point) <= 3 * INTERVAL_MS)
    })
    const isRound = msBetween(NOW, now) % (6 * HOUR) < INTERVAL_MS
    const isDue = facts !== this.#facts || isNear || isRound
    this.#facts = facts
    return isDue
  }

  look(): void {
    const { clock, inventory: machines, listed: actions, reports: evidence } = this.#tenant
    const now = clock.now()
    const plan = createPlan({
      policies: [policy({ machines: [entry({ fields: {}, all: true })] })],
      configuration: this.#settings,
      observation: observation({
        machines,
        actions,
        readAt: now,
        ...(evidence === undefined ? {} : { evidence }),
      }),
      now,
      toolVersion: '0.0.0',
      source: { commit: null, dirty: null, files: {} },
      diagnostics: [],
      options: NO_OPTIONS,
    })
    this.#judge(plan, now)
    for (const change of plan.changes) {
      const id = change.machine.id
      for (const request of change.requests) {
        if (request.type !== 'Isolate') continue
        this.#judgeSending(id, change.renews !== undefined, now)
        this.#sent += 1
        this.#tenant.create({
          type: 'Isolate',
          machineId: id,
          requestor: 'Holdfast App',
          requestSource: 'PublicApi',
          comment: appendMarker(
            request.body.Comment,
            markerOf(idOf(plan, change), change, this.#settings.name),
          ),
          scope: 'Full',
          fate: { afterMs: 10_000, end: 'Succeeded' },
          listedLateMs: 0,
          by: 'team',
        })
      }
    }
  }

  /** Nothing is silent about a machine that is free and whose time is over, or whose device says so. */
  #judge(plan: Plan, now: Instant): void {
    const { record, reports } = this.#tenant
    const told = new Set([...plan.changes, ...plan.blocked, ...plan.inFlight].map(({ address }) => address))
    const drifted = new Set(plan.drift.map(({ address }) => address))
    const flying = new Set(plan.inFlight.map(({ address }) => address))
    for (const { id } of this.#tenant.machines) {
      const address = `${id}/isolated`
      if (levelAt(record, id, 'isolated', now) !== 'none') continue
      const last = record.entries
        .map(({ action }) => action)
        .findLast(({ machineId: of, type }) => of === id && (type === 'Isolate' || type === 'Unisolate'))
      const update = last?.lastUpdateDateTimeUtc ?? NOW
      // Of what was freed off the record nobody knows when its time began: its device has to say so.
      const isOver = !this.#freed.has(id) && knownAt(record, id, 'isolated', now) === 'none'
      const said = reports?.findLast(row => row.machineId === id)
      const saysFree = said !== undefined && !said.isolated && said.at > addMs(update, SETTLE_MS)
      if (!isOver && !saysFree) continue
      if (!told.has(address)) this.#silences.push(`${now} plan ${id}`)
      if (!drifted.has(address) && !flying.has(address)) this.#silences.push(`${now} drift ${id}`)
    }
  }

  #judgeSending(id: string, isRenewal: boolean, now: Instant): void {
    const { record } = this.#tenant
    const hold = levelAt(record, id, 'isolated', now)
    if (hold !== 'none') this.#early += 1
    const ended = record.entries
      .filter(({ action }) => action.machineId === id && action.status === 'Succeeded')
      .filter(({ action }) => action.type === 'Isolate' || action.type === 'Unisolate')
      .map(({ action, own, ofService }) => ({ action, isTheirs: !own && ofService !== true }))
    const last = ended.at(-1)
    if (last?.isTheirs === true && last.action.type === 'Unisolate') this.#overruled.push(`${now} ${id}`)
    const freed = this.#freed.get(id)
    const since = ended.findLast(({ action }) => action.type === 'Isolate')?.action.lastUpdateDateTimeUtc
    const isOffRecord = freed !== undefined && since !== undefined && since < freed
    if (isRenewal && isOffRecord && this.#tenant.reports !== undefined)
      this.#renewedAgain.push(`${now} ${id}`)
  }

  seen(): Seen {
    const { turns } = this.#tenant.record
    const lapsed = turns.filter(({ isLapse }) => isLapse === true)
    const open = lapsed
      .filter(({ machineId: id }) => !this.#touched.has(id))
      .map(({ at, machineId: id }) => {
        const next = turns.find(turn => turn.machineId === id && turn.at > at && turn.level !== 'none')
        return msBetween(at, next?.at ?? this.#tenant.clock.now())
      })
    return {
      silences: this.#silences,
      overruled: this.#overruled,
      renewedAgain: this.#renewedAgain,
      early: this.#early,
      longestOpenMs: Math.max(0, ...open),
      lapses: lapsed.length,
      sent: this.#sent,
    }
  }
}
