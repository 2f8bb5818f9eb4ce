import { addMs, type Instant } from '../schema/instant.ts'
import { endOf } from './action-end.ts'
import { explain } from './codes.ts'
import { earliestOf } from './earliest-instant.ts'
import { type ChangeItem, requestAt, type Stage } from './item.ts'
import { lookAt } from './looks.ts'
import type { Run } from './run.ts'

type Looking = Stage & { readonly kind: 'looking' }

/** How long a history that cannot be read keeps an item looked for, beyond its own time. */
const GIVE_UP_MS = 120_000

/** Looks for what may have been accepted, all of it in one look, until each turns up or can no longer do so. */
export class LookupQueue {
  readonly #run: Run
  #askedAt: Instant | undefined
  #isAsking = false

  constructor(run: Run) {
    this.#run = run
  }

  /** Starts a look where one is due; returns when the next one is, null where nothing is looked for. */
  step(): Instant | null {
    const run = this.#run
    const items = lookingItems(run)
    if (items.length === 0 || this.#isAsking) return null
    const due = this.#dueAt(items.map(({ stage }) => stage.until))
    if (due !== null && due > run.clock.now()) return due
    this.#isAsking = true
    run.spawn(() => this.#ask(items))
    return null
  }

  /** The next time to ask: after the usual interval, and at each time from which on absence is final. */
  #dueAt(untils: readonly Instant[]): Instant | null {
    const asked = this.#askedAt
    if (asked === undefined) return null
    const { pollIntervalMs, lookupMs } = this.#run.options
    const usual = addMs(asked, Math.max(1, Math.min(pollIntervalMs, lookupMs / 3)))
    return earliestOf([usual, ...untils.filter(until => until > asked)])
  }

  async #ask(items: readonly Sought[]): Promise<void> {
    const run = this.#run
    this.#askedAt = run.clock.now()
    const existing = items.flatMap(({ stage }) => stage.existing?.id ?? [])
    const machineIds = [...new Set(items.map(({ item }) => item.machineId))].sort()
    const result = await lookAt(run, machineIds, existing)
    this.#isAsking = false
    if (result.kind === 'looked') {
      for (const sought of lookingItems(run)) await resolve(run, sought, result.askedAt)
      return
    }
    if (result.unauthorized) run.stop('unauthorized', result.message)
    for (const { item, stage } of lookingItems(run)) {
      if (addMs(stage.until, GIVE_UP_MS) > run.clock.now()) continue
      const detail = explain('unanswered', stage.message)
      run.dispatch(item.address, { kind: 'ended', outcome: 'uncertain', code: 'unanswered', detail })
    }
  }
}

/** An item that is looked for. */
interface Sought {
  readonly item: ChangeItem
  readonly stage: Looking
}

function lookingItems(run: Run): readonly Sought[] {
  return run.inOrder().flatMap(item => (item.stage.kind === 'looking' ? [{ item, stage: item.stage }] : []))
}

/** Decides what a finished look says about one item. */
async function resolve(run: Run, { item, stage }: Sought, askedAt: Instant): Promise<void> {
  const { address, change, step } = item
  const isFinal = askedAt >= stage.until
  const found = run.submittedFor(change, step)
  if (found !== undefined) {
    const note = { kind: 'found', actionId: found.id, status: found.status }
    await run.ledger.answer({ address, request: step }, note)
    run.dispatch(address, { kind: 'found', action: found })
    return
  }
  const request = requestAt(change, step)
  const target = request.type === 'Cancel' ? run.known.get(request.actionId) : undefined
  if (target !== undefined && endOf(target.status) !== null) {
    run.dispatch(address, { kind: 'seen', action: target })
  } else if (stage.reason === 'unanswered') {
    if (isFinal) run.dispatch(address, { kind: 'absent' })
  } else if (stage.reason === 'cancel-refused') {
    const detail = explain('existing-action', stage.message)
    if (isFinal) run.dispatch(address, { kind: 'ended', outcome: 'failed', code: 'existing-action', detail })
  } else {
    resolveExisting(run, { item, stage }, isFinal)
  }
}

/** Adopts the action that is in the way where it leads to the goal; refuses the change where it does not. */
function resolveExisting(run: Run, { item, stage }: Sought, isFinal: boolean): void {
  const { address, change, step } = item
  // The answer's own reading may lack what a list has; it only counts once the list can no longer have it.
  if (isFinal && stage.existing !== undefined) run.known.merge([stage.existing])
  const verdict = run.recheck(change, step)
  switch (verdict.kind) {
    case 'in-flight':
      run.dispatch(address, { kind: 'overtaken', action: verdict.action })
      return
    case 'satisfied':
      run.dispatch(address, { kind: 'ended', outcome: 'adopted', actionId: verdict.actionId })
      return
    case 'moved':
    case 'unmoved': {
      if (verdict.kind === 'unmoved' && !isFinal) return
      if (verdict.kind === 'unmoved' && item.attempts > 0) {
        // The one in the way may be the one that we sent before: not to be found yet is not refused.
        const detail = explain('unanswered', stage.message)
        run.dispatch(address, { kind: 'ended', outcome: 'uncertain', code: 'unanswered', detail })
        return
      }
      const code = verdict.kind === 'moved' ? 'moved' : 'existing-action'
      const detail = explain(code, verdict.kind === 'moved' ? verdict.message : stage.message)
      run.dispatch(address, { kind: 'ended', outcome: 'refused', code, detail })
    }
  }
}
