import { timelinesOf } from '../../analysis/explain/timeline.ts'
import type { Findings } from '../../plan/assemble/assemble-plan.ts'
import type { Plan } from '../../plan/document/document.ts'
import type { Style } from '../../report/terminal/style.ts'
import type { Outputs } from '../outputs.ts'

/** More histories would make a page that is slow to open; those of the first machines by id are drawn. */
const MOST_HISTORIES = 500

/** The machines that a plan speaks of, by id. */
function machineIds({ blocked, changes, inFlight, drift }: Plan): ReadonlySet<string> {
  const ids = [...blocked, ...changes, ...inFlight, ...drift].flatMap(({ machine }) =>
    machine === null ? [] : [machine.id],
  )
  return new Set([...new Set(ids)].sort().slice(0, MOST_HISTORIES))
}

/**
 * Draws up the histories of the machines of a plan, where a page is asked for. A plan for another time has none: what
 * is drawn is what happened until now.
 */
export function pageHistories(
  plan: Plan,
  findings: Findings,
  { format, files }: Outputs,
): Pick<Style, 'timelines'> {
  const isPage = format === 'html' || files.some(file => file.format === 'html')
  return isPage && plan.asOf === undefined && plan.complete
    ? { timelines: timelinesOf(findings, machineIds(plan)) }
    : {}
}
