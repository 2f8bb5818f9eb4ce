import type { Progress, ProgressItem } from '../../src/apply/progress.ts'
import { type Instant, parseInstant } from '../../src/schema/instant.ts'
import { machine } from './sample-plan.ts'

/** The instant of a clock time on the day of the samples. */
export function at(time: string): Instant {
  return parseInstant(`2026-11-22T${time}Z`) as Instant
}

export function progressItem(number: number, change: Partial<ProgressItem> = {}): ProgressItem {
  return {
    address: `${machine(number).id}/isolated`,
    dnsName: `fin-ws-${number}.contoso.com`,
    type: 'Isolate',
    state: 'queued',
    status: null,
    outcome: null,
    submittedAt: null,
    ...change,
  }
}

export const SENT: Partial<ProgressItem> = {
  state: 'in-flight',
  status: 'Pending',
  submittedAt: at('18:04:00'),
}

export const ENDED: Partial<ProgressItem> = { state: 'ended', status: 'Succeeded', outcome: 'succeeded' }

export function progress(items: readonly ProgressItem[], change: Partial<Progress> = {}): Progress {
  return {
    phase: 'awaiting',
    now: at('18:05:00.5'),
    startedAt: at('18:00:00'),
    items,
    deadline: null,
    heldUntil: null,
    submitMsLeft: 0,
    ...change,
  }
}
