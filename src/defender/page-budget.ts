import type { Clock } from '../apply/ports.ts'
import { msBetween } from '../schema/instant.ts'
import { DefenderError } from './defender-error.ts'
import type { ReadLimits } from './limits.ts'

/** How far one list may lead: over all its pages, links and repetitions. */
export interface PageBudget {
  /** Takes one page out of it. Throws `paging-endless` where nothing is left of the pages or of the time. */
  spend(): void
}

/** Opens the budget of one list, from now on. */
export function createPageBudget(source: {
  readonly list: string
  readonly limits: Pick<ReadLimits, 'pages' | 'listWithinMs'>
  readonly clock: Clock
}): PageBudget {
  const { list, limits, clock } = source
  const started = clock.now()
  let pages = 0
  return {
    spend() {
      pages += 1
      const spent = msBetween(started, clock.now())
      // The first page is bounded by the tries of its own read.
      if (pages <= limits.pages && (pages === 1 || spent <= limits.listWithinMs)) return
      const what = pages > limits.pages ? `${limits.pages} pages` : `${Math.round(spent / 60_000)} minutes`
      throw new DefenderError('paging-endless', `The list ${list} had no end after ${what}.`)
    },
  }
}
