import type { RequestShape } from './faults.ts'
import { requestPattern } from './faults.ts'
import type { ScenarioEvent } from './scenario-types.ts'
import type { Schedule } from './schedule.ts'
import { scenarioMs, spanMs } from './span.ts'

/** Counts a request that was answered, and sets off the events that wait for it. */
export type RequestCounter = (request: RequestShape, nowMs: number) => void

function plan(
  schedule: Schedule,
  event: ScenarioEvent,
  atMs: number,
  applyEvent: (event: ScenarioEvent, atMs: number) => void,
): void {
  schedule.at(atMs, due => {
    if (event.repeat !== undefined) plan(schedule, event, due + Math.max(1, spanMs(event.repeat)), applyEvent)
    applyEvent(event, due)
  })
}

/**
 * Puts the events of a scenario on the schedule, and makes the counter for those that wait for requests.
 *
 * @param applyEvent - Does what an event says.
 */
export function createEvents(
  events: readonly ScenarioEvent[],
  schedule: Schedule,
  startMs: number,
  applyEvent: (event: ScenarioEvent, atMs: number) => void,
): RequestCounter {
  const waiting = events
    .filter(event => event.afterRequests !== undefined)
    .map(event => ({ event, matches: requestPattern(event.on ?? '* /**'), left: event.afterRequests ?? 1 }))
  for (const event of events) {
    if (event.afterRequests !== undefined) continue
    const atMs = event.at === undefined ? startMs + spanMs(event.after ?? 0) : scenarioMs(event.at, startMs)
    plan(schedule, event, atMs, applyEvent)
  }
  return (request, nowMs) => {
    for (const counter of waiting) {
      if (!counter.matches(request)) continue
      counter.left -= 1
      if (counter.left === 0) applyEvent(counter.event, nowMs)
    }
  }
}
