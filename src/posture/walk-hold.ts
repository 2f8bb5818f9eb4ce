import { addMs, type Instant } from '../schema/instant.ts'
import type { MachineHistory } from './history.ts'
import type { HoldLens } from './hold-lens.ts'
import type { HoldStretch, StretchEnd } from './hold-stretches.ts'
import type { HoldLevel, HoldPair } from './holds.ts'
import type { MachineAction } from './machine-action.ts'
import { isOwn } from './marker.ts'
import { isTimed, mayBeService, requestorOf } from './service-lift.ts'
import { hasEnded, hasSucceeded } from './status.ts'

/** An action of a pair, with what it would do and whose it is. */
export interface DirectedAction {
  readonly action: MachineAction
  readonly direction: 'impose' | 'lift'
  /** The level that it leads to; `none` for a lift. */
  readonly level: HoldLevel
  readonly own: boolean
  /** Whether it is the service's own lift. */
  readonly service: boolean
}

/** Everything that walking through the actions of one pair in their order tells. */
export interface HoldWalk {
  /** Oldest first; the last one is the only one that may have no end. */
  readonly stretches: readonly HoldStretch[]
  /** Succeeded actions of the pair, oldest first. */
  readonly succeeded: readonly DirectedAction[]
  /** Ended, unsuccessful ones after the latest success. */
  readonly endedSince: readonly DirectedAction[]
  readonly inFlight: readonly DirectedAction[]
  /** Lifts of the service, whatever became of them. */
  readonly serviceLifts: readonly MachineAction[]
  /** What the last stretch was ended by besides the service, also where it had lapsed before: a lift, an offboarding. */
  readonly endedBy: MachineAction | null
}

/** The impose whose time counts; null where the service never ends the stretch by itself (docs/contract.md#until). */
export function countingImpose(
  imposes: readonly DirectedAction[],
  pair: HoldPair,
  { effect }: Pick<HoldLens, 'effect'>,
): MachineAction | null {
  if (effect.lasts === undefined || !pair.endsByItself(imposes.at(-1)?.level ?? 'none')) return null
  const ending = imposes.filter(impose => pair.endsByItself(impose.level))
  return ((effect.extends ? ending.at(-1) : ending[0]) as DirectedAction).action
}

/** Says when the service ends a stretch of these imposes by itself; null where it never does (docs/contract.md#until). */
export function untilOf(
  imposes: readonly DirectedAction[],
  pair: HoldPair,
  { effect }: Pick<HoldLens, 'effect'>,
): Instant | null {
  const impose = countingImpose(imposes, pair, { effect })
  return impose === null || effect.lasts === undefined
    ? null
    : addMs(impose.lastUpdateDateTimeUtc, effect.lasts.ms)
}

/**
 * Walks through the ordered history of one machine and divides the time into the stretches in which it was held
 * (docs/contract.md#lapsed): a stretch begins with an impose and ends by a lift, by an offboarding, or by itself.
 */
export function walkHold(history: MachineHistory, pair: HoldPair, lens: HoldLens): HoldWalk {
  const walk = new Walk(pair, lens)
  for (const action of history) walk.see(action)
  return walk.conclude()
}

function earlierOf(a: Instant, b: Instant): Instant {
  return b < a ? b : a
}

class Walk {
  readonly #pair: HoldPair
  readonly #lens: HoldLens
  readonly #stretches: HoldStretch[] = []
  readonly #succeeded: DirectedAction[] = []
  readonly #inFlight: DirectedAction[] = []
  readonly #serviceLifts: MachineAction[] = []
  #endedSince: DirectedAction[] = []
  #open: HoldStretch | undefined
  #endedBy: MachineAction | null = null

  constructor(pair: HoldPair, lens: HoldLens) {
    this.#pair = pair
    this.#lens = lens
  }

