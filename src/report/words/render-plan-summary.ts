import type { Plan } from '../../plan/document/document.ts'
import { formatDuration } from '../../schema/duration.ts'
import { counted } from './words.ts'

/** Seconds for people: `7 s` up to a minute and a half, then `12m 30s`. */
function shownSeconds(seconds: number): string {
  return seconds <= 90 ? `${seconds} s` : formatDuration(seconds * 1000)
}

/**
 * Writes the two summary lines that are part of the contract (docs/contract.md#summary-lines), never wrapped, no newline at the end.
 */
export function renderPlanSummary({ summary, estimate }: Plan): string {
  const { impose, renew, change, lift, run, cancel, inFlight, blocked, unchanged } = summary
  const renewing = renew === 0 ? '' : `, ${renew} to renew`
  const { perMinute, perHour } = estimate.quota
  return [
    `Plan: ${impose} to impose${renewing}, ${change} to change, ${lift} to lift, ${run} to run, ${cancel} to cancel; ` +
      `${inFlight} in flight, ${blocked} blocked, ${unchanged} unchanged.`,
    `${counted(estimate.requests, 'request')}, about ${shownSeconds(estimate.submitSeconds)} of quota ` +
      `(${perMinute} a minute, ${perHour} an hour).`,
  ].join('\n')
}
