import type { Timeline } from '../../analysis/explain/timeline.ts'
import type { PlanMachine } from '../../plan/document/document.ts'
import { type Addressed, machineKey, nameMachines } from '../words/machine-label.ts'
import type { PlanLine } from '../words/plan-line.ts'
import { compareText, joined, policyPlace, shownTime } from '../words/words.ts'
import type { MachineRow, PageLine, Share } from './page-model.ts'

/** One thing that is said of a machine, before it is sorted under it. */
export interface PageEntry {
  readonly item: Addressed
  /** The share that it belongs to. */
  readonly share: Pick<Share, 'key' | 'label' | 'tone'>
  /** What is read first has the lowest. */
  readonly rank: number
  readonly facet: string
  readonly line: Pick<PlanLine, 'value' | 'notes' | 'policy'>
}

function aboutMachine(machine: PlanMachine | null | undefined): string {
  if (machine === null || machine === undefined) return ''
  const { osPlatform, rbacGroupName, healthStatus, lastSeen } = machine
  const seen = lastSeen === null ? null : `seen ${shownTime(lastSeen)}`
  return joined([osPlatform, rbacGroupName, healthStatus, seen], ' · ')
}

function pageLine({ share, facet, line }: PageEntry): PageLine {
  return { badge: share.label, tone: share.tone, facet, value: line.value, notes: line.notes }
}

function policyTexts(entries: readonly PageEntry[]): readonly string[] {
  const texts = entries.flatMap(({ line: { policy } }) =>
    policy === null ? [] : [`${policy.name} (${policyPlace(policy)})`],
  )
  return [...new Set(texts)]
}

/** Histories by the id of their machine. */
export type Timelines = ReadonlyMap<string, Timeline>

const NO_TIMELINES: Timelines = new Map()

interface Group {
  readonly rank: number
  readonly row: MachineRow
}

function groupOf(name: string, entries: readonly [PageEntry, ...PageEntry[]], timelines: Timelines): Group {
  const [first] = entries
  const machine = entries.find(({ item }) => (item.machine ?? null) !== null)?.item.machine
  const timeline = timelines.get(machine?.id ?? '')
  return {
    rank: first.rank,
    row: {
      name,
      id: machine?.id ?? '',
      about: aboutMachine(machine),
      keys: [...new Set(entries.map(({ share }) => share.key))],
      lines: entries.map(pageLine),
      policies: policyTexts(entries),
      ...(timeline === undefined ? {} : { timeline }),
    },
  }
}

/** Sorts what is said under its machines: by the lowest rank of each, then by name. */
export function machineRows(
  entries: readonly PageEntry[],
  timelines: Timelines = NO_TIMELINES,
): readonly MachineRow[] {
  const nameOf = nameMachines(entries.map(({ item }) => item))
  const byMachine = new Map<string, [PageEntry, ...PageEntry[]]>()
  for (const entry of [...entries].sort((a, b) => a.rank - b.rank)) {
    const key = machineKey(entry.item)
    const group = byMachine.get(key)
    if (group === undefined) byMachine.set(key, [entry])
    else group.push(entry)
  }
  return [...byMachine.values()]
    .map(group => groupOf(nameOf(group[0].item), group, timelines))
    .sort((a, b) => a.rank - b.rank || compareText(a.row.name, b.row.name))
    .map(({ row }) => row)
}
