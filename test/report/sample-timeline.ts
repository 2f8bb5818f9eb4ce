import type {
  Timeline,
  TimelineActor,
  TimelineBand,
  TimelineHold,
  TimelineLane,
  TimelineMark,
} from '../../src/analysis/explain/timeline.ts'
import { machine } from './sample-plan.ts'

export const ALICE: TimelineActor = {
  class: 'analyst',
  requestor: 'alice@contoso.com',
  actionId: 'a1',
  at: '2026-11-02T00:00:00Z',
  policy: null,
}
export const HELD: TimelineHold = {
  from: '2026-11-03T00:00:00Z',
  to: null,
  level: 'full',
  by: [ALICE],
  endedBy: null,
}
export const ACT: TimelineMark = {
  type: 'Isolate',
  effect: 'impose',
  scope: 'Full',
  status: 'Succeeded',
  createdAt: '2026-11-03T00:00:00Z',
  endedAt: '2026-11-03T00:01:00Z',
  by: ALICE,
}
export const BAND: TimelineBand = {
  policy: { name: 'contain', file: 'a.yaml', line: 7, column: 1 },
  wants: 'full',
  until: null,
  expired: false,
}

export function lane(over: Partial<TimelineLane> = {}): TimelineLane {
  return { facet: 'isolated', holds: [], marks: [], declared: [], ...over }
}

/** Ten days from 2026-11-01 on: one column of ten is a day. */
export function timeline(...lanes: readonly TimelineLane[]): Timeline {
  return {
    formatVersion: '1.0',
    target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
    machine: machine(1),
    readAt: '2026-11-11T00:00:00Z',
    historyFrom: '2026-05-01T00:00:00Z',
    wholeLife: true,
    from: '2026-11-01T00:00:00Z',
    to: '2026-11-11T00:00:00Z',
    lanes,
  }
}