  see(action: MachineAction): void {
    if (action.type === 'Offboard' && hasSucceeded(action)) this.#endBy(action, 'offboarded')
    if (action.type !== this.#pair.impose && action.type !== this.#pair.lift) return
    const directed = this.#direct(action)
    if (directed.service) this.#serviceLifts.push(action)
    if (!hasEnded(action)) this.#inFlight.push(directed)
    else if (hasSucceeded(action)) this.#succeed(directed)
    else this.#endedSince.push(directed)
  }

  conclude(): HoldWalk {
    this.#lapseBy(this.#lens.now, null)
    if (this.#open !== undefined) this.#stretches.push(this.#open)
    return {
      stretches: this.#stretches,
      succeeded: this.#succeeded,
      endedSince: this.#endedSince,
      inFlight: this.#inFlight,
      serviceLifts: this.#serviceLifts,
      endedBy: this.#endedBy,
    }
  }

  #direct(action: MachineAction): DirectedAction {
    const own = isOwn(action, this.#lens.name)
    return action.type === this.#pair.lift
      ? { action, direction: 'lift', level: 'none', own, service: this.#isService(action) }
      : { action, direction: 'impose', level: this.#pair.levelOf(action), own, service: false }
  }

  #succeed(directed: DirectedAction): void {
    this.#succeeded.push(directed)
    this.#endedSince = []
    if (directed.direction === 'impose') this.#impose(directed)
    else if (directed.service) this.#liftByService(directed.action)
    else this.#endBy(directed.action, 'lifted')
  }

  #impose(impose: DirectedAction): void {
    this.#lapseBy(impose.action.lastUpdateDateTimeUtc, null)
    const imposes: HoldStretch['imposes'] =
      this.#open === undefined ? [impose] : [...this.#open.imposes, impose]
    const continues = this.#open?.continues ?? this.#isRenewal(impose)
    this.#endedBy = null
    this.#open = { imposes, until: untilOf(imposes, this.#pair, this.#lens), end: null, continues }
  }

  /** An own impose soon after an own hold of the facet lapsed goes on with it (docs/contract.md#renewal-continues). */
  #isRenewal({ own, action }: DirectedAction): boolean {
    const before = this.#stretches.at(-1)
    if (!own || this.#endedBy !== null || before?.end?.cause !== 'lapsed') return false
    if (!before.imposes.some(impose => impose.own)) return false
    return action.creationDateTimeUtc <= addMs(before.end.at, this.#lens.effect.renewWithin.ms)
  }

  #endBy(by: MachineAction, cause: StretchEnd['cause']): void {
    this.#lapseBy(by.lastUpdateDateTimeUtc, null)
    this.#close({ at: by.lastUpdateDateTimeUtc, cause, by, isExtensionWrong: false })
    this.#endedBy = by
  }

  #liftByService(by: MachineAction): void {
    const at = by.lastUpdateDateTimeUtc
    const { first, isMoved } = this.#firstEnd(by)
    if (isMoved) this.#close({ at: earlierOf(first, at), cause: 'lapsed', by, isExtensionWrong: true })
    this.#lapseBy(at, by)
    this.#close({ at, cause: 'lapsed', by, isExtensionWrong: false })
  }

  /** Where the service lifts at the first end although a later impose was to move it, the configuration is wrong. */
  #firstEnd(lift: MachineAction): { readonly first: Instant; readonly isMoved: boolean } {
    const { effect } = this.#lens
    const imposes = this.#open?.imposes ?? []
    const [begin] = imposes
    const first = untilOf(imposes.slice(0, 1), this.#pair, this.#lens) ?? lift.lastUpdateDateTimeUtc
    const until = this.#open?.until ?? null
    const isMoved =
      begin !== undefined &&
      until !== null &&
      until > first &&
      effect.lasts !== undefined &&
      isTimed(lift, [begin.action], effect.lasts.ms)
    return { first, isMoved }
  }

  /** Ends the open stretch at its own end, where that is over by `time`. */
  #lapseBy(time: Instant, by: MachineAction | null): void {
    const until = this.#open?.until ?? null
    if (until !== null && until <= time)
      this.#close({ at: until, cause: 'lapsed', by, isExtensionWrong: false })
  }

  #close(end: StretchEnd): void {
    if (this.#open === undefined) return
    this.#stretches.push({ ...this.#open, end })
    this.#open = undefined
  }

  #isService(lift: MachineAction): boolean {
    const { effect, requestors } = this.#lens
    if (effect.lasts === undefined || !mayBeService(lift) || requestors.has(requestorOf(lift))) return false
    return isTimed(lift, this.#possiblyEnding(), effect.lasts.ms)
  }

  /** Imposes of the latest stretch, and of those that it goes on with. */
  #possiblyEnding(): readonly MachineAction[] {
    const all = this.#open === undefined ? this.#stretches : [...this.#stretches, this.#open]
    const from = all.findLastIndex(({ continues }) => !continues)
    return all
      .slice(Math.max(0, from))
      .flatMap(({ imposes }) => imposes)
      .filter(({ level }) => this.#pair.endsByItself(level))
      .map(({ action }) => action)
  }
}
