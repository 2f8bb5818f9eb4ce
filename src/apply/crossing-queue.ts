import { attribute } from '../plan/judge/attribution.ts'
import { HOLD_PAIRS } from '../posture/holds.ts'
import type { MachineAction } from '../posture/machine-action.ts'
import { isOwn, ownNames } from '../posture/marker.ts'
import type { ActionType } from '../posture/methods.ts'
import { isTimed, mayBeService } from '../posture/service-lift.ts'
import { addMs, type Instant } from '../schema/instant.ts'
import { endOf } from './action-end.ts'
import { explain } from './codes.ts'
import { isHoldChange } from './holding.ts'
import type { ChangeItem } from './item.ts'
import { FRESH_MS, readHistory } from './looks.ts'
import type { Run } from './run.ts'
import type { Moment } from './run-clock.ts'

/** An impose of this run, until nothing can turn up any more that crossed it. */
export interface SentImpose {
  readonly address: string
  readonly machineId: string
  /** The type that ends what it imposes. */
  readonly lift: ActionType
  /** Ids of the actions that were known of the machine when it left. */
  readonly restsOn: ReadonlySet<string>
  /** From then on lists have everything that was there before it. */
  readonly listedAt: Instant
}

/**
 * Looks once at the machine of every impose when lists have all that was created before it: what somebody lifted
 * between the look and the request is not held again over his head (docs/contract.md#crossed).
 */
export class CrossingQueue {
  readonly #run: Run
  #isLooking = false
  #lookedAt: Instant | undefined

  constructor(run: Run) {
    this.#run = run
  }

  /** Starts a look where one is due; returns when the next one is, null where none is. */
  step(): Instant | null {
    const run = this.#run
    const [first] = run.imposes.values()
    if (first === undefined || this.#isLooking) return null
    // All that falls due in that time goes into one look.
    const at = this.#lookedAt === undefined ? undefined : addMs(this.#lookedAt, run.options.lookupMs)
    const dueAt = at !== undefined && at > first.listedAt ? at : first.listedAt
    if (dueAt > run.clock.now()) return dueAt
    this.#isLooking = true
    run.spawn(() => this.#look())
    return null
  }

  async #look(): Promise<void> {
    const run = this.#run
    const now = run.clock.now()
    this.#lookedAt = now
    const due = [...run.imposes.values()].filter(({ listedAt }) => listedAt <= now)
    const machineIds = [...new Set(due.map(({ machineId }) => machineId))].sort()
    const lookedAt = run.clock.moment()
    const result = await readHistory(run, machineIds)
    this.#isLooking = false
    // Where it failed the next look takes them in as well; at the end what is known by then decides.
    if (result.kind === 'failed') return
    for (const impose of due) {
      run.imposes.delete(impose.address)
      await cancelIfCrossed(run, impose, lookedAt)
    }
  }
}

async function cancelIfCrossed(run: Run, impose: SentImpose, lookedAt: Moment): Promise<void> {
  const lift = crossingLift(run, impose)
  const item = run.item(impose.address)
  if (lift === undefined || item === undefined || item.change === null) return
  const { address } = impose
  tellCrossed(run, impose, lift)
  const { stage, change, step } = item
  if (stage.kind !== 'in-flight') return
  const { actionId } = stage
  await run.ledger.write('crossed-cancel', { address, actionId, crossedBy: lift.id })
  const isRecent = (): boolean => run.clock.isWithin(lookedAt, FRESH_MS)
  const answer = await run.deps.api.cancel(actionId, run.commentOf(change, step), isRecent)
  await run.ledger.write('crossed-cancel-answer', { address, actionId, kind: answer.kind })
}

/** Somebody's lift that was created before an own impose and was not there when that was decided on. */
function crossingLift(
  run: Run,
  { machineId, lift, restsOn, address }: SentImpose,
): MachineAction | undefined {
  const impose = run.item(address)?.action
  if (impose === undefined || impose === null) return undefined
  const actions = run.known.of(machineId)
  return actions.find(
    action =>
      action.type === lift &&
      !restsOn.has(action.id) &&
      action.creationDateTimeUtc <= impose.creationDateTimeUtc &&
      !isOwn(action, ownNames(run.deps.configuration)) &&
      !isOfService(run, action, actions) &&
      (endOf(action.status) ?? 'succeeded') === 'succeeded',
  )
}

/** Whether the service itself may have written the end of a hold, which nobody asked for (docs/contract.md#service-lift). */
function isOfService(run: Run, lift: MachineAction, actions: readonly MachineAction[]): boolean {
  const { lasts } = run.deps.configuration.effects.isolated
  const { impose, lift: ends } = HOLD_PAIRS.isolated
  if (lasts === undefined || lift.type !== ends || !mayBeService(lift)) return false
  return isTimed(
    lift,
    actions.filter(({ type }) => type === impose),
    lasts.ms,
  )
}

function tellCrossed(run: Run, { address }: SentImpose, lift: MachineAction): void {
  const item = run.item(address)
  const what = `${lift.type} on ${item?.dnsName ?? lift.machineId} by ${attribute(lift)} crossed what was sent.`
  const message = explain('crossed', what)
  run.crossed.set(address, message)
  run.diagnostics.push({ severity: 'warning', code: 'crossed', message })
}

/**
 * Tells at the end what crossed, by all that is known then, and says of what was cancelled for it why.
 */
export function concludeCrossed(run: Run): void {
  for (const impose of run.imposes.values()) {
    const lift = crossingLift(run, impose)
    if (lift !== undefined) tellCrossed(run, impose, lift)
  }
  for (const [address, detail] of run.crossed) {
    const stage = run.item(address)?.stage
    if (stage?.kind === 'ended' && stage.outcome === 'cancelled') {
      run.conclude(address, { ...stage, code: 'crossed', detail })
    }
  }
}

/** Remembers on what an impose that leaves now rests; nothing of what is none. */
export function noteImpose(run: Run, { address, machineId, type, change }: ChangeItem): void {
  if (!isHoldChange(change) || HOLD_PAIRS[change.facet].impose !== type) return
  const restsOn = new Set(run.known.of(machineId).map(({ id }) => id))
  const listedAt = addMs(run.clock.now(), run.options.lookupMs)
  run.imposes.delete(address)
  run.imposes.set(address, { address, machineId, lift: HOLD_PAIRS[change.facet].lift, restsOn, listedAt })
}
