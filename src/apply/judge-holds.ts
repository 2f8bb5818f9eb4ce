import type { Change } from '../plan/document/document.ts'
import { holdsNow, type RecheckContext } from '../plan/judge/recheck.ts'
import type { MachineAction } from '../posture/machine-action.ts'
import { describeEnd, endOf } from './action-end.ts'
import { explain } from './codes.ts'
import { type HoldChange, isHoldChange, levelOf } from './holding.ts'
import { type ChangeItem, type Item, isChangeItem, opensChain, type Stage } from './item.ts'
import type { KnownActions } from './known-actions.ts'
import { readHistory } from './looks.ts'
import type { Run } from './run.ts'

/** How often the history is asked for at the end, when it cannot be read at once. */
const TRIES = 3

/** What is said of a first half whose end nobody saw. */
const GOING_TO_OPEN =
  'The first half of a change of scope was sent, and was neither cancelled nor seen to end: the machine is open or will be.'

type Ended = Stage & { readonly kind: 'ended' }

/**
 * Looks at the history once more and holds the outcomes of holds against it: a hold is `succeeded` only if the history
 * at the end says that it holds (docs/contract.md#holds-at-the-end).
 *
 * @param mayLook - False where nothing may be read any more; then what is known already decides.
 * @returns Machines that a chain lifted a hold from and that are not held now, by name or id.
 */
export async function judgeHolds(run: Run, mayLook: boolean): Promise<readonly string[]> {
  const items = run.inOrder().flatMap(judged)
  const isKnown = !mayLook || items.length === 0 || (await look(run, items))
  const open: string[] = []
  for (const each of items) {
    const { stage, leavesOpen } = judgeHold(each, run.known, actions => run.contextOf(actions), isKnown)
    if (leavesOpen) open.push(each.item.dnsName ?? each.item.machineId)
    run.conclude(each.item.address, stage)
  }
  return open
}

/**
 * The same for a run that ended before it sent anything: the one look that there was decides.
 *
 * @param items - All of them ended.
 */
export function judgeUnsentHolds(
  items: readonly Item[],
  known: KnownActions,
  context: Omit<RecheckContext, 'actions'>,
): { readonly items: readonly Item[]; readonly chainOpen: readonly string[] } {
  const chainOpen: string[] = []
  const concluded = items.map(item => {
    const [each] = isChangeItem(item) ? judged(item) : []
    if (each === undefined) return item
    const { stage, leavesOpen } = judgeHold(each, known, actions => ({ ...context, actions }), true)
    if (leavesOpen) chainOpen.push(item.dnsName ?? item.machineId)
    return { ...item, stage }
  })
  return { items: concluded, chainOpen }
}

/** Says how one hold ended as far as is known, and whether its chain leaves the machine open or may do so. */
function judgeHold(
  { item, change, stage }: Judged,
  known: KnownActions,
  contextOf: (actions: readonly MachineAction[]) => RecheckContext,
  isKnown: boolean,
): { readonly stage: Ended; readonly leavesOpen: boolean } {
  const actions = known.of(item.machineId)
  const context = contextOf(actions)
  const concluded = isSuccess(stage)
    ? confirm(stage, isKnown, holdsNow(change, context), change)
    : closeHalf(known, item, stage)
  const lens = { ...known.lens, now: context.now }
  const isOpen = item.opened && levelOf(item.machineId, change.facet, actions, lens) === 'none'
  const leavesOpen = isOpen || mayOpen(item, concluded)
  return { stage: leavesOpen ? chainOpen(concluded, isOpen) : concluded, leavesOpen }
}

/** Whether the first half of a chain was sent, and may take effect after all or have done so unseen. */
function mayOpen(item: ChangeItem, { outcome }: Ended): boolean {
  return opensChain(item) && (outcome === 'pending' || outcome === 'uncertain')
}

/** A first half that the last look shows to have ended without effect: the machine keeps its hold. */
function closeHalf(known: KnownActions, item: ChangeItem, stage: Ended): Ended {
  const action = item.actionId === null ? undefined : known.get(item.actionId)
  const end = action === undefined ? null : endOf(action.status)
  if (action === undefined || end === null || end === 'succeeded' || !mayOpen(item, stage)) return stage
  return end === 'cancelled'
    ? { ...stage, outcome: end, code: 'chain-cancelled', detail: explain('chain-cancelled') }
    : { ...stage, outcome: end, code: end, detail: describeEnd(action) }
}

interface Judged {
  readonly item: ChangeItem
  readonly change: HoldChange
  readonly stage: Ended
}

/** The item where its outcome depends on what holds at the end. */
function judged(item: ChangeItem): readonly Judged[] {
  const { change, stage, opened } = item
  if (!isHoldChange(change) || stage.kind !== 'ended') return []
  if (!opened && !isSuccess(stage) && !mayOpen(item, stage)) return []
  return [{ item, change, stage }]
}

function isSuccess({ outcome }: Ended): boolean {
  return outcome === 'succeeded' || outcome === 'adopted'
}

async function look(run: Run, items: readonly Judged[]): Promise<boolean> {
  const machineIds = [...new Set(items.map(({ item }) => item.machineId))].sort()
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tries > 0) await run.clock.sleep(run.options.pollIntervalMs, run.options.signal)
    const result = await readHistory(run, machineIds)
    if (result.kind === 'looked') return true
  }
  return false
}

function confirm(stage: Ended, isKnown: boolean, holds: boolean, { operations }: Change): Ended {
  if (!isKnown) return { ...stage, outcome: 'uncertain', code: 'unconfirmed', detail: explain('unconfirmed') }
  if (holds) return stage
  const code = operations.every(operation => operation === 'cancel') ? 'took-effect' : 'undone'
  return { ...stage, outcome: 'failed', code, detail: explain(code) }
}

function chainOpen(stage: Ended, isOpen: boolean): Ended {
  const before = stage.detail === null ? '' : `${stage.detail} `
  const what = isOpen ? explain('chain-open') : explain('chain-open', GOING_TO_OPEN)
  return { ...stage, code: 'chain-open', detail: `${before}${what}` }
}
