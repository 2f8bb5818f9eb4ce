import { Counter, Gauge, Registry } from 'prom-client'
import type { Clock } from '../../apply/ports.ts'

import type { LookDifference } from '../../watch/compare-looks.ts'
import type { LookAnswer } from '../../watch/look.ts'

/** What a watcher measures of itself, for Prometheus and for whoever asks whether it is well. */
export interface WatchMetrics {
  note(answer: LookAnswer, difference: LookDifference): void
  /** That events could not be handed on. */
  noteUndelivered(): void
  /** Whether a look has succeeded lately enough. */
  readonly isHealthy: () => boolean
  readonly contentType: string
  /** All metrics in the text format of Prometheus. */
  render(): Promise<string>
}

/** So many intervals without a good look, and a watcher is not well. */
const MISSED = 3

/**
 * Measures looks. Names end in their unit, as Prometheus asks.
 *
 * @param everyMs - The interval of looks.
 */
export function measureWatch(clock: Clock, everyMs: number): WatchMetrics {
  const registry = new Registry()
  const registers = [registry]
  const begun = clock.monotonicMs()
  let lastGoodMs: number | undefined
  const looks = new Counter({
    name: 'holdfast_looks_total',
    help: 'Looks taken, by how they ended.',
    labelNames: ['result'],
    registers,
  })
  const errors = new Counter({
    name: 'holdfast_look_errors_total',
    help: 'Failed looks, by the code of the error.',
    labelNames: ['code'],
    registers,
  })
  const calls = new Counter({
    name: 'holdfast_api_calls_total',
    help: 'Calls to the service that looks made.',
    registers,
  })
  const undelivered = new Counter({
    name: 'holdfast_event_delivery_failures_total',
    help: 'Times that events could not be handed on; they are kept and tried again.',
    registers,
  })
  const events = new Counter({
    name: 'holdfast_events_total',
    help: 'Findings told, by type.',
    labelNames: ['type'],
    registers,
  })
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers })
  const states = new Gauge({
    name: 'holdfast_machines',
    help: 'Machines at the last good look, by state.',
    labelNames: ['state'],
    registers,
  })
  const findings = gauge('holdfast_findings', 'Drift findings at the last good look.')
  const planned = gauge('holdfast_planned_changes', 'Changes that a plan would make at the last good look.')
  const blocked = gauge('holdfast_blocked_changes', 'Changes that are blocked at the last good look.')
  const inFlight = gauge('holdfast_actions_in_flight', 'Actions in flight at the last good look.')
  const nextEnd = gauge(
    'holdfast_next_end_seconds',
    'Seconds from the last good look to the first hold that ends by itself; NaN where none does.',
  )
  new Gauge({
    name: 'holdfast_last_good_look_age_seconds',
    help: 'Seconds since the last good look ended, or since the start.',
    registers,
    collect() {
      this.set((clock.monotonicMs() - (lastGoodMs ?? begun)) / 1000)
    },
  })
  return {
    note(answer, { added }) {
      looks.inc({ result: answer.kind === 'seen' ? 'good' : 'failed' })
      if (answer.kind === 'failed') {
        errors.inc({ code: answer.failure.code })
        return
      }
      const { counts, findings: found } = answer.look
      lastGoodMs = clock.monotonicMs()
      calls.inc(counts.apiCalls)
      for (const { type } of added) events.inc({ type })
      states.set({ state: 'read' }, counts.machines)
      states.set({ state: 'held' }, counts.held)
      findings.set(found.length)
      planned.set(counts.changes)
      blocked.set(counts.blocked)
      inFlight.set(counts.inFlight)
      nextEnd.set(counts.secondsToNextEnd ?? Number.NaN)
    },
    noteUndelivered: () => undelivered.inc(),
    isHealthy: () => lastGoodMs !== undefined && clock.monotonicMs() - lastGoodMs <= MISSED * everyMs,
    contentType: registry.contentType,
    render: () => registry.metrics(),
  }
}
