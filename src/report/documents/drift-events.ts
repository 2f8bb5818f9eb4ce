import type { Target } from '../../plan/document/document.ts'
import type { DriftDocument, DriftEntry } from './drift-document.ts'
import { serializeLine } from './serialize-document.ts'

/** One drift finding as a CloudEvent in the JSON format (cloudevents.io, version 1.0). */
export interface DriftEvent {
  readonly specversion: '1.0'
  /** The id of the finding: the same tomorrow. */
  readonly id: string
  readonly source: string
  readonly type: string
  /** The address. */
  readonly subject: string
  /** When the action that tells of it changed last; absent where none does. */
  readonly time?: string
  readonly datacontenttype: 'application/json'
  readonly data: Omit<DriftEntry, 'id'> & { readonly target: Target }
}

/** The tenant where the token tells it, else the endpoint: together with the id it identifies an event. */
function sourceOf({ tenantId, endpoint }: Target): string {
  return tenantId === null
    ? encodeURI(endpoint.toWellFormed())
    : `urn:holdfast:tenant:${encodeURIComponent(tenantId.toWellFormed())}`
}

/** A time of the service as RFC 3339 has it; undefined where the document holds something else. */
function timeOf({ actor }: DriftEntry): string | undefined {
  return actor !== null && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(actor.at) ? actor.at : undefined
}

/**
 * Makes an event of every finding. Nothing of it comes from the clock: the same finding is the same event in whatever
 * run, so that a receiver knows it by source and id.
 */
export function driftEvents({ drift, target }: DriftDocument): readonly DriftEvent[] {
  return drift.map(entry => {
    const { id, ...data } = entry
    const time = timeOf(entry)
    return {
      specversion: '1.0',
      id,
      source: sourceOf(target),
      type: `dev.holdfast.drift.${entry.kind}`,
      subject: entry.address,
      ...(time === undefined ? {} : { time }),
      datacontenttype: 'application/json',
      data: { ...data, target },
    }
  })
}

/** Writes one event a line; empty where nothing drifted. */
export function renderDriftEvents(document: DriftDocument): string {
  return driftEvents(document).map(serializeLine).join('')
}
