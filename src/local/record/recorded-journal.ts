import type { Journal, JournalEntry } from '../../apply/ports.ts'
import type { Plan } from '../../plan/document/document.ts'
import { markerOf } from '../../plan/document/marker-of.ts'
import { formatMarker } from '../../posture/marker.ts'
import type { AuditTrail } from './audit-trail.ts'

/** What every entry of a journal has and the first line of a record says once. */
const SAID_ONCE: ReadonlySet<string> = new Set(['event', 'at', 'runId', 'planId', 'path', 'intent'])

/** Entries of a journal that the record has from elsewhere, or that tell a watcher how far the run is. */
const SAID_ELSEWHERE: ReadonlySet<string> = new Set(['run-started', 'run-ended', 'progress', 'held'])

/** What entries of a journal are called in a record. */
const EVENTS: Readonly<Record<string, string>> = {
  intent: 'request',
  answer: 'answer',
  'chain-cancel': 'request',
  'chain-cancel-answer': 'answer',
}

/**
 * Lets the record of a run follow its journal: whatever is written to the journal is written to the record too, before
 * the caller goes on.
 *
 * A request that cannot be recorded is not sent: its append rejects, as it does where the journal cannot be written.
 * An answer that cannot be recorded is in the journal all the same, and the next request is not sent.
 *
 * @param name - The configuration's name, for the markers.
 */
export function recordJournal(
  journal: Journal,
  audit: AuditTrail,
  plan: Plan,
  name: string | undefined,
): Journal {
  return {
    read: () => journal.read(),
    async append(entry) {
      await journal.append(entry)
      if (SAID_ELSEWHERE.has(entry.event)) return
      const event = EVENTS[entry.event] ?? entry.event
      const details = { ...withoutHead(entry), ...requested(entry, plan, name) }
      if (entry.event === 'intent') await audit.write(event, details)
      else await audit.note(event, details)
    },
  }
}

function withoutHead(entry: JournalEntry): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !SAID_ONCE.has(key)))
}

/** What the plan knows of a request: its marker, and the action that it cancels. */
function requested(
  entry: JournalEntry,
  plan: Plan,
  name: string | undefined,
): Readonly<Record<string, unknown>> {
  if (entry.event === 'chain-cancel') return { type: 'Cancel' }
  const change = plan.changes.find(({ address }) => address === entry['address'])
  if (entry.event !== 'intent' || change === undefined) return {}
  const request = change.requests[Number(entry['request'])]
  return {
    marker: formatMarker(markerOf(plan.planId, change, name)),
    ...(request?.type === 'Cancel' ? { actionId: request.actionId } : {}),
  }
}
