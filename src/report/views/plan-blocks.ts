import type { UnchangedItem } from '../../plan/assemble/create-plan.ts'
import type { Blocked, Change, Drift, Plan } from '../../plan/document/document.ts'
import { type Addressed, machineKey, nameMachines } from '../words/machine-label.ts'
import {
  blockedLine,
  changeLine,
  facetLabel,
  inFlightLine,
  isUndeclared,
  type PlanLine,
  shownValue,
  undeclaredLine,
} from '../words/plan-line.ts'
import { MARKS } from '../words/symbol.ts'
import { compareText } from '../words/words.ts'
import { FACET_ORDER, originOf, reasonOf, sentenceOf } from './plan-heading.ts'

/** Everything a plan says of one machine, or of many alike. Texts are not yet escaped. */
export interface PlanBlock {
  readonly machines: readonly string[]
  /** What follows the name: `will be isolated (full)`. */
  readonly sentence: string
  /** Which policy, where, until when, and why; empty where there is nothing to say. */
  readonly origin: string
  readonly lines: readonly PlanLine[]
}

/** The kinds of blocks in the order they are shown: what will happen, what will not, what is on its way, the rest. */
type Rank = 0 | 1 | 2 | 3 | 4

interface Entry extends Addressed {
  readonly rank: Rank
  readonly line: PlanLine
  readonly sentence: string
  readonly origin: string
}

function changeEntry(change: Change, drift: Drift | undefined): Entry {
  return {
    address: change.address,
    machine: change.machine,
    rank: 0,
    line: changeLine(change, drift),
    sentence: sentenceOf(change),
    origin: `${originOf(change.policy)}; ${reasonOf(change)}`,
  }
}

function blockedEntry(blocked: Blocked): Entry {
  return {
    address: blocked.address,
    machine: blocked.machine,
    rank: 1,
    line: blockedLine(blocked),
    sentence: 'is blocked',
    origin: blocked.policy === null ? '' : originOf(blocked.policy),
  }
}

function unchangedEntry({ address, dnsName, value }: UnchangedItem): Entry {
  const line = {
    mark: MARKS.unchanged,
    label: facetLabel(address),
    value: shownValue(value),
    notes: [],
    policy: null,
  }
  const id = address.split('/', 1)[0] as string
  const machine = { id, dnsName, osPlatform: null, healthStatus: null, lastSeen: null, rbacGroupName: null }
  return { address, machine, rank: 4, line, sentence: 'stays as it is', origin: '' }
}

/** Every item of the plan that is shown under a machine. */
function entriesOf(plan: Plan, unchanged: readonly UnchangedItem[]): readonly Entry[] {
  const drift = new Map(plan.drift.map(item => [item.address, item]))
  const planned = new Set([...plan.changes, ...plan.blocked].map(item => item.address))
  const left = plan.drift.filter(item => isUndeclared(item) && !planned.has(item.address))
  return [
    ...plan.changes.map(change => changeEntry(change, drift.get(change.address))),
    ...plan.blocked.map(blockedEntry),
    ...plan.inFlight.map(
      (flight): Entry => ({
        ...flight,
        rank: 2,
        line: inFlightLine(flight),
        sentence: 'has an action in flight',
        origin: '',
      }),
    ),
    ...left.map(
      (item): Entry => ({
        ...item,
        rank: 3,
        line: undeclaredLine(item),
        sentence: 'is held and no longer declared',
        origin: item.policy === null ? '' : originOf(item.policy),
      }),
    ),
    ...unchanged.map(unchangedEntry),
  ]
}

function compareEntries(a: Entry, b: Entry): number {
  return (
    a.rank - b.rank ||
    FACET_ORDER.indexOf(a.line.label) - FACET_ORDER.indexOf(b.line.label) ||
    compareText(a.address, b.address)
  )
}

interface RankedBlock extends PlanBlock {
  readonly rank: Rank
}

function blockOf(machine: string, entries: readonly [Entry, ...Entry[]]): RankedBlock {
  const [first] = entries
  return {
    rank: first.rank,
    machines: [machine],
    sentence: first.sentence,
    origin: first.origin,
    lines: entries.map(entry => entry.line),
  }
}

function compareBlocks(a: RankedBlock, b: RankedBlock): number {
  const [left = ''] = a.machines
  const [right = ''] = b.machines
  return a.rank - b.rank || compareText(left, right)
}

/** Groups what a plan says by machine: changes first, then what is blocked, in flight and no longer declared, by name. */
export function planBlocks(plan: Plan, unchanged: readonly UnchangedItem[] = []): readonly PlanBlock[] {
  const entries = entriesOf(plan, unchanged)
  const nameOf = nameMachines(entries)
  const byMachine = new Map<string, [Entry, ...Entry[]]>()
  for (const entry of [...entries].sort(compareEntries)) {
    const group = byMachine.get(machineKey(entry))
    if (group === undefined) byMachine.set(machineKey(entry), [entry])
    else group.push(entry)
  }
  return [...byMachine.values()].map(group => blockOf(nameOf(group[0]), group)).sort(compareBlocks)
}
